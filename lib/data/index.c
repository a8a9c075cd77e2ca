/* index.c - a table as ratings: the columns and their types. */
#include "data/index_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---- the schema ---- */

/* Adds the column as base, or as base_2 ... if the part has that name. */
static int add_column(struct cf_schema *s, struct cf_column c, const char *base,
                      struct cf_err *err)
{
    struct cf_buf name = {0};
    uint32_t part = (uint32_t)s->nparts - 1;
    int rc;

    cf_buf_puts(&name, base);
    cf_buf_putc(&name, '\0');
    for (unsigned k = 2;
         !name.failed && cf_schema_find_column(s, part, name.p) >= 0; k++) {
        name.n = 0;
        cf_buf_printf(&name, "%s_%u", base, k);
    }
    c.name = name.p;
    c.width = 1;
    rc = name.failed ? cf_nomem(err, "schema") : cf_schema_column(s, &c, err);
    cf_buf_free(&name);
    return rc;
}

static const char *name_of(const struct cf_index *x, const struct cf_field *f)
{
    return cf_field_column(x->in, x->part, f)->name;
}

static bool is_label(const struct cf_index *x, const struct cf_field *f)
{
    const struct cf_field *l = &x->choice.label;

    return x->choice.has_label && f->col == l->col && f->dict == l->dict &&
           f->dcol == l->dcol;
}

/* The attributes that only the vocabulary has. */
static int add_vocab(struct cf_index *x, const struct cf_vocab_side *v,
                     enum cf_role role, struct cf_err *err)
{
    const struct cf_column *col =
        &v->schema->column[v->schema->part[v->part].col];
    uint32_t part = (uint32_t)x->out.nparts - 1;
    int rc = 0;

    for (uint32_t i = 1; !rc && i < v->schema->part[v->part].ncol; i++) {
        struct cf_column c = {.type = CF_STR, .dict = -1};
        if (cf_schema_find_column(&x->out, part, col[i].name) >= 0)
            continue;
        if (role == CF_ITEM && col[i].role == CF_LABEL &&
            cf_schema_find_role(&x->out, part, CF_LABEL) < 0)
            c.role = CF_LABEL;
        rc = add_column(&x->out, c, col[i].name, err);
    }
    return rc;
}

/* The dictionary part of a side: its key, then its attributes. */
static int add_side_part(struct cf_index *x, struct cf_ids *side,
                         const char *name, enum cf_role role,
                         struct cf_err *err)
{
    struct cf_column c = {.type = CF_STR, .role = role, .dict = -1};
    int rc = cf_schema_part(&x->out, name, CF_ROWS_UNKNOWN, err);

    if (!rc)
        rc = add_column(&x->out, c, name_of(x, &side->key), err);
    for (size_t i = 0; !rc && i < side->nattr; i++) {
        const struct cf_field *f = &side->attr[i];
        c.role = role == CF_ITEM && is_label(x, f) ? CF_LABEL : CF_NO_ROLE;
        rc = add_column(&x->out, c, name_of(x, f), err);
    }
    if (!rc)
        rc = cf_index_feature_columns(x, side, err);
    const struct cf_vocab *v = x->opts.vocab;
    if (!rc && v)
        rc = add_vocab(x, role == CF_USER ? &v->user : &v->item, role, err);
    return rc;
}

static int add_rows_part(struct cf_index *x, struct cf_err *err)
{
    const struct cf_choice *c = &x->choice;
    struct cf_column user = {.type = CF_U32, .role = CF_USER};
    struct cf_column item = {.type = CF_U32, .role = CF_ITEM};
    struct cf_column rating = {.type = CF_F32, .role = CF_RATING, .dict = -1};
    struct cf_column time = {.type = CF_I64, .role = CF_TIME, .dict = -1};
    struct cf_column split = {.type = CF_U8, .role = CF_SPLIT, .dict = -1};
    int rc = cf_schema_part(&x->out, "rows", CF_ROWS_UNKNOWN, err);

    user.dict = CF_USER_PART;
    item.dict = CF_ITEM_PART;
    if (!rc)
        rc = add_column(&x->out, user, name_of(x, &c->user), err);
    if (!rc)
        rc = add_column(&x->out, item, name_of(x, &c->item), err);
    if (!rc && x->rated)
        rc = add_column(&x->out, rating, "rating", err);
    if (!rc && c->has_time)
        rc = add_column(&x->out, time, name_of(x, &c->time), err);
    if (!rc && c->has_split)
        rc = add_column(&x->out, split, name_of(x, &c->split), err);
    return rc;
}

