/* resample.h - the uncertainty of measures by the bootstrap (Efron 1979):
 * groups of users or rows are drawn again, as many as there are, with
 * replacement, and the measures are computed of those; the interval is between
 * two quantiles of what comes out. What is compared is drawn together.
 *
 * A group has sums; a measure is a function of the sums over all groups. Users
 * (rows) with numbers below CF_GROUPS have a group of their own; of more, each
 * joins one of them at random: then a group is a random part of all, and
 * drawing groups is as good as drawing users, in memory and time that do not
 * depend on how many there are. */
#ifndef CF_EVAL_RESAMPLE_H
#define CF_EVAL_RESAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/par.h"

enum { CF_GROUPS = 16384 };

/* The group of a user or row. */
size_t cf_group_of(uint64_t seed, uint64_t number);

/* Sums of CF_GROUPS groups. */
struct cf_sums {
    size_t width;
    double *v;  /* (CF_GROUPS, width) */
    bool *some; /* of each group: has it any? */
};

int cf_sums_init(struct cf_sums *s, size_t width, struct cf_err *err);
void cf_sums_free(struct cf_sums *s);
/* The sums of a group, to add to. */
double *cf_sums_of(struct cf_sums *s, size_t group);

/* Computes n measures from sums; NaN: there is none. */
struct cf_measures {
    size_t n;
    void (*of)(const void *ctx, const double *sums, double *out);
    const void *ctx;
};

struct cf_resample_opts {
    uint64_t resamples; /* 0: no intervals, all NaN */
    double level;       /* of the interval, such as 0.95 */
    uint64_t seed;
    struct cf_pool *pool;
};

/* side: one, or two that are compared, of equal width. value: the measures of
 * each side (sides, n). low, high: the ends of the interval, of the measure or,
 * of two sides, of the difference, first less second; NaN if there is none.
 * Resamples in which a measure is NaN do not count for it. */
struct cf_resampled {
    double *value[2], *low, *high;
};
int cf_resample(const struct cf_sums *const *side, size_t sides,
                const struct cf_measures *m, const struct cf_resample_opts *o,
                const struct cf_resampled *out, struct cf_err *err);

#endif
