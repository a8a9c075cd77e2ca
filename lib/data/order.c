/* order.c - the order of rows. Keys are drawn anew, which is cheaper than to
 * keep them: rows are dealt into buckets by the upper bits of their keys, and
 * each bucket is sorted by itself. */
#include "data/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"

enum { BUCKET = 2048 /* rows, about */ };

uint64_t cf_order_key(uint64_t seed, uint32_t epoch, uint64_t row)
{
    const struct cf_rng rng = {
        .seed = seed, .purpose = CF_RNG_SHUFFLE, .epoch = epoch};
    return cf_rng_u64(&rng, row);
}

bool cf_split_valid(uint64_t seed, double valid, uint64_t row)
{
    const struct cf_rng rng = {.seed = seed, .purpose = CF_RNG_SPLIT};
    return valid > 0 && cf_rng_real(&rng, row) < valid;
}

static bool is_valid(const struct cf_order *o, size_t row)
{
    return cf_split_valid(o->seed, o->valid, row);
}

int cf_order_open(struct cf_order *o, struct cf_err *err)
{
    for (o->bits = 0; o->n >> o->bits > BUCKET; o->bits++)
        ;
    o->row = cf_alloc(o->n, sizeof *o->row);
    o->end = cf_alloc((size_t)1 << o->bits, sizeof *o->end);
    if (!o->row || !o->end)
        return cf_nomem(err, "order of rows");
    for (size_t i = 0; i < o->n; i++)
        if (!is_valid(o, i))
            o->row[o->train++] = (uint32_t)i;
    for (size_t i = 0, at = o->train; i < o->n && at < o->n; i++)
        if (is_valid(o, i))
            o->row[at++] = (uint32_t)i;
    return 0;
}

static size_t bucket_of(const struct cf_order *o, uint32_t epoch, size_t row)
{
    uint64_t key = cf_order_key(o->seed, epoch, row);
    return o->bits == 0 ? 0 : (size_t)(key >> (64 - o->bits));
}

/* Counts the buckets, then end is where each begins. */
static size_t start_buckets(struct cf_order *o, uint32_t epoch)
{
    size_t n = (size_t)1 << o->bits, at = 0, most = 0;

    memset(o->end, 0, n * sizeof *o->end);
    for (size_t i = 0; i < o->train; i++)
        o->end[bucket_of(o, epoch, o->row[i])]++;
    for (size_t b = 0; b < n; b++) {
        size_t rows = o->end[b];
        o->end[b] = at;
        at += rows;
        most = rows > most ? rows : most;
    }
    return most;
}

static void sort_bucket(struct cf_order *o, uint32_t epoch, size_t from,
                        size_t to)
{
    for (size_t i = from; i < to; i++)
        o->keyed[i - from] = (struct cf_keyed){
            cf_order_key(o->seed, epoch, o->row[i]), o->row[i]};
    cf_keyed_sort(o->keyed, to - from);
    for (size_t i = from; i < to; i++)
        o->row[i] = (uint32_t)o->keyed[i - from].row;
}

int cf_order_epoch(struct cf_order *o, uint32_t epoch, struct cf_err *err)
{
    size_t most = start_buckets(o, epoch);

    if (!cf_grow(&o->keyed, &o->cap, most, sizeof *o->keyed))
        return cf_nomem(err, "order of rows");
    for (size_t i = 0; i < o->n; i++)
        if (!is_valid(o, i))
            o->row[o->end[bucket_of(o, epoch, i)]++] = (uint32_t)i;
    for (size_t b = 0, from = 0; b >> o->bits == 0; from = o->end[b++])
        sort_bucket(o, epoch, from, o->end[b]);
    return 0;
}

void cf_order_close(struct cf_order *o)
{
    free(o->row);
    free(o->end);
    free(o->keyed);
    memset(o, 0, sizeof *o);
}
