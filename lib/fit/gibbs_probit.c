/* gibbs_probit.c - ratings as stars: an ordered probit.
 *
 * What the sampler takes for a rating, y, is not known; it is normal as in
 * gibbs.c, and what is known is which star it has become: star j if y is
 * between cut j and cut j + 1,
 *
 *   cut 0 = -inf < cut 1 < ... < cut n - 1 < cut n = inf
 *
 * (Albert and Chib, "Bayesian analysis of binary and polychotomous response
 * data", 1993). Cut 1 and cut n - 1, in the middle of two stars, stay where
 * they are, so that y has the scale of the stars; those between are uniform a
 * priori. With two stars there is one cut, and alpha is 1.
 *
 * A sweep draws, given the rows and noise scales, alpha and the free cuts, and
 * then y. Given y, cuts could hardly move, as ratings lie close on both sides
 * of each; so they are drawn with y integrated out (Cowles, "Accelerating Monte
 * Carlo Markov chain convergence for cumulative-link generalized linear
 * models", 1996), log alpha and each cut by a step of a random walk, which is
 * taken or not by the chances of all ratings concerned (Metropolis). The walks'
 * steps go by how often they were taken, less and less so (Roberts and
 * Rosenthal, "Examples of adaptive MCMC", 2009).
 *
 * Ratings are in order of stars here. A sweep takes about five chances a rating
 * in whatever order tasks are done: each has its place for its sum, and random
 * numbers by its number. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fit/gibbs_impl.h"
#include "math/probit.h"

enum { CHUNK = CF_GIBBS_CHUNK, TASK = 1024, STARS = CF_STARS_MOST };
/* Of steps in one dimension so many should be taken (Roberts, Gelman and Gilks
 * 1997), and the length of the first ones. */
#define TAKEN .44
#define FIRST_STEP 2.4

/* Ratings of a star that are gone through together. */
struct part {
    uint32_t star, n;
    uint64_t from;
};

struct cf_gibbs_probit {
    uint32_t n; /* stars */
    float value[STARS];
    double cut[STARS + 1];     /* in units */
    uint64_t start[STARS + 1]; /* ratings of star j: start[j] .. */
    uint32_t *place; /* (ratings) of each of the users' ratings, by star */
    float *f;        /* (ratings) what it is around, then y */
    float *root;     /* (ratings) of both noise scales; NULL: 1 */
    struct part *part;
    size_t first[STARS + 1];    /* of star j: part[first[j]] .. */
    double *sum;                /* (parts) logarithms of chances */
    double chance[STARS];       /* of all ratings of a star */
    double step[STARS];         /* of log alpha, and of cut j */
    float cold[CF_GIBBS_SIDES]; /* root of who is not known */
    const struct cf_probit *kernel;
};

static void for_tasks(const struct cf_gibbs *g, size_t n, cf_task_fn *fn,
                      void *ctx)
{
    cf_pool_run(g->pool, n, fn, ctx);
}

/* ---- what ratings are around ---- */

enum { USERS = 16 /* of a task */ };

/* f and root of n ratings of a user, from the users' rating number at on. */
static void fit_some(struct cf_gibbs *g, size_t user, uint64_t at, size_t n,
                     const struct cf_gibbs_scratch *s)
{
    static const float zero[CHUNK];
    struct cf_gibbs_probit *p = g->probit;
    const struct cf_gibbs_mode *m = &g->mode[CF_GIBBS_USERS];
    size_t wide = CF_GAUSS_WIDE(g->d + 1);
    uint32_t row[CHUNK];
    float out[CHUNK];

    for (uint32_t e = 0; e < n; e++)
        row[e] = e;
    cf_gibbs_gather(g, CF_GIBBS_USERS, at, n, zero, s->z);
    const struct cf_row_dots dots = {n, g->d + 1, s->a, s->z, row, 0, out};
    g->gauss->dots(&dots);
    for (size_t e = 0; e < n; e++) {
        /* The regressor of the bias is the root of the others' scales. */
        float root = s->z[e * wide];
        uint32_t place = p->place[at + e];
        p->f[place] = out[e] / root;
        if (p->root)
            p->root[place] = root * (m->root ? m->root[user] : 1);
    }
}

