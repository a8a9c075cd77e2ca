/* gauss_scalar.c - the kernels as plain loops: the reference, and the table for
 * processors that no other one is for. */
#include <math.h>
#include <string.h>

#include "math/gauss_plain.h"

enum { LANES = CF_GAUSS_LANES };

/* ---- normals ---- */

static float normal(uint32_t bits)
{
    float u = ((float)(int32_t)(bits >> 9) + .5F) * 0x1p-22F - 1;
    float w = -logarithm((1 - u) * (1 + u));
    float near = polynomial(cf_erfinv_near, CF_ERFINV_TERMS, w - 2.5F);
    float far = polynomial(cf_erfinv_far, CF_ERFINV_TERMS, sqrtf(w) - 3);

    return 1.41421356F * u * (w < 5 ? near : far);
}

static void normals(const uint32_t *bits, float *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = normal(bits[i]);
}

/* ---- sums of regressions ---- */

static void gather_one(const struct cf_gather *g, size_t e)
{
    size_t wide = CF_GAUSS_WIDE(g->d);
    float c = 1, bias = 0, lane[LANES] = {0};
    float *z = g->z + e * CF_GAUSS_WIDE(g->d + 1);
    const float *w[CF_GAUSS_TABLES] = {NULL};

    for (size_t t = 0; t < g->tables; t++) {
        uint32_t row = g->from[t].row[e];
        w[t] = g->from[t].w + row * wide;
        c *= g->from[t].root ? g->from[t].root[row] : 1;
        bias += w[t][0];
    }
    for (size_t j = 1; j < g->d; j++) {
        float sum = 0;
        for (size_t t = 0; t < g->tables; t++) {
            lane[j % LANES] += sum * w[t][j];
            sum += w[t][j];
        }
        z[j] = c * sum;
    }
    for (size_t half = LANES / 2; half > 0; half /= 2)
        for (size_t l = 0; l < half; l++)
            lane[l] += lane[l + half];
    z[0] = c;
    z[g->d] = c * (g->y[e] - (bias + lane[0]));
}

static void gather(const struct cf_gather *g)
{
    for (size_t e = 0; e < g->n; e++)
        gather_one(g, e);
}

static void syrk(const struct cf_syrk *s)
{
    size_t wide = CF_GAUSS_WIDE(s->d);

    for (size_t e = 0; e < s->n; e++) {
        const float *z = s->z + e * wide;
        for (size_t i = 0; i < s->d; i++)
            for (size_t j = 0; j <= i; j++)
                s->a[i * wide + j] += z[i] * z[j];
    }
}

/* ---- draws ---- */

static float *at(float *tri, size_t i, size_t j, size_t lane)
{
    return tri + (CF_GAUSS_TRI(i) + j) * LANES + lane;
}

static void posterior(const struct cf_draw16 *p, size_t l)
{
    const float *g = p->sums + CF_GAUSS_TRI(p->d) * LANES + l;

    for (size_t i = 0; i < CF_GAUSS_TRI(p->d); i++)
        p->s[i * LANES + l] = p->beta[l] * p->sums[i * LANES + l] + p->prec[i];
    for (size_t j = 0; j < p->d; j++)
        p->x[j * LANES + l] =
            p->beta[l] * g[j * LANES] + p->pull[j * LANES + l];
}

/* S becomes L, with inverse roots on the diagonal, and r L^-1 r. */
static void factor(const struct cf_draw16 *p, size_t l)
{
    for (size_t j = 0; j < p->d; j++) {
        float d = *at(p->s, j, j, l), r = p->x[j * LANES + l];
        for (size_t k = 0; k < j; k++) {
            float u = *at(p->s, j, k, l);
            d -= u * u;
            r -= u * p->x[k * LANES + l];
        }
        d = 1 / sqrtf(d);
        *at(p->s, j, j, l) = d;
        p->x[j * LANES + l] = r * d;
        for (size_t i = j + 1; i < p->d; i++) {
            float t = *at(p->s, i, j, l);
            for (size_t k = 0; k < j; k++)
                t -= *at(p->s, i, k, l) * *at(p->s, j, k, l);
            *at(p->s, i, j, l) = t * d;
        }
    }
}

