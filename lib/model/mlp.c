/* mlp.c - raw scores through layers: some pairs at a time, side by side, so
 * that a register holds the same number of all of them. */
#include "model/mlp.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int cf_mlp_add(struct cf_mlp *l, uint32_t in, uint32_t out, struct cf_err *err)
{
    struct cf_mlp_layer *new = &l->layer[l->n++];

    new->in = in;
    new->out = out;
    new->weight = cf_aalloc((size_t)in * out, sizeof *new->weight);
    new->bias = cf_aalloc(out, sizeof *new->bias);
    return new->weight &&new->bias ? 0 : cf_nomem(err, "layers");
}

void cf_mlp_free(struct cf_mlp *l)
{
    for (uint32_t i = 0; i < l->n; i++) {
        free(l->layer[i].weight);
        free(l->layer[i].bias);
    }
    memset(l, 0, sizeof *l);
}

/* Number f of pair number j is at f * CF_MLP_PAIRS + j; places of pairs that
 * there are none of are 0. */
static void add_factors(const struct cf_mlp_pair *pair, size_t n, uint32_t k,
                        float *x)
{
    memset(x, 0, (size_t)k * CF_MLP_PAIRS * sizeof *x);
    for (size_t j = 0; j < n; j++)
        for (size_t f = 0; f < k; f++)
            x[f * CF_MLP_PAIRS + j] = pair[j].user[f] + pair[j].item[f];
}

static void apply(const struct cf_mlp_layer *l, const struct cf_vec *vec,
                  float *x, float *y)
{
    const struct cf_gemm g = {.m = l->out,
                              .n = CF_MLP_PAIRS,
                              .k = l->in,
                              .a = l->weight,
                              .a_row = l->in,
                              .a_col = 1,
                              .b = x,
                              .b_row = CF_MLP_PAIRS,
                              .c = y,
                              .c_row = CF_MLP_PAIRS};

    for (size_t i = 0; i < (size_t)l->in * CF_MLP_PAIRS; i++)
        x[i] = x[i] > 0 ? x[i] : 0;
    for (size_t f = 0; f < l->out; f++)
        for (size_t j = 0; j < CF_MLP_PAIRS; j++)
            y[f * CF_MLP_PAIRS + j] = l->bias[f];
    vec->gemm(&g);
}

void cf_mlp_score(const struct cf_mlp *l, const struct cf_vec *vec,
                  const struct cf_mlp_pair *pair, size_t n, float *z)
{
    float room[2][CF_MLP_WIDTH * CF_MLP_PAIRS];
    float *x = room[0], *y = room[1];

    add_factors(pair, n, l->layer[0].in, x);
    for (uint32_t i = 0; i < l->n; i++) {
        apply(&l->layer[i], vec, x, y);
        float *last = x;
        x = y;
        y = last;
    }
    memcpy(z, x, n * sizeof *z);
}
