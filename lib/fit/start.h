/* start.h - the weights that training starts from. */
#ifndef CF_FIT_START_H
#define CF_FIT_START_H

#include "base/rng.h"
#include "fit/fit.h"

/* normal(0, 1) folded into (-2, 2) by fmod, times 0.01. */
void cf_fit_draw(float *w, size_t n, uint64_t seed, enum cf_purpose purpose);

/* Can training of m go on from o->init? CF_EUSAGE if it has another number of
 * factors, link or range of chances, or biases that there are not to be. Of its
 * mean nothing is said. */
int cf_fit_check_init(const struct cf_model *m, const struct cf_fit_opts *o,
                      struct cf_err *err);
/* For the ids that o->init has, its weights; for ids of a frozen side that it
 * does not have, no factors and the mean bias. */
void cf_fit_copy_init(struct cf_model *m, const struct cf_fit_opts *o);

/* Fills factors and biases of m with such draws, or zeros for biases that there
 * are not to be, and copies what there is of o->init. Errors as of
 * cf_fit_check_init; CF_EDATA if o->init has a mean, which mini-batch solvers
 * do not have. */
int cf_fit_start(struct cf_model *m, const struct cf_fit_opts *o,
                 struct cf_err *err);

#endif
