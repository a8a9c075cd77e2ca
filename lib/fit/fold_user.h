/* fold_user.h - the weights of one user beside items that stay as they are; see
 * fold.h. */
#ifndef CF_FIT_FOLD_USER_H
#define CF_FIT_FOLD_USER_H

#include "fit/prior.h"

struct cf_rated {
    uint32_t item; /* row in the model, with training rows */
    float rating;
};

/* Room to fold one user in after the other. */
struct cf_folder {
    const struct cf_model *m;
    const struct cf_prior *prior;
    double *mean, *penalty; /* of this user: (n), (n, n) */
    double *x;              /* (n) an item's factors, and 1 for the bias */
    double *g, *next;       /* (n) gradient or step, weights that are tried */
    double *a;              /* (n, n) the matrix of the step */
};

/* f is to be freed after an error, too. m and prior are borrowed. */
int cf_folder_init(struct cf_folder *f, const struct cf_model *m,
                   const struct cf_prior *prior, struct cf_err *err);
/* w: the weights (k factors, the bias) of a user with the ratings r[0..n-1],
 * by item; of user u, whom the model knows, or CF_NONE. */
void cf_fold_user(struct cf_folder *f, uint32_t u, const struct cf_rated *r,
                  size_t n, double *w);
void cf_folder_free(struct cf_folder *f);

#endif
