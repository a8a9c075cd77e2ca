/* vec_scalar.c - the kernels as plain loops: the reference, and the table for
 * processors that no other one is for. */
#include <math.h>

#include "math/link.h"
#include "math/vec_tables.h"

static float dot(const float *x, const float *y, size_t n)
{
    float lane[CF_LANES] = {0};

    for (size_t i = 0; i < n; i++)
        lane[i % CF_LANES] += x[i] * y[i];
    for (size_t half = CF_LANES / 2; half > 0; half /= 2)
        for (size_t l = 0; l < half; l++)
            lane[l] += lane[l + half];
    return lane[0];
}

static void axpy(float a, const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] += a * x[i];
}

static void gemv(const float *m, const float *x, float *out, size_t rows,
                 size_t n)
{
    for (size_t r = 0; r < rows; r++)
        out[r] = dot(m + r * n, x, n);
}

static size_t above(const float *x, float least, size_t n)
{
    size_t i = 0;

    while (i < n && !(x[i] >= least))
        i++;
    return i;
}

static void gemm(const struct cf_gemm *g)
{
    for (size_t i = 0; i < g->m; i++)
        for (size_t p = 0; p < g->k; p++)
            axpy(g->a[i * g->a_row + p * g->a_col], g->b + p * g->b_row,
                 g->c + i * g->c_row, g->n);
}

/* A NaN stays, so that it is found. */
static float flush(float x, float least)
{
    return fabsf(x) < least ? 0 : x;
}

static float moved(const struct cf_adam_step *s, float w, float m, float v)
{
    return s->decay * w - s->rate * m / (sqrtf(s->scale * v) + s->eps);
}

static void adam(const struct cf_adam_step *s, const float *g, float *w,
                 float *m, float *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        m[i] = flush(s->beta1 * m[i] + s->rest1 * g[i], CF_MOMENT_MIN);
        v[i] = flush(s->beta2 * v[i] + s->rest2 * g[i] * g[i], CF_SQUARE_MIN);
        w[i] = moved(s, w[i], m[i], v[i]);
    }
}

static void adam_idle(const struct cf_adam_step *s, size_t steps, float *w,
                      float *m, float *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t t = 0; t < steps; t++) {
            m[i] = s[t].beta1 * m[i];
            v[i] = s[t].beta2 * v[i];
            w[i] = moved(&s[t], w[i], m[i], v[i]);
        }
        m[i] = flush(m[i], CF_MOMENT_MIN);
        v[i] = flush(v[i], CF_SQUARE_MIN);
    }
}

static void dots(const struct cf_dots *p, float *out)
{
    for (size_t j = 0; j < p->pairs; j++)
        out[j] = dot(p->x[j], p->y[j], p->n);
}

static void sigmoid(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = cf_sigmoid(x[i]);
}

const struct cf_vec cf_vec_scalar = {.name = "scalar",
                                     .dot = dot,
                                     .axpy = axpy,
                                     .gemv = gemv,
                                     .above = above,
                                     .gemm = gemm,
                                     .product = gemm,
                                     .adam = adam,
                                     .adam_idle = adam_idle,
                                     .dots = dots,
                                     .sigmoid = sigmoid};
