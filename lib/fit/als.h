/* als.h - solver `als`: the embedding model by alternating least squares. */
#ifndef CF_FIT_ALS_H
#define CF_FIT_ALS_H

#include "fit/fit.h"

#define CF_ALS_L2 0.09

int cf_fit_als(struct cf_model *m, struct cf_feed *feed,
               const struct cf_fit_opts *o, const struct cf_fit_news *news,
               struct cf_err *err);

#endif
