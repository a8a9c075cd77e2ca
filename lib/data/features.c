/* features.c - a file of attributes, by its columns and by id. */
#include "data/features.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "data/ratings.h"
#include "data/table.h"
#include "data/text_in.h"

/* A text or table on its way in. */
struct intake {
    struct cf_features *f;
    const char *name;
    const struct cf_schema *s;
    uint32_t part; /* the rows of s */
    struct cf_dicts dicts;
    struct cf_field *field; /* (columns) */
    struct cf_str *value;   /* (columns) of a row, */
    char *scratch;          /* and room for its numbers */
    size_t n, cap;
};

/* ---- columns ---- */

static int add_field(struct intake *t, const struct cf_field *f,
                     struct cf_err *err)
{
    const struct cf_column *c = cf_field_column(t->s, t->part, f);
    const struct cf_column own = {
        .name = c->name, .type = CF_STR, .width = 1, .dict = -1};

    if (c->type != CF_STR)
        return cf_fail(err, CF_EDATA, "%s: column '%s' is not bytes", t->name,
                       c->name);
    if (!cf_grow(&t->field, &t->cap, t->n + 1, sizeof *t->field))
        return cf_nomem(err, "attributes");
    t->field[t->n++] = *f;
    return cf_schema_column(&t->f->schema, &own, err);
}

/* Those of the rows, then those that were joined. */
static int add_fields(struct intake *t, struct cf_err *err)
{
    const struct cf_part *p = &t->s->part[t->part];
    struct cf_field f = {.dict = -1};
    int rc = 0;

    for (uint32_t k = 0; !rc && cf_field_nth(t->s, t->part, k, &f); k++)
        rc = add_field(t, &f, err);
    for (f.col = 0; !rc && f.col < p->ncol; f.col++) {
        f.dict = t->s->column[p->col + f.col].dict;
        uint32_t n = f.dict < 0 ? 0 : t->s->part[f.dict].ncol;
        for (f.dcol = 0; !rc && f.dcol < n; f.dcol++)
            rc = add_field(t, &f, err);
    }
    return rc;
}

/* What lines are of. */
static int set_name(struct intake *t, struct cf_err *err)
{
    const struct cf_fact *file = cf_schema_fact(t->s, "file", CF_FACT_TEXT);

    t->f->lined = !strcmp(cf_row_word(t->s, t->part), "line");
    t->f->name = strdup(t->f->lined ? file->text : t->name);
    return t->f->name ? 0 : cf_nomem(err, "attributes");
}

static int start(void *ctx, const struct cf_schema *s, struct cf_err *err)
{
    struct intake *t = ctx;

    t->s = s;
    cf_schema_init(&t->f->schema, CF_TABLE);
    int rc = cf_expect_kind(s, CF_TABLE, t->name, err);
    if (!rc)
        rc = cf_expect_part(s, "rows", t->name, &t->part, err);
    if (!rc)
        rc = set_name(t, err);
    if (!rc)
        rc = cf_schema_part(&t->f->schema, "rows", CF_ROWS_UNKNOWN, err);
    if (!rc)
        rc = add_fields(t, err);
    if (!rc)
        rc = cf_store_init(&t->f->store, &t->f->schema, 0, err);
    t->value = cf_alloc(t->n, sizeof *t->value);
    t->scratch = cf_alloc(t->n, CF_NUM_MAX);
    if (!rc && (!t->value || !t->scratch))
        rc = cf_nomem(err, "attributes");
    return rc ? rc : cf_dicts_init(&t->dicts, s, err);
}

/* ---- rows ---- */

static int take_rows(struct intake *t, const struct cf_block *b,
                     struct cf_err *err)
{
    struct cf_features *f = t->f;
    int rc = 0;

    if (f->store.rows + b->rows >= CF_NONE)
        return cf_fail(err, CF_EMEM, "%s: more than %" PRIu32 " rows", t->name,
                       CF_NONE - 1);
    if (!cf_grow(&f->line, &f->line_cap, (size_t)f->store.rows + b->rows,
                 sizeof *f->line))
        return cf_nomem(err, "attributes");
    for (uint32_t i = 0; !rc && i < b->rows; i++) {
        for (size_t c = 0; c < t->n; c++)
            t->value[c] = cf_field_str(&t->dicts, b, &t->field[c], i,
                                       t->scratch + c * CF_NUM_MAX);
        f->line[f->store.rows] = cf_row_number(t->s, b, i);
        rc = cf_store_add_strs(&f->store, t->value, err);
    }
    return rc;
}

