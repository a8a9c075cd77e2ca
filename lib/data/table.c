/* table.c - dictionaries as they arrive, and columns by the names of people. */
#include "data/table.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"

int cf_dicts_init(struct cf_dicts *d, const struct cf_schema *s,
                  struct cf_err *err)
{
    memset(d, 0, sizeof *d);
    d->schema = s;
    d->store = cf_zalloc(s->nparts, sizeof *d->store);
    d->used = cf_zalloc(s->nparts, sizeof *d->used);
    if (!d->store || !d->used)
        return cf_nomem(err, "dictionaries");
    for (size_t i = 0; i < s->ncolumns; i++)
        if (s->column[i].dict >= 0)
            d->used[s->column[i].dict] = true;
    int rc = 0;
    for (uint32_t i = 0; !rc && i < s->nparts; i++)
        if (d->used[i])
            rc = cf_store_init(&d->store[i], s, i, err);
    return rc;
}

int cf_dicts_take(struct cf_dicts *d, const struct cf_block *b, bool *took,
                  struct cf_err *err)
{
    *took = d->used[b->part];
    return *took ? cf_store_add(&d->store[b->part], b, err) : 0;
}

void cf_dicts_free(struct cf_dicts *d)
{
    for (size_t i = 0; d->store && i < d->schema->nparts; i++)
        cf_store_free(&d->store[i]);
    free(d->store);
    free(d->used);
    memset(d, 0, sizeof *d);
}

/* Calls fn for every field of a part, those of the rows first, until it
 * returns true; then *f is that field. */
typedef bool field_fn(const struct cf_column *c, void *ctx);

static bool each_field(const struct cf_schema *s, uint32_t part, field_fn *fn,
                       void *ctx, struct cf_field *f)
{
    const struct cf_part *p = &s->part[part];
    const struct cf_column *col = s->column + p->col;

    for (uint32_t i = 0; i < p->ncol; i++)
        if (col[i].dict < 0 && col[i].role != CF_LINE && fn(&col[i], ctx)) {
            *f = (struct cf_field){.col = i, .dict = -1};
            return true;
        }
    for (uint32_t i = 0; i < p->ncol; i++) {
        if (col[i].dict < 0)
            continue;
        const struct cf_part *d = &s->part[col[i].dict];
        for (uint32_t k = 0; k < d->ncol; k++)
            if (fn(&s->column[d->col + k], ctx)) {
                *f = (struct cf_field){i, col[i].dict, k};
                return true;
            }
    }
    return false;
}

static bool has_name(const struct cf_column *c, void *ctx)
{
    const char *const *name = ctx;
    return !strcmp(c->name, *name);
}

bool cf_field_find(const struct cf_schema *s, uint32_t part, const char *name,
                   struct cf_field *out)
{
    return each_field(s, part, has_name, &name, out);
}

struct list {
    struct cf_buf *out;
    const char *separator;
};

static bool add_name(const struct cf_column *c, void *ctx)
{
    struct list *l = ctx;

    cf_buf_puts(l->out, l->separator);
    cf_buf_puts(l->out, c->name);
    l->separator = ", ";
    return false;
}

void cf_field_names(const struct cf_schema *s, uint32_t part,
                    struct cf_buf *out)
{
    struct list l = {out, ""};
    struct cf_field last;

    each_field(s, part, add_name, &l, &last);
}

const struct cf_column *cf_field_column(const struct cf_schema *s,
                                        uint32_t part, const struct cf_field *f)
{
    if (f->dict < 0)
        return &s->column[s->part[part].col + f->col];
    return &s->column[s->part[f->dict].col + f->dcol];
}

struct cf_str cf_field_str(const struct cf_dicts *d, const struct cf_block *b,
                           const struct cf_field *f, uint32_t row,
                           char *scratch)
{
    const struct cf_chunk *c = &b->chunk[f->col];

    if (f->dict < 0)
        return cf_chunk_str(c, b->rows, row, scratch);
    uint32_t code = cf_chunk_code(c, b->rows, row);
    if (code == CF_NONE)
        return (struct cf_str){"", 0};
    return cf_store_str(&d->store[f->dict], f->dcol, code);
}

