/* index_features.c - files of attributes: whose they are, and their columns. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/index_impl.h"

static const char *key_name(const struct cf_index *x, const struct cf_ids *side)
{
    return cf_field_column(x->in, x->part, &side->key)->name;
}

static int fail_key(const struct cf_index *x, const struct cf_features *f,
                    bool both, struct cf_err *err)
{
    const char *user = key_name(x, &x->user), *item = key_name(x, &x->item);
    struct cf_buf names = {0};

    if (both)
        return cf_fail(err, CF_EUSAGE,
                       "%s: has both a column '%s' and a column '%s': whose "
                       "features are they?",
                       f->name, user, item);
    cf_field_names(&f->schema, 0, &names);
    cf_buf_putc(&names, '\0');
    int rc = names.failed ? cf_nomem(err, "message")
                          : cf_fail(err, CF_EUSAGE,
                                    "%s: no column '%s' or '%s' to say whose "
                                    "features they are; there are %s",
                                    f->name, user, item, names.p);
    cf_buf_free(&names);
    return rc;
}

/* No two files of a side have a column of the same name. */
static int check_columns(const struct cf_ids *side, const struct cf_features *f,
                         uint32_t key, struct cf_err *err)
{
    for (size_t i = 0; i < side->nmore; i++)
        for (uint32_t c = 0; c < f->store.ncol; c++) {
            const char *name = f->schema.column[c].name;
            const struct cf_features *other = side->more[i].f;
            if (c != key && cf_features_find(other, name) >= 0)
                return cf_fail(err, CF_EUSAGE, "%s: column '%s' is in %s too",
                               f->name, name, other->name);
        }
    return 0;
}

static int add_file(struct cf_index *x, const struct cf_features *f,
                    struct cf_err *err)
{
    int user = cf_features_find(f, key_name(x, &x->user));
    int item = cf_features_find(f, key_name(x, &x->item));
    struct cf_ids *side = user >= 0 ? &x->user : &x->item;
    uint32_t key = (uint32_t)(user >= 0 ? user : item);

    if ((user < 0) == (item < 0))
        return fail_key(x, f, user >= 0, err);
    int rc = check_columns(side, f, key, err);
    if (rc)
        return rc;
    if (!cf_grow(&side->more, &side->more_cap, side->nmore + 1,
                 sizeof *side->more))
        return cf_nomem(err, "attributes");
    return cf_featured_open(&side->more[side->nmore++], f, key, x->opts.dup,
                            err);
}

int cf_index_add_features(struct cf_index *x, struct cf_err *err)
{
    int rc = 0;

    for (size_t i = 0; !rc && i < x->opts.nfeatures; i++)
        rc = add_file(x, &x->opts.features[i], err);
    return rc;
}

bool cf_index_labels(const struct cf_index_opts *o, const char *name)
{
    for (size_t i = 0; i < o->nfeatures; i++)
        if (cf_features_find(&o->features[i], name) >= 0)
            return true;
    return false;
}

int cf_index_feature_columns(struct cf_index *x, struct cf_ids *side,
                             struct cf_err *err)
{
    uint32_t part = (uint32_t)x->out.nparts - 1;
    int rc = 0;

    for (size_t i = 0; i < side->nmore; i++) {
        struct cf_featured *v = &side->more[i];
        for (uint32_t c = 0; !rc && c < v->f->store.ncol; c++) {
            struct cf_column own = {.type = CF_STR, .width = 1, .dict = -1};
            own.name = v->f->schema.column[c].name;
            int at = cf_schema_find_column(&x->out, part, own.name);
            if (c == v->key)
                continue;
            if (at < 0 && side == &x->item && x->label &&
                !strcmp(own.name, x->label))
                own.role = CF_LABEL;
            if (at < 0) {
                rc = cf_schema_column(&x->out, &own, err);
                at = (int)x->out.ncolumns - 1;
            }
            v->to[c] = (uint32_t)at - x->out.part[part].col;
        }
    }
    return rc;
}
