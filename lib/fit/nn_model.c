/* nn_model.c - from the network that solver nn learnt to the model. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fit/nn_impl.h"

/* What embeddings add to the outputs of the first layer, whose weights for them
 * begin at w; turned: room for width x k numbers. */
static void add_up(const struct cf_nn *n, const struct cf_embedding *e,
                   const float *w, float *turned, float *factors)
{
    const struct cf_dense *first = &n->layer[0];
    uint32_t k = n->m->k;
    const struct cf_gemm g = {.m = e->rows.n,
                              .n = k,
                              .k = e->width,
                              .a = e->rows.factors,
                              .a_row = e->width,
                              .a_col = 1,
                              .b = turned,
                              .b_row = k,
                              .c = factors,
                              .c_row = k};

    for (size_t f = 0; f < k; f++)
        for (size_t j = 0; j < e->width; j++)
            turned[j * k + f] = w[f * first->in + j];
    memset(factors, 0, e->rows.n * k * sizeof *factors);
    n->o->vec->gemm(&g);
}

/* y = W (s x + t) + b becomes y = W' x + b'. */
static void fold(const struct cf_dense *d, const float *affine,
                 struct cf_mlp_layer *to)
{
    const float *w = d->w, *shift = affine + d->in;

    for (size_t f = 0; f < d->out; f++) {
        double sum = d->last ? (double)d->w[(size_t)d->in * d->out + f] : 0;
        for (size_t j = 0; j < d->in; j++, w++) {
            to->weight[f * d->in + j] = *w * affine[j];
            sum += (double)*w * (double)shift[j];
        }
        to->bias[f] = (float)sum;
    }
}

int cf_nn_update_model(struct cf_nn *n, struct cf_err *err)
{
    struct cf_model *m = n->m;
    const struct cf_dense *first = &n->layer[0];
    float *room = cf_alloc((size_t)first->in + 2, CF_MLP_WIDTH * sizeof *room);

    if (!room)
        return cf_nomem(err, "model");
    add_up(n, &n->user, first->w, room, m->user.factors);
    add_up(n, &n->item, first->w + n->user.width, room, m->item.factors);
    for (uint32_t l = 1; l < n->nlayers; l++) {
        cf_dense_affine(&n->layer[l - 1], room);
        fold(&n->layer[l], room, &m->mlp.layer[l - 1]);
    }
    free(room);
    cf_model_set_cold(m);
    return 0;
}
