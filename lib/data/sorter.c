/* sorter.c - external merge sort. A row's place among those of its key is that
 * in which it came: runs are in order of time, and within a run rows are
 * numbered. */
#include "data/sorter.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/argsort.h"

enum {
    PAGE = 1024,    /* rows that are written at once */
    SLICE_MIN = 16, /* rows of each run that are in memory, at least */
    SOON = 16       /* rows on, what a row is loaded for already */
};

/* A run that is read. */
struct run {
    uint64_t at, end; /* rows of the file not yet read */
    struct cf_rec *slice, *next, *last;
};

/* The next row of a run. */
struct head {
    uint64_t key;
    size_t run;
};

struct cf_sorter {
    enum cf_sort_by by;
    size_t limit; /* rows in memory */
    struct cf_rec *v;
    uint64_t *order; /* of the rows, in the lower halves */
    uint64_t *spare;
    size_t n, cap, order_cap, spare_cap, next;
    uint64_t spilled;
    struct cf_spill file;
    struct run *run;
    size_t nrun, run_cap;
    struct head *heap; /* the least on top */
    size_t nheap;
};

static uint64_t key_of(enum cf_sort_by by, const struct cf_rec *r)
{
    switch (by) {
    case CF_BY_USER:
        return r->user;
    case CF_BY_TIME:
        return (uint64_t)r->time ^ UINT64_C(1) << 63;
    case CF_BY_ID:
        break;
    }
    return r->id;
}

int cf_sorter_open(struct cf_sorter **out, enum cf_sort_by by, uint64_t memory,
                   struct cf_err *err)
{
    struct cf_sorter *s = cf_zalloc(1, sizeof *s);
    uint64_t limit = memory / (sizeof *s->v + 2 * sizeof *s->order);

    *out = s;
    if (!s)
        return cf_nomem(err, "sorter");
    s->by = by;
    s->limit = limit > UINT32_MAX ? UINT32_MAX : (size_t)limit;
    if (s->limit < PAGE)
        s->limit = PAGE;
    return 0;
}

/* ---- runs ---- */

static uint64_t key(const void *ctx, uint32_t row)
{
    const struct cf_sorter *s = ctx;
    return key_of(s->by, &s->v[row]);
}

/* How many bits of the keys, from the lowest, are not alike. */
static unsigned key_bits(const struct cf_sorter *s)
{
    uint64_t differ = 0;
    unsigned bits = 0;

    for (size_t i = 1; i < s->n; i++)
        differ |= key_of(s->by, &s->v[i]) ^ key_of(s->by, &s->v[0]);
    for (; differ > 0; differ >>= 1)
        bits++;
    return bits;
}

static int sort_rows(struct cf_sorter *s, struct cf_err *err)
{
    const struct cf_keys keys = {key, s};

    if (!cf_grow(&s->order, &s->order_cap, s->n, sizeof *s->order) ||
        !cf_grow(&s->spare, &s->spare_cap, s->n, sizeof *s->spare))
        return cf_nomem(err, "rows to sort");
    for (size_t i = 0; i < s->n; i++)
        s->order[i] = i;
    cf_argsort(s->order, s->spare, s->n, key_bits(s), &keys);
    return 0;
}

static int add_run(struct cf_sorter *s, struct cf_err *err)
{
    if (!cf_grow(&s->run, &s->run_cap, s->nrun + 1, sizeof *s->run))
        return cf_nomem(err, "runs");
    s->run[s->nrun++] =
        (struct run){.at = s->spilled, .end = s->spilled + s->n};
    return 0;
}

/* The rows in memory become a run in the file. */
static int spill(struct cf_sorter *s, struct cf_err *err)
{
    struct cf_rec page[PAGE];
    int rc = add_run(s, err);

    if (!rc)
        rc = sort_rows(s, err);
    for (size_t i = 0, n; !rc && i < s->n; i += n) {
        n = s->n - i < PAGE ? s->n - i : PAGE;
        for (size_t k = 0; k < n; k++)
            page[k] = s->v[(uint32_t)s->order[i + k]];
        rc = cf_spill_write(&s->file, s->spilled * sizeof *page, page,
                            n * sizeof *page, err);
        s->spilled += n;
    }
    s->n = 0;
    return rc;
}

