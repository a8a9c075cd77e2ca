/* bias.h - solver `bias`, see bias.c for the problem it solves. */
#ifndef CF_FIT_BIAS_H
#define CF_FIT_BIAS_H

#include "fit/fit.h"

int cf_fit_bias(struct cf_model *m, struct cf_feed *feed,
                const struct cf_fit_opts *o, const struct cf_fit_news *news,
                struct cf_err *err);

#endif
