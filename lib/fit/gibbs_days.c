/* gibbs_days.c - the day of a rating as a third mode.
 *
 * Who does not know the day of a pair is to have the user's mean day, as a user
 * has hardly more than a few days, and is what it is on these. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fit/gibbs_impl.h"

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

    g->day = cf_alloc(n, sizeof *g->day);
    if (!g->day)
        return cf_nomem(err, "days");
    for (size_t i = 0; i < n; i++)
        g->day[i] = cf_model_day(r->time[i]);
    qsort(g->day, n, sizeof *g->day, ascending);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || g->day[i] != g->day[i - 1])
            g->day[days++] = g->day[i];
    g->mode[CF_GIBBS_DAYS].n = days;
    return 0;
}

/* Codes of rows' days; CF_NONE: not one of the training rows'. */
static uint32_t *codes(const struct cf_gibbs *g, const struct cf_ratings *r)
{
    uint32_t *code = cf_alloc((size_t)r->n, sizeof *code);

    for (uint64_t i = 0; code && i < r->n; i++)
        code[i] = r->time ? cf_model_find_day(g->day, g->mode[CF_GIBBS_DAYS].n,
                                              r->time[i])
                          : CF_NONE;
    return code;
}

int cf_gibbs_days_open(struct cf_gibbs *g, const struct cf_whole *w,
                       struct cf_err *err)
{
    if (!w->train.time)
        return cf_fail(err, CF_EDATA,
                       "option --time: the rows have no column of times "
                       "(cf-index -t names one)");
    int rc = list_days(g, &w->train, err);
    if (rc)
        return rc;
    g->modes = CF_GIBBS_MODES;
    g->code = codes(g, &w->train);
    g->valid_day = codes(g, &w->valid);
    size_t rows = g->mode[CF_GIBBS_USERS].n + 1, all;
    g->mean_day = cf_mul(rows, CF_GAUSS_WIDE(g->d), &all)
                      ? cf_aalloc(all, sizeof *g->mean_day)
                      : NULL;
    return g->code && g->valid_day && g->mean_day ? 0 : cf_nomem(err, "days");
}

void cf_gibbs_days_close(struct cf_gibbs *g)
{
    free(g->day);
    free(g->code);
    free(g->valid_day);
    free(g->mean_day);
}

/* ---- mean days ---- */

/* The mean of some days' rows. */
static void mean_of(const struct cf_gibbs *g, const uint32_t *day, uint64_t n,
                    float *out)
{
    size_t wide = CF_GAUSS_WIDE(g->d);
    double sum[CF_GIBBS_FACTORS + 1] = {0};

    for (uint64_t i = 0; i < n; i++) {
        const float *w = g->mode[CF_GIBBS_DAYS].w + day[i] * wide;
        for (size_t j = 0; j < g->d; j++)
            sum[j] += (double)w[j];
    }
    for (size_t j = 0; j < g->d; j++)
        out[j] = (float)(sum[j] / (double)n);
}

void cf_gibbs_mean_days(struct cf_gibbs *g)
{
    const struct cf_gibbs_mode *m = &g->mode[CF_GIBBS_USERS];
    size_t wide = CF_GAUSS_WIDE(g->d);
    float *all = g->mean_day + m->n * wide;

    mean_of(g, m->more, g->ratings, all);
    for (size_t u = 0; u < m->n; u++) {
        uint64_t at = m->start[u], n = m->start[u + 1] - at;
        if (n > 0)
            mean_of(g, m->more + at, n, g->mean_day + u * wide);
        else
            memcpy(g->mean_day + u * wide, all, wide * sizeof *all);
    }
}

/* ---- the model's ---- */

static void keep_rows(const struct cf_gibbs *g, const float *w, size_t n,
                      uint32_t slot, struct cf_day_rows *to)
{
    size_t k = g->o.k, all = k * g->o.keep, wide = CF_GAUSS_WIDE(g->d);
    float by = cf_gibbs_scale(g);

    for (size_t r = 0; r < n; r++) {
        for (size_t j = 0; j < k; j++)
            to->factors[r * all + slot * k + j] = by * w[r * wide + j + 1];
        to->sample_bias[r * g->o.keep + slot] = (float)g->unit * w[r * wide];
    }
}

void cf_gibbs_keep_days(struct cf_gibbs *g, uint32_t slot)
{
    const struct cf_gibbs_mode *days = &g->mode[CF_GIBBS_DAYS];
    struct cf_days *to = &g->m->days;

    keep_rows(g, days->w, days->n, slot, &to->row);
    keep_rows(g, g->mean_day, g->mode[CF_GIBBS_USERS].n, slot, &to->user);
}

void cf_gibbs_publish_days(struct cf_gibbs *g)
{
    const struct cf_gibbs_mode *users = &g->mode[CF_GIBBS_USERS],
                               *days = &g->mode[CF_GIBBS_DAYS];
    struct cf_days *to = &g->m->days;
    double by = g->unit / g->kept;

    for (size_t t = 0; t < days->n; t++) {
        to->day[t] = g->day[t];
        to->count[t] = (uint32_t)(days->start[t + 1] - days->start[t]);
        to->row.bias[t] = (float)(by * days->bias[t]);
    }
    cf_model_set_cold_day(g->m);
    for (size_t u = 0; u < users->n; u++) {
        uint64_t from = users->start[u], end = users->start[u + 1];
        double sum = 0;
        for (uint64_t i = from; i < end; i++)
            sum += by * days->bias[users->more[i]];
        to->user.bias[u] =
            end > from ? (float)(sum / (double)(end - from)) : to->cold.bias[0];
    }
}
