/* days.c - the days that a model knows, and what they add to a score. */
#include <stdlib.h>

#include "base/mem.h"
#include "model/model.h"

enum { DAY = 86400 };

int64_t cf_model_day(int64_t seconds)
{
    return seconds / DAY - (seconds % DAY < 0);
}

uint32_t cf_model_find_day(const int64_t *day, size_t n, int64_t seconds)
{
    int64_t want = cf_model_day(seconds);
    size_t from = 0, to = n;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (day[middle] < want)
            from = middle + 1;
        else
            to = middle;
    }
    return from < n && day[from] == want ? (uint32_t)from : CF_NONE;
}

int cf_model_add_days(struct cf_model *m, uint64_t n, struct cf_err *err)
{
    struct cf_days *d = &m->days;
    size_t factors, biases;

    if (n >= CF_NONE || !cf_mul((size_t)n, m->k, &factors) ||
        !cf_mul((size_t)n, m->samples, &biases))
        return cf_nomem(err, "days");
    d->n = n;
    d->day = cf_zalloc((size_t)n, sizeof *d->day);
    d->factors = cf_aalloc(factors, sizeof *d->factors);
    d->bias = cf_zalloc((size_t)n, sizeof *d->bias);
    d->sample_bias = cf_zalloc(biases, sizeof *d->sample_bias);
    return d->day && d->factors && d->bias && d->sample_bias
               ? 0
               : cf_nomem(err, "days");
}

void cf_days_free(struct cf_days *d)
{
    free(d->day);
    free(d->factors);
    free(d->bias);
    free(d->sample_bias);
    *d = (struct cf_days){0};
}
