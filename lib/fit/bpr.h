/* bpr.h - solver `bpr`, see bpr.c for the problem it solves. */
#ifndef CF_FIT_BPR_H
#define CF_FIT_BPR_H

#include "fit/fit.h"

/* Defaults of learning rate and regularization. */
#define CF_BPR_LR 0.05
#define CF_BPR_L2 0.03

int cf_fit_bpr(struct cf_model *m, struct cf_feed *feed,
               const struct cf_fit_opts *o, const struct cf_fit_news *news,
               struct cf_err *err);

#endif