static void back(const struct cf_draw16 *p, size_t l)
{
    for (size_t j = p->d; j-- > 0;) {
        float t = p->x[j * LANES + l] + p->eps[j * LANES + l];
        for (size_t i = j + 1; i < p->d; i++)
            t -= *at(p->s, i, j, l) * p->x[i * LANES + l];
        p->x[j * LANES + l] = t * *at(p->s, j, j, l);
    }
}

static void squares(const struct cf_draw16 *p, size_t l)
{
    const float *g = p->sums + CF_GAUSS_TRI(p->d) * LANES + l;
    float sum = g[p->d * LANES];

    for (size_t i = 0; i < p->d; i++) {
        const float *a = p->sums + CF_GAUSS_TRI(i) * LANES + l;
        float t = 0;
        for (size_t j = 0; j < i; j++)
            t += a[j * LANES] * p->x[j * LANES + l];
        t = t - g[i * LANES];
        t = t + t + a[i * LANES] * p->x[i * LANES + l];
        sum += t * p->x[i * LANES + l];
    }
    p->left[l] = sum > 0 ? sum : 0;
}

static void draw16(const struct cf_draw16 *p)
{
    for (size_t l = 0; l < LANES; l++) {
        posterior(p, l);
        factor(p, l);
        back(p, l);
        squares(p, l);
    }
}

static void dots(const struct cf_row_dots *d)
{
    size_t wide = CF_GAUSS_WIDE(d->d);

    for (size_t e = 0; e < d->n; e++)
        d->out[e] = d->base +
                    cf_vec_scalar.dot(d->w, d->table + d->row[e] * wide, wide);
}

/* ---- bundles ---- */

static void collect(const struct cf_bundle *b, float *out)
{
    for (size_t e = 0; e < b->n; e++)
        for (size_t j = 0; j < b->wide; j++)
            out[j] += b->x[e] * b->table[b->row[e] * b->wide + j];
}

static void spread(const struct cf_bundle *b, const float *v)
{
    for (size_t e = 0; e < b->n; e++)
        for (size_t j = 0; j < b->wide; j++)
            b->table[b->row[e] * b->wide + j] += b->x[e] * v[j];
}

static void follow(const struct cf_bundle *b, const float *a, size_t d,
                   const float *v)
{
    for (size_t e = 0; e < b->n; e++) {
        const float *square = a + b->row[e] * d * b->wide;
        for (size_t j = 0; j < b->wide; j++) {
            float sum = 0;
            for (size_t i = 0; i < d; i++)
                sum += square[i * b->wide + j] * v[i];
            b->table[b->row[e] * b->wide + j] += b->x[e] * sum;
        }
    }
}

static void draw1(const struct cf_draw1 *p)
{
    size_t wide = CF_GAUSS_WIDE(p->d);
    float *x = p->x;

    for (size_t j = 0; j < p->d; j++) {
        float *u = p->a + j * wide, root = 1 / sqrtf(u[j]);
        x[j] *= root;
        for (size_t i = j; i < p->d; i++)
            u[i] *= root;
        for (size_t i = j + 1; i < p->d; i++) {
            for (size_t c = i; c < p->d; c++)
                p->a[i * wide + c] -= u[i] * u[c];
            x[i] -= x[j] * u[i];
        }
        u[j] = root;
    }
    for (size_t j = p->d; j-- > 0;) {
        x[j] = (x[j] + p->eps[j]) * p->a[j * wide + j];
        for (size_t i = 0; i < j; i++)
            x[i] -= p->a[i * wide + j] * x[j];
    }
}

const struct cf_gauss cf_gauss_scalar = {"scalar", normals, gather,  syrk,
                                         draw16,   dots,    collect, spread,
                                         follow,   draw1};
