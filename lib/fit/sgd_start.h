/* sgd_start.h - the weights that solver sgd starts from. */
#ifndef CF_FIT_SGD_START_H
#define CF_FIT_SGD_START_H

#include "data/ratings.h"
#include "fit/fit.h"

/* Sets the mean, factors and biases of m, as sgd.c says; what o->init has, as
 * there. CF_EUSAGE if training cannot go on from it, see start.h, or if it has
 * factors below 0 and there are to be none. */
int cf_sgd_start(struct cf_model *m, const struct cf_ratings *r,
                 const struct cf_fit_opts *o, struct cf_err *err);

#endif
