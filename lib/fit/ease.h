/* ease.h - solver `ease`, see ease.c for the problem it solves. */
#ifndef CF_FIT_EASE_H
#define CF_FIT_EASE_H

#include "fit/fit.h"

int cf_fit_ease(struct cf_model *m, struct cf_feed *feed,
                const struct cf_fit_opts *o, const struct cf_fit_news *news,
                struct cf_err *err);

/* Bytes of the weights. */
uint64_t cf_ease_memory(const struct cf_model *m);

#endif
