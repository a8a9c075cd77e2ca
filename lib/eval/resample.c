/* resample.c - intervals by the bootstrap. Each resample is a task, whose draws
 * are counted, so it does not matter which thread does it. */
#include "eval/resample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"

size_t cf_group_of(uint64_t seed, uint64_t number)
{
    const struct cf_rng r = {seed, CF_RNG_GROUP, 0};

    return number < CF_GROUPS ? (size_t)number
                              : (size_t)cf_rng_below(&r, number, CF_GROUPS);
}

int cf_sums_init(struct cf_sums *s, size_t width, struct cf_err *err)
{
    s->width = width;
    s->v = cf_zalloc(CF_GROUPS, width * sizeof *s->v);
    s->some = cf_zalloc(CF_GROUPS, sizeof *s->some);
    return s->v && s->some ? 0 : cf_nomem(err, "sums");
}

void cf_sums_free(struct cf_sums *s)
{
    free(s->v);
    free(s->some);
    memset(s, 0, sizeof *s);
}

double *cf_sums_of(struct cf_sums *s, size_t group)
{
    s->some[group] = true;
    return s->v + group * s->width;
}

/* ---- resamples ---- */

struct work {
    const struct cf_sums *const *side;
    size_t sides, width;
    const struct cf_measures *m;
    const struct cf_resample_opts *o;
    size_t *group, ngroups; /* those that have some */
    uint32_t *times;        /* (threads, ngroups): how often each was drawn */
    double *sums;           /* (threads, width) */
    double *two;            /* (threads, 2, m->n): measures of the sides */
    double *out;            /* (m->n, resamples) */
};

/* The sums of a side over all groups, each as often as it was drawn; times
 * NULL: once. */
static void add_up(const struct work *w, size_t side, const uint32_t *times,
                   double *sums)
{
    memset(sums, 0, w->width * sizeof *sums);
    for (size_t g = 0; g < w->ngroups; g++) {
        const double *v = w->side[side]->v + w->group[g] * w->width;
        double n = times ? (double)times[g] : 1;
        for (size_t i = 0; n > 0 && i < w->width; i++)
            sums[i] += n * v[i];
    }
}

static void draw_again(void *ctx, size_t task, size_t worker)
{
    const struct work *w = ctx;
    const struct cf_rng r = {w->o->seed, CF_RNG_RESAMPLE, (uint32_t)task};
    uint32_t *times = w->times + worker * w->ngroups;
    double *sums = w->sums + worker * w->width;
    double *two = w->two + worker * 2 * w->m->n;

    memset(times, 0, w->ngroups * sizeof *times);
    for (size_t g = 0; g < w->ngroups; g++)
        times[cf_rng_below(&r, g, w->ngroups)]++;
    for (size_t s = 0; s < w->sides; s++) {
        add_up(w, s, times, sums);
        w->m->of(w->m->ctx, sums, two + s * w->m->n);
    }
    for (size_t i = 0; i < w->m->n; i++)
        w->out[i * w->o->resamples + task] =
            w->sides == 2 ? two[i] - two[w->m->n + i] : two[i];
}

/* ---- the interval ---- */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Between the two values nearest to share q of n sorted ones, in proportion
 * (definition 7 of Hyndman and Fan 1996). */
static double quantile(const double *v, size_t n, double q)
{
    double at = q * (double)(n - 1);
    size_t i = (size_t)at;
    double more = at - (double)i;

    return more > 0 ? v[i] + more * (v[i + 1] - v[i]) : v[i];
}

static void interval(double *v, size_t n, double level, double *low,
                     double *high)
{
    size_t some = 0;

    for (size_t i = 0; i < n; i++)
        if (!isnan(v[i]))
            v[some++] = v[i];
    *low = *high = (double)NAN;
    if (some == 0)
        return;
    qsort(v, some, sizeof *v, ascending);
    *low = quantile(v, some, (1 - level) / 2);
    *high = quantile(v, some, 1 - (1 - level) / 2);
}

/* ---- the work ---- */

static bool has_some(const struct work *w, size_t g)
{
    return w->side[0]->some[g] || (w->sides == 2 && w->side[1]->some[g]);
}

static int open_work(struct work *w, struct cf_err *err)
{
    size_t threads = cf_pool_threads(w->o->pool), all = 0;

    w->width = w->side[0]->width;
    w->group = cf_alloc(CF_GROUPS, sizeof *w->group);
    if (!w->group)
        return cf_nomem(err, "resamples");
    for (size_t g = 0; g < CF_GROUPS; g++)
        if (has_some(w, g))
            w->group[w->ngroups++] = g;
    w->times = cf_alloc(threads * w->ngroups, sizeof *w->times);
    w->sums = cf_alloc(threads * w->width, sizeof *w->sums);
    w->two = cf_alloc(threads * 2 * w->m->n, sizeof *w->two);
    if (w->o->resamples <= UINT32_MAX &&
        cf_mul(w->m->n, (size_t)w->o->resamples, &all))
        w->out = cf_alloc(all, sizeof *w->out);
    return w->times && w->sums && w->two && w->out ? 0
                                                   : cf_nomem(err, "resamples");
}

int cf_resample(const struct cf_sums *const *side, size_t sides,
                const struct cf_measures *m, const struct cf_resample_opts *o,
                const struct cf_resampled *out, struct cf_err *err)
{
    struct work w = {.side = side, .sides = sides, .m = m, .o = o};
    int rc = open_work(&w, err);

    for (size_t s = 0; !rc && s < sides; s++) {
        add_up(&w, s, NULL, w.sums);
        m->of(m->ctx, w.sums, out->value[s]);
    }
    if (!rc && w.ngroups > 0)
        cf_pool_run(o->pool, (size_t)o->resamples, draw_again, &w);
    for (size_t i = 0; !rc && i < m->n; i++)
        interval(w.out + i * o->resamples,
                 w.ngroups > 0 ? (size_t)o->resamples : 0, o->level,
                 &out->low[i], &out->high[i]);
    free(w.group);
    free(w.times);
    free(w.sums);
    free(w.two);
    free(w.out);
    return rc;
}
