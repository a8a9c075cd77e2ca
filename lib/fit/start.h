/* start.h - the weights that training starts from. */
#ifndef CF_FIT_START_H
#define CF_FIT_START_H

#include "base/rng.h"
#include "fit/fit.h"

/* normal(0, 1) folded into (-2, 2) by fmod, times 0.01. */
void cf_fit_draw(float *w, size_t n, uint64_t seed, enum cf_purpose purpose);

/* Can training go on from o->init, if there is one? CF_EUSAGE if it has another
 * number of factors or link, or biases that there are not to be. */
int cf_fit_check(const struct cf_model *m, const struct cf_fit_opts *o,
                 struct cf_err *err);
/* Gives the ids of one side that o->init has its weights; those of a frozen
 * side that it does not have no factors and the mean bias. */
void cf_fit_known_users(struct cf_model *m, const struct cf_fit_opts *o);
void cf_fit_known_items(struct cf_model *m, const struct cf_fit_opts *o);

/* Fills factors and biases of m with such draws, or zeros for biases that there
 * are not to be; for the ids that o->init has, its weights; for ids of a frozen
 * side that it does not have, no factors and the mean bias. CF_EUSAGE if
 * o->init has another number of factors or link, or biases that there are not
 * to be; CF_EDATA if it has a mean, which these solvers do not learn. */
int cf_fit_start(struct cf_model *m, const struct cf_fit_opts *o,
                 struct cf_err *err);

/* How far ratings are from the mean that they are learnt as differences from:
 * the root of the mean square; 1 if none differs. Of the squared error and its
 * penalty one minimum is the other one's multiple if ratings are and the
 * penalty is, so default penalties are in this unit. r has rows. */
double cf_fit_spread(const struct cf_ratings *r, double mean);

#endif
