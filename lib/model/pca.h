/* pca.h - the principal components of the factors of one side of a model: the
 * directions in which its rows differ most. */
#ifndef CF_MODEL_PCA_H
#define CF_MODEL_PCA_H

#include "model/model.h"

struct cf_pca {
    uint32_t n;    /* components */
    double *share; /* (n) of the variance, descending */
    float *score;  /* (rows of the side, n): places of the rows along the
                      components */
};

struct cf_pca_opts {
    uint64_t n;       /* components */
    uint64_t least;   /* training rows of rows that count; at least 1 */
    const char *what; /* "item", for messages */
};

/* The first components of a side's factors, (rows, k), over the rows that
 * count; the others have the score NaN. Of each component, the loading that is
 * largest by absolute value, the first of equals, is positive (as by
 * scikit-learn's svd_flip(u_based_decision=False)), so that they are the same
 * everywhere. CF_EDATA if there are less than n components: there are at most
 * k, and one less than rows; CF_EMEM for more than CF_SQUARE_MOST factors. p is
 * to be freed after an error, too. */
int cf_pca(struct cf_pca *p, const struct cf_side *side, uint32_t k,
           const struct cf_pca_opts *o, struct cf_err *err);
void cf_pca_free(struct cf_pca *p);

#endif
