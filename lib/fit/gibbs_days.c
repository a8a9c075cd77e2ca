/* gibbs_days.c - the day of a rating as a third mode. */
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
    g->average = cf_aalloc(CF_GAUSS_WIDE(g->d), sizeof *g->average);
    return g->code && g->valid_day && g->average ? 0 : cf_nomem(err, "days");
}

void cf_gibbs_days_close(struct cf_gibbs *g)
{
    free(g->day);
    free(g->code);
    free(g->valid_day);
    free(g->average);
}

void cf_gibbs_average(struct cf_gibbs *g)
{
    const struct cf_gibbs_mode *m = &g->mode[CF_GIBBS_DAYS];
    size_t wide = CF_GAUSS_WIDE(g->d);

    for (size_t j = 0; j < g->d; j++) {
        double sum = 0;
        for (size_t r = 0; r < m->n; r++)
            sum += (double)(m->start[r + 1] - m->start[r]) *
                   (double)m->w[r * wide + j];
        g->average[j] = (float)(sum / (double)g->ratings);
    }
}
