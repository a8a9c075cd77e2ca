/* gibbs_keep.c - from samples to the model that predicts by their mean, and
 * validation by it. */
#include <math.h>
#include <string.h>

#include "fit/gibbs_impl.h"

/* ---- kept samples ---- */

bool cf_gibbs_place(const struct cf_gibbs *g, uint32_t places, uint32_t *slot)
{
    uint32_t first = cf_gibbs_inherited(g, places);
    uint64_t t = g->kept - g->before, samples = g->o.samples - g->before,
             left = places - first;

    *slot = first + (uint32_t)(t * left / samples);
    return (t + 1) * left / samples > t * left / samples;
}

uint32_t cf_gibbs_inherited(const struct cf_gibbs *g, uint32_t places)
{
    return (uint32_t)((uint64_t)g->before * places / g->o.samples);
}

/* A dot product of the factors of all places is a mean over them. */
float cf_gibbs_scale(const struct cf_gibbs *g)
{
    return (float)sqrt(g->unit / g->o.keep);
}

/* b + p . a + bias of a, with a the mean day of a user: what is predicted
 * without a day has a in the user's bias, and in its factors. */
static double bias_of(const struct cf_gibbs *g, const float *w, const float *a)
{
    double sum = (double)w[0];

    for (size_t j = 1; a && j < g->d; j++)
        sum += (double)w[j] * (double)a[j];
    return sum + (a ? (double)a[0] : 0);
}

/* The mean day that a row has, or, if r is the number of rows, that one has
 * that is not known; NULL: none. */
static const float *mean_day(const struct cf_gibbs *g, size_t mode, size_t r)
{
    return mode == CF_GIBBS_USERS && g->mean_day
               ? g->mean_day + r * CF_GAUSS_WIDE(g->d)
               : NULL;
}

/* Row r in what is predicted without a day: factors, and the bias as the first
 * number. If r is the number of rows: the prior mean. */
static void copy_kept(const struct cf_gibbs *g, size_t mode, size_t r,
                      float *out)
{
    const struct cf_gibbs_mode *m = &g->mode[mode];
    const float *a = mean_day(g, mode, r);

    for (size_t j = 0; j < g->d; j++)
        out[j] = r < m->n ? m->w[r * CF_GAUSS_WIDE(g->d) + j] : (float)m->mu[j];
    out[0] = (float)bias_of(g, out, a);
    for (size_t j = 1; a && j < g->d; j++)
        out[j] += a[j];
}

static void keep_factors(const struct cf_gibbs *g, size_t mode,
                         struct cf_side *side, uint32_t slot)
{
    const struct cf_gibbs_mode *m = &g->mode[mode];
    size_t k = g->o.k, all = k * g->o.keep;
    float by = cf_gibbs_scale(g), *w = g->scratch->z;

    for (size_t r = 0; r <= m->n; r++) {
        bool cold = r == m->n;
        float *to = cold ? side->cold_factors : side->factors + r * all;
        copy_kept(g, mode, r, w);
        for (size_t j = 0; j < k; j++)
            to[slot * k + j] = by * w[j + 1];
        *(cold ? side->cold_sample_bias + slot
               : side->sample_bias + r * g->o.keep + slot) =
            (float)g->unit * w[0];
    }
}

static void keep_mode(struct cf_gibbs *g, size_t mode)
{
    struct cf_gibbs_mode *m = &g->mode[mode];
    float *w = g->scratch->z;

    for (size_t r = 0; r <= m->n; r++) {
        copy_kept(g, mode, r, w);
        *(r < m->n ? m->bias + r : &m->cold) += (double)w[0];
    }
    for (size_t r = 0; m->root && r < m->n; r++)
        m->noise[r] += 1 / ((double)m->root[r] * (double)m->root[r]);
}

/* ---- predictions of validation rows ---- */

/* Copies a row, or, if the model will not have it as it has no rating, the
 * prior mean, to out. */
static void copy_row(const struct cf_gibbs *g, size_t mode, uint32_t row,
                     float *out)
{
    const struct cf_gibbs_mode *m = &g->mode[mode];
    const struct cf_side *side = mode ? &g->m->item : &g->m->user;
    size_t wide = CF_GAUSS_WIDE(g->d);

    memcpy(out, m->w + row * wide, wide * sizeof *out);
    if (side->drawn || m->start[row + 1] > m->start[row])
        return;
    for (size_t j = 0; j < g->d; j++)
        out[j] = (float)m->mu[j];
}

/* What the day of validation row r adds, or the user's mean day. user: with 1
 * for its bias; spoilt. */
