/* topn.h - ranking: the best items for a user, the nearest items to an item. */
#ifndef CF_EVAL_TOPN_H
#define CF_EVAL_TOPN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/par.h"
#include "math/top.h"
#include "math/vec.h"
#include "model/model.h"

struct cf_topn_opts {
    size_t n;
    bool keep_seen; /* seen items may appear */
    const struct cf_vec *vec;
    const double *length; /* of each item's factors, see cf_topn_lengths; only
                             for cf_topn_similar */
};

/* The best items for user u by raw score (which orders by predicted rating,
 * also where that reaches the end of its range), best first, ties by id, into
 * out (room for n); returns how many: fewer than n only if no more items are
 * left. Items without a training row are never recommended. u CF_NONE or
 * without a training row: a cold user, for whom the mean user stands. scratch
 * has room for item.n floats. Scores are predictions. */
size_t cf_topn_user(const struct cf_model *m, uint32_t u,
                    const struct cf_topn_opts *o, float *scratch,
                    struct cf_scored *out);
/* The lengths of the items' factors, 0 for items without a training row; out
 * has room for item.n. */
void cf_topn_lengths(const struct cf_model *m, double *out);
/* The items nearest to item i by cosine of factors, i itself and items without
 * a training row or of length 0 left out, of which none is near to any; scores
 * are cosines. Of a model with weights from items to items those to which it
 * gives most weight; scores are the weights. */
size_t cf_topn_similar(const struct cf_model *m, uint32_t i,
                       const struct cf_topn_opts *o, float *scratch,
                       struct cf_scored *out);

#endif
