/* dups.c - a pair of user and item has one row. */
#include "data/dups.h"

#include <math.h>

#include "stream/schema.h"

const char *const cf_dup_names[] = {"keep", "last", "first", "mean",
                                    "sum",  "fail", NULL};

/* All rows of a pair become its last one. */
static void fold(enum cf_dup policy, struct cf_rows *r, const size_t *before,
                 size_t last)
{
    bool sums = policy == CF_DUP_MEAN || policy == CF_DUP_SUM;
    double sum = sums ? (double)r->rating[last] : 0, times = 1;

    for (size_t b = before[last]; b > 0; b = before[b - 1]) {
        r->user[b - 1] = CF_NONE;
        sum += sums ? (double)r->rating[b - 1] : 0;
        times++;
    }
    if (sums)
        r->rating[last] = (float)(policy == CF_DUP_MEAN ? sum / times : sum);
}

static size_t fold_all(enum cf_dup policy, struct cf_rows *r,
                       const size_t *before)
{
    for (size_t i = r->n; i-- > 0;) {
        if (r->user[i] == CF_NONE)
            continue;
        fold(policy, r, before, i);
        if (policy == CF_DUP_SUM && !isfinite(r->rating[i]))
            return i + 1;
    }
    return 0;
}

size_t cf_dups(enum cf_dup policy, struct cf_rows *r, const size_t *before)
{
    if (policy == CF_DUP_KEEP)
        return 0;
    if (policy != CF_DUP_FIRST && policy != CF_DUP_FAIL)
        return fold_all(policy, r, before);
    for (size_t i = 0; i < r->n; i++) {
        if (before[i] == 0)
            continue;
        if (policy == CF_DUP_FAIL)
            return i + 1;
        r->user[i] = CF_NONE;
    }
    return 0;
}