static void fit_users(void *ctx, size_t task, size_t worker)
{
    struct cf_gibbs *g = ctx;
    const struct cf_gibbs_mode *m = &g->mode[CF_GIBBS_USERS];
    const struct cf_gibbs_scratch *s = &g->scratch[worker];
    size_t end = (task + 1) * USERS < m->n ? (task + 1) * USERS : m->n;

    memset(s->a, 0, CF_GAUSS_WIDE(g->d + 1) * sizeof *s->a);
    for (size_t u = task * USERS; u < end; u++) {
        memcpy(s->a, m->w + u * CF_GAUSS_WIDE(g->d), g->d * sizeof *s->a);
        s->a[g->d] = -1;
        for (uint64_t at = m->start[u]; at < m->start[u + 1]; at += CHUNK) {
            uint64_t left = m->start[u + 1] - at;
            fit_some(g, u, at, left < CHUNK ? (size_t)left : CHUNK, s);
        }
    }
}

/* ---- chances ---- */

/* The ratings of a part, given alpha and the cuts. */
static struct cf_between between(const struct cf_gibbs *g,
                                 const struct part *part)
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

/* What a step would change: one number, and the chances of some stars. */
struct step {
    uint32_t number; /* of the walk: 0 of log alpha, or the cut */
    uint32_t star, stars;
    double *value, to;
    double prior; /* logarithm of its ratio of prior densities */
};

/* Takes the step, or does not. */
static void judge(struct cf_gibbs *g, const struct step *s, struct cf_draws *d)
{
    struct cf_gibbs_probit *p = g->probit;
    double chance[STARS], from = *s->value, gain = s->prior;

    *s->value = s->to;
    gain += add_chances(g, s->star, s->stars, chance);
    for (uint32_t j = 0; j < s->stars; j++)
        gain -= p->chance[s->star + j];
    bool taken = log(cf_draw_unit(d)) < gain;
    if (taken)
        memcpy(p->chance + s->star, chance, s->stars * sizeof *chance);
    else
        *s->value = from;
    p->step[s->number] *=
        exp(((taken ? 1 : 0) - TAKEN) / sqrt((double)g->sweep + 1));
}

static struct cf_draws draws(const struct cf_gibbs *g, uint32_t number)
{
    const struct cf_rng rng = cf_gibbs_rng(g, CF_RNG_GIBBS_LATENT);

    return cf_draws_of(&rng, (uint64_t)1 << 48 | number);
}

/* By log alpha, which has the density of Gamma(shape, rate) times alpha. */
static void step_alpha(struct cf_gibbs *g)
{
    struct cf_gibbs_probit *p = g->probit;
    struct cf_draws d = draws(g, 0);
    double by = p->step[0] * cf_draw_normal(&d), to = g->alpha * exp(by);
    const struct step s = {.stars = p->n,
                           .value = &g->alpha,
                           .to = to,
                           .prior = g->shape * by - g->rate * (to - g->alpha)};

    judge(g, &s, &d);
}

static void step_cut(struct cf_gibbs *g, uint32_t j)
{
    struct cf_gibbs_probit *p = g->probit;
    struct cf_draws d = draws(g, j);
    double to = p->cut[j] + p->step[j] * cf_draw_normal(&d);
    const struct step s = {j, j - 1, 2, &p->cut[j], to, 0};

    if ((float)p->cut[j - 1] < (float)to && (float)to < (float)p->cut[j + 1])
        judge(g, &s, &d);
    else
        p->step[j] *= exp(-TAKEN / sqrt((double)g->sweep + 1));
}

/* By turns alpha and the cuts: what both would gain by being drawn in each sweep
 * is less than what it takes. */
static void step(struct cf_gibbs *g)
{
    struct cf_gibbs_probit *p = g->probit;

    if (g->sweep % 2 == 0 || p->n == 3) {
        add_chances(g, 0, p->n, p->chance);
        step_alpha(g);
        return;
    }
    add_chances(g, 1, p->n - 2, p->chance + 1);
    for (uint32_t j = 2; j + 1 < p->n; j++)
        step_cut(g, j);
}

/* ---- y ---- */

static void draw_part(void *ctx, size_t task, size_t worker)
{
    const struct cf_gibbs *g = ctx;
    const struct cf_gibbs_probit *p = g->probit;
    const struct part *part = &p->part[task];
    const struct cf_rng rng = cf_gibbs_rng(g, CF_RNG_GIBBS_LATENT);
    const struct cf_between b = between(g, part);
    uint32_t word[TASK];

    (void)worker;
    for (uint32_t i = 0; i < part->n; i += 4)
        cf_rng_words(&rng, (uint64_t)task << 16 | i, 0, word + i);
    p->kernel->draw(&b, word, p->f + part->from);
}

/* y of a mode's ratings, by their places among those of the users. */
struct copy {
    const struct cf_gibbs *g;
    const struct cf_gibbs_mode *m;
};

