/* prior.h - what the users of a model are like: the mean of their weights (k
 * factors, then the bias), and the penalty that holds a user with few ratings
 * near it. See fold.h for what it is used in. */
#ifndef CF_FIT_PRIOR_H
#define CF_FIT_PRIOR_H

#include <stddef.h>

#include "model/model.h"

struct cf_prior {
    size_t n;        /* weights of a user: k + 1 */
    double *mean;    /* (n) */
    double *penalty; /* (n, n), symmetric and positive definite */
};

/* From the users that have training rows; at most 2,048 of them, evenly spread,
 * tell enough. The penalty is
 *
 *   noise * inverse of C,
 *   C = (users * covariance + n * its diagonal) / (users + n),
 *
 * the noise being the mean squared error at the end of training, or, if that is
 * not known (the model's loss is another one), .04 of the squared range: what a
 * normal distribution of users, and of errors, gives. The diagonal keeps C from
 * being singular when users are few. l2 not NULL: the penalty is that number
 * times the identity. CF_EMEM for more than CF_SQUARE_MOST factors. p is to be
 * freed after an error, too. */
int cf_prior_init(struct cf_prior *p, const struct cf_model *m,
                  const double *l2, struct cf_err *err);
void cf_prior_free(struct cf_prior *p);

#endif
