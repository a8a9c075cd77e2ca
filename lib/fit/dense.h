/* dense.h - a layer of solver nn while it learns:
 *
 *   a = max(weight x, 0)                                   (out, in) (in)
 *   y = scale (a - mean) / sqrt(variance + 1e-5) + shift
 *
 * with mean and variance of each output over the mini-batch (batch
 * normalisation); or, for the last layer, y = weight x + bias alone. Before
 * that, dropout sets some x to 0.
 *
 * A mini-batch's numbers are by feature: x holds its rows' first inputs, then
 * their second ones, and so on. */
#ifndef CF_FIT_DENSE_H
#define CF_FIT_DENSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "math/vec.h"

struct cf_dense {
    uint32_t in, out;
    bool last;
    double drop; /* share of inputs that is dropped */
    /* Weights, their gradient and moments, n each: (out, in), then scale and
     * shift (out each) or, of the last layer, bias (out). */
    float *w, *grad, *m, *v;
    size_t n;
    float
        *stats; /* running mean and variance (out each); of the last not used */
    float *dev; /* (out) 1 / sqrt(variance + 1e-5) */
    /* Of a mini-batch of at most `room` rows: */
    size_t room;
    float *x;      /* (in, rows) */
    float *by_row; /* (rows, in) the same */
    float *keep;   /* (in, rows) 0 or 1 / (1 - drop), for dropout only */
    float *a;      /* (out, rows) */
    float *hat;    /* (out, rows) a, normalised */
    float *ones;   /* (rows) */
};

/* Sizes, without room; weights are zeros. d is to be freed after an error,
 * too. */
int cf_dense_init(struct cf_dense *d, uint32_t in, uint32_t out, bool last,
                  struct cf_err *err);
/* Room for a mini-batch of that many rows; what was in it is lost if it
 * grows. */
int cf_dense_room(struct cf_dense *d, size_t rows, struct cf_err *err);
/* Weights as PyTorch begins with: uniform within 1 / sqrt(in), scale 1; shift
 * .001 as in fastai. number: of the layer, from 0. */
void cf_dense_start(struct cf_dense *d, uint64_t seed, uint32_t number);
void cf_dense_free(struct cf_dense *d);

/* Which inputs are dropped at a step. */
struct cf_dense_when {
    uint64_t seed, step;
    uint32_t number; /* of the layer */
};
/* x is there, for n rows: drops some of it, and makes by_row. */
void cf_dense_drop(struct cf_dense *d, const struct cf_dense_when *when,
                   size_t n);
/* From x to y, (out, n); updates the running mean and variance. */
void cf_dense_forward(struct cf_dense *d, const struct cf_vec *vec, size_t n,
                      float *y);
/* From the loss's derivative by y, which is spent, to grad and to the
 * derivative by x as it was before dropout, which takes the place of x. */
void cf_dense_backward(struct cf_dense *d, const struct cf_vec *vec, size_t n,
                       float *dy);
/* Sum of squares of the gradient; and all of it times a number. */
double cf_dense_square(const struct cf_dense *d, const struct cf_vec *vec);
void cf_dense_scale(struct cf_dense *d, float by);
/* s: what all weights go through, weight decay in it for those that decay: not
 * scale, shift and bias. */
void cf_dense_step(struct cf_dense *d, const struct cf_vec *vec,
                   const struct cf_adam_step *s);
/* y = by[0] a + by[out] with the running mean and variance, by output. */
void cf_dense_affine(const struct cf_dense *d, float *by);

/* to (cols, rows) from (rows, cols). */
void cf_transpose(const float *from, size_t rows, size_t cols, float *to);

#endif
