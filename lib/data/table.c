/* table.c - dictionaries as they arrive, and columns by the names of people. */
#include "data/table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

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

static bool counts_down(const struct cf_column *c, void *ctx)
{
    uint32_t *k = ctx;
    return c->dict < 0 && (*k)-- == 0;
}

bool cf_field_nth(const struct cf_schema *s, uint32_t part, uint32_t k,
                  struct cf_field *out)
{
    return each_field(s, part, counts_down, &k, out) && out->dict < 0;
}

bool cf_field_same(const struct cf_field *a, const struct cf_field *b)
{
    return a->col == b->col && a->dict == b->dict &&
           (a->dict < 0 || a->dcol == b->dcol);
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

int cf_field_need(const struct cf_schema *s, uint32_t part, const char *stream,
                  const char *name, struct cf_field *out, struct cf_err *err)
{
    struct cf_buf names = {0};

    if (cf_field_find(s, part, name, out))
        return 0;
    cf_field_names(s, part, &names);
    cf_buf_putc(&names, '\0');
    int rc = names.failed
                 ? cf_nomem(err, "message")
                 : cf_fail(err, CF_EUSAGE, "%s: no column '%s'; there are %s",
                           stream, name, names.p);
    cf_buf_free(&names);
    return rc;
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

bool cf_field_exact(const struct cf_block *b, const struct cf_field *f)
{
    const struct cf_chunk *c = &b->chunk[f->col];

    return f->dict < 0 && c->layout == CF_EXACT &&
           c->size == 4 * (size_t)b->rows;
}

/* The column of lines in the schema, if the file that they are of is known too;
 * or -1. */
static int line_column(const struct cf_schema *s, uint32_t part)
{
    int line = cf_schema_find_role(s, part, CF_LINE);

    return cf_schema_fact(s, "file", CF_FACT_TEXT) && line >= 0 &&
                   s->column[line].type == CF_RUN
               ? line
               : -1;
}

uint64_t cf_row_number(const struct cf_schema *s, const struct cf_block *b,
                       uint32_t row)
{
    int line = line_column(s, b->part);

    if (line < 0)
        return b->first + row + 1;
    return cf_chunk_run(&b->chunk[(uint32_t)line - s->part[b->part].col], row);
}

const char *cf_row_word(const struct cf_schema *s, uint32_t part)
{
    return line_column(s, part) < 0 ? "row" : "line";
}

void cf_place(const struct cf_schema *s, uint32_t part, uint64_t number,
              const char *name, struct cf_buf *out)
{
    if (line_column(s, part) < 0)
        cf_buf_printf(out, "%s: row %" PRIu64, name, number);
    else
        cf_buf_printf(out, "%s:%" PRIu64,
                      cf_schema_fact(s, "file", CF_FACT_TEXT)->text, number);
}

void cf_row_place(const struct cf_schema *s, const struct cf_block *b,
                  uint32_t row, const char *name, struct cf_buf *out)
{
    cf_place(s, b->part, cf_row_number(s, b, row), name, out);
}
