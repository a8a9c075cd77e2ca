/* mlp.h - the layers between factors and raw score of a model that has some (a
 * multilayer perceptron, solver nn):
 *
 *   x = user_factors[u] + item_factors[i]
 *   for each layer: x = weight max(x, 0) + bias
 *
 * of which the last one has one output, the raw score z. The sum of factors is
 * a first layer already done: its inputs are a user's and an item's embedding
 * side by side, and the factors are what each of both adds to its outputs. */
#ifndef CF_MODEL_MLP_H
#define CF_MODEL_MLP_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "math/vec.h"

enum {
    CF_MLP_LAYERS = 8,   /* at most */
    CF_MLP_WIDTH = 1024, /* of a layer, at most */
    CF_MLP_PAIRS = 16    /* scored at a time, at most */
};

struct cf_mlp_layer {
    uint32_t in, out;
    float *weight; /* (out, in) */
    float *bias;   /* (out) */
};

struct cf_mlp {
    uint32_t n;
    struct cf_mlp_layer layer[CF_MLP_LAYERS];
};

/* One more layer, all zeros. The caller has checked that it fits those before.
 * l is to be freed after an error, too. */
int cf_mlp_add(struct cf_mlp *l, uint32_t in, uint32_t out, struct cf_err *err);
void cf_mlp_free(struct cf_mlp *l);

/* The factors of a pair, as many as the first layer has inputs. */
struct cf_mlp_pair {
    const float *user, *item;
};
/* Raw scores of n pairs; the bits of each depend on it alone. */
void cf_mlp_score(const struct cf_mlp *l, const struct cf_vec *vec,
                  const struct cf_mlp_pair *pair, size_t n, float *z);

#endif
