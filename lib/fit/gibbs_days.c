/* gibbs_days.c - the day of a rating as a mode. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fit/gibbs_impl.h"

/* ---- days ---- */

static int ascending(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* The days of all training rows, ascending, once each. */
static int list_days(struct cf_gibbs *g, const struct cf_ratings *r,
                     struct cf_err *err)
{
    size_t n = (size_t)r->n, days = 0;

    g->days.day = cf_alloc(n, sizeof *g->days.day);
    if (!g->days.day)
        return cf_nomem(err, "days");
    for (size_t i = 0; i < n; i++)
        g->days.day[i] = cf_model_day(r->time[i]);
    qsort(g->days.day, n, sizeof *g->days.day, ascending);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || g->days.day[i] != g->days.day[i - 1])
            g->days.day[days++] = g->days.day[i];
    g->mode[CF_GIBBS_DAYS].n = days;
    return 0;
}

/* ---- opening ---- */

int cf_gibbs_days_open(struct cf_gibbs *g, const struct cf_whole *w,
                       struct cf_err *err)
{
    struct cf_gibbs_days *x = &g->days;
    const struct cf_ratings *r = &w->train, *v = &w->valid;
    size_t rows = g->mode[CF_GIBBS_USERS].n + 1, all;

    g->modes = CF_GIBBS_MODES;
    x->code = cf_alloc((size_t)r->n, sizeof *x->code);
    x->valid = cf_alloc((size_t)v->n, sizeof *x->valid);
    x->mean = cf_mul(rows, CF_GAUSS_WIDE(g->d), &all)
                  ? cf_aalloc(all, sizeof *x->mean)
                  : NULL;
    if (!x->code || !x->valid || !x->mean)
        return cf_nomem(err, "days");
    int rc = list_days(g, r, err);
    size_t n = g->mode[CF_GIBBS_DAYS].n;
    for (uint64_t i = 0; !rc && i < r->n; i++)
        x->code[i] = cf_model_find_day(x->day, n, r->time[i]);
    for (uint64_t i = 0; !rc && i < v->n; i++)
        x->valid[i] =
            v->time ? cf_model_find_day(x->day, n, v->time[i]) : CF_NONE;
    return rc;
}

void cf_gibbs_days_close(struct cf_gibbs_days *x)
{
    free(x->day);
    free(x->code);
    free(x->valid);
    free(x->start);
    free(x->row);
    free(x->share);
    free(x->mean);
}

/* ---- shares ---- */

static int by_number(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Adds a row to a list that ends at n, or, if it is the last there, the share;
 * returns where the list then ends. */
static uint64_t add_share(struct cf_gibbs_days *c, uint64_t from, uint64_t n,
                          uint32_t row, double share)
{
    if (n > from && c->row[n - 1] == row) {
        c->share[n - 1] += (float)share;
        return n;
    }
    c->row[n] = row;
    c->share[n] = (float)share;
    return n + 1;
}

int cf_gibbs_shares(struct cf_gibbs *g, struct cf_err *err)
{
    const struct cf_gibbs_mode *users = &g->mode[CF_GIBBS_USERS],
                               *m = &g->mode[CF_GIBBS_DAYS];
    struct cf_gibbs_days *c = &g->days;
    uint64_t n = 0;

    c->start = cf_alloc(users->n + 2, sizeof *c->start);
    c->row = cf_alloc(g->ratings + m->n, sizeof *c->row);
    c->share = cf_alloc(g->ratings + m->n, sizeof *c->share);
    if (!c->start || !c->row || !c->share)
        return cf_nomem(err, "days");
    for (size_t u = 0; u < users->n; u++) {
        uint64_t from = users->start[u], end = users->start[u + 1];
        uint32_t *row = c->row + from;
        memcpy(row, users->other[CF_GIBBS_DAYS - 1] + from,
               (end - from) * sizeof *row);
        qsort(row, end - from, sizeof *row, by_number);
        c->start[u] = n;
        for (uint64_t i = from; i < end; i++)
            n = add_share(c, c->start[u], n, c->row[i], 1);
        for (uint64_t i = c->start[u]; i < n; i++)
            c->share[i] /= (float)(end - from);
    }
    c->start[users->n] = n;
    for (size_t r = 0; r < m->n; r++) {
        double ratings = (double)(m->start[r + 1] - m->start[r]);
        if (ratings > 0)
            n = add_share(c, n, n, (uint32_t)r, ratings / (double)g->ratings);
    }
    c->start[users->n + 1] = n;
    return 0;
}

/* ---- mean days ---- */

void cf_gibbs_means(struct cf_gibbs *g)
{
    size_t wide = CF_GAUSS_WIDE(g->d), users = g->mode[CF_GIBBS_USERS].n;
    const struct cf_gibbs_days *c = &g->days;

    for (size_t u = users + 1; g->o.days && u-- > 0;) {
        uint64_t at = c->start[u], n = c->start[u + 1] - at;
        const struct cf_bundle rows = {(size_t)n, wide,
                                       g->mode[CF_GIBBS_DAYS].w, c->row + at,
                                       c->share + at};
        float *mean = c->mean + u * wide;
        if (n > 0)
            memset(mean, 0, wide * sizeof *mean);
        else
            memcpy(mean, c->mean + users * wide, wide * sizeof *mean);
        g->gauss->collect(&rows, mean);
    }
}

const float *cf_gibbs_mean_day(const struct cf_gibbs *g, size_t user)
{
    return g->days.mean + user * CF_GAUSS_WIDE(g->d);
}
