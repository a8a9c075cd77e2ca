/* gibbs_probit.c - ratings as stars: an ordered probit.
 *
 * What the sampler takes for a rating, y, is not known; it is normal as in
 * gibbs.c, and what is known is which star it has become: star j if y is
 * between cut j and cut j + 1,
 *
 *   cut 0 = -inf < cut 1 < ... < cut n - 1 < cut n = inf
 *
 * (Albert and Chib, "Bayesian analysis of binary and polychotomous response
 * data", 1993). Two cuts, which about a quarter and three quarters of the
 * ratings are below, stay in the middle of two stars, so that y has the scale
 * of the stars; the others are uniform a priori, as far as the span of the
 * stars beyond the first and the last one. With two stars there is one cut, and
 * alpha is 1. (Cuts that few ratings are beyond would hold the scale loosely,
 * and all else would have to drift along with it.)
 *
 * A sweep draws, given the rows, alpha and noise scales, the free cuts, and
 * then y, given which all else is drawn as in gibbs.c. Given y, cuts could
 * hardly move, as ratings lie close on both sides of each; so they are drawn
 * with y integrated out (Cowles, "Accelerating Monte Carlo Markov chain
 * convergence for cumulative-link generalized linear models", 1996), each by a
 * step of a random walk, which is taken or not by the chances of the ratings on
 * both sides (Metropolis). Steps go by how often they were taken, less and less
 * so (Roberts and Rosenthal, "Examples of adaptive MCMC", 2009).
 *
 * Ratings are in order of stars here. A sweep takes a chance and a half and a
 * draw for each, in whatever order tasks are done: each has its place for its
 * sum, and random numbers by its number. */
#include <math.h>
#include <string.h>

#include "fit/gibbs_probit.h"

enum { CHUNK = CF_GIBBS_CHUNK, TASK = CF_GIBBS_PART, STARS = CF_STARS_MOST };
/* Of steps in one dimension so many should be taken (Roberts, Gelman and Gilks
 * 1997). */
#define TAKEN .44

static void for_tasks(const struct cf_gibbs *g, size_t n, cf_task_fn *fn,
                      void *ctx)
{
    cf_pool_run(g->pool, n, fn, ctx);
}

/* ---- what ratings are around ---- */

enum { USERS = 16 /* of a task */ };

/* f and root of some ratings. */
static void fit_some(struct cf_gibbs *g, const struct cf_gibbs_some *some,
                     const struct cf_gibbs_scratch *s)
{
    struct cf_gibbs_probit *p = g->probit;
    const struct cf_gibbs_sessions *x = g->sessions;
    float f[CHUNK], root[CHUNK];
    struct cf_gibbs_fit fit = {f, root};

    cf_gibbs_fit(g, some, s, &fit);
    for (size_t e = 0; e < some->n; e++) {
        uint32_t place = p->place[some->at + e];
        p->f[place] = f[e];
        if (x)
            p->f[place] += x->level[0].x[x->of[some->at + e]];
        if (p->root)
            p->root[place] = root[e];
    }
}

static void fit_users(void *ctx, size_t task, size_t worker)
{
    struct cf_gibbs *g = ctx;
    const struct cf_gibbs_mode *m = &g->mode[CF_GIBBS_USERS];
    size_t end = (task + 1) * USERS < m->n ? (task + 1) * USERS : m->n;

    for (size_t u = task * USERS; u < end; u++)
        for (uint64_t at = m->start[u], n; at < m->start[u + 1]; at += n) {
            n = m->start[u + 1] - at < CHUNK ? m->start[u + 1] - at : CHUNK;
            const struct cf_gibbs_some some = {u, at, (size_t)n};
            fit_some(g, &some, &g->scratch[worker]);
        }
}

/* ---- chances ---- */

/* The ratings of a part, given alpha and the cuts. */
static struct cf_between between(const struct cf_gibbs *g,
                                 const struct cf_gibbs_part *part)
{
    const struct cf_gibbs_probit *p = g->probit;

    return (struct cf_between){part->n,
                               p->f + part->from,
                               p->root ? p->root + part->from : NULL,
                               (float)sqrt(g->alpha),
                               (float)p->cut[part->star],
                               (float)p->cut[part->star + 1]};
}

struct parts {
    struct cf_gibbs *g;
    size_t first;
};

static void add_part(void *ctx, size_t task, size_t worker)
{
    const struct parts *t = ctx;
    struct cf_gibbs_probit *p = t->g->probit;
    const struct cf_between b = between(t->g, &p->part[t->first + task]);

    (void)worker;
    p->sum[t->first + task] = (double)p->kernel->chance(&b);
}

