/* ridge_scalar.c - the kernels of ridge.h as plain loops: the reference. */
#include <math.h>

#include "math/half.h"
#include "math/ridge_tables.h"

/* ---- passes over rows of the table ---- */

static float dot(const float *x, const float *y, size_t n)
{
    float lane[CF_RIDGE_LANES] = {0};

    for (size_t i = 0; i < n; i++)
        lane[i % CF_RIDGE_LANES] = fmaf(x[i], y[i], lane[i % CF_RIDGE_LANES]);
    for (size_t half = CF_RIDGE_LANES / 2; half > 0; half /= 2)
        for (size_t l = 0; l < half; l++)
            lane[l] += lane[l + half];
    return lane[0];
}

static void axpy(float a, const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = fmaf(a, x[i], y[i]);
}

/* Where row j is, as floats. */
static const float *row(const struct cf_ridge_pass *p, size_t j)
{
    float *copy = p->copy + (p->keep ? j : j % CF_RIDGE_PART) * p->w;

    for (size_t c = 0; p->col && c < p->w; c++)
        copy[c] = cf_half_widen(p->z->v[(size_t)p->col[j] * p->w + c]);
    return copy;
}

static float weighted(const struct cf_ridge_pass *p, size_t j, float x)
{
    return p->weight ? p->weight[j] * x : x;
}

static void product(const struct cf_ridge_pass *p, const float *x, float *out)
{
    for (size_t j = 0; j < p->n; j++) {
        const float *z = row(p, j);
        float y = p->z->unit * dot(z, x, p->w);
        axpy(p->z->unit * weighted(p, j, y), z, out, p->w);
    }
}

static double residual(const struct cf_ridge_pass *p, const float *x,
                       float *out)
{
    double sum = 0;

    for (size_t j = 0; j < p->n; j++) {
        const float *z = row(p, j);
        float off = 1 - p->z->unit * dot(z, x, p->w), s = weighted(p, j, off);
        sum += (double)(s * off);
        axpy(p->z->unit * s, z, out, p->w);
    }
    return sum;
}

static double squares(const struct cf_ridge_pass *p, const float *x)
{
    double sum = 0;

    for (size_t j = 0; j < p->n; j++) {
        float y = p->z->unit * dot(row(p, j), x, p->w);
        sum += (double)(weighted(p, j, y) * y);
    }
    return sum;
}

static void narrow(const float *x, float scale, uint16_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = cf_half_of(scale * x[i]);
}

/* ---- sums of rows ---- */

static void gemm(const struct cf_gemm *g)
{
    for (size_t i = 0; i < g->m; i++)
        for (size_t p = 0; p < g->k; p++)
            axpy(g->a[i * g->a_row + p * g->a_col], g->b + p * g->b_row,
                 g->c + i * g->c_row, g->n);
}

static void combine(const float *const *z, size_t n, size_t w, const float *s,
                    float *out)
{
    for (size_t r = 0; r < n; r++)
        axpy(s[r], z[r], out, w);
}

static void syrk(const float *z, size_t z_row, size_t m, float *c, size_t c_row,
                 size_t n)
{
    for (size_t p = 0; p < m; p++)
        for (size_t i = 0; i < n; i++)
            axpy(z[p * z_row + i], z + p * z_row + i, c + i * c_row + i, n - i);
}

/* ---- Cholesky ---- */

static void panel(float *a, size_t a_row, size_t n, const float *least,
                  float *inverse)
{
    for (size_t p = 0; p < CF_RIDGE_LANES; p++) {
        float *top = a + p * a_row;
        inverse[p] = top[p] <= least[p] ? 0 : 1 / sqrtf(top[p]);
        for (size_t j = p; j < n; j++)
            top[j] *= inverse[p];
        for (size_t i = p + 1; i < CF_RIDGE_LANES; i++)
            axpy(-top[i], top + i, a + i * a_row + i, n - i);
    }
}

const struct cf_ridge cf_ridge_scalar = {.name = "scalar",
                                         .product = product,
                                         .residual = residual,
                                         .squares = squares,
                                         .narrow = narrow,
                                         .gemm = gemm,
                                         .combine = combine,
                                         .syrk = syrk,
                                         .panel = panel};
