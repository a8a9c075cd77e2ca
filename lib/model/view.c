/* view.c - a side of a model as rows. */
#include "model/view.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/textcol.h"

struct key {
    double value;
    uint32_t row;
};

static int by_value(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* The rows to show, in order; returns how many. */
static size_t order_rows(const struct cf_side *side,
                         const struct cf_view_opts *o, struct key *key)
{
    size_t n = 0;

    for (uint32_t i = 0; i < side->n; i++) {
        double v = 0;
        if (o->sort != CF_SORT_NONE && side->count[i] == 0)
            continue;
        if (o->sort == CF_SORT_BIAS)
            v = (double)side->bias[i];
        else if (o->sort == CF_SORT_COUNT)
            v = side->count[i];
        key[n++] = (struct key){o->reverse ? -v : v, i};
    }
    if (o->sort != CF_SORT_NONE)
        qsort(key, n, sizeof *key, by_value);
    return n < o->head ? n : (size_t)o->head;
}

static const struct cf_side *side_of(const struct cf_model *m,
                                     const struct cf_view_opts *o)
{
    return o->users ? &m->user : &m->item;
}

int cf_view_schema(const struct cf_model *m, const struct cf_view_opts *o,
                   struct cf_schema *s, struct cf_err *err)
{
    const struct cf_schema *dict = &side_of(m, o)->dict_schema;
    struct cf_column count = {
        .name = "count", .type = CF_U32, .width = 1, .dict = -1};
    struct cf_column bias = {
        .name = "bias", .type = CF_F32, .width = 1, .dict = -1};

    cf_schema_init(s, CF_MODEL);
    int rc = cf_schema_part(s, "rows", CF_ROWS_UNKNOWN, err);
    for (size_t i = 0; !rc && i < dict->ncolumns; i++)
        rc = cf_schema_column(s, &dict->column[i], err);
    if (!rc)
        rc = cf_schema_column(s, &count, err);
    if (!rc)
        rc = cf_schema_column(s, &bias, err);
    return rc;
}

/* One block of rows under way. */
struct block {
    struct cf_textcol *text; /* one for each column of the dictionary */
    struct cf_chunk *chunk;
    uint32_t *count;
    float *bias;
    uint32_t n;
};

static int add_row(const struct cf_side *side, struct block *b, uint32_t row,
                   struct cf_err *err)
{
    for (size_t c = 0; c < side->dict.ncol; c++)
        if (!cf_textcol_add(&b->text[c], cf_store_str(&side->dict, c, row)))
            return cf_nomem(err, "rows");
    b->count[b->n] = side->count[row];
    b->bias[b->n++] = side->bias[row];
    return 0;
}

static int flush(const struct cf_side *side, struct block *b,
                 const struct cf_tap *tap, struct cf_err *err)
{
    size_t n = side->dict.ncol;
    struct cf_block out = {.rows = b->n, .chunk = b->chunk};

    if (b->n == 0)
        return 0;
    for (size_t c = 0; c < n; c++)
        cf_textcol_chunk(&b->text[c], &b->chunk[c]);
    b->chunk[n] = (struct cf_chunk){.layout = CF_PLAIN,
                                    .data = (const char *)b->count,
                                    .size = b->n * sizeof *b->count};
    b->chunk[n + 1] = (struct cf_chunk){.layout = CF_PLAIN,
                                        .data = (const char *)b->bias,
                                        .size = b->n * sizeof *b->bias};
    int rc = tap->block(tap->ctx, &out, err);
    for (size_t c = 0; c < n; c++)
        cf_textcol_clear(&b->text[c]);
    b->n = 0;
    return rc;
}

static int put_rows(const struct cf_side *side, const struct key *key, size_t n,
                    const struct cf_tap *tap, struct cf_err *err)
{
    enum { STEP = 4096 };
    struct block b = {.text = cf_zalloc(side->dict.ncol, sizeof *b.text),
                      .chunk = cf_zalloc(side->dict.ncol + 2, sizeof *b.chunk),
                      .count = cf_alloc(STEP, sizeof *b.count),
                      .bias = cf_alloc(STEP, sizeof *b.bias)};
    int rc = b.text && b.chunk && b.count && b.bias ? 0 : cf_nomem(err, "rows");

    for (size_t i = 0; !rc && i < n; i++) {
        rc = add_row(side, &b, key[i].row, err);
        if (!rc && b.n == STEP)
            rc = flush(side, &b, tap, err);
    }
    if (!rc)
        rc = flush(side, &b, tap, err);
    for (size_t c = 0; b.text && c < side->dict.ncol; c++)
        cf_textcol_free(&b.text[c]);
    free(b.text);
    free(b.chunk);
    free(b.count);
    free(b.bias);
    return rc;
}

int cf_view_show(const struct cf_model *m, const struct cf_view_opts *o,
                 const struct cf_schema *s, const struct cf_tap *tap,
                 struct cf_err *err)
{
    const struct cf_side *side = side_of(m, o);
    struct key *key = cf_alloc(side->n, sizeof *key);

    if (!key)
        return cf_nomem(err, "rows");
    size_t n = order_rows(side, o, key);
    int rc = tap->head(tap->ctx, s, err);
    if (!rc)
        rc = put_rows(side, key, n, tap, err);
    if (!rc)
        rc = tap->end(tap->ctx, err);
    free(key);
    return rc;
}