int cf_sorter_add(struct cf_sorter *s, const struct cf_rec *r,
                  struct cf_err *err)
{
    if (s->n == s->limit) {
        int rc = spill(s, err);
        if (rc)
            return rc;
    }
    if (s->n == s->cap && !cf_grow(&s->v, &s->cap, s->n + 1, sizeof *s->v))
        return cf_nomem(err, "rows to sort");
    s->v[s->n++] = *r;
    return 0;
}

/* ---- merging ---- */

static bool before(const struct head *a, const struct head *b)
{
    return a->key < b->key || (a->key == b->key && a->run < b->run);
}

/* The head on top goes down to its place. */
static void sink(struct head *heap, size_t n, size_t i)
{
    struct head x = heap[i];

    for (size_t kid; (kid = 2 * i + 1) < n; i = kid) {
        kid += kid + 1 < n && before(&heap[kid + 1], &heap[kid]);
        if (!before(&heap[kid], &x))
            break;
        heap[i] = heap[kid];
    }
    heap[i] = x;
}

/* Reads on, if a run's slice is at its end; slices are alike. */
static int fill(struct cf_sorter *s, struct run *r, struct cf_err *err)
{
    size_t most = s->limit / s->nrun;
    uint64_t left = r->end - r->at;
    size_t n = left < most ? (size_t)left : most;

    if (r->next != r->last || n == 0)
        return 0;
    int rc = cf_spill_read(&s->file, r->at * sizeof *r->slice, r->slice,
                           n * sizeof *r->slice, err);
    r->at += n;
    r->next = r->slice;
    r->last = r->slice + n;
    return rc;
}

static int start_merge(struct cf_sorter *s, struct cf_err *err)
{
    int rc = 0;

    free(s->order); /* its room is for the heap */
    free(s->spare);
    s->order = s->spare = NULL;
    s->order_cap = s->spare_cap = 0;
    if (s->limit / s->nrun < SLICE_MIN)
        return cf_fail(err, CF_EMEM,
                       "too many rows for so little memory; give more with "
                       "--memory");
    s->heap = cf_alloc(s->nrun, sizeof *s->heap);
    if (!s->heap)
        return cf_nomem(err, "runs");
    for (size_t i = 0; !rc && i < s->nrun; i++) {
        struct run *r = &s->run[i];
        r->slice = r->next = r->last = s->v + i * (s->limit / s->nrun);
        rc = fill(s, r, err);
        if (!rc)
            s->heap[i] = (struct head){key_of(s->by, r->next), i};
    }
    if (rc)
        return rc;
    s->nheap = s->nrun;
    for (size_t i = s->nheap / 2; i-- > 0;)
        sink(s->heap, s->nheap, i);
    return 0;
}

int cf_sorter_sort(struct cf_sorter *s, struct cf_err *err)
{
    if (s->nrun == 0)
        return sort_rows(s, err);
    int rc = s->n > 0 ? spill(s, err) : 0;
    return rc ? rc : start_merge(s, err);
}

/* The row that was given out stays where it is until the next call. */
static int merge_next(struct cf_sorter *s, const struct cf_rec **r,
                      struct cf_err *err)
{
    *r = NULL;
    if (s->next > 0) {
        struct run *old = &s->run[s->heap[0].run];
        int rc = fill(s, old, err);
        if (rc)
            return rc;
        if (old->next == old->last)
            s->heap[0] = s->heap[--s->nheap];
        else
            s->heap[0].key = key_of(s->by, old->next);
        sink(s->heap, s->nheap, 0);
    }
    s->next = 1;
    if (s->nheap > 0)
        *r = s->run[s->heap[0].run].next++;
    return 0;
}

int cf_sorter_next(struct cf_sorter *s, const struct cf_rec **r,
                   struct cf_err *err)
{
    if (s->nrun > 0)
        return s->next > 0 && s->nheap == 0 ? (*r = NULL, 0)
                                            : merge_next(s, r, err);
    if (s->next + SOON < s->n)
        __builtin_prefetch(&s->v[(uint32_t)s->order[s->next + SOON]]);
    *r = s->next < s->n ? &s->v[(uint32_t)s->order[s->next++]] : NULL;
    return 0;
}

void cf_sorter_clear(struct cf_sorter *s)
{
    free(s->heap);
    s->heap = NULL;
    s->nheap = s->nrun = s->n = s->next = 0;
    s->spilled = 0;
}

void cf_sorter_close(struct cf_sorter *s)
{
    if (!s)
        return;
    cf_sorter_clear(s);
    cf_spill_close(&s->file);
    free(s->run);
    free(s->v);
    free(s->order);
    free(s->spare);
    free(s);
}
