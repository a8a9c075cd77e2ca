/* sgd.h - steps of stochastic gradient descent on the embedding model, a rating
 * at a time. One kernel for each instruction set; all give the same bits, see
 * vec.h on how: dot products are those of cf_vec, no operation is fused. */
#ifndef CF_MATH_SGD_H
#define CF_MATH_SGD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "math/vec.h"

/* Rows of factors are this many numbers wide, or a multiple of it. */
enum { CF_SGD_LANES = 16 };

struct cf_sgd_row {
    uint32_t user, item;
    float rating;
};

/* With z = mean + b_u + b_i + p_u . q_i and e = rating - z, or
 * rating - sigmoid(z) if bce, a step is
 *
 *   b = bias_keep b + bias_rate e            for b_u and b_i
 *   p_u, q_i = keep p_u + rate e q_i, keep q_i + rate e p_u
 *
 * and then, if nonneg, what is below 0 in p_u and q_i becomes 0; a NaN stays.
 */
struct cf_sgd {
    float *user, *item; /* (., width) factors, row-major */
    float *user_bias, *item_bias;
    size_t width; /* a multiple of CF_SGD_LANES */
    float mean;
    float rate, keep, bias_rate, bias_keep;
    bool nonneg, bce;
};

/* A step for each of n rows; returns the sum of losses before each step: e^2,
 * or the cross entropy. Rows of a user are neighbours. The order: the rows are
 * cut into four streams of about the same length, none of which ends within a
 * user. In a turn, which is one row of each, all four e are found, and then the
 * steps are taken one after the other; so one dot product need not wait for
 * another's step. What is longer than the shortest stream comes after that, one
 * row a turn. */
typedef double cf_sgd_fn(const struct cf_sgd *s, const struct cf_sgd_row *row,
                         size_t n);

/* The kernel of the instruction set that vec is for. */
cf_sgd_fn *cf_sgd_kernel(const struct cf_vec *vec);

#endif
