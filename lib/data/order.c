/* order.c - the order of rows. */
#include "data/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "data/argsort.h"

enum { KEY_BITS = 64 };

static uint64_t draw(const void *rng, uint32_t row)
{
    return cf_rng_u64(rng, row);
}

static struct cf_rng keys_of(uint64_t seed, uint32_t epoch)
{
    return (struct cf_rng){
        .seed = seed, .purpose = CF_RNG_SHUFFLE, .epoch = epoch};
}

uint64_t cf_order_key(uint64_t seed, uint32_t epoch, uint64_t row)
{
    const struct cf_rng rng = keys_of(seed, epoch);
    return cf_rng_u64(&rng, row);
}

bool cf_split_valid(uint64_t seed, double valid, uint64_t row)
{
    const struct cf_rng rng = {.seed = seed, .purpose = CF_RNG_SPLIT};
    return valid > 0 && cf_rng_real(&rng, row) < valid;
}

int cf_order_open(struct cf_order *o, struct cf_err *err)
{
    size_t valid = o->n;

    o->row = cf_alloc(o->n, sizeof *o->row);
    o->spare = cf_alloc(o->n, sizeof *o->spare);
    if (!o->row || !o->spare)
        return cf_nomem(err, "order of rows");
    for (size_t i = o->n; i-- > 0;)
        if (!o->is_train(o->ctx, i))
            o->row[--valid] = i;
    for (size_t i = 0; o->train < valid; i++)
        if (o->is_train(o->ctx, i))
            o->row[o->train++] = i;
    return 0;
}

void cf_order_epoch(struct cf_order *o, uint32_t epoch)
{
    const struct cf_rng rng = keys_of(o->seed, epoch);
    const struct cf_keys keys = {draw, &rng};

    cf_argsort(o->row, o->spare, o->train, KEY_BITS, &keys);
}

void cf_order_close(struct cf_order *o)
{
    free(o->row);
    free(o->spare);
    memset(o, 0, sizeof *o);
}