static int make_schema(struct cf_index *x, struct cf_err *err)
{
    cf_schema_init(&x->out, CF_RATINGS);
    int rc = cf_schema_history(&x->out, x->in, err);
    if (!rc)
        rc = add_side_part(x, &x->user, "user", CF_USER, err);
    if (!rc)
        rc = add_side_part(x, &x->item, "item", CF_ITEM, err);
    if (!rc && x->opts.label && x->label &&
        cf_schema_find_role(&x->out, CF_ITEM_PART, CF_LABEL) < 0)
        rc = cf_fail(err, CF_EUSAGE, "%s: column '%s' is not of items",
                     cf_reader_name(x->r), x->label);
    return rc ? rc : add_rows_part(x, err);
}

/* ---- opening ---- */

/* Gathers the attributes of a side. */
static int add_attributes(struct cf_index *x, struct cf_ids *side,
                          struct cf_err *err)
{
    const struct cf_part *rows = &x->in->part[x->part];
    struct cf_field f = {0};
    int rc = 0;

    for (f.col = 0; f.col < rows->ncol; f.col++) {
        f.dict = x->in->column[rows->col + f.col].dict;
        uint32_t n = f.dict < 0 ? 0 : x->in->part[f.dict].ncol;
        for (f.dcol = 0; !rc && f.dcol < n; f.dcol++) {
            if (!cf_is_attribute(x->in, x->part, &side->key, &f))
                continue;
            const struct cf_column *c = cf_field_column(x->in, x->part, &f);
            if (c->type != CF_STR)
                return cf_fail(err, CF_EDATA, "%s: column '%s' is not bytes",
                               cf_reader_name(x->r), c->name);
            rc = cf_ids_attr(side, &f, err);
        }
    }
    return rc;
}

/* A label that is no attribute is taken from the item's first row. */
static int add_label(struct cf_index *x, struct cf_err *err)
{
    bool have = !x->choice.has_label;

    for (size_t i = 0; i < x->item.nattr; i++)
        have = have || is_label(x, &x->item.attr[i]);
    return have ? 0 : cf_ids_attr(&x->item, &x->choice.label, err);
}

static int start_side(struct cf_index *x, struct cf_ids *side, uint32_t part,
                      struct cf_err *err)
{
    const struct cf_vocab *v = x->opts.vocab;
    int rc = cf_ids_start(side, &x->out, part, err);

    if (!rc && v)
        rc = cf_ids_load(side, part == CF_USER_PART ? &v->user : &v->item, err);
    side->fixed = x->opts.fixed;
    return rc;
}

static int open_sides(struct cf_index *x, struct cf_err *err)
{
    x->user.key = x->choice.user;
    x->item.key = x->choice.item;
    int rc = cf_index_add_features(x, err);
    if (!rc)
        rc = add_attributes(x, &x->user, err);
    if (!rc)
        rc = add_attributes(x, &x->item, err);
    if (!rc)
        rc = add_label(x, err);
    if (!rc)
        rc = make_schema(x, err);
    if (!rc)
        rc = start_side(x, &x->user, CF_USER_PART, err);
    return rc ? rc : start_side(x, &x->item, CF_ITEM_PART, err);
}

