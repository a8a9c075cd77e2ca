/* ridge_scalar.c - the kernels of ridge.h as plain loops: the reference. */
#include <math.h>

#include "math/ridge_tables.h"

static void product(const struct cf_ridge_pass *p, const float *x, float *out)
{
    for (size_t j = 0; j < p->n; j++) {
        const float *z = p->z + (size_t)p->col[j] * p->w;
        float s = cf_vec_scalar.dot(z, x, p->w);
        cf_vec_scalar.axpy(p->weight ? p->weight[j] * s : s, z, out, p->w);
    }
}

static double residual(const struct cf_ridge_pass *p, const float *x,
                       float *out)
{
    double sum = 0;

    for (size_t j = 0; j < p->n; j++) {
        const float *z = p->z + (size_t)p->col[j] * p->w;
        float off = 1 - cf_vec_scalar.dot(z, x, p->w);
        float s = p->weight ? p->weight[j] * off : off;
        sum += (double)(s * off);
        cf_vec_scalar.axpy(s, z, out, p->w);
    }
    return sum;
}

static void combine(const float *const *z, size_t n, size_t w, const float *s,
                    float *out)
{
    for (size_t r = 0; r < n; r++)
        cf_vec_scalar.axpy(s[r], z[r], out, w);
}

static void syrk(const float *z, size_t z_row, size_t m, float *c, size_t c_row,
                 size_t n)
{
    for (size_t p = 0; p < m; p++)
        for (size_t i = 0; i < n; i++)
            cf_vec_scalar.axpy(z[p * z_row + i], z + p * z_row + i,
                               c + i * c_row + i, n - i);
}

static void panel(float *a, size_t a_row, size_t n, const float *least,
                  float *inverse)
{
    for (size_t p = 0; p < CF_RIDGE_LANES; p++) {
        float *row = a + p * a_row;
        inverse[p] = row[p] <= least[p] ? 0 : 1 / sqrtf(row[p]);
        for (size_t j = p; j < n; j++)
            row[j] *= inverse[p];
        for (size_t i = p + 1; i < CF_RIDGE_LANES; i++)
            for (size_t j = i; j < n; j++)
                a[i * a_row + j] -= row[i] * row[j];
    }
}

const struct cf_ridge cf_ridge_scalar = {"scalar", product, residual,
                                         combine,  syrk,    panel};
