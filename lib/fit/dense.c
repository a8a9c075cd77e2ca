/* dense.c - a layer of solver nn. */
#include "fit/dense.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"

#define EPS 1e-5F     /* added to variances */
#define MOMENTUM 0.1F /* share of the newest in running means */
#define SHIFT 1e-3F

/* ---- memory ---- */

static float *numbers(size_t n, size_t of)
{
    size_t all;
    return cf_mul(n, of, &all) ? cf_aalloc(all, sizeof(float)) : NULL;
}

int cf_dense_init(struct cf_dense *d, uint32_t in, uint32_t out, bool last,
                  struct cf_err *err)
{
    *d = (struct cf_dense){.in = in, .out = out, .last = last};
    d->n = (size_t)out * (in + (last ? 1U : 2U));
    float **const of_weights[] = {&d->w, &d->grad, &d->m, &d->v};
    for (size_t i = 0; i < 4; i++)
        if (!(*of_weights[i] = numbers(d->n, 1)))
            return cf_nomem(err, "layers");
    d->stats = numbers(out, 2);
    d->dev = numbers(out, 1);
    return d->stats && d->dev ? 0 : cf_nomem(err, "layers");
}

static void free_room(struct cf_dense *d)
{
    free(d->x);
    free(d->by_row);
    free(d->keep);
    free(d->a);
    free(d->hat);
    free(d->ones);
    d->x = d->by_row = d->keep = d->a = d->hat = d->ones = NULL;
    d->room = 0;
}

int cf_dense_room(struct cf_dense *d, size_t rows, struct cf_err *err)
{
    if (rows <= d->room)
        return 0;
    free_room(d);
    d->x = numbers(rows, d->in);
    d->by_row = numbers(rows, d->in);
    d->keep = numbers(rows, d->in);
    d->a = numbers(rows, d->out);
    d->hat = numbers(rows, d->out);
    d->ones = numbers(rows, 1);
    if (!d->x || !d->by_row || !d->keep || !d->a || !d->hat || !d->ones)
        return cf_nomem(err, "mini-batch");
    for (size_t r = 0; r < rows; r++)
        d->ones[r] = 1;
    d->room = rows;
    return 0;
}

void cf_dense_free(struct cf_dense *d)
{
    free(d->w);
    free(d->grad);
    free(d->m);
    free(d->v);
    free(d->stats);
    free(d->dev);
    free_room(d);
    memset(d, 0, sizeof *d);
}

/* Behind the weights: scale, then shift; of the last layer the bias. */
static float *tail(const struct cf_dense *d, float *of)
{
    return of + (size_t)d->in * d->out;
}

void cf_dense_start(struct cf_dense *d, uint64_t seed, uint32_t number)
{
    const struct cf_rng rng = {
        .seed = seed, .purpose = CF_RNG_INIT_LAYER, .epoch = number};
    double most = 1 / sqrt((double)d->in);
    size_t drawn = d->last ? d->n : (size_t)d->in * d->out;

    for (size_t i = 0; i < drawn; i++)
        d->w[i] = (float)(most * (2 * cf_rng_real(&rng, i) - 1));
    for (size_t f = 0; !d->last && f < d->out; f++) {
        tail(d, d->w)[f] = 1;
        tail(d, d->w)[d->out + f] = SHIFT;
        d->stats[d->out + f] = 1;
    }
}

/* ---- dropout ---- */

void cf_transpose(const float *from, size_t rows, size_t cols, float *to)
{
    enum { TILE = 16 };

    for (size_t r0 = 0; r0 < rows; r0 += TILE)
        for (size_t c0 = 0; c0 < cols; c0 += TILE)
            for (size_t r = r0; r < r0 + TILE && r < rows; r++)
                for (size_t c = c0; c < c0 + TILE && c < cols; c++)
                    to[c * rows + r] = from[r * cols + c];
}

/* A draw has the chances of four inputs, 16 bits each. */
static void draw_keep(struct cf_dense *d, const struct cf_dense_when *when,
                      size_t all)
{
    enum { EACH = 4 };
    const struct cf_rng rng = {
        .seed = when->seed, .purpose = CF_RNG_DROPOUT, .epoch = when->number};
    uint64_t first = when->step * ((all + EACH - 1) / EACH), bits = 0;
    double below = d->drop * 65536;
    float kept = (float)(1 / (1 - d->drop));

    for (size_t i = 0; i < all; i++) {
        bits = i % EACH ? bits >> 16 : cf_rng_u64(&rng, first + i / EACH);
        d->keep[i] = (double)(bits & 0xffff) < below ? 0 : kept;
    }
}

void cf_dense_drop(struct cf_dense *d, const struct cf_dense_when *when,
                   size_t n)
{
    if (d->drop > 0) {
        draw_keep(d, when, d->in * n);
        for (size_t i = 0; i < d->in * n; i++)
            d->x[i] *= d->keep[i];
    }
    cf_transpose(d->x, d->in, n, d->by_row);
}

/* ---- forward ---- */

/* Adds weight x to y. */
static void multiply(const struct cf_dense *d, const struct cf_vec *vec,
                     size_t n, float *y)
{
    const struct cf_gemm g = {.m = d->out,
                              .n = n,
                              .k = d->in,
                              .a = d->w,
                              .a_row = d->in,
                              .a_col = 1,
                              .b = d->x,
                              .b_row = n,
                              .c = y,
                              .c_row = n};
    vec->gemm(&g);
}