static int take(void *ctx, const struct cf_block *b, struct cf_err *err)
{
    struct intake *t = ctx;
    bool took;

    if (b->part == t->part)
        return take_rows(t, b, err);
    return cf_dicts_take(&t->dicts, b, &took, err);
}

/* The schema goes next. */
static void gone(void *ctx)
{
    struct intake *t = ctx;

    if (t->dicts.schema)
        cf_dicts_free(&t->dicts);
}

static int read_stream(struct intake *t, struct cf_in *in, struct cf_err *err)
{
    struct cf_reader *r = NULL;
    const struct cf_block *b;
    int rc = cf_reader_open(&r, in, err);

    if (!rc)
        rc = start(t, cf_reader_schema(r), err);
    while (!rc && (rc = cf_reader_next(r, &b, err)) == 0 && b)
        rc = take(t, b, err);
    gone(t);
    cf_reader_close(r);
    return rc;
}

int cf_features_read(struct cf_features *f, struct cf_in *in,
                     struct cf_err *err)
{
    struct intake t = {.f = f, .name = in->name};
    const struct cf_text_taker to = {&t, start, take, gone};
    int first = -1, rc = cf_in_peek(in, &first, err);

    if (!rc)
        rc = cf_is_stream(first) ? read_stream(&t, in, err)
                                 : cf_text_in(in, &to, err);
    free(t.field);
    free(t.value);
    free(t.scratch);
    return rc;
}

int cf_features_find(const struct cf_features *f, const char *name)
{
    return cf_schema_find_column(&f->schema, 0, name);
}

void cf_features_free(struct cf_features *f)
{
    free(f->name);
    free(f->line);
    cf_store_free(&f->store);
    cf_schema_free(&f->schema);
    memset(f, 0, sizeof *f);
}

/* ---- by id ---- */

static bool same_rows(const struct cf_store *st, uint32_t a, uint32_t b)
{
    for (size_t c = 0; c < st->ncol; c++)
        if (!cf_str_eq(cf_store_str(st, c, a), cf_store_str(st, c, b)))
            return false;
    return true;
}

/* "movies.csv:17" */
static int fail_again(const struct cf_featured *v, struct cf_str id,
                      uint32_t row, uint32_t before, struct cf_err *err)
{
    const struct cf_features *f = v->f;

    return cf_fail(err, CF_EDATA,
                   "%s%s%" PRIu64 ": %s '%.*s' appears again with other values "
                   "(first at %s %" PRIu64 ")",
                   f->name, f->lined ? ":" : ": row ", f->line[row],
                   f->schema.column[v->key].name, id.n < 64 ? (int)id.n : 64,
                   id.p, f->lined ? "line" : "row", f->line[before]);
}

static int add_id(struct cf_featured *v, uint32_t row, enum cf_dup dup,
                  struct cf_err *err)
{
    struct cf_str id = cf_store_str(&v->f->store, v->key, row);
    uint32_t number;
    bool fresh;

    if (!cf_grow(&v->row, &v->row_cap, (size_t)v->ids.n + 1, sizeof *v->row))
        return cf_nomem(err, "attributes");
    int rc = cf_dict_add(&v->ids, id, &number, &fresh, err);
    if (rc)
        return rc;
    if (fresh || dup == CF_DUP_LAST)
        v->row[number] = row;
    else if (dup != CF_DUP_FIRST &&
             !same_rows(&v->f->store, row, v->row[number]))
        return fail_again(v, id, row, v->row[number], err);
    return 0;
}

int cf_featured_open(struct cf_featured *v, const struct cf_features *f,
                     uint32_t key, enum cf_dup dup, struct cf_err *err)
{
    *v = (struct cf_featured){.f = f, .key = key};
    cf_dict_init(&v->ids, cf_dict_seed());
    v->to = cf_zalloc(f->store.ncol, sizeof *v->to);
    int rc = v->to ? 0 : cf_nomem(err, "attributes");
    for (uint32_t row = 0; !rc && row < f->store.rows; row++)
        rc = add_id(v, row, dup, err);
    return rc;
}

void cf_featured_fill(const struct cf_featured *v, struct cf_str id,
                      struct cf_str *field)
{
    uint32_t number = cf_dict_find(&v->ids, id);

    for (uint32_t c = 0; number != CF_NONE && c < v->f->store.ncol; c++) {
        struct cf_str s = cf_store_str(&v->f->store, c, v->row[number]);
        if (c != v->key && s.n > 0)
            field[v->to[c]] = s;
    }
}

void cf_featured_free(struct cf_featured *v)
{
    cf_dict_free(&v->ids);
    free(v->row);
    free(v->to);
}
