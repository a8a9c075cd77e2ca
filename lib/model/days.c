/* days.c - the days that a model knows, and what they add to a score. */
#include <stdlib.h>

#include "base/mem.h"
#include "model/model.h"

enum { DAY = 86400 };

int64_t cf_model_day(int64_t seconds)
{
    return seconds / DAY - (seconds % DAY < 0);
}

uint32_t cf_model_find_day(const int64_t *day, size_t n, int64_t seconds)
{
    int64_t want = cf_model_day(seconds);
    size_t from = 0, to = n;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (day[middle] < want)
            from = middle + 1;
        else
            to = middle;
    }
    return from < n && day[from] == want ? (uint32_t)from : CF_NONE;
}

/* ---- memory ---- */

int cf_context_room(struct cf_context_rows *r, size_t n, size_t k,
                    size_t samples, struct cf_err *err)
{
    size_t factors, biases;

    if (!cf_mul(n, samples, &biases) || !cf_mul(biases, k, &factors))
        return cf_nomem(err, "times");
    r->factors = cf_aalloc(factors, sizeof *r->factors);
    r->bias = cf_zalloc(n, sizeof *r->bias);
    r->sample_bias = cf_zalloc(biases, sizeof *r->sample_bias);
    return r->factors && r->bias && r->sample_bias ? 0 : cf_nomem(err, "times");
}

static int room(struct cf_context_rows *r, uint64_t n, const struct cf_model *m,
                struct cf_err *err)
{
    return cf_context_room(r, (size_t)n, m->k / m->samples, m->samples, err);
}

int cf_model_add_days(struct cf_model *m, uint64_t n, struct cf_err *err)
{
    struct cf_days *d = &m->days;

    if (n >= CF_NONE)
        return cf_nomem(err, "days");
    d->n = n;
    d->users = m->user.n;
    d->day = cf_zalloc((size_t)n, sizeof *d->day);
    d->count = cf_zalloc((size_t)n, sizeof *d->count);
    int rc = d->day && d->count ? 0 : cf_nomem(err, "days");
    if (!rc)
        rc = room(&d->row, n, m, err);
    if (!rc)
        rc = room(&d->user, d->users, m, err);
    return rc ? rc : room(&d->cold, 1, m, err);
}

void cf_context_free(struct cf_context_rows *r)
{
    free(r->factors);
    free(r->bias);
    free(r->sample_bias);
}

void cf_days_free(struct cf_days *d)
{
    free(d->day);
    free(d->count);
    cf_context_free(&d->row);
    cf_context_free(&d->user);
    cf_context_free(&d->cold);
    *d = (struct cf_days){0};
}

/* ---- the mean day ---- */

/* out[j]: the mean of column j of x (n, width) over training rows. */
static void mean(const struct cf_days *d, const float *x, size_t width,
                 float *out)
{
    double rows = 0;

    for (uint64_t t = 0; t < d->n; t++)
        rows += (double)d->count[t];
    for (size_t j = 0; j < width; j++) {
        double sum = 0;
        for (uint64_t t = 0; t < d->n; t++)
            sum += (double)d->count[t] * (double)x[t * width + j];
        out[j] = rows > 0 ? (float)(sum / rows) : 0;
    }
}

void cf_model_set_cold_day(struct cf_model *m)
{
    struct cf_days *d = &m->days;

    mean(d, d->row.factors, m->k, d->cold.factors);
    mean(d, d->row.bias, 1, d->cold.bias);
    mean(d, d->row.sample_bias, m->samples, d->cold.sample_bias);
}

/* ---- scores ---- */

/* Which row it is follows from where its factors are. One that is folded in is
 * behind those of the model. */
const struct cf_context_rows *cf_model_mean_day(const struct cf_model *m,
                                                const float *x, size_t *row)
{
    *row = 0;
    if (x == m->user.cold_factors)
        return &m->days.cold;
    size_t user = (size_t)(x - m->user.factors) / m->k;
    if (user >= m->days.users)
        return &m->days.cold;
    *row = user;
    return &m->days.user;
}

struct cf_context_pair cf_pair_context(const struct cf_rep_pairs *p,
                                       const float *x, const float *y, size_t j)
{
    return (struct cf_context_pair){x, y, p->day ? p->day[j] : CF_NONE,
                                    p->session ? p->session[j] : CF_NONE};
}

/* (x - a + y) . (t - a). */
static double shift(const float *x, const float *y, const float *t,
                    const float *a, size_t n)
{
    double sum = 0;

    for (size_t j = 0; j < n; j++)
        sum += ((double)x[j] - (double)a[j] + (double)y[j]) *
               ((double)t[j] - (double)a[j]);
    return sum;
}

float cf_model_day_score(const struct cf_model *m,
                         const struct cf_context_pair *p)
{
    const struct cf_context_rows *t = &m->days.row;
    size_t row;

    if (p->day == CF_NONE)
        return 0;
    const struct cf_context_rows *a = cf_model_mean_day(m, p->x, &row);
    return (float)((double)t->bias[p->day] - (double)a->bias[row] +
                   shift(p->x, p->y, t->factors + (size_t)p->day * m->k,
                         a->factors + row * m->k, m->k));
}

double cf_model_day_sample(const struct cf_model *m,
                           const struct cf_context_pair *p, size_t s)
{
    const struct cf_context_rows *t = &m->days.row;
    size_t k = m->k / m->samples, row;

    if (p->day == CF_NONE)
        return 0;
    const struct cf_context_rows *a = cf_model_mean_day(m, p->x, &row);
    const float *of = t->factors + (size_t)p->day * m->k + s * k;
    return (double)t->sample_bias[(size_t)p->day * m->samples + s] -
           (double)a->sample_bias[row * m->samples + s] +
           (double)m->samples * shift(p->x + s * k, p->y + s * k, of,
                                      a->factors + row * m->k + s * k, k);
}
