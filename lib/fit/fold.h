/* fold.h - users are added to a model by their ratings, without training it
 * again: cold start, "folding in".
 *
 * Minimises over the weights w of a user, which are k factors and a bias, with
 * the items as they are,
 *
 *   sum over the user's ratings of (y(w, item) - rating)^2
 *   + (w - mean)' penalty (w - mean)
 *
 * y being the model's prediction (under the identity link the raw score, not
 * cut to the range). mean and penalty are what training has made of the users
 * that it had, see prior.h: training by stochastic gradients with decoupled
 * weight decay minimises no penalty that is written down, but the users that it
 * arrives at have a mean and a spread. Of a user whom the model knows, mean is
 * what the model has, and to the penalty come the squared derivatives of the
 * predictions for the items seen, so that new ratings count beside the old
 * ones; but those of items that are rated again do not, and if all are, the
 * user is as good as new. If the model has no list of the items seen, nothing
 * comes to the penalty. It is the squared error that is minimised whatever loss
 * the model was trained with.
 *
 * Of a model with samples see fold_samples.h. A model with weights from items
 * to items has nothing to minimise: what users have rated is added to what they
 * have seen.
 *
 * For n ratings a step takes n k^2 + k^3 / 3 operations, and about five are
 * taken; memory is 16 k^2 bytes a thread. */
#ifndef CF_FIT_FOLD_H
#define CF_FIT_FOLD_H

#include "base/par.h"
#include "data/given.h"
#include "model/model.h"

struct cf_fold_opts {
    const double *l2; /* the penalty, for each weight alike; NULL: as above */
    struct cf_pool *pool;
};

struct cf_fold_report {
    uint64_t rows, no_item; /* ratings, of items that the model does not know:
                               left out */
    uint64_t users, known;  /* who were given; whom the model has already */
    uint64_t unlisted;      /* of the known, with training rows that the model
                               has no list of */
    uint64_t cold; /* of them, without a rating that counts; the model does not
                      know them after that, if it did not before */
    float lowest, highest; /* rating that counts */
};

/* Adds the users of g to m, or changes those that it has, with their ratings
 * among the counts and the items among those seen; equal pairs count as often
 * as they are there. row[i]: of user i of g in m. Items, cold biases and
 * everything else stay. CF_EDATA for a model that is not made of factors,
 * CF_EMEM for one of more than CF_SQUARE_MOST and no samples. After an error m
 * is good for nothing but cf_model_free. */
int cf_fold(struct cf_model *m, const struct cf_given *g,
            const struct cf_fold_opts *o, uint32_t *row,
            struct cf_fold_report *r, struct cf_err *err);

#endif
