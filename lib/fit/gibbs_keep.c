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

/* A row takes a day in: b + c + p . t becomes its bias, p + t its
 * factors. */
static void take_in(const struct cf_gibbs *g, float *w, const float *t)
{
    double bias = (double)w[0] + (double)t[0];

    for (size_t j = 1; j < g->d; j++) {
        bias += (double)w[j] * (double)t[j];
        w[j] += t[j];
    }
    w[0] = (float)bias;
}

void cf_gibbs_kept_row(const struct cf_gibbs *g, size_t mode, size_t r,
                       float *out)
{
    const struct cf_gibbs_mode *m = &g->mode[mode];

    for (size_t j = 0; j < g->d; j++)
        out[j] = r < m->n ? m->w[r * CF_GAUSS_WIDE(g->d) + j] : (float)m->mu[j];
    if (mode == CF_GIBBS_USERS && g->o.days)
        take_in(g, out, cf_gibbs_mean_day(g, r));
    if (mode == CF_GIBBS_USERS && g->sessions && r < m->n)
        out[0] += g->sessions->mean[r];
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
        cf_gibbs_kept_row(g, mode, r, w);
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
        cf_gibbs_kept_row(g, mode, r, w);
        *(r < m->n ? m->bias + r : &m->cold) += (double)w[0];
    }
    for (size_t r = 0; m->root && r < m->n; r++)
        m->noise[r] += 1 / ((double)m->root[r] * (double)m->root[r]);
}

/* ---- predictions of validation rows ---- */

/* Will the model have that row? Not without a rating or an attribute. */
static bool in_model(const struct cf_gibbs *g, size_t mode, uint32_t row)
{
    const struct cf_side *side = mode ? &g->m->item : &g->m->user;
    const uint64_t *start = g->mode[mode].start;

    return side->drawn || start[row + 1] > start[row];
}

/* Copies a row, or, if the model will not have it, the prior mean, to out. */
static void copy_row(const struct cf_gibbs *g, size_t mode, uint32_t row,
                     float *out)
{
    const struct cf_gibbs_mode *m = &g->mode[mode];
    size_t wide = CF_GAUSS_WIDE(g->d);

    memcpy(out, m->w + row * wide, wide * sizeof *out);
    for (size_t j = 0; !in_model(g, mode, row) && j < g->d; j++)
        out[j] = (float)m->mu[j];
}

/* The day of validation row r, or the mean day of its user. */
static const float *day_row(const struct cf_gibbs *g, uint64_t r)
{
    uint32_t row = g->days.valid[r];

    return row == CF_NONE
               ? cf_gibbs_mean_day(g, g->valid->user[r])
               : g->mode[CF_GIBBS_DAYS].w + row * CF_GAUSS_WIDE(g->d);
}

static double predict(const struct cf_gibbs *g, uint64_t r)
{
    static const uint32_t zero = 0;
    size_t wide = CF_GAUSS_WIDE(g->d);
    float *sum = g->scratch->z, *item = sum + wide, out;
    double variance = 0;

    copy_row(g, CF_GIBBS_USERS, g->valid->user[r], sum);
    copy_row(g, CF_GIBBS_ITEMS, g->valid->item[r], item);
    struct cf_row_dots dots = {1, g->d, sum, item, &zero, sum[0], &out};
    sum[0] = 1;
    g->gauss->dots(&dots);
    if (g->o.days) {
        for (size_t j = 1; j < g->d; j++)
            sum[j] += item[j];
        dots.table = day_row(g, r);
        dots.base = out;
        g->gauss->dots(&dots);
    }
    if (g->sessions) {
        out += cf_gibbs_offset(g, g->valid->user[r], g->sessions->valid[r]);
        variance = cf_gibbs_offset_variance(g, g->sessions->valid[r]);
    }
    return g->probit
               ? cf_gibbs_mean_star(g, g->valid->user[r], g->valid->item[r],
                                    (double)out, variance)
               : (double)out;
}

static void add_forecast(struct cf_gibbs *g)
{
    for (uint64_t r = 0; g->forecast && r < g->valid->n; r++)
        g->forecast[r] += predict(g, r);
}

double cf_gibbs_validate(struct cf_gibbs *g)
{
    double sum = 0;

    if (!g->kept)
        cf_gibbs_means(g);
    if (g->probit)
        cf_gibbs_cold_noise(g);
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

    cf_gibbs_means(g);
    if (g->probit)
        cf_gibbs_cold_noise(g);
    for (size_t s = 0; s < CF_GIBBS_SIDES; s++)
        keep_mode(g, s);
    if (g->o.days)
        cf_gibbs_sum_days(g);
    if (g->sessions)
        cf_gibbs_keep_sessions(g);
    g->variance += 1 / g->alpha;
    if (cf_gibbs_place(g, g->o.keep, &slot)) {
        keep_factors(g, CF_GIBBS_USERS, &g->m->user, slot);
        keep_factors(g, CF_GIBBS_ITEMS, &g->m->item, slot);
        if (g->o.days)
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

static bool sound_variances(const float *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!(v[i] >= 0))
            return false;
    return cf_vec_finite(v, n);
}

static bool sound_side(const struct cf_side *side)
{
    size_t n = (size_t)side->n;

    return isfinite(side->cold_bias) && cf_vec_finite(side->bias, n) &&
           sound_variances(&side->cold_noise, 1) &&
           sound_variances(side->noise, n);
}

/* The sums of a model to go on from are finite each, but may be anything. */
static bool sound(const struct cf_model *m)
{
    const struct cf_sessions *x = &m->sessions;
    size_t places = (size_t)x->n * CF_SESSION_LEVELS;

    return sound_variances(&m->noise, 1) && sound_side(&m->user) &&
           sound_side(&m->item) &&
           cf_vec_finite(m->days.row.bias, (size_t)m->days.n) &&
           cf_vec_finite(x->offset, places) &&
           sound_variances(&x->unknown, 1) &&
           sound_variances(x->variance, places);
}

int cf_gibbs_publish(struct cf_gibbs *g, struct cf_err *err)
{
    g->m->mean = g->mean;
    g->m->noise = (float)(g->unit * g->unit * g->variance / g->kept);
    publish(g, CF_GIBBS_USERS, &g->m->user);
    publish(g, CF_GIBBS_ITEMS, &g->m->item);
    if (g->o.days)
        cf_gibbs_publish_days(g);
    if (g->sessions)
        cf_gibbs_publish_sessions(g);
    return sound(g->m) ? 0
                       : cf_fail(err, CF_EDIVERGED,
                                 "training diverged: a mean or a variance over "
                                 "all samples is not finite");
}