static double day_part(const struct cf_gibbs *g, uint64_t r, float *user,
                       const float *item)
{
    static const uint32_t zero = 0;
    size_t wide = CF_GAUSS_WIDE(g->d);
    uint32_t day = g->valid_day[r];
    uint32_t u = g->valid->user[r];
    const float *t = day == CF_NONE ? mean_day(g, CF_GIBBS_USERS, u)
                                    : g->mode[CF_GIBBS_DAYS].w + day * wide;
    float out;

    for (size_t j = 1; j < g->d; j++)
        user[j] += item[j];
    const struct cf_row_dots dots = {1, g->d, user, t, &zero, 0, &out};
    g->gauss->dots(&dots);
    return (double)out;
}

static double predict(const struct cf_gibbs *g, uint64_t r)
{
    static const uint32_t zero = 0;
    size_t wide = CF_GAUSS_WIDE(g->d);
    float *user = g->scratch->z, *item = user + wide, out;

    copy_row(g, CF_GIBBS_USERS, g->valid->user[r], user);
    copy_row(g, CF_GIBBS_ITEMS, g->valid->item[r], item);
    const struct cf_row_dots dots = {1, g->d, user, item, &zero, user[0], &out};
    user[0] = 1;
    g->gauss->dots(&dots);
    double f = (double)out + (g->valid_day ? day_part(g, r, user, item) : 0);
    return g->probit
               ? cf_gibbs_mean_star(g, g->valid->user[r], g->valid->item[r], f)
               : f;
}

static void add_forecast(struct cf_gibbs *g)
{
    for (uint64_t r = 0; g->forecast && r < g->valid->n; r++)
        g->forecast[r] += predict(g, r);
}

double cf_gibbs_validate(struct cf_gibbs *g)
{
    double sum = 0;

    if (g->modes > CF_GIBBS_SIDES && !g->kept)
        cf_gibbs_mean_days(g);
    if (g->probit)
        cf_gibbs_cold_roots(g);
    for (uint64_t r = 0; r < g->valid->n; r++) {
        double f = g->kept ? g->forecast[r] / g->kept : predict(g, r);
        float y = cf_link_apply(g->m->link, g->m->lo, g->m->hi,
                                (float)(g->mean + g->unit * f));
        double off = (double)y - (double)g->valid->rating[r];
        sum += off * off;
    }
    return sum;
}

/* ---- samples ---- */

void cf_gibbs_keep(struct cf_gibbs *g)
{
    uint32_t slot;
    bool days = g->modes > CF_GIBBS_SIDES;

    if (days)
        cf_gibbs_mean_days(g);
    if (g->probit)
        cf_gibbs_cold_roots(g);
    for (size_t s = 0; s < CF_GIBBS_SIDES; s++)
        keep_mode(g, s);
    for (size_t r = 0; r < g->mode[CF_GIBBS_DAYS].n; r++)
        g->mode[CF_GIBBS_DAYS].bias[r] +=
            (double)g->mode[CF_GIBBS_DAYS].w[r * CF_GAUSS_WIDE(g->d)];
    g->variance += 1 / g->alpha;
    if (cf_gibbs_place(g, g->o.keep, &slot)) {
        keep_factors(g, CF_GIBBS_USERS, &g->m->user, slot);
        keep_factors(g, CF_GIBBS_ITEMS, &g->m->item, slot);
        if (days)
            cf_gibbs_keep_days(g, slot);
        if (g->probit)
            cf_gibbs_keep_stars(g, slot);
    }
    g->kept++;
    add_forecast(g);
}

static void publish(const struct cf_gibbs *g, size_t mode, struct cf_side *side)
{
    const struct cf_gibbs_mode *m = &g->mode[mode];
    double by = g->unit / g->kept;

    for (size_t r = 0; r < m->n; r++)
        side->bias[r] = (float)(by * m->bias[r]);
    side->cold_bias = (float)(by * m->cold);
    double sum = 0;
    for (size_t r = 0; r < m->n; r++) {
        double noise = m->root ? m->noise[r] / g->kept : 1;
        side->noise[r] = (float)noise;
        sum += noise;
    }
    side->cold_noise = (float)(sum / (double)m->n);
}

void cf_gibbs_publish(struct cf_gibbs *g)
{
    g->m->mean = g->mean;
    g->m->noise = (float)(g->unit * g->unit * g->variance / g->kept);
    publish(g, CF_GIBBS_USERS, &g->m->user);
    publish(g, CF_GIBBS_ITEMS, &g->m->item);
    if (g->modes > CF_GIBBS_SIDES)
        cf_gibbs_publish_days(g);
}
