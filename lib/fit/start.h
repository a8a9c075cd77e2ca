/* start.h - the weights that training starts from. */
#ifndef CF_FIT_START_H
#define CF_FIT_START_H

#include "base/rng.h"
#include "fit/fit.h"

/* normal(0, 1) folded into (-2, 2) by fmod, times 0.01. */
void cf_fit_draw(float *w, size_t n, uint64_t seed, enum cf_purpose purpose);

/* Fills factors and biases of m with such draws; or, for the ids that o->init
 * has, with its weights. CF_EUSAGE if o->init has another number of factors. */
int cf_fit_start(struct cf_model *m, const struct cf_fit_opts *o,
                 struct cf_err *err);

#endif
