/* gibbs_hyper.c - what rows are drawn from: the mean and precision of a mode's
 * rows, given them. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "fit/gibbs_impl.h"
#include "math/cholesky.h"

static struct cf_draws draws(const struct cf_gibbs *g, size_t mode, size_t j)
{
    const struct cf_rng rng = cf_gibbs_rng(g, CF_RNG_GIBBS_HYPER);

    return cf_draws_of(&rng, (uint64_t)mode << 48 | j);
}

void cf_gibbs_prior(struct cf_gibbs *g, size_t mode)
{
    struct cf_gibbs_mode *m = &g->mode[mode];
    size_t d = g->d;

    for (size_t i = 0; i < d; i++) {
        double pull = 0;
        for (size_t j = 0; j < d; j++) {
            double lam = m->lam[i * d + j];
            pull += lam * m->mu[j];
            if (j <= i)
                m->prec[CF_GAUSS_TRI(i) + j] = (float)lam;
        }
        m->pull[i] = (float)pull;
    }
}

/* ---- a mean and a precision for each number of a row ---- */

/* lam ~ Gamma(1/2, rate 1/2), mu ~ N(0, 1 / lam): first mu given lam, then lam
 * given mu. */
static void draw_number(struct cf_gibbs *g, size_t mode, size_t j)
{
    struct cf_gibbs_mode *m = &g->mode[mode];
    struct cf_draws d = draws(g, mode, j);
    size_t live = cf_gibbs_live(m);
    double *lam = &m->lam[j * g->d + j], n = (double)live, sum = 0, squares = 0;

    for (size_t r = 0; r < live; r++) {
        size_t at = r * CF_GAUSS_WIDE(g->d) + j;
        double x = (double)m->w[at];
        x -= m->side ? (double)m->side->mean[at] : 0;
        sum += x;
        squares += x * x;
    }
    double mu = sum / (n + 1) + cf_draw_normal(&d) / sqrt((n + 1) * *lam);
    squares += (n + 1) * mu * mu - 2 * mu * sum;
    *lam = cf_draw_gamma(&d, g->shape + (n + 1) / 2) / (g->rate + squares / 2);
    m->mu[j] = mu;
}

/* ---- a full precision ---- */

/* The sum of squares around the mean, and what the prior adds: W0^-1 = I,
 * beta0 = 1, mu0 = 0. */
static void scatter(const struct cf_gibbs *g, size_t mode, double *mean,
                    double *s)
{
    const struct cf_gibbs_mode *m = &g->mode[mode];
    size_t d = g->d, wide = CF_GAUSS_WIDE(d), live = cf_gibbs_live(m);
    double n = (double)live;

    for (size_t j = 0; j < d; j++) {
        mean[j] = 0;
        for (size_t r = 0; r < live; r++)
            mean[j] += (double)m->w[r * wide + j];
        mean[j] /= n;
    }
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j <= i; j++)
            s[i * d + j] = n / (n + 1) * mean[i] * mean[j] + (i == j);
    for (size_t r = 0; r < live; r++) {
        const float *w = m->w + r * wide;
        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j <= i; j++)
                s[i * d + j] +=
                    ((double)w[i] - mean[i]) * ((double)w[j] - mean[j]);
    }
}

/* x becomes L'^-1 x. */
static void solve_upper(const double *l, size_t n, double *x)
{
    for (size_t i = n; i-- > 0;) {
        x[i] /= l[i * n + i];
        for (size_t j = 0; j < i; j++)
            x[j] -= l[i * n + j] * x[i];
    }
}

/* lam ~ Wishart(S^-1, freedom + n), S = L L': (L'^-1 T) (L'^-1 T)' with T lower
 * triangular, normals below the diagonal and on it roots of chi-squares
 * (Bartlett). t: (d, d), column c of L'^-1 T as its row c. */
static void draw_wishart(struct cf_gibbs *g, size_t mode, const double *l,
                         double *t)
{
    struct cf_gibbs_mode *m = &g->mode[mode];
    size_t d = g->d;
    double n = (double)cf_gibbs_live(m);

    for (size_t c = 0; c < d; c++) {
        struct cf_draws x = draws(g, mode, c);
        double shape = (g->freedom + n - (double)c) / 2;
        for (size_t i = 0; i < d; i++)
            t[c * d + i] = i < c    ? 0
                           : i == c ? sqrt(2 * cf_draw_gamma(&x, shape))
                                    : cf_draw_normal(&x);
        solve_upper(l, d, t + c * d);
    }
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++) {
            double sum = 0;
            for (size_t c = 0; c < d; c++)
                sum += t[c * d + i] * t[c * d + j];
            m->lam[i * d + j] = sum;
        }
}

/* mu ~ N(n mean / (n + 1), ((n + 1) lam)^-1). */
static bool draw_mean(struct cf_gibbs *g, size_t mode, const double *mean,
                      double *l)
{
    struct cf_gibbs_mode *m = &g->mode[mode];
    struct cf_draws x = draws(g, mode, g->d);
    double n = (double)cf_gibbs_live(m);

    for (size_t i = 0; i < g->d * g->d; i++)
        l[i] = (n + 1) * m->lam[i];
    if (!cf_cholesky(l, g->d))
        return false;
    for (size_t j = 0; j < g->d; j++)
        m->mu[j] = cf_draw_normal(&x);
    solve_upper(l, g->d, m->mu);
    for (size_t j = 0; j < g->d; j++)
        m->mu[j] += n / (n + 1) * mean[j];
    return true;
}

static int draw_full(struct cf_gibbs *g, size_t mode, struct cf_err *err)
{
    size_t d = g->d;
    double *mean = cf_alloc(2 * d * d + d, sizeof *mean);

    if (!mean)
        return cf_nomem(err, "precision");
    double *s = mean + d, *t = s + d * d;
    scatter(g, mode, mean, s);
    bool sound = cf_cholesky(s, d);
    if (sound) {
        draw_wishart(g, mode, s, t);
        sound = draw_mean(g, mode, mean, s);
    }
    free(mean);
    return sound ? 0
                 : cf_fail(err, CF_EDIVERGED,
                           "training diverged in sweep %u: a precision matrix "
                           "is not positive definite",
                           g->sweep);
}

int cf_gibbs_hyper(struct cf_gibbs *g, size_t mode, struct cf_err *err)
{
    int rc = 0;

    if (g->o.wishart)
        rc = draw_full(g, mode, err);
    else
        for (size_t j = 0; j < g->d; j++)
            draw_number(g, mode, j);
    if (!rc)
        cf_gibbs_prior(g, mode);
    if (!rc && g->mode[mode].side)
        cf_gibbs_trait_precisions(g, mode);
    return rc;
}
