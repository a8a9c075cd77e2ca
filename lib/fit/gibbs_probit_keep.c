/* gibbs_probit_keep.c - stars in the model, and the mean star of a pair. */
#include <math.h>
#include <string.h>

#include "fit/gibbs_probit.h"

enum { STARS = CF_STARS_MOST };

/* ---- who is not known ---- */

static void set_roots(struct cf_gibbs *g)
{
    for (size_t s = 0; s < CF_GIBBS_SIDES; s++) {
        const struct cf_gibbs_mode *m = &g->mode[s];
        double sum = 0;
        for (size_t r = 0; m->root && r < m->n; r++)
            sum += 1 / ((double)m->root[r] * (double)m->root[r]);
        g->probit->cold[s] = m->root ? (float)sqrt((double)m->n / sum) : 1;
    }
}

/* Of the rows that have ratings, as the model has them. */
static void set_moments(struct cf_gibbs *g, size_t mode)
{
    const struct cf_gibbs_mode *m = &g->mode[mode];
    double *variance = g->probit->moment + mode * 2 * g->d,
           *square = variance + g->d, rows = 0;
    float *w = g->scratch->z;

    memset(variance, 0, 2 * g->d * sizeof *variance);
    for (size_t r = 0; r < m->n; r++) {
        if (m->start[r + 1] == m->start[r])
            continue;
        cf_gibbs_kept_row(g, mode, r, w);
        rows++;
        for (size_t j = 0; j < g->d; j++) {
            variance[j] += (double)w[j]; /* until below */
            square[j] += (double)w[j] * (double)w[j];
        }
    }
    for (size_t j = 0; j < g->d; j++) {
        double mean = variance[j] / rows;
        square[j] /= rows;
        variance[j] = fmax(square[j] - mean * mean, 0);
    }
}

/* See struct cf_cold_variance. */
static void set_variances(struct cf_gibbs *g)
{
    const double *u = g->probit->moment, *i = u + 2 * g->d;
    double user = u[0], item = i[0], either = 0;

    for (size_t j = 1; j < g->d; j++) {
        user += u[j] * i[g->d + j];
        item += i[j] * u[g->d + j];
        either += u[j] * i[j];
    }
    g->probit->cold_variance[0] = user;
    g->probit->cold_variance[1] = item;
    g->probit->cold_variance[2] = user + item - either;
}

void cf_gibbs_cold_noise(struct cf_gibbs *g)
{
    set_roots(g);
    for (size_t s = 0; s < CF_GIBBS_SIDES; s++)
        set_moments(g, s);
    set_variances(g);
}

/* Which of cold_variance, from 1 on; 0: none. */
static size_t is_cold(const struct cf_gibbs *g, size_t user, size_t item)
{
    const uint64_t *u = g->mode[CF_GIBBS_USERS].start,
                   *i = g->mode[CF_GIBBS_ITEMS].start;
    size_t which = u[user + 1] == u[user] && !g->m->user.drawn ? 1 : 0;

    return which + (i[item + 1] == i[item] && !g->m->item.drawn ? 2U : 0U);
}

/* ---- stars ---- */

static float root_of(const struct cf_gibbs *g, size_t mode, size_t row)
{
    const struct cf_gibbs_mode *m = &g->mode[mode];

    if (!m->root)
        return 1;
    return m->start[row + 1] > m->start[row] ? m->root[row]
                                             : g->probit->cold[mode];
}

double cf_gibbs_mean_star(const struct cf_gibbs *g, size_t user, size_t item,
                          double f, double variance)
{
    const struct cf_gibbs_probit *p = g->probit;
    float x = (float)f, cut[STARS], below[STARS];
    float root = (float)sqrt(g->alpha) * root_of(g, CF_GIBBS_USERS, user) *
                 root_of(g, CF_GIBBS_ITEMS, item);
    size_t cold = is_cold(g, user, item);
    double more = variance + (cold > 0 ? p->cold_variance[cold - 1] : 0);
    if (more > 0)
        root = 1 / sqrtf(1 / (root * root) + (float)more);
    const struct cf_below b = {1, p->n - 1, &x, &root, cut, 1};
    double mean = (double)p->value[0];

    for (uint32_t j = 0; j + 1 < p->n; j++)
        cut[j] = (float)p->cut[j + 1];
    p->kernel->below(&b, below);
    for (uint32_t j = 0; j + 1 < p->n; j++)
        mean += ((double)p->value[j + 1] - (double)p->value[j]) *
                (1 - (double)below[j]);
    return (mean - g->mean) / g->unit;
}

static void keep_sds(const struct cf_gibbs *g, size_t mode, uint32_t slot,
                     struct cf_side *side)
{
    if (!side->star_sd)
        return;
    for (size_t r = 0; r < g->mode[mode].n; r++)
        side->star_sd[r * g->o.keep + slot] = 1 / g->mode[mode].root[r];
    side->cold_star_sd[slot] = 1 / g->probit->cold[mode];
}

void cf_gibbs_keep_stars(struct cf_gibbs *g, uint32_t slot)
{
    const struct cf_gibbs_probit *p = g->probit;
    struct cf_stars *to = &g->m->stars;

    for (uint32_t j = 0; j + 1 < p->n; j++)
        to->cut[(size_t)j * g->o.keep + slot] =
            (float)(g->mean + g->unit * p->cut[j + 1]);
    to->sd[slot] = (float)(g->unit / sqrt(g->alpha));
    for (size_t c = 0; c < CF_STARS_COLD; c++)
        to->cold[c * g->o.keep + slot] =
            (float)(g->unit * g->unit * p->cold_variance[c]);
    keep_sds(g, CF_GIBBS_USERS, slot, &g->m->user);
    keep_sds(g, CF_GIBBS_ITEMS, slot, &g->m->item);
}

int cf_gibbs_add_stars(struct cf_gibbs *g, struct cf_model *m,
                       struct cf_err *err)
{
    const struct cf_gibbs_probit *p = g->probit;
    int rc = cf_model_add_stars(m, p->n, g->o.noise, err);

    if (rc)
        return rc;
    memcpy(m->stars.value, p->value, p->n * sizeof *p->value);
    m->lo = p->value[0];
    m->hi = p->value[p->n - 1];
    return 0;
}