static void copy_some(void *ctx, size_t task, size_t worker)
{
    const struct copy *c = ctx;
    const struct cf_gibbs_probit *p = c->g->probit;
    const struct cf_gibbs_mode *users = &c->g->mode[CF_GIBBS_USERS];
    size_t from = task * TASK, left = c->g->ratings - from;
    size_t end = from + (left < TASK ? left : TASK);

    (void)worker;
    for (size_t i = from; i < end; i++)
        c->m->y[i] = p->f[p->place[c->m == users ? i : c->m->at[i]]];
}

static void set_ratings(struct cf_gibbs *g)
{
    for (size_t s = 0; s < g->modes; s++) {
        struct copy c = {g, &g->mode[s]};
        for_tasks(g, (g->ratings + TASK - 1) / TASK, copy_some, &c);
    }
}

int cf_gibbs_probit_draw(struct cf_gibbs *g, struct cf_err *err)
{
    struct cf_gibbs_probit *p = g->probit;

    for_tasks(g, (g->mode[CF_GIBBS_USERS].n + USERS - 1) / USERS, fit_users, g);
    if (!cf_vec_finite(p->f, g->ratings))
        return cf_fail(err, CF_EDIVERGED,
                       "training diverged in sweep %u: a score is not finite",
                       g->sweep);
    if (p->n > 2)
        step(g);
    for_tasks(g, p->first[p->n], draw_part, g);
    set_ratings(g);
    return 0;
}

/* ---- what is kept ---- */

void cf_gibbs_cold_roots(struct cf_gibbs *g)
{
    for (size_t s = 0; s < CF_GIBBS_SIDES; s++) {
        const struct cf_gibbs_mode *m = &g->mode[s];
        double sum = 0;
        for (size_t r = 0; m->root && r < m->n; r++)
            sum += 1 / ((double)m->root[r] * (double)m->root[r]);
        g->probit->cold[s] = m->root ? (float)sqrt((double)m->n / sum) : 1;
    }
}

static float root_of(const struct cf_gibbs *g, size_t mode, size_t row)
{
    const struct cf_gibbs_mode *m = &g->mode[mode];

    if (!m->root)
        return 1;
    return m->start[row + 1] > m->start[row] ? m->root[row]
                                             : g->probit->cold[mode];
}

double cf_gibbs_mean_star(const struct cf_gibbs *g, size_t user, size_t item,
                          double f)
{
    const struct cf_gibbs_probit *p = g->probit;
    float x = (float)f, cut[STARS], below[STARS];
    float root = (float)sqrt(g->alpha) * root_of(g, CF_GIBBS_USERS, user) *
                 root_of(g, CF_GIBBS_ITEMS, item);
    const struct cf_below b = {1, p->n - 1, &x, &root, cut, 1};
    double mean = (double)p->value[0];

    for (uint32_t j = 0; j + 1 < p->n; j++)
        cut[j] = (float)p->cut[j + 1];
    p->kernel->below(&b, below);
    for (uint32_t j = 0; j + 1 < p->n; j++)
        mean += ((double)p->value[j + 1] - (double)p->value[j]) *
                (1 - (double)below[j]);
    return (mean - g->mean) / g->unit;
}

static void keep_sds(const struct cf_gibbs *g, size_t mode, uint32_t slot,
                     struct cf_side *side)
{
    if (!side->star_sd)
        return;
    for (size_t r = 0; r < g->mode[mode].n; r++)
        side->star_sd[r * g->o.keep + slot] = 1 / g->mode[mode].root[r];
    side->cold_star_sd[slot] = 1 / g->probit->cold[mode];
}

void cf_gibbs_keep_stars(struct cf_gibbs *g, uint32_t slot)
{
    const struct cf_gibbs_probit *p = g->probit;
    struct cf_stars *to = &g->m->stars;

    for (uint32_t j = 0; j + 1 < p->n; j++)
        to->cut[(size_t)j * g->o.keep + slot] =
            (float)(g->mean + g->unit * p->cut[j + 1]);
    to->sd[slot] = (float)(g->unit / sqrt(g->alpha));
    keep_sds(g, CF_GIBBS_USERS, slot, &g->m->user);
    keep_sds(g, CF_GIBBS_ITEMS, slot, &g->m->item);
}

int cf_gibbs_add_stars(struct cf_gibbs *g, struct cf_model *m,
                       struct cf_err *err)
{
    const struct cf_gibbs_probit *p = g->probit;
    int rc = cf_model_add_stars(m, p->n, g->o.noise, err);

    if (rc)
        return rc;
    memcpy(m->stars.value, p->value, p->n * sizeof *p->value);
    m->lo = p->value[0];
    m->hi = p->value[p->n - 1];
    return 0;
}

/* ---- opening ---- */

/* Where x is, or belongs, among n values. */
static uint32_t find(const float *value, uint32_t n, float x)
{
    uint32_t j = 0;

    while (j < n && value[j] < x)
        j++;
    return j;
}

