/* gibbs_keep.c - from samples to the model that predicts by their mean, and
 * validation by it. */
#include <math.h>
#include <string.h>

#include "fit/gibbs_impl.h"

/* ---- kept samples ---- */

/* Of o.samples samples o.keep have their factors in the model, evenly spread,
 * the last one among them: is sample number t one, and in which place? */
static bool place(const struct cf_gibbs_opts *o, uint64_t t, uint32_t *slot)
{
    *slot = (uint32_t)(t * o->keep / o->samples);
    return (t + 1) * o->keep / o->samples > *slot;
}

/* A dot product of the factors of all places is a mean over them. */
static float scale(const struct cf_gibbs *g)
{
    return (float)sqrt(g->unit / g->o.keep);
}

/* What a row has with the mean day: it goes into its bias, so that what the
 * model has of a day is how far it is from that. The mean day's own bias goes
 * to the users. */
static double with_average(const struct cf_gibbs *g, size_t mode,
                           double (*number)(const void *row, size_t j),
                           const void *row)
{
    double sum = 0;

    if (g->modes == CF_GIBBS_SIDES)
        return 0;
    for (size_t j = 1; j < g->d; j++)
        sum += number(row, j) * (double)g->average[j];
    return sum + (mode == CF_GIBBS_USERS ? (double)g->average[0] : 0);
}

static double of_floats(const void *row, size_t j)
{
    return (double)((const float *)row)[j];
}

static double of_doubles(const void *row, size_t j)
{
    return ((const double *)row)[j];
}

/* The bias of a row in the model, in units, and that of the prior mean. */
static double row_bias(const struct cf_gibbs *g, size_t mode, size_t r)
{
    const float *w = g->mode[mode].w + r * CF_GAUSS_WIDE(g->d);
    return (double)w[0] + with_average(g, mode, of_floats, w);
}

static double prior_bias(const struct cf_gibbs *g, size_t mode)
{
    const double *mu = g->mode[mode].mu;
    return mu[0] + with_average(g, mode, of_doubles, mu);
}

static void keep_factors(const struct cf_gibbs *g, size_t mode,
                         struct cf_side *side, uint32_t slot)
{
    const struct cf_gibbs_mode *m = &g->mode[mode];
    size_t k = g->o.k, all = k * g->o.keep;
    float by = scale(g);

    for (size_t r = 0; r < m->n; r++) {
        const float *w = m->w + r * CF_GAUSS_WIDE(g->d) + 1;
        float *to = side->factors + r * all + slot * k;
        for (size_t j = 0; j < k; j++)
            to[j] = by * w[j];
    }
    for (size_t j = 0; j < k; j++)
        side->cold_factors[slot * k + j] = by * (float)m->mu[j + 1];
    for (size_t r = 0; r < m->n; r++)
        side->sample_bias[r * g->o.keep + slot] =
            (float)(g->unit * row_bias(g, mode, r));
    side->cold_sample_bias[slot] = (float)(g->unit * prior_bias(g, mode));
}

static void keep_days(const struct cf_gibbs *g, uint32_t slot)
{
    const struct cf_gibbs_mode *m = &g->mode[CF_GIBBS_DAYS];
    struct cf_days *days = &g->m->days;
    size_t k = g->o.k, all = k * g->o.keep;
    float by = scale(g);

    for (size_t r = 0; r < m->n; r++) {
        const float *w = m->w + r * CF_GAUSS_WIDE(g->d);
        float *to = days->factors + r * all + slot * k;
        for (size_t j = 0; j < k; j++)
            to[j] = by * (w[j + 1] - g->average[j + 1]);
        days->sample_bias[r * g->o.keep + slot] =
            (float)g->unit * (w[0] - g->average[0]);
    }
}

static void keep_day_biases(struct cf_gibbs *g)
{
    struct cf_gibbs_mode *m = &g->mode[CF_GIBBS_DAYS];

    for (size_t r = 0; r < m->n; r++)
        m->bias[r] +=
            (double)m->w[r * CF_GAUSS_WIDE(g->d)] - (double)g->average[0];
}

static void keep_mode(struct cf_gibbs *g, size_t mode)
{
    struct cf_gibbs_mode *m = &g->mode[mode];

    for (size_t r = 0; r < m->n; r++)
        m->bias[r] += row_bias(g, mode, r);
    m->cold += prior_bias(g, mode);
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

/* What the day of validation row r adds, or the mean day. user: with 1 for its
 * bias; spoilt. */
static double day_part(const struct cf_gibbs *g, uint64_t r, float *user,
                       const float *item)
{
    static const uint32_t zero = 0;
    size_t wide = CF_GAUSS_WIDE(g->d);
    uint32_t day = g->valid_day[r];
    const float *t =
        day == CF_NONE ? g->average : g->mode[CF_GIBBS_DAYS].w + day * wide;
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
    return (double)out + (g->valid_day ? day_part(g, r, user, item) : 0);
}

static void add_forecast(struct cf_gibbs *g)
{
    for (uint64_t r = 0; g->forecast && r < g->valid->n; r++)
        g->forecast[r] += predict(g, r);
}

double cf_gibbs_validate(struct cf_gibbs *g)
{
    double sum = 0;

    if (g->modes > CF_GIBBS_SIDES)
        cf_gibbs_average(g);
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
        cf_gibbs_average(g);
    for (size_t s = 0; s < CF_GIBBS_SIDES; s++)
        keep_mode(g, s);
    if (days)
        keep_day_biases(g);
    g->variance += 1 / g->alpha;
    if (place(&g->o, g->kept, &slot)) {
        keep_factors(g, CF_GIBBS_USERS, &g->m->user, slot);
        keep_factors(g, CF_GIBBS_ITEMS, &g->m->item, slot);
        if (days)
            keep_days(g, slot);
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
    for (size_t r = 0; r < g->mode[CF_GIBBS_DAYS].n; r++) {
        g->m->days.day[r] = g->day[r];
        g->m->days.bias[r] =
            (float)(g->unit / g->kept * g->mode[CF_GIBBS_DAYS].bias[r]);
    }
}
