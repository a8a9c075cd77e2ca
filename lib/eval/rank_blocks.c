/* rank_blocks.c - targets in the order and the form that ranking wants. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/rank_impl.h"
#include "stream/schema.h"

double cf_rank_length(const float *x, uint32_t k)
{
    double sum = 0;

    for (uint32_t f = 0; f < k; f++)
        sum += (double)x[f] * (double)x[f];
    return sqrt(sum);
}

static double bias(const struct cf_targets *t, uint32_t id)
{
    return t->length ? 0 : (double)t->bias[id];
}

/* The bound of a usual query first: what has it high fills lists early. By
 * cosine all are of length 1, and any order will do. */
static void order(struct cf_rank_blocks *b, const struct cf_targets *t,
                  double typical, struct cf_scored *v)
{
    for (uint32_t i = 0; i < b->n; i++) {
        uint32_t id = t->id[i];
        double at = bias(t, id);
        if (!t->length)
            at +=
                typical * cf_rank_length(t->factors + (size_t)id * t->k, t->k);
        v[i] = (struct cf_scored){(float)at, id};
    }
    qsort(v, b->n, sizeof *v, cf_scored_order);
    for (uint32_t i = 0; i < b->n; i++) {
        b->id[i] = v[i].id;
        b->pos[v[i].id] = i;
    }
}

/* By cosine rows are made 1 long. */
static void put(struct cf_rank_blocks *b, const struct cf_targets *t,
                uint32_t at)
{
    uint32_t id = b->id[at], block = at / CF_RANK_BLOCK;
    const float *x = t->factors + (size_t)id * t->k;
    float *to = b->factor +
                (size_t)(at / CF_RANK_PANEL) * t->k * CF_RANK_PANEL +
                at % CF_RANK_PANEL;
    double length = t->length ? 1 : cf_rank_length(x, t->k);

    for (uint32_t f = 0; f < t->k; f++)
        to[(size_t)f * CF_RANK_PANEL] =
            t->length ? (float)((double)x[f] / t->length[id]) : x[f];
    b->bias[at] = (float)bias(t, id);
    if (t->length) {
        b->least_norm = fmin(b->least_norm, t->length[id]);
        b->most_norm = fmax(b->most_norm, t->length[id]);
    }
    b->longest[block] = fmax(b->longest[block], length);
    b->highest[block] = fmax(b->highest[block], bias(t, id));
    b->most_length = fmax(b->most_length, length);
    b->most_bias = fmax(b->most_bias, fabs(bias(t, id)));
}

static int room(struct cf_rank_blocks *b, const struct cf_targets *t,
                struct cf_err *err)
{
    size_t places = (size_t)b->nblocks * CF_RANK_BLOCK, all;

    b->id = cf_alloc(b->n, sizeof *b->id);
    b->pos = cf_alloc(t->n, sizeof *b->pos);
    b->factor =
        cf_mul(places, t->k, &all) ? cf_aalloc(all, sizeof(float)) : NULL;
    b->bias = cf_aalloc(places, sizeof(float));
    b->longest = cf_zalloc(b->nblocks, sizeof *b->longest);
    b->highest = cf_alloc(b->nblocks, sizeof *b->highest);
    return b->id && b->pos && b->factor && b->bias && b->longest && b->highest
               ? 0
               : cf_nomem(err, "blocks of vectors");
}

int cf_rank_blocks_make(struct cf_rank_blocks *b, const struct cf_targets *t,
                        double typical, struct cf_err *err)
{
    struct cf_scored *v = cf_alloc(t->nid, sizeof *v);

    b->n = t->nid;
    b->nblocks = b->n / CF_RANK_BLOCK + (b->n % CF_RANK_BLOCK > 0);
    int rc = v ? room(b, t, err) : cf_nomem(err, "blocks of vectors");
    if (rc) {
        free(v);
        return rc;
    }
    for (uint64_t i = 0; i < t->n; i++)
        b->pos[i] = CF_NONE;
    for (size_t i = b->n; i < (size_t)b->nblocks * CF_RANK_BLOCK; i++)
        b->bias[i] = -INFINITY;
    for (uint32_t i = 0; i < b->nblocks; i++)
        b->highest[i] = -INFINITY;
    b->least_norm = INFINITY;
    order(b, t, typical, v);
    for (uint32_t i = 0; i < b->n; i++)
        put(b, t, i);
    free(v);
    return 0;
}

void cf_rank_blocks_free(struct cf_rank_blocks *b)
{
    free(b->id);
    free(b->pos);
    free(b->factor);
    free(b->bias);
    free(b->longest);
    free(b->highest);
}
