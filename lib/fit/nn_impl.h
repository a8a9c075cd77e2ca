/* nn_impl.h - the network of solver nn while it learns. */
#ifndef CF_FIT_NN_IMPL_H
#define CF_FIT_NN_IMPL_H

#include "fit/adam_side.h"
#include "fit/dense.h"
#include "fit/learn.h"
#include "fit/nn.h"

enum { CF_DENSE_MAX = CF_MLP_LAYERS + 1 };

/* Of two embeddings three tensors each, of layers four at most. */
_Static_assert(2 * 3 + (int)CF_DENSE_MAX * 4 <= (int)CF_TENSORS_MAX,
               "there is room for all tensors");

/* Embeddings of one side. */
struct cf_embedding {
    struct cf_side rows; /* as the optimiser sees them: n and factors only */
    struct cf_adam_side adam;
    uint32_t width;
};

struct cf_nn {
    struct cf_model *m;
    const struct cf_fit_opts *o;
    struct cf_target target;
    struct cf_embedding user, item;
    struct cf_adam_log log;
    struct cf_dense layer[CF_DENSE_MAX]; /* the last one has one output */
    uint32_t nlayers;
    float *z; /* (rows of a mini-batch) */
    size_t cap_z;
    char name[CF_DENSE_MAX][4][24]; /* of the tensors of layers */
};

/* Turns all that was learnt, up to date, into factors and layers of n->m. */
int cf_nn_update_model(struct cf_nn *n, struct cf_err *err);

#endif
