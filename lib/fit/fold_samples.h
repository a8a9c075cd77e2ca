/* fold_samples.h - users are added to a model with samples; see fold.h.
 *
 * Each sample of the model gets a row for the user of its own: the likeliest
 * one by the user's ratings and the normal distribution that the model's users
 * have in this sample (a mean and a variance for each number), its items and
 * noise being as they are, which is that of a ridge regression. Of stars, with
 * the cuts of the sample, it is found by EM (Dempster, Laird and Rubin 1977):
 * what stands behind a star is replaced by its mean given star and row (that of
 * a truncated normal), then the row is that of the regression, 20 times. A user
 * whom the model knows has its row of this sample for a mean, and the squares
 * of the items that it has seen, but for those that are rated again, beside the
 * variances.
 *
 * With d = k / samples + 1, n ratings cost n d^2 / 2 + d^3 / 6 multiplications
 * a sample, with stars 40 n d more. */
#ifndef CF_FIT_FOLD_SAMPLES_H
#define CF_FIT_FOLD_SAMPLES_H

#include "base/par.h"
#include "fit/fold_user.h"

/* Users and what they rated. */
struct cf_fold_given {
    size_t users;
    const uint32_t *row;          /* (users) in the model */
    const size_t *start;          /* (users + 1) */
    const struct cf_rated *rated; /* by user, then item */
};

/* Room, all zeros, for `more` rows of `width` numbers after the first `old`;
 * false if there is none. */
bool cf_fold_grow(float **v, size_t old, size_t more, size_t width);
/* Room, all zeros, for what `more` users after the first `old` have of samples
 * and stars. */
int cf_fold_grow_samples(struct cf_model *m, size_t old, size_t more,
                         struct cf_err *err);
/* Sets the rows of users with ratings; counts stay. l2 not NULL: the penalty is
 * that number for each of a user's, beside squared errors. */
int cf_fold_samples(struct cf_model *m, const struct cf_fold_given *g,
                    const double *l2, struct cf_pool *pool, struct cf_err *err);

#endif
