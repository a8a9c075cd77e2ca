/* split.c - the part of a row, as far as it can be said when it comes. */
#include "data/split.h"

#include <string.h>

#include "base/rng.h"
#include "data/order.h"
#include "data/pairset.h"

bool cf_split_late(const struct cf_split *s)
{
    return s->how >= CF_SPLIT_LATE;
}

/* The folds are one draw's equal shares, so they differ and leave nothing. */
static bool in_fold(const struct cf_split *s, uint64_t row)
{
    const struct cf_rng rng = {.seed = s->seed, .purpose = CF_RNG_SPLIT};
    double at = cf_rng_real(&rng, row) * (double)s->folds;
    return (uint64_t)at == s->fold - 1;
}

static bool is_valid(const struct cf_split *s, const struct cf_split_rows *in,
                     size_t i)
{
    const struct cf_ratings *r = in->rows;

    switch (s->how) {
    case CF_SPLIT_SHARE:
        return cf_split_valid(s->seed, s->share, in->first + i);
    case CF_SPLIT_FOLD:
        return in_fold(s, in->first + i);
    case CF_SPLIT_AFTER:
        return r->time[i] > s->after;
    case CF_SPLIT_GIVEN:
        return cf_pairset_has(s->given, r->user[i], r->item[i]);
    case CF_SPLIT_USUAL:
    case CF_SPLIT_MARK:
    case CF_SPLIT_LATE:
    case CF_SPLIT_USER_LATE:
    case CF_SPLIT_USER_LAST:
        break;
    }
    return false;
}

void cf_split_block(const struct cf_split *s, const struct cf_split_rows *in,
                    uint8_t *part)
{
    size_t n = (size_t)in->rows->n;

    if (s->how == CF_SPLIT_MARK) {
        memcpy(part, in->mark, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        part[i] = is_valid(s, in, i) ? CF_VALID : CF_TRAIN;
}
