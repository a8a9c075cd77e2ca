/* bpr.h - solver `bpr`, see bpr.c for the problem it solves. */
#ifndef CF_FIT_BPR_H
#define CF_FIT_BPR_H

#include "fit/fit.h"

int cf_fit_bpr(struct cf_model *m, struct cf_feed *feed,
               const struct cf_fit_opts *o, const struct cf_fit_news *news,
               struct cf_err *err);

#endif
