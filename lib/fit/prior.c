/* prior.c - the mean user and the spread of users. */
#include "fit/prior.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/cholesky.h"

enum { USERS = 2048 };

/* Below, a weight does not differ between users. */
#define VARIANCE_MIN 1e-6
/* Of the squared range: no model errs less; no error is larger on average than
 * that of the middle of the range; what is taken if it is not known, as after
 * training with another loss. */
#define NOISE_MIN 1e-4
#define NOISE_MAX 0.25
#define NOISE_UNKNOWN 0.04

/* Some of the users with training rows, by their weights. */
struct sample {
    const struct cf_model *m;
    uint32_t *user;
    size_t n;
};

static int draw_sample(struct sample *s, const struct cf_model *m,
                       struct cf_err *err)
{
    size_t known = 0, at = 0;

    *s = (struct sample){.m = m, .user = cf_alloc(USERS, sizeof *s->user)};
    if (!s->user)
        return cf_nomem(err, "users");
    for (uint32_t u = 0; u < m->user.n; u++)
        known += m->user.count[u] > 0;
    size_t step = known / USERS + (known % USERS > 0);
    for (uint32_t u = 0; u < m->user.n; u++)
        if (m->user.count[u] > 0 && at++ % step == 0)
            s->user[s->n++] = u;
    return 0;
}

static double weight(const struct sample *s, size_t i, size_t f)
{
    const struct cf_side *side = &s->m->user;
    size_t u = s->user[i];

    return (double)(f < s->m->k ? side->factors[u * s->m->k + f]
                                : side->bias[u]);
}

static void find_mean(const struct sample *s, size_t n, double *mean)
{
    for (size_t f = 0; f < n; f++) {
        mean[f] = 0;
        for (size_t i = 0; i < s->n; i++)
            mean[f] += weight(s, i, f);
        mean[f] /= s->n > 0 ? (double)s->n : 1;
    }
}

/* The lower triangle of the users' covariance, diagonal drawn out, see
 * prior.h. x: room for a user's weights. */
static void find_spread(const struct sample *s, size_t n, const double *mean,
                        double *x, double *c)
{
    double all = (double)(s->n + n);

    memset(c, 0, n * n * sizeof *c);
    for (size_t i = 0; i < s->n; i++) {
        for (size_t f = 0; f < n; f++)
            x[f] = weight(s, i, f) - mean[f];
        for (size_t f = 0; f < n; f++)
            for (size_t g = 0; g <= f; g++)
                c[f * n + g] += x[f] * x[g];
    }
    for (size_t f = 0; f < n; f++) {
        double own = s->n > 0 ? c[f * n + f] / (double)s->n : 0;
        for (size_t g = 0; g < f; g++)
            c[f * n + g] /= all;
        c[f * n + f] = fmax(own, VARIANCE_MIN);
    }
}

/* Of the epoch whose weights the model has. */
static double train_loss(const struct cf_model *m)
{
    size_t i = m->nepochs;

    while (i > 0 && m->has_kept && m->epoch[i - 1].epoch != m->kept)
        i--;
    return i > 0 ? m->epoch[i - 1].train_loss : (double)NAN;
}

/* What errors a prediction has, squared. */
static double find_noise(const struct cf_model *m)
{
    double range = (double)m->hi - (double)m->lo, square = range * range;
    double loss = train_loss(m);

    if (m->loss != CF_LOSS_MSE || !isfinite(loss))
        return NOISE_UNKNOWN * square;
    return fmin(fmax(loss, NOISE_MIN * square), NOISE_MAX * square);
}

static int from_users(struct cf_prior *p, const struct cf_model *m,
                      const struct sample *s, struct cf_err *err)
{
    double noise = find_noise(m);
    double *c = cf_alloc(p->n * p->n, sizeof *c);
    int rc = c ? 0 : cf_nomem(err, "users");

    if (c) {
        find_spread(s, p->n, p->mean, p->penalty, c);
        /* Only weights beyond all reason come here. */
        if (!cf_cholesky(c, p->n))
            rc = cf_fail(err, CF_EDATA,
                         "the weights of the model's users are too large to "
                         "fold others in");
    }
    if (!rc)
        cf_cholesky_inverse(c, p->n, p->penalty);
    for (size_t i = 0; !rc && i < p->n * p->n; i++)
        p->penalty[i] *= noise;
    free(c);
    return rc;
}

int cf_prior_init(struct cf_prior *p, const struct cf_model *m,
                  const double *l2, struct cf_err *err)
{
    struct sample s;
    size_t all;

    *p = (struct cf_prior){.n = (size_t)m->k + 1};
    if (m->k > CF_SQUARE_MOST)
        return cf_fail(err, CF_EMEM,
                       "folding in with %" PRIu32 " factors; %d are the most",
                       m->k, CF_SQUARE_MOST);
    p->mean = cf_zalloc(p->n, sizeof *p->mean);
    if (cf_mul(p->n, p->n, &all))
        p->penalty = cf_zalloc(all, sizeof *p->penalty);
    if (!p->mean || !p->penalty)
        return cf_nomem(err, "users");
    int rc = draw_sample(&s, m, err);
    if (!rc)
        find_mean(&s, p->n, p->mean);
    if (!rc && !l2)
        rc = from_users(p, m, &s, err);
    for (size_t f = 0; l2 && f < p->n; f++)
        p->penalty[f * p->n + f] = *l2;
    free(s.user);
    return rc;
}

void cf_prior_free(struct cf_prior *p)
{
    free(p->mean);
    free(p->penalty);
    memset(p, 0, sizeof *p);
}
