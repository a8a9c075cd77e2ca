/* pop.h - solver `pop`, see pop.c for the problem it solves. */
#ifndef CF_FIT_POP_H
#define CF_FIT_POP_H

#include "fit/fit.h"

int cf_fit_pop(struct cf_model *m, struct cf_feed *feed,
               const struct cf_fit_opts *o, const struct cf_fit_news *news,
               struct cf_err *err);

#endif
