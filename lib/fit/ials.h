/* ials.h - solver `ials`: implicit feedback by alternating least squares. */
#ifndef CF_FIT_IALS_H
#define CF_FIT_IALS_H

#include "fit/fit.h"

/* Of the default penalty; 2 to 5 rank best on the data sets that were tried. No
 * singular value of few rows is that large, and all factors would become 0, so
 * below that number of rows it falls with its root. */
#define CF_IALS_RIDGE 3.0
#define CF_IALS_ROWS 900.0

/* The defaults of what struct cf_ials_opts has. */
struct cf_ials_opts cf_ials_usual(void);

int cf_fit_ials(struct cf_model *m, struct cf_feed *feed,
                const struct cf_fit_opts *o, const struct cf_fit_news *news,
                struct cf_err *err);

#endif
