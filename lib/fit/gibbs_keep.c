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
            (float)g->unit * m->w[r * CF_GAUSS_WIDE(g->d)];
    side->cold_sample_bias[slot] = (float)(g->unit * m->mu[0]);
}

static void keep_mode(struct cf_gibbs *g, size_t mode)
{
    struct cf_gibbs_mode *m = &g->mode[mode];

    for (size_t r = 0; r < m->n; r++)
        m->bias[r] += (double)m->w[r * CF_GAUSS_WIDE(g->d)];
    m->cold += m->mu[0];
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
    return (double)out;
}

static void add_forecast(struct cf_gibbs *g)
{
    for (uint64_t r = 0; g->forecast && r < g->valid->n; r++)
        g->forecast[r] += predict(g, r);
}

double cf_gibbs_validate(struct cf_gibbs *g)
{
    double sum = 0;

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

    for (size_t s = 0; s < CF_GIBBS_MODES; s++)
        keep_mode(g, s);
    g->variance += 1 / g->alpha;
    if (place(&g->o, g->kept, &slot)) {
        keep_factors(g, CF_GIBBS_USERS, &g->m->user, slot);
        keep_factors(g, CF_GIBBS_ITEMS, &g->m->item, slot);
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
}
