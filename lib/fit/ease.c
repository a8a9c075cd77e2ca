/* ease.c - solver `ease`: weights from items to items, in closed form.
 *
 * Minimises over B (items x items), with X (users x items) 1 where the user has
 * a row with the item and else 0,
 *
 *   |X - X B|^2 + l2 |B|^2   with diag(B) = 0
 *
 * (squared Frobenius norms), whose solution is, with
 * P = inverse of (X'X + l2 I),
 *
 *   B_ij = -P_ij / P_jj   for i != j
 *
 * Steck, Embarrassingly shallow autoencoders for sparse data, WWW 2019. What
 * ratings say is not looked at, nor how often a pair is there; rows that are
 * made up (cf-batch --negatives) are left out.
 *
 *   score(u, i) = sum over the items j that u has seen of B_ji
 *
 * Of a user who is not known it is the mean over those that are: the factor of
 * an item, of which there is one, and that of a user who is not known is 1,
 * that of the others 0.
 *
 * Memory: 4 bytes for each pair of items, B in the place of X'X, and where
 * users are fewer for each pair of them; besides 768 bytes an item. Time: see
 * ease_inverse.h; by threads. */
#include "fit/ease.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fit/ease_inverse.h"
#include "fit/sweep.h"

#define USUAL_L2 500.0

enum { TILE = 64 /* of B, is turned at a time */ };

struct ease {
    struct cf_model *m;
    const struct cf_fit_opts *o;
    const struct cf_fit_news *news;
    struct cf_csr users; /* by item */
    float l2, *b;        /* (items, items) */
    float *scale;        /* (items) 1 / P_jj */
};

static size_t items(const struct ease *e)
{
    return (size_t)e->m->item.n;
}

/* ---- B of -P ---- */

/* The tiles in some rows up to the diagonal, and those that mirror them. */
static void make_weights(void *ctx, size_t task, size_t worker)
{
    const struct ease *e = ctx;
    size_t n = items(e), from = task * TILE;
    size_t to = from + TILE < n ? from + TILE : n;

    (void)worker;
    for (size_t left = 0; left < to; left += TILE)
        for (size_t i = from; i < to; i++)
            for (size_t j = left; j < left + TILE && j < i; j++) {
                float x = e->b[i * n + j];
                e->b[i * n + j] = x * e->scale[j];
                e->b[j * n + i] = x * e->scale[i];
            }
    for (size_t i = from; i < to; i++)
        e->b[i * n + i] = 0;
}

/* The mean over the users with rows, as if they were one. */
static void mean_user(const struct ease *e)
{
    struct cf_model *m = e->m;
    size_t n = items(e);
    double users = 0;

    for (uint64_t u = 0; u < m->user.n; u++)
        users += m->user.count[u] > 0;
    for (size_t j = 0; j < n; j++) {
        uint64_t many = e->users.start[j + 1] - e->users.start[j];
        if (many > 0)
            e->o->vec->axpy((float)((double)many / users), e->b + j * n,
                            m->item.factors, n);
    }
    m->user.cold_factors[0] = 1;
}

/* Wide enough for every score: nothing is cut. */
static int set_range(const struct ease *e, struct cf_err *err)
{
    struct cf_model *m = e->m;
    size_t n = items(e);
    uint64_t most = 1;
    float largest = 0;

    if (!cf_vec_finite(e->b, n * n) || !cf_vec_finite(m->item.factors, n))
        return cf_fail(err, CF_EDIVERGED,
                       "a weight is not finite (try a higher --l2)");
    for (size_t i = 0; i < n * n; i++)
        largest = fabsf(e->b[i]) > largest ? fabsf(e->b[i]) : largest;
    for (uint64_t u = 0; u < m->user.n; u++) {
        uint64_t many = m->seen_start[u + 1] - m->seen_start[u];
        most = many > most ? many : most;
    }
    m->hi = fmaxf(1, ceilf(largest * (float)most));
    m->lo = -m->hi;
    return 0;
}

/* ---- the whole ---- */

static void done(void *ctx, size_t n)
{
    const struct ease *e = ctx;
    e->news->batch(e->news->ctx, n - 1, (double)NAN);
}

static int invert(struct ease *e, const struct cf_csr *seen, struct cf_err *err)
{
    const struct cf_ease_gram g = {.seen = seen,
                                   .had = &e->users,
                                   .l2 = e->l2,
                                   .out = e->b,
                                   .vec = e->o->vec,
                                   .pool = e->o->pool,
                                   .done = e->news->batch ? done : NULL,
                                   .ctx = e};
    int rc = cf_ease_inverse(&g, err);

    if (rc == CF_EDIVERGED)
        rc = cf_fail(err, CF_EDIVERGED,
                     "no weights: the matrix of pairs cannot be inverted (try "
                     "a higher --l2)");
    return rc;
}

static int solve(struct ease *e, struct cf_err *err)
{
    const struct cf_model *m = e->m;
    struct cf_csr seen = {
        .n = (size_t)m->user.n, .start = m->seen_start, .col = m->seen_item};
    size_t n = items(e);

    int rc = cf_csr_transpose(&e->users, n, &seen, err);
    e->scale = cf_alloc(n, sizeof *e->scale);
    if (!rc && !e->scale)
        rc = cf_nomem(err, "weights");
    if (rc)
        return rc;
    rc = invert(e, &seen, err);
    if (rc)
        return rc;
    for (size_t j = 0; j < n; j++)
        e->scale[j] = -1 / e->b[j * n + j];
    cf_pool_run(e->o->pool, (n + TILE - 1) / TILE, make_weights, e);
    mean_user(e);
    return set_range(e, err);
}

static int fit(struct cf_model *m, struct cf_whole *w,
               const struct cf_fit_opts *o, const struct cf_fit_news *news,
               struct cf_err *err)
{
    struct ease e = {.m = m, .o = o, .news = news};
    size_t n = (size_t)m->item.n, all;

    cf_whole_drop_negatives(w);
    if (w->train.n == 0)
        return cf_fail(err, CF_EDATA, "no training rows");
    if (cf_mul(n, n, &all))
        e.b = m->item_weights = cf_alloc(all, sizeof *e.b);
    if (!e.b)
        return cf_nomem(err, "weights of pairs of items");
    m->link = CF_LINK_IDENTITY;
    m->loss = CF_LOSS_UNKNOWN;
    e.l2 = isnan(o->l2) ? (float)USUAL_L2 : (float)o->l2;
    cf_sweep_count(m, w, o);
    int rc = cf_sweep_seen(m, w, o, err);
    if (!rc)
        rc = solve(&e, err);
    cf_csr_free(&e.users);
    free(e.scale);
    return rc;
}

uint64_t cf_ease_memory(const struct cf_model *m)
{
    uint64_t users = m->user.n, n = m->item.n;

    if (users > UINT32_MAX / 2 || n > UINT32_MAX / 2)
        return UINT64_MAX;
    if (!cf_ease_by_users((size_t)users, (size_t)n))
        users = 0;
    return sizeof(float) * (n * n + users * users);
}

int cf_fit_ease(struct cf_model *m, struct cf_feed *feed,
                const struct cf_fit_opts *o, const struct cf_fit_news *news,
                struct cf_err *err)
{
    struct cf_whole w = {0};
    int rc = 0;

    m->solver = strdup("ease");
    if (!m->solver)
        return cf_nomem(err, "model");
    rc = cf_feed_whole(feed, &w, err);
    if (!rc)
        rc = fit(m, &w, o, news, err);
    cf_whole_free(&w);
    return rc;
}
