/* ridge_cg.c - ridge regressions by conjugate gradients.
 *
 * The matrix diag(d) + Z' C Z is never formed: a product with it takes two
 * passes over the rows, which are in the cache after the first one. */
#include <math.h>
#include <string.h>

#include "math/ridge_impl.h"

enum { AHEAD = 32 /* rows that are fetched before they are needed */ };

/* A residual whose square is this share of the first is nothing but rounding.
 */
#define ENOUGH 1e-12F

/* Along p; by how much f falls. No residual is needed after it, so neither is
 * A p but for p' A p. */
static double last_step(const struct cf_ridge_table *t,
                        const struct cf_ridge_pass *pass, const float *d,
                        const float *p, float size, float *dp, float *x)
{
    for (size_t c = 0; c < t->w; c++)
        dp[c] = d[c] * p[c];
    double bend = t->ridge->squares(pass, p);
    float a = size / (float)(bend + (double)t->vec->dot(p, dp, t->w));
    t->vec->axpy(a, p, x, t->w);
    return (double)(a * size);
}

double cf_ridge_cg(const struct cf_ridge_table *t,
                   const struct cf_ridge_row *row, uint32_t steps,
                   const struct cf_ridge_work *work, float *x)
{
    size_t w = t->w, begun = row->n < AHEAD ? row->n : AHEAD;
    float *r = work->room, *u = r + w, *p = u + w, *ap = p + w;
    const float *d = row->d;
    struct cf_ridge_pass pass = {.z = t->half,
                                 .w = w,
                                 .n = row->n,
                                 .col = row->col,
                                 .copy = ap + w,
                                 .keep = row->n * w <= CF_RIDGE_NEAR,
                                 .weight = row->weight,
                                 .ahead = row->col + begun,
                                 .nahead = row->n - begun};

    for (size_t c = 0; c < w; c++)
        r[c] = -(d[c] * x[c]);
    double f = -(double)t->vec->dot(x, r, w);
    f += t->ridge->residual(&pass, x, r);
    if (pass.keep) {
        pass.col = NULL;
        pass.ahead = row->next;
        pass.nahead = row->nnext < AHEAD ? row->nnext : AHEAD;
    }
    for (size_t c = 0; c < w; c++)
        p[c] = u[c] = r[c] / d[c];
    float size = t->vec->dot(r, u, w), enough = ENOUGH * size;
    for (uint32_t step = 1; step < steps && size > enough; step++) {
        for (size_t c = 0; c < w; c++)
            ap[c] = d[c] * p[c];
        t->ridge->product(&pass, p, ap);
        float a = size / t->vec->dot(p, ap, w);
        t->vec->axpy(a, p, x, w);
        f -= (double)(a * size);
        t->vec->axpy(-a, ap, r, w);
        for (size_t c = 0; c < w; c++)
            u[c] = r[c] / d[c];
        float next = t->vec->dot(r, u, w), b = next / size;
        size = next;
        for (size_t c = 0; c < w; c++)
            p[c] = u[c] + b * p[c];
    }
    return size > enough ? f - last_step(t, &pass, d, p, size, ap, x) : f;
}
