/* sgd.h - solver `sgd`: the embedding model by plain stochastic gradients, a
 * rating at a time. What it does: sgd.c. */
#ifndef CF_FIT_SGD_H
#define CF_FIT_SGD_H

#include "fit/fit.h"

/* Its defaults of cf_fit_opts. */
#define CF_SGD_LR 0.03
#define CF_SGD_DECAY 0.2
#define CF_SGD_L2 0.04

int cf_fit_sgd(struct cf_model *m, struct cf_feed *feed,
               const struct cf_fit_opts *o, const struct cf_fit_news *news,
               struct cf_err *err);

#endif