static int alloc_frame(struct cf_index *x, struct cf_err *err)
{
    x->frame.has_rating = x->choice.has_rating || x->rated;
    x->frame.has_time = x->choice.has_time;
    x->frame.has_part = x->choice.has_split;
    x->all.has_rating = x->frame.has_rating && x->whole;
    x->all.has_time = x->frame.has_time && x->whole;
    x->all.has_part = x->frame.has_part && x->whole;
    x->row = cf_alloc(CF_FRAME_ROWS, sizeof *x->row);
    x->drop = cf_zalloc(CF_FRAME_ROWS, sizeof *x->drop);
    if (!x->row || !x->drop)
        return cf_nomem(err, "frame");
    return cf_rows_room(&x->frame, CF_FRAME_ROWS, err);
}

/* What the options come to. */
static int set_opts(struct cf_index *x, const struct cf_index_opts *o,
                    struct cf_err *err)
{
    if (o->fixed && !o->vocab)
        return cf_fail(err, CF_EUSAGE, "--fixed needs --vocab");
    x->opts = *o;
    x->rated = !o->implicit || (o->dup == CF_DUP_SUM && !o->min_rating);
    x->whole = o->dup != CF_DUP_KEEP || o->min_user > 0 || o->min_item > 0;
    x->dup = o->dup;
    /* Without ratings, there is none to take the mean of. */
    if (o->dup == CF_DUP_MEAN && o->implicit && !o->min_rating)
        x->dup = CF_DUP_LAST;
    x->report.core.min_user = o->min_user;
    x->report.core.min_item = o->min_item;
    return 0;
}

/* Features may have the label. */
static int choose(struct cf_index *x, struct cf_err *err)
{
    struct cf_index_opts o = x->opts;
    struct cf_field f;

    if (o.label && !cf_field_find(x->in, x->part, o.label, &f) &&
        cf_index_labels(&o, o.label)) {
        x->label = o.label;
        o.label = NULL;
    }
    int rc =
        cf_choose(x->in, x->part, cf_reader_name(x->r), &o, &x->choice, err);
    if (x->label)
        x->choice.has_label = false;
    else if (!x->choice.has_label && !o.label && cf_index_labels(&o, "title"))
        x->label = "title";
    return rc;
}

static int open_all(struct cf_index *x, struct cf_reader *r,
                    const struct cf_index_opts *opts, struct cf_err *err)
{
    const char *name = cf_reader_name(r);

    x->r = r;
    x->in = cf_reader_schema(r);
    int part = cf_schema_find_part(x->in, "rows");
    if (x->in->kind != CF_TABLE || part < 0)
        return cf_fail(err, CF_EDATA, "%s: a %s stream, expected a table", name,
                       cf_kind_name(x->in->kind));
    x->part = (uint32_t)part;
    int rc = set_opts(x, opts, err);
    if (!rc)
        rc = choose(x, err);
    if (!rc)
        rc = cf_dicts_init(&x->dicts, x->in, err);
    if (!rc)
        rc = open_sides(x, err);
    return rc ? rc : alloc_frame(x, err);
}

int cf_index_open(struct cf_index **out, struct cf_reader *r,
                  const struct cf_index_opts *opts, struct cf_err *err)
{
    struct cf_index *x = cf_zalloc(1, sizeof *x);
    int rc = x ? open_all(x, r, opts, err) : cf_nomem(err, "index");

    if (rc) {
        cf_index_close(x);
        x = NULL;
    }
    *out = x;
    return rc;
}

struct cf_schema *cf_index_schema(struct cf_index *x)
{
    return &x->out;
}

const struct cf_index_report *cf_index_report(const struct cf_index *x)
{
    return &x->report;
}

void cf_index_close(struct cf_index *x)
{
    if (!x)
        return;
    cf_dicts_free(&x->dicts);
    cf_ids_free(&x->user);
    cf_ids_free(&x->item);
    cf_schema_free(&x->out);
    cf_skips_free(&x->report.skips);
    cf_rows_free(&x->frame);
    cf_rows_free(&x->all);
    free(x->line);
    free(x->row);
    free(x->drop);
    free(x);
}