static int find_stars(struct cf_gibbs_probit *p, const struct cf_ratings *r,
                      struct cf_err *err)
{
    for (uint64_t i = 0; i < r->n; i++) {
        float x = r->rating[i];
        uint32_t j = find(p->value, p->n, x);
        if (j < p->n && p->value[j] == x)
            continue;
        if (p->n == STARS)
            return cf_fail(err, CF_EDATA,
                           "option --likelihood: more than %d different "
                           "ratings are no stars; gaussian takes them",
                           STARS);
        memmove(p->value + j + 1, p->value + j, (p->n - j) * sizeof *p->value);
        p->value[j] = x;
        p->n++;
    }
    return p->n > 1 ? 0
                    : cf_fail(err, CF_EDATA,
                              "option --likelihood: all ratings are %g, so "
                              "there are no stars to tell apart",
                              (double)p->value[0]);
}

/* A star as it is among the users' ratings. */
static float in_units(const struct cf_gibbs *g, float star)
{
    return (float)(((double)star - g->mean) / g->unit);
}

/* Cuts in the middle of stars, and steps of about the spread that a cut has
 * between as many ratings. */
static void set_cuts(struct cf_gibbs *g)
{
    struct cf_gibbs_probit *p = g->probit;

    p->cut[0] = -INFINITY;
    p->cut[p->n] = INFINITY;
    for (uint32_t j = 1; j < p->n; j++) {
        double middle = ((double)p->value[j - 1] + (double)p->value[j]) / 2;
        p->cut[j] = (middle - g->mean) / g->unit;
        p->step[j] =
            FIRST_STEP / sqrt((double)(p->start[j + 1] - p->start[j - 1]));
    }
    p->step[0] = FIRST_STEP / sqrt((double)g->ratings);
}

/* Places by star, in order of the users' ratings. */
static void set_places(struct cf_gibbs *g)
{
    struct cf_gibbs_probit *p = g->probit;
    const float *y = g->mode[CF_GIBBS_USERS].y;
    float unit[STARS];

    for (uint32_t j = 0; j < p->n; j++)
        unit[j] = in_units(g, p->value[j]);
    for (size_t i = 0; i < g->ratings; i++)
        p->start[find(unit, p->n - 1, y[i]) + 1]++;
    for (uint32_t j = 0; j < p->n; j++)
        p->start[j + 1] += p->start[j];
    uint64_t next[STARS];
    memcpy(next, p->start, sizeof next);
    for (size_t i = 0; i < g->ratings; i++)
        p->place[i] = (uint32_t)next[find(unit, p->n - 1, y[i])]++;
}

static int set_parts(struct cf_gibbs_probit *p, struct cf_err *err)
{
    size_t n = 0;

    for (uint32_t j = 0; j < p->n; j++)
        n += (size_t)((p->start[j + 1] - p->start[j] + TASK - 1) / TASK);
    p->part = cf_alloc(n, sizeof *p->part);
    p->sum = cf_alloc(n, sizeof *p->sum);
    if (!p->part || !p->sum)
        return cf_nomem(err, "stars");
    n = 0;
    for (uint32_t j = 0; j < p->n; j++) {
        p->first[j] = n;
        for (uint64_t at = p->start[j]; at < p->start[j + 1]; at += TASK) {
            uint64_t left = p->start[j + 1] - at;
            p->part[n++] =
                (struct part){j, left < TASK ? (uint32_t)left : TASK, at};
        }
    }
    p->first[p->n] = n;
    return 0;
}

int cf_gibbs_probit_open(struct cf_gibbs *g, const struct cf_ratings *r,
                         const struct cf_vec *vec, struct cf_err *err)
{
    struct cf_gibbs_probit *p = g->probit = cf_zalloc(1, sizeof *p);

    if (!p)
        return cf_nomem(err, "stars");
    p->kernel = cf_probit_of(vec);
    int rc = find_stars(p, r, err);
    if (rc)
        return rc;
    p->place = cf_alloc(g->ratings, sizeof *p->place);
    p->f = cf_alloc(g->ratings, sizeof *p->f);
    p->root = g->o.noise ? cf_alloc(g->ratings, sizeof *p->root) : NULL;
    if (!p->place || !p->f || (g->o.noise && !p->root))
        return cf_nomem(err, "stars");
    set_places(g);
    set_cuts(g);
    return set_parts(p, err);
}

void cf_gibbs_probit_close(struct cf_gibbs_probit *p)
{
    if (!p)
        return;
    free(p->place);
    free(p->f);
    free(p->root);
    free(p->part);
    free(p->sum);
    free(p);
}
