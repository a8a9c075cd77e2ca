/* gibbs_fit.c - what ratings are around, given all rows, and ratings set anew.
 */
#include <string.h>

#include "fit/gibbs_impl.h"

enum { CHUNK = CF_GIBBS_CHUNK, TASK = 8192 /* ratings of a task */ };

/* ---- what they are around ---- */

/* With days. */
static void fit_some(const struct cf_gibbs *g, const struct cf_gibbs_some *r,
                     const struct cf_gibbs_scratch *s, struct cf_gibbs_fit *out)
{
    static const float zero[CHUNK];
    size_t wide = CF_GAUSS_WIDE(g->d + 1);
    uint32_t row[CHUNK];

    for (uint32_t e = 0; e < r->n; e++)
        row[e] = e;
    s->a[g->d] = -1;
    cf_gibbs_gather(g, CF_GIBBS_USERS, r->at, r->n, zero, s->z);
    const struct cf_row_dots dots = {r->n, g->d + 1, s->a,  s->z,
                                     row,  0,        out->f};
    g->gauss->dots(&dots);
    for (size_t e = 0; e < r->n; e++) {
        /* The regressor of the bias is the root of the others' scales. */
        out->root[e] = s->z[e * wide];
        out->f[e] /= out->root[e];
    }
}

/* The same without: the regressors are the items' rows as they are. */
static void fit_items(const struct cf_gibbs *g, const struct cf_gibbs_some *r,
                      const struct cf_gibbs_scratch *s,
                      struct cf_gibbs_fit *out)
{
    const struct cf_gibbs_mode *items = &g->mode[CF_GIBBS_ITEMS];
    const uint32_t *item = g->mode[CF_GIBBS_USERS].other[0] + r->at;
    float bias = s->a[0];
    const struct cf_row_dots dots = {r->n, g->d, s->a,  items->w,
                                     item, bias, out->f};

    s->a[0] = 1;
    g->gauss->dots(&dots);
    for (size_t e = 0; e < r->n; e++)
        out->root[e] = items->root ? items->root[item[e]] : 1;
}

void cf_gibbs_fit(const struct cf_gibbs *g, const struct cf_gibbs_some *r,
                  const struct cf_gibbs_scratch *s, struct cf_gibbs_fit *out)
{
    const struct cf_gibbs_mode *users = &g->mode[CF_GIBBS_USERS];

    memset(s->a, 0, CF_GAUSS_WIDE(g->d + 1) * sizeof *s->a);
    memcpy(s->a, users->w + r->user * CF_GAUSS_WIDE(g->d), g->d * sizeof *s->a);
    if (g->modes > CF_GIBBS_SIDES)
        fit_some(g, r, s, out);
    else
        fit_items(g, r, s, out);
    for (size_t e = 0; users->root && e < r->n; e++)
        out->root[e] *= users->root[r->user];
}

/* ---- what they are ---- */

struct ratings {
    struct cf_gibbs *g;
    cf_gibbs_set_fn *set;
};

static struct cf_gibbs_range of_task(const struct cf_gibbs *g, size_t task)
{
    size_t from = task * TASK, left = g->ratings - from;

    return (struct cf_gibbs_range){from, from + (left < TASK ? left : TASK)};
}

static void set_some(void *ctx, size_t task, size_t worker)
{
    const struct ratings *t = ctx;

    (void)worker;
    t->set(t->g, of_task(t->g, task));
}

static void copy_some(void *ctx, size_t task, size_t worker)
{
    const struct cf_gibbs *g = ctx;
    const struct cf_gibbs_range r = of_task(g, task);
    const float *y = g->mode[CF_GIBBS_USERS].y;

    (void)worker;
    for (size_t s = CF_GIBBS_ITEMS; s < g->modes; s++)
        for (size_t i = r.from; i < r.to; i++)
            g->mode[s].y[i] = y[g->mode[s].at[i]];
}

void cf_gibbs_set_ratings(struct cf_gibbs *g, cf_gibbs_set_fn *set)
{
    struct ratings t = {g, set};
    size_t tasks = (g->ratings + TASK - 1) / TASK;

    cf_pool_run(g->pool, tasks, set_some, &t);
    cf_pool_run(g->pool, tasks, copy_some, g);
}
