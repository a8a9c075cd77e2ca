/* gibbs.h - Bayesian matrix factorization by Gibbs sampling. */
#ifndef CF_FIT_GIBBS_H
#define CF_FIT_GIBBS_H

#include "fit/fit.h"

/* As cf_fit_fn, CF_EUSAGE if there is no such attribute. m has o->gibbs.keep
 * times o->gibbs.k factors. */
int cf_fit_gibbs(struct cf_model *m, struct cf_feed *feed,
                 const struct cf_fit_opts *o, const struct cf_fit_news *news,
                 struct cf_err *err);

#endif
