/* gibbs_keep_days.c - days in the model. */
#include "fit/gibbs_impl.h"

static void keep_rows(const struct cf_gibbs *g, const float *w, size_t n,
                      uint32_t slot, struct cf_context_rows *to)
{
    size_t k = g->o.k, all = k * g->o.keep, wide = CF_GAUSS_WIDE(g->d);
    float by = cf_gibbs_scale(g);

    for (size_t r = 0; r < n; r++) {
        for (size_t j = 0; j < k; j++)
            to->factors[r * all + slot * k + j] = by * w[r * wide + j + 1];
        to->sample_bias[r * g->o.keep + slot] = (float)g->unit * w[r * wide];
    }
}

void cf_gibbs_sum_days(struct cf_gibbs *g)
{
    struct cf_gibbs_mode *days = &g->mode[CF_GIBBS_DAYS];

    for (size_t r = 0; r < days->n; r++)
        days->bias[r] += (double)days->w[r * CF_GAUSS_WIDE(g->d)];
}

void cf_gibbs_keep_days(struct cf_gibbs *g, uint32_t slot)
{
    const struct cf_gibbs_mode *days = &g->mode[CF_GIBBS_DAYS];
    struct cf_days *to = &g->m->days;

    keep_rows(g, days->w, days->n, slot, &to->row);
    keep_rows(g, g->days.mean, g->mode[CF_GIBBS_USERS].n, slot, &to->user);
}

void cf_gibbs_publish_days(struct cf_gibbs *g)
{
    const struct cf_gibbs_mode *days = &g->mode[CF_GIBBS_DAYS];
    const struct cf_gibbs_days *c = &g->days;
    struct cf_days *to = &g->m->days;
    double by = g->unit / g->kept;

    for (size_t t = 0; t < days->n; t++) {
        to->day[t] = c->day[t];
        to->count[t] = (uint32_t)(days->start[t + 1] - days->start[t]);
        to->row.bias[t] = (float)(by * days->bias[t]);
    }
    cf_model_set_cold_day(g->m);
    for (size_t u = 0; u < g->mode[CF_GIBBS_USERS].n; u++) {
        double sum = 0;
        for (uint64_t i = c->start[u]; i < c->start[u + 1]; i++)
            sum += by * (double)c->share[i] * days->bias[c->row[i]];
        to->user.bias[u] =
            c->start[u + 1] > c->start[u] ? (float)sum : to->cold.bias[0];
    }
}
