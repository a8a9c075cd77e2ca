/* gibbs_probit_keep.c - stars in the model, and the mean star of a pair. */
#include <math.h>
#include <string.h>

#include "fit/gibbs_probit.h"

enum { STARS = CF_STARS_MOST };

void cf_gibbs_cold_roots(struct cf_gibbs *g)
{
    for (size_t s = 0; s < CF_GIBBS_SIDES; s++) {
        const struct cf_gibbs_mode *m = &g->mode[s];
        double sum = 0;
        for (size_t r = 0; m->root && r < m->n; r++)
            sum += 1 / ((double)m->root[r] * (double)m->root[r]);
        g->probit->cold[s] = m->root ? (float)sqrt((double)m->n / sum) : 1;
    }
}

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
    if (variance > 0)
        root /= (float)sqrt(1 + variance * (double)root * (double)root);
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