void cf_row_place(const struct cf_schema *s, const struct cf_block *b,
                  uint32_t row, const char *name, struct cf_buf *out)
{
    const struct cf_fact *file = cf_schema_fact(s, "file", CF_FACT_TEXT);
    int line = cf_schema_find_role(s, b->part, CF_LINE);

    if (!file || line < 0 || s->column[line].type != CF_RUN) {
        cf_buf_printf(out, "%s: row %" PRIu64, name, b->first + row + 1);
        return;
    }
    const struct cf_chunk *c = &b->chunk[(uint32_t)line - s->part[b->part].col];
    cf_buf_printf(out, "%s:%" PRIu64, file->text, cf_chunk_run(c, row));
}

/* ---- numbers ---- */

struct values {
    const struct cf_dicts *d;
    const char *name;
    const struct cf_field *f;
    const struct cf_slice *rows;
};

static struct cf_str value(const struct values *v, uint32_t i, char *scratch)
{
    return cf_field_str(v->d, v->rows->block, v->f, v->rows->from + i, scratch);
}

static int fail_value(const struct values *v, uint32_t i, const char *why,
                      struct cf_err *err)
{
    const struct cf_block *b = v->rows->block;
    char scratch[CF_NUM_MAX];
    struct cf_str s = value(v, i, scratch);
    struct cf_buf place = {0};

    cf_row_place(v->d->schema, b, v->rows->from + i, v->name, &place);
    int rc = place.failed
                 ? cf_nomem(err, "message")
                 : cf_fail(err, CF_EDATA, "%s: %s: '%.*s' is %s", place.p,
                           cf_field_column(v->d->schema, b->part, v->f)->name,
                           s.n < 64 ? (int)s.n : 64, s.p, why);
    cf_buf_free(&place);
    return rc;
}

bool cf_field_exact(const struct cf_block *b, const struct cf_field *f)
{
    const struct cf_chunk *c = &b->chunk[f->col];

    return f->dict < 0 && c->layout == CF_EXACT &&
           c->size == 4 * (size_t)b->rows;
}

/* Value and power of ten are exact in a double, so the quotient is what
 * cf_parse_f64 makes of the text. That the float then rounds a second time is
 * the same on both ways, so the layout does not show. */
static void exact_f32(const struct cf_chunk *c, const struct cf_slice *rows,
                      float *out)
{
    const char *p = c->data + 4 * (size_t)rows->from;
    double unit = 1;

    for (unsigned i = 0; i < c->scale; i++)
        unit *= 10;
    for (uint32_t i = 0; i < rows->n; i++)
        out[i] = (float)(cf_load_u32(p + 4 * (size_t)i) / unit);
}

int cf_field_f32(const struct cf_dicts *d, const char *name,
                 const struct cf_field *f, const struct cf_slice *rows,
                 float *out, struct cf_err *err)
{
    const struct values v = {d, name, f, rows};
    char scratch[CF_NUM_MAX];
    double real;

    if (cf_field_exact(rows->block, f)) {
        exact_f32(&rows->block->chunk[f->col], rows, out);
        return 0;
    }
    for (uint32_t i = 0; i < rows->n; i++) {
        const char *why = cf_parse_f64(value(&v, i, scratch), &real);
        if (why)
            return fail_value(&v, i, why, err);
        out[i] = (float)real;
        if (!isfinite(out[i]))
            return fail_value(&v, i, "too large", err);
    }
    return 0;
}

int cf_field_i64(const struct cf_dicts *d, const char *name,
                 const struct cf_field *f, const struct cf_slice *rows,
                 int64_t *out, struct cf_err *err)
{
    const struct values v = {d, name, f, rows};
    const struct cf_chunk *c = &rows->block->chunk[f->col];
    bool exact = cf_field_exact(rows->block, f) && c->scale == 0;
    char scratch[CF_NUM_MAX];

    for (uint32_t i = 0; i < rows->n; i++) {
        if (exact) {
            out[i] = cf_load_u32(c->data + 4 * (size_t)(rows->from + i));
            continue;
        }
        const char *why = cf_parse_i64(value(&v, i, scratch), &out[i]);
        if (why)
            return fail_value(&v, i, why, err);
    }
    return 0;
}
