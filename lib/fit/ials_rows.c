/* ials_rows.c - ratings as weights, or not at all. */
#include "fit/ials_rows.h"

int cf_ials_weigh(struct cf_ratings *r, double alpha, struct cf_err *err)
{
    for (uint64_t i = 0; i < r->n; i++) {
        double weight = 1 + alpha * (double)r->rating[i];
        if (!(weight >= 0 && weight <= 1e30))
            return cf_fail(err, CF_EDATA,
                           "the rating %g would have the weight %g "
                           "(1 + alpha * rating)",
                           (double)r->rating[i], weight);
        r->rating[i] = (float)weight;
    }
    return 0;
}

void cf_ials_positives(struct cf_ratings *r, bool negatives)
{
    uint64_t kept = 0;

    for (uint64_t i = 0; i < r->n; i++) {
        if (negatives && r->rating[i] == 0)
            continue;
        r->user[kept] = r->user[i];
        r->item[kept] = r->item[i];
        r->rating[kept++] = 1;
    }
    r->n = kept;
}
