/* pca.c - principal components: the eigenvectors of the covariance of the
 * factors, all in double and in the order of the rows. */
#include "model/pca.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/eigen.h"

struct work {
    const struct cf_side *side;
    uint32_t k;
    uint64_t least, rows; /* training rows of each of those rows */
    double *mean;         /* (k) */
    double *cov;          /* (k, k), times the rows; the lower triangle */
    double *value;        /* (n) */
    double *axis;         /* (n, k) */
};

static bool counts(const struct work *w, uint64_t row)
{
    return w->side->count[row] >= w->least;
}

/* ---- the covariance ---- */

static void find_mean(struct work *w)
{
    const struct cf_side *s = w->side;

    for (uint64_t i = 0; i < s->n; i++)
        for (size_t f = 0; counts(w, i) && f < w->k; f++)
            w->mean[f] += (double)s->factors[i * w->k + f];
    for (size_t f = 0; f < w->k; f++)
        w->mean[f] /= (double)w->rows;
}

static void centre(const struct work *w, uint64_t row, double *x)
{
    const float *factors = w->side->factors + row * w->k;
    for (size_t f = 0; f < w->k; f++)
        x[f] = (double)factors[f] - w->mean[f];
}

enum { TOGETHER = 4 /* rows: the matrix is gone through less often */ };

/* Adds the products of some rows x (TOGETHER, k). */
static void add_products(struct work *w, const double *x)
{
    size_t k = w->k;
    const double *x1 = x + k, *x2 = x1 + k, *x3 = x2 + k;

    for (size_t a = 0; a < k; a++) {
        double *cov = w->cov + a * k;
        for (size_t b = 0; b <= a; b++)
            cov[b] +=
                (x[a] * x[b] + x1[a] * x1[b]) + (x2[a] * x2[b] + x3[a] * x3[b]);
    }
}

static int find_covariance(struct work *w, struct cf_err *err)
{
    double *x = cf_zalloc(w->k, TOGETHER * sizeof *x);
    size_t n = 0;

    if (!x)
        return cf_nomem(err, "rows");
    for (uint64_t i = 0; i < w->side->n; i++) {
        if (!counts(w, i))
            continue;
        centre(w, i, x + n * w->k);
        if (++n == TOGETHER) {
            add_products(w, x);
            n = 0;
        }
    }
    memset(x + n * w->k, 0, (TOGETHER - n) * w->k * sizeof *x);
    add_products(w, x);
    free(x);
    return 0;
}

/* ---- the components ---- */

static double trace(const struct work *w)
{
    double sum = 0;
    for (size_t f = 0; f < w->k; f++)
        sum += w->cov[f * w->k + f];
    return sum;
}

/* Turns each axis so that its largest loading is positive. */
static void fix_signs(struct work *w, uint32_t n)
{
    for (uint32_t c = 0; c < n; c++) {
        double *axis = w->axis + (size_t)c * w->k, most = 0;
        for (size_t f = 0; f < w->k; f++)
            if (fabs(axis[f]) > fabs(most))
                most = axis[f];
        for (size_t f = 0; most < 0 && f < w->k; f++)
            axis[f] = -axis[f];
    }
}

static void find_scores(const struct work *w, struct cf_pca *p, double *x)
{
    for (uint64_t i = 0; i < w->side->n; i++) {
        float *score = p->score + i * p->n;
        centre(w, i, x);
        for (uint32_t c = 0; c < p->n; c++) {
            double sum = 0;
            for (size_t f = 0; f < w->k; f++)
                sum += x[f] * w->axis[(size_t)c * w->k + f];
            score[c] = counts(w, i) ? (float)sum : NAN;
        }
    }
}

static int find(struct work *w, struct cf_pca *p, const char *what,
                struct cf_err *err)
{
    find_mean(w);
    int rc = find_covariance(w, err);
    if (rc)
        return rc;
    double all = trace(w);
    if (!(all > 0))
        return cf_fail(err, CF_EDATA,
                       "all %ss have the same factors: there is no principal "
                       "component",
                       what);
    rc = cf_eigen(w->cov, w->k, p->n, w->value, w->axis, err);
    if (rc)
        return rc;
    for (uint32_t c = 0; c < p->n; c++)
        p->share[c] = fmax(w->value[c], 0) / all;
    fix_signs(w, p->n);
    find_scores(w, p, w->cov); /* spent, so that it is room */
    return 0;
}

/* ---- all together ---- */

static int check(const struct work *w, uint64_t n, const char *what,
                 struct cf_err *err)
{
    uint64_t most = w->rows > w->k ? w->k : w->rows ? w->rows - 1 : 0;

    if (w->k > CF_SQUARE_MOST)
        return cf_fail(err, CF_EMEM,
                       "principal components of %" PRIu32
                       " factors; %d are the most",
                       w->k, CF_SQUARE_MOST);
    if (n > most)
        return cf_fail(err, CF_EDATA,
                       "no %" PRIu64 " principal components: of the %" PRIu64
                       " %ss that are known, with %" PRIu32 " factors, there "
                       "are at most %" PRIu64,
                       n, w->rows, what, w->k, most);
    return 0;
}

static bool make_room(struct work *w, struct cf_pca *p)
{
    size_t k = w->k, scores;

    w->mean = cf_zalloc(k, sizeof *w->mean);
    w->cov = cf_zalloc(k * k, sizeof *w->cov);
    w->value = cf_alloc(p->n, sizeof *w->value);
    w->axis = cf_alloc(p->n * k, sizeof *w->axis);
    p->share = cf_alloc(p->n, sizeof *p->share);
    if (cf_mul(w->side->n, p->n, &scores))
        p->score = cf_alloc(scores, sizeof *p->score);
    return w->mean && w->cov && w->value && w->axis && p->share && p->score;
}

int cf_pca(struct cf_pca *p, const struct cf_side *side, uint32_t k,
           const struct cf_pca_opts *o, struct cf_err *err)
{
    struct work w = {.side = side, .k = k, .least = o->least};

    *p = (struct cf_pca){0};
    for (uint64_t i = 0; i < side->n; i++)
        w.rows += counts(&w, i);
    int rc = check(&w, o->n, o->what, err);
    if (rc)
        return rc;
    p->n = (uint32_t)o->n;
    rc = make_room(&w, p) ? find(&w, p, o->what, err)
                          : cf_nomem(err, "principal components");
    free(w.mean);
    free(w.cov);
    free(w.value);
    free(w.axis);
    return rc;
}

void cf_pca_free(struct cf_pca *p)
{
    free(p->share);
    free(p->score);
    *p = (struct cf_pca){0};
}