/* Output f of all rows from a to y. */
static void normalise(struct cf_dense *d, const struct cf_vec *vec, size_t f,
                      size_t n, float *y)
{
    const float *a = d->a + f * n;
    float *hat = d->hat + f * n, rows = (float)n;
    float scale = tail(d, d->w)[f], shift = tail(d, d->w)[d->out + f];

    float mean = vec->dot(a, d->ones, n) / rows;
    for (size_t r = 0; r < n; r++)
        hat[r] = a[r] - mean;
    float square = vec->dot(hat, hat, n);
    d->dev[f] = 1 / sqrtf(square / rows + EPS);
    for (size_t r = 0; r < n; r++) {
        hat[r] *= d->dev[f];
        y[r] = scale * hat[r] + shift;
    }
    float *run = &d->stats[f];
    run[0] += MOMENTUM * (mean - run[0]);
    run[d->out] += MOMENTUM * (square / (rows - 1) - run[d->out]);
}

void cf_dense_forward(struct cf_dense *d, const struct cf_vec *vec, size_t n,
                      float *y)
{
    const float *bias = tail(d, d->w);
    size_t all = d->out * n;

    if (d->last) {
        for (size_t i = 0; i < all; i++)
            y[i] = bias[i / n];
        multiply(d, vec, n, y);
        return;
    }
    memset(d->a, 0, all * sizeof *d->a);
    multiply(d, vec, n, d->a);
    for (size_t i = 0; i < all; i++)
        d->a[i] = d->a[i] > 0 ? d->a[i] : 0;
    for (size_t f = 0; f < d->out; f++)
        normalise(d, vec, f, n, y + f * n);
}

/* ---- backward ---- */

/* Of output f, from the derivative by y to that by what a is the positive part
 * of. */
static void back_normal(struct cf_dense *d, const struct cf_vec *vec, size_t f,
                        size_t n, float *dy)
{
    const float *hat = d->hat + f * n, *a = d->a + f * n;
    float *grad = tail(d, d->grad) + f, rows = (float)n;
    float by = tail(d, d->w)[f] * d->dev[f];

    grad[0] = vec->dot(dy, hat, n);
    grad[d->out] = vec->dot(dy, d->ones, n);
    float slope = grad[0] / rows, level = grad[d->out] / rows;
    for (size_t r = 0; r < n; r++)
        dy[r] = by * (dy[r] - level - slope * hat[r]);
    for (size_t r = 0; r < n; r++)
        dy[r] = a[r] > 0 ? dy[r] : 0;
}

void cf_dense_backward(struct cf_dense *d, const struct cf_vec *vec, size_t n,
                       float *dy)
{
    const struct cf_gemm by_weight = {.m = d->out,
                                      .n = d->in,
                                      .k = n,
                                      .a = dy,
                                      .a_row = n,
                                      .a_col = 1,
                                      .b = d->by_row,
                                      .b_row = d->in,
                                      .c = d->grad,
                                      .c_row = d->in};
    const struct cf_gemm by_x = {.m = d->in,
                                 .n = n,
                                 .k = d->out,
                                 .a = d->w,
                                 .a_row = 1,
                                 .a_col = d->in,
                                 .b = dy,
                                 .b_row = n,
                                 .c = d->x,
                                 .c_row = n};

    for (size_t f = 0; f < d->out; f++)
        if (d->last)
            tail(d, d->grad)[f] = vec->dot(dy + f * n, d->ones, n);
        else
            back_normal(d, vec, f, n, dy + f * n);
    memset(d->grad, 0, (size_t)d->out * d->in * sizeof *d->grad);
    vec->gemm(&by_weight);
    memset(d->x, 0, d->in * n * sizeof *d->x);
    vec->gemm(&by_x);
    for (size_t i = 0; d->drop > 0 && i < d->in * n; i++)
        d->x[i] *= d->keep[i];
}

/* ---- steps and what is learnt ---- */

double cf_dense_square(const struct cf_dense *d, const struct cf_vec *vec)
{
    double sum = 0;

    for (uint32_t f = 0; f < d->out; f++) {
        const float *row = d->grad + (size_t)f * d->in;
        sum += (double)vec->dot(row, row, d->in);
    }
    const float *rest = d->grad + (size_t)d->in * d->out;
    return sum + (double)vec->dot(rest, rest, d->n - (size_t)d->in * d->out);
}

void cf_dense_scale(struct cf_dense *d, float by)
{
    for (size_t i = 0; i < d->n; i++)
        d->grad[i] *= by;
}

void cf_dense_step(struct cf_dense *d, const struct cf_vec *vec,
                   const struct cf_adam_step *s)
{
    struct cf_adam_step lasting = *s;
    size_t n = (size_t)d->in * d->out;

    lasting.decay = 1;
    vec->adam(s, d->grad, d->w, d->m, d->v, n);
    vec->adam(&lasting, d->grad + n, d->w + n, d->m + n, d->v + n, d->n - n);
}

void cf_dense_affine(const struct cf_dense *d, float *by)
{
    const float *scale = tail(d, d->w), *shift = scale + d->out;
    const float *mean = d->stats, *variance = mean + d->out;

    for (size_t f = 0; f < d->out; f++) {
        by[f] = scale[f] / sqrtf(variance[f] + EPS);
        by[d->out + f] = shift[f] - mean[f] * by[f];
    }
}
