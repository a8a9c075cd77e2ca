/* view.c - a side of a model as rows. */
#include "model/view.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

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
    int rc = cf_schema_copy_part(s, "rows", CF_ROWS_UNKNOWN, dict, 0, err);
    if (!rc)
        rc = cf_schema_column(s, &count, err);
    if (!rc)
        rc = cf_schema_column(s, &bias, err);
    return rc;
}

/* The side with the columns of the view, borrowed. */
static bool borrow(const struct cf_side *side, struct cf_store *all)
{
    size_t n = side->dict.ncol;

    *all = (struct cf_store){.ncol = n + 2, .rows = side->n};
    all->col = cf_alloc(n + 2, sizeof *all->col);
    if (!all->col)
        return false;
    memcpy(all->col, side->dict.col, n * sizeof *all->col);
    all->col[n] = (struct cf_store_column){.type = CF_U32,
                                           .row_size = sizeof *side->count,
                                           .data = (char *)side->count};
    all->col[n + 1] = (struct cf_store_column){.type = CF_F32,
                                               .row_size = sizeof *side->bias,
                                               .data = (char *)side->bias};
    return true;
}

/* Copies some rows at a time, and writes them. */
static int put_rows(const struct cf_store *all, const struct key *key, size_t n,
                    struct cf_store *some, struct cf_writer *w,
                    struct cf_err *err)
{
    enum { STEP = 4096 };
    int rc = 0;

    for (size_t i = 0; !rc && i < n; i++) {
        rc = cf_store_copy(some, all, key[i].row, err);
        if (!rc && (some->rows == STEP || i + 1 == n)) {
            rc = cf_store_write(some, 0, some->rows, w, 0, err);
            cf_store_clear(some);
        }
    }
    return rc;
}

static int show(const struct cf_side *side, const struct cf_view_opts *o,
                const struct cf_schema *s, struct cf_writer *w,
                struct cf_err *err)
{
    struct key *key = cf_alloc(side->n, sizeof *key);
    struct cf_store all = {0}, some = {0};
    int rc = key && borrow(side, &all) ? cf_store_init(&some, s, 0, err)
                                       : cf_nomem(err, "rows");

    if (!rc)
        rc = put_rows(&all, key, order_rows(side, o, key), &some, w, err);
    cf_store_free(&some);
    free(all.col);
    free(key);
    return rc;
}

int cf_view_show(const struct cf_model *m, const struct cf_view_opts *o,
                 const struct cf_schema *s, const struct cf_tap *tap,
                 struct cf_err *err)
{
    struct cf_writer *w;
    int rc = cf_writer_open(&w, s, NULL, tap, err);

    if (!rc)
        rc = show(side_of(m, o), o, s, w, err);
    if (!rc)
        rc = cf_writer_finish(w, err);
    cf_writer_close(w);
    return rc;
}
