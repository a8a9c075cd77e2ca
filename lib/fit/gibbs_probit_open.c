/* gibbs_probit_open.c - which stars there are, and the ratings in their order.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fit/gibbs_probit.h"
#include "math/normal.h"

enum { TASK = CF_GIBBS_PART, STARS = CF_STARS_MOST };
/* The length of the first steps, in standard deviations of what they are for.
 */
#define FIRST_STEP 2.4

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

/* The middle of the stars on both sides of a cut, in units. */
static double middle(const struct cf_gibbs *g, uint32_t cut)
{
    const float *v = g->probit->value;

    return (((double)v[cut - 1] + (double)v[cut]) / 2 - g->mean) / g->unit;
}

/* The share of ratings below a cut. */
static double share(const struct cf_gibbs *g, uint32_t cut)
{
    return (double)g->probit->start[cut] / (double)g->ratings;
}

/* x that a standard normal is below with this chance. */
static double quantile(double chance)
{
    double x = cf_normal_within(fabs(2 * chance - 1));

    return chance < .5 ? -x : x;
}

/* The cut with the share nearest to `want`. */
static uint32_t nearest(const struct cf_gibbs *g, double want)
{
    uint32_t best = 1;

    for (uint32_t j = 2; j < g->probit->n; j++)
        if (fabs(share(g, j) - want) < fabs(share(g, best) - want))
            best = j;
    return best;
}

static void choose_fixed(struct cf_gibbs *g)
{
    struct cf_gibbs_probit *p = g->probit;
    uint32_t a = nearest(g, .25), b = nearest(g, .75);

    if (a == b && b + 1 < p->n)
        b++;
    else if (a == b && a > 1)
        a--;
    p->fixed[0] = a;
    p->fixed[1] = b;
}

/* Cuts beyond the ends come between them, in their order. */
static void bound_cuts(struct cf_gibbs_probit *p)
{
    for (uint32_t j = p->fixed[0] - 1; j > 0; j--)
        if (p->cut[j] <= p->lowest)
            p->cut[j] = (p->lowest + p->cut[j + 1]) / 2;
    for (uint32_t j = p->fixed[1] + 1; j < p->n; j++)
        if (p->cut[j] >= p->highest)
            p->cut[j] = (p->highest + p->cut[j - 1]) / 2;
}

/* Two cuts in the middle of stars, the others where they would be if y was
 * normal, given the shares of ratings below; steps of about the spread that a
 * cut has between as many ratings. */
static void set_cuts(struct cf_gibbs *g)
{
    struct cf_gibbs_probit *p = g->probit;
    double span = ((double)p->value[p->n - 1] - (double)p->value[0]) / g->unit;

    choose_fixed(g);
    uint32_t a = p->fixed[0], b = p->fixed[1];
    double at = quantile(share(g, a)), unit = 1;
    if (a < b)
        unit = (middle(g, b) - middle(g, a)) / (quantile(share(g, b)) - at);
    p->lowest = middle(g, 1) - span;
    p->highest = middle(g, p->n - 1) + span;
    p->cut[0] = -INFINITY;
    p->cut[p->n] = INFINITY;
    for (uint32_t j = 1; j < p->n; j++) {
        p->cut[j] = middle(g, a) + unit * (quantile(share(g, j)) - at);
        p->step[j] =
            FIRST_STEP / sqrt((double)(p->start[j + 1] - p->start[j - 1]));
    }
    p->cut[b] = middle(g, b);
    bound_cuts(p);
}

/* Places by star, in order of the users' ratings. */
static void set_places(struct cf_gibbs *g)
{
    struct cf_gibbs_probit *p = g->probit;
    const float *y = g->mode[CF_GIBBS_USERS].y;
    float unit[STARS];

    memset(p->start, 0, sizeof p->start);
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

static void set_parts(struct cf_gibbs_probit *p)
{
    size_t n = 0;

    for (uint32_t j = 0; j < p->n; j++) {
        p->first[j] = n;
        for (uint64_t at = p->start[j]; at < p->start[j + 1]; at += TASK) {
            uint64_t left = p->start[j + 1] - at;
            p->part[n++] = (struct cf_gibbs_part){
                j, left < TASK ? (uint32_t)left : TASK, at};
        }
    }
    p->first[p->n] = n;
}

void cf_gibbs_probit_sort(struct cf_gibbs *g)
{
    set_places(g);
    set_parts(g->probit);
}

static int room(struct cf_gibbs *g, struct cf_err *err)
{
    struct cf_gibbs_probit *p = g->probit;
    size_t parts = g->ratings / TASK + p->n;

    p->place = cf_alloc(g->ratings, sizeof *p->place);
    p->f = cf_alloc(g->ratings, sizeof *p->f);
    p->root = g->o.noise ? cf_alloc(g->ratings, sizeof *p->root) : NULL;
    p->part = cf_alloc(parts, sizeof *p->part);
    p->sum = cf_alloc(parts, sizeof *p->sum);
    p->moment = cf_alloc(g->d, sizeof *p->moment * 2 * CF_GIBBS_SIDES);
    return p->place && p->f && p->part && p->sum && p->moment &&
                   (p->root || !g->o.noise)
               ? 0
               : cf_nomem(err, "stars");
}

int cf_gibbs_probit_open(struct cf_gibbs *g, const struct cf_ratings *r,
                         const struct cf_vec *vec, struct cf_err *err)
{
    struct cf_gibbs_probit *p = g->probit = cf_zalloc(1, sizeof *p);

    if (!p)
        return cf_nomem(err, "stars");
    p->kernel = cf_probit_of(vec);
    int rc = find_stars(p, r, err);
    if (!rc)
        rc = room(g, err);
    if (rc)
        return rc;
    cf_gibbs_probit_sort(g);
    set_cuts(g);
    return 0;
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
    free(p->moment);
    free(p);
}
