/* topn_group.c - several users as one. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/topn.h"

static void add_member(struct cf_group *g, const struct cf_model *m,
                       uint32_t row, double *sum, bool *has)
{
    g->row[g->n++] = row;
    for (uint32_t f = 0; f < m->k; f++)
        sum[f] += (double)m->user.factors[(size_t)row * m->k + f];
    sum[m->k] += (double)m->user.bias[row];
    for (uint32_t s = 0; s < m->samples; s++)
        sum[m->k + 1 + s] +=
            (double)m->user.sample_bias[(size_t)row * m->samples + s];
    for (uint64_t i = m->seen_start[row]; i < m->seen_start[row + 1]; i++) {
        g->nseen += !has[m->seen_item[i]];
        has[m->seen_item[i]] = true;
    }
}

static int set(struct cf_group *g, const struct cf_model *m, const double *sum,
               const bool *has, struct cf_err *err)
{
    double n = g->n ? (double)g->n : 1;
    size_t seen = 0;

    g->seen = cf_alloc(g->nseen, sizeof *g->seen);
    if (!g->seen)
        return cf_nomem(err, "group");
    for (uint32_t f = 0; f < m->k; f++)
        g->factors[f] = (float)(sum[f] / n);
    g->bias = (float)(sum[m->k] / n);
    for (uint32_t s = 0; s < m->samples; s++)
        g->sample_bias[s] = (float)(sum[m->k + 1 + s] / n);
    if (g->n == 0) { /* as one who is not known */
        memcpy(g->factors, m->user.cold_factors, m->k * sizeof *g->factors);
        g->bias = m->user.cold_bias;
        for (uint32_t s = 0; s < m->samples; s++)
            g->sample_bias[s] = m->user.cold_sample_bias[s];
    }
    for (uint32_t i = 0; i < m->item.n; i++)
        if (has[i])
            g->seen[seen++] = i;
    return 0;
}

int cf_group_make(struct cf_group **group, const struct cf_model *m,
                  const uint32_t *row, size_t n, struct cf_err *err)
{
    struct cf_group *g = *group = cf_zalloc(1, sizeof *g);

    if (!g)
        return cf_nomem(err, "group");
    double *sum = cf_zalloc((size_t)m->k + 1 + m->samples, sizeof *sum);
    bool *has = cf_zalloc(m->item.n, sizeof *has);

    g->factors = cf_alloc(m->k, sizeof *g->factors);
    g->sample_bias = cf_alloc(m->samples, sizeof *g->sample_bias);
    g->row = cf_alloc(n, sizeof *g->row);
    int rc = sum && has && g->factors && g->sample_bias && g->row
                 ? 0
                 : cf_nomem(err, "group");
    for (size_t i = 0; !rc && i < n; i++)
        if (cf_model_user_rep(m, row[i]).factors != m->user.cold_factors)
            add_member(g, m, row[i], sum, has);
    if (!rc)
        rc = set(g, m, sum, has, err);
    free(sum);
    free(has);
    return rc;
}

void cf_group_free(struct cf_group *g)
{
    if (!g)
        return;
    free(g->factors);
    free(g->sample_bias);
    free(g->row);
    free(g->seen);
    free(g);
}