/* The logarithm of the chance of all ratings of `stars` stars from `star` on;
 * chance[j]: of each. */
static double add_chances(struct cf_gibbs *g, uint32_t star, uint32_t stars,
                          double *chance)
{
    struct cf_gibbs_probit *p = g->probit;
    struct parts t = {g, p->first[star]};
    double all = 0;

    for_tasks(g, p->first[star + stars] - t.first, add_part, &t);
    for (uint32_t j = 0; j < stars; j++) {
        chance[j] = 0;
        for (size_t i = p->first[star + j]; i < p->first[star + j + 1]; i++)
            chance[j] += p->sum[i];
        all += chance[j];
    }
    return all;
}

/* ---- steps ---- */

/* Takes the step of cut j, or does not. */
static void judge(struct cf_gibbs *g, uint32_t j, double to, struct cf_draws *d)
{
    struct cf_gibbs_probit *p = g->probit;
    double chance[2], from = p->cut[j], *old = p->chance + j - 1;

    p->cut[j] = to;
    double gain = add_chances(g, j - 1, 2, chance) - old[0] - old[1];
    bool taken = log(cf_draw_unit(d)) < gain;
    if (taken)
        memcpy(old, chance, sizeof chance);
    else
        p->cut[j] = from;
    p->step[j] *= exp(((taken ? 1 : 0) - TAKEN) / sqrt((double)g->sweep + 1));
}

static void step_cut(struct cf_gibbs *g, uint32_t j)
{
    struct cf_gibbs_probit *p = g->probit;
    const struct cf_rng rng = cf_gibbs_rng(g, CF_RNG_GIBBS_LATENT);
    struct cf_draws d = cf_draws_of(&rng, (uint64_t)1 << 48 | j);
    double to = p->cut[j] + p->step[j] * cf_draw_normal(&d);
    double least = j > 1 ? p->cut[j - 1] : p->lowest,
           most = j + 1 < p->n ? p->cut[j + 1] : p->highest;

    if ((float)least < (float)to && (float)to < (float)most)
        judge(g, j, to, &d);
    else
        p->step[j] *= exp(-TAKEN / sqrt((double)g->sweep + 1));
}

/* Every other time: what cuts would gain by more is less than what it takes. */
static void step(struct cf_gibbs *g)
{
    struct cf_gibbs_probit *p = g->probit;

    if (p->n <= 3 || g->sweep % 2 == 0)
        return;
    add_chances(g, 0, p->n, p->chance);
    for (uint32_t j = 1; j < p->n; j++)
        if (j != p->fixed[0] && j != p->fixed[1])
            step_cut(g, j);
}

/* ---- y ---- */

static void draw_part(void *ctx, size_t task, size_t worker)
{
    const struct cf_gibbs *g = ctx;
    const struct cf_gibbs_probit *p = g->probit;
    const struct cf_gibbs_part *part = &p->part[task];
    const struct cf_rng rng = cf_gibbs_rng(g, CF_RNG_GIBBS_LATENT);
    const struct cf_between b = between(g, part);
    uint32_t word[TASK];

    (void)worker;
    p->kernel->words(&rng, (uint64_t)task << 16, (part->n + 3) / 4, word);
    p->kernel->draw(&b, word, p->f + part->from);
}

static void set_some(struct cf_gibbs *g, struct cf_gibbs_range r)
{
    const struct cf_gibbs_probit *p = g->probit;
    float *y = g->sessions ? g->sessions->y : g->mode[CF_GIBBS_USERS].y;

    for (size_t i = r.from; i < r.to; i++)
        y[i] = p->f[p->place[i]];
    if (g->sessions)
        cf_gibbs_less_offsets(g, r);
}

bool cf_gibbs_has_noise(const struct cf_gibbs *g)
{
    return g->probit->n > 2;
}

int cf_gibbs_probit_draw(struct cf_gibbs *g, struct cf_err *err)
{
    struct cf_gibbs_probit *p = g->probit;

    for_tasks(g, (g->mode[CF_GIBBS_USERS].n + USERS - 1) / USERS, fit_users, g);
    if (!cf_vec_finite(p->f, g->ratings))
        return cf_fail(err, CF_EDIVERGED,
                       "training diverged in sweep %u: a score is not finite",
                       g->sweep);
    step(g);
    for_tasks(g, p->first[p->n], draw_part, g);
    cf_gibbs_set_ratings(g, set_some);
    return 0;
}
