/* ridge_cg.c - ridge regressions by conjugate gradients.
 *
 * The matrix diag(d) + Z' C Z is never formed: a product with it takes two
 * passes over the rows, which are in the cache after the first one. */
#include <math.h>
#include <string.h>

#include "math/ridge_impl.h"

enum {
    PART = 16,      /* rows of a pass while they stay in the nearest cache */
    AHEAD = 32,     /* rows that are fetched before they are needed */
    NEAR = 1 << 16, /* numbers of rows that stay in a cache from pass to pass */
    LINE = 16       /* floats in a cache line */
};

/* ---- fetching ---- */

struct fetch {
    const uint32_t *col;
    size_t left;
};

static void fetch(const struct cf_ridge_table *t, struct fetch *f)
{
    size_t n = f->left < PART ? f->left : PART;

    for (size_t r = 0; r < n; r++) {
        const float *z = t->z + (size_t)f->col[r] * t->w;
        for (size_t c = 0; c < t->w; c += LINE)
            __builtin_prefetch(z + c);
    }
    f->col += n;
    f->left -= n;
}

/* ---- products ---- */

struct pass {
    const struct cf_ridge_table *t;
    const struct cf_ridge_row *row;
    struct fetch ahead;
};

/* out += sum over j of c_j (1 - z_j . x) z_j, or of c_j (t_j - z_j . x) z_j;
 * returns the sum of c_j (t_j - z_j . x)^2. */
static double residual(struct pass *p, const float *x, float *out)
{
    const struct cf_ridge_row *row = p->row;
    const float *z[CF_RIDGE_BLOCK];
    float s[PART];
    double sum = 0;

    for (size_t at = 0, m; at < row->n; at += m) {
        m = cf_ridge_gather(p->t, row, at, z);
        for (size_t b = 0, n; b < m; b += n) {
            n = m - b < PART ? m - b : PART;
            fetch(p->t, &p->ahead);
            p->t->ridge->dots(z + b, n, p->t->w, x, s);
            for (size_t r = 0; r < n; r++) {
                float t = row->target ? row->target[at + b + r] : 1;
                float c = row->weight ? row->weight[at + b + r] : 1;
                float off = t - s[r];
                s[r] = c * off;
                sum += (double)(s[r] * off);
            }
            p->t->ridge->combine(z + b, n, p->t->w, s, out);
        }
    }
    return sum;
}

/* out += sum over j of c_j (z_j . x) z_j. */
static void product(struct pass *p, const float *x, float *out)
{
    const struct cf_ridge_row *row = p->row;
    const float *z[CF_RIDGE_BLOCK];
    float s[PART];

    for (size_t at = 0, m; at < row->n; at += m) {
        m = cf_ridge_gather(p->t, row, at, z);
        for (size_t b = 0, n; b < m; b += n) {
            n = m - b < PART ? m - b : PART;
            fetch(p->t, &p->ahead);
            p->t->ridge->dots(z + b, n, p->t->w, x, s);
            for (size_t r = 0; row->weight && r < n; r++)
                s[r] *= row->weight[at + b + r];
            p->t->ridge->combine(z + b, n, p->t->w, s, out);
        }
    }
}

/* ---- steps ---- */

/* A residual whose square is this share of the first is nothing but rounding.
 */
#define ENOUGH 1e-12F

double cf_ridge_cg(const struct cf_ridge_table *t,
                   const struct cf_ridge_row *row, uint32_t steps,
                   const struct cf_ridge_work *work, float *x)
{
    size_t w = t->w, begun = row->n < AHEAD ? row->n : AHEAD;
    float *r = work->room, *u = r + w, *p = u + w, *ap = p + w;
    const float *d = row->d;
    struct pass pass = {t, row, {row->col + begun, row->n - begun}};
    double f = 0;

    for (size_t c = 0; c < w; c++) {
        f += (double)(d[c] * x[c] * x[c]);
        r[c] = -(d[c] * x[c]);
    }
    f += residual(&pass, x, r);
    pass.ahead =
        (struct fetch){row->next, row->nnext < AHEAD ? row->nnext : AHEAD};
    for (size_t c = 0; c < w; c++)
        p[c] = u[c] = r[c] / d[c];
    float size = t->vec->dot(r, u, w), enough = ENOUGH * size;
    for (uint32_t step = 0; step < steps && size > enough; step++) {
        for (size_t c = 0; c < w; c++)
            ap[c] = d[c] * p[c];
        if (row->n * w > NEAR)
            pass.ahead = (struct fetch){row->col + begun, row->n - begun};
        product(&pass, p, ap);
        float a = size / t->vec->dot(p, ap, w);
        t->vec->axpy(a, p, x, w);
        f -= (double)(a * size);
        if (step + 1 == steps)
            break;
        t->vec->axpy(-a, ap, r, w);
        for (size_t c = 0; c < w; c++)
            u[c] = r[c] / d[c];
        float next = t->vec->dot(r, u, w), b = next / size;
        size = next;
        for (size_t c = 0; c < w; c++)
            p[c] = u[c] + b * p[c];
    }
    return f;
}
