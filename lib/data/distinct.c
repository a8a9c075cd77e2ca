/* distinct.c - the users, or the items, of a stream. */
#include "data/distinct.h"

#include "base/num.h"
#include "data/table.h"

/* The column of a role whose ids are a dictionary's first column. */
static bool by_role(const struct cf_schema *s, uint32_t part, enum cf_role role,
                    struct cf_field *f)
{
    const struct cf_part *p = &s->part[part];

    for (uint32_t i = 0; i < p->ncol; i++) {
        const struct cf_column *c = &s->column[p->col + i];
        if (c->role != role || c->dict < 0)
            continue;
        *f = (struct cf_field){.col = i, .dict = c->dict};
        return true;
    }
    return false;
}

static int find(struct cf_reader *r, uint32_t part, enum cf_role role,
                const char *name, struct cf_field *f, struct cf_err *err)
{
    const struct cf_schema *s = cf_reader_schema(r);

    if (s->kind == CF_TABLE) {
        int rc = cf_field_need(s, part, cf_reader_name(r), name, f, err);
        if (rc || cf_field_column(s, part, f)->type == CF_STR)
            return rc;
        return cf_fail(err, CF_EDATA, "%s: column '%s' is not bytes",
                       cf_reader_name(r), name);
    }
    if (by_role(s, part, role, f))
        return 0;
    return cf_fail(err, CF_EDATA, "%s: the rows have no %ss", cf_reader_name(r),
                   role == CF_USER ? "user" : "item");
}

static int take_rows(struct cf_dict *ids, const struct cf_dicts *d,
                     const struct cf_block *b, const struct cf_field *f,
                     struct cf_err *err)
{
    char scratch[CF_NUM_MAX];
    uint32_t id;
    bool fresh;
    int rc = 0;

    for (uint32_t i = 0; !rc && i < b->rows; i++)
        rc = cf_dict_add(ids, cf_field_str(d, b, f, i, scratch), &id, &fresh,
                         err);
    return rc;
}

int cf_distinct(struct cf_dict *ids, struct cf_reader *r, enum cf_role role,
                const char *name, struct cf_err *err)
{
    const struct cf_schema *s = cf_reader_schema(r);
    int32_t part = cf_schema_find_part(s, "rows");
    const struct cf_block *b;
    struct cf_dicts d = {0};
    struct cf_field f;
    bool took;

    if (part < 0)
        return cf_fail(err, CF_EDATA, "%s: no part 'rows'", cf_reader_name(r));
    int rc = find(r, (uint32_t)part, role, name, &f, err);
    if (rc)
        return rc;
    rc = cf_dicts_init(&d, s, err);
    while (!rc && (rc = cf_reader_next(r, &b, err)) == 0 && b)
        rc = b->part == (uint32_t)part ? take_rows(ids, &d, b, &f, err)
                                       : cf_dicts_take(&d, b, &took, err);
    cf_dicts_free(&d);
    return rc;
}
