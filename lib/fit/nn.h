/* nn.h - solver `nn`, see nn.c for the problem it solves. */
#ifndef CF_FIT_NN_H
#define CF_FIT_NN_H

#include "fit/fit.h"

/* The width of an embedding of n ids, and one for those unknown, as fastai has
 * it: min(600, round(1.6 (n + 1)^.56)). */
uint32_t cf_nn_width(uint64_t n);

int cf_fit_nn(struct cf_model *m, struct cf_feed *feed,
              const struct cf_fit_opts *o, const struct cf_fit_news *news,
              struct cf_err *err);

#endif
