/* gibbs_keep_time.c - days and sessions in the model. */
#include <string.h>
#include <stdlib.h>
#define DRAWS (getenv("DRAWS") != NULL)

#include "fit/gibbs_impl.h"

/* ---- days ---- */

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

void cf_gibbs_keep_days(struct cf_gibbs *g, uint32_t slot)
{
    const struct cf_gibbs_mode *days = &g->mode[CF_GIBBS_DAYS];
    struct cf_days *to = &g->m->days;

    keep_rows(g, days->w, days->n, slot, &to->row);
    keep_rows(g, g->context[CF_GIBBS_DAYS].mean, g->mode[CF_GIBBS_USERS].n,
              slot, &to->user);
}

static void publish_days(struct cf_gibbs *g)
{
    const struct cf_gibbs_mode *days = &g->mode[CF_GIBBS_DAYS];
    const struct cf_gibbs_context *c = &g->context[CF_GIBBS_DAYS];
    struct cf_days *to = &g->m->days;
    double by = g->unit / g->kept;

    for (size_t t = 0; t < days->n; t++) {
        to->day[t] = g->day[t];
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

/* ---- sessions ---- */

/* apart: what session s of user u differs from the user's mean session by;
 * returns what that adds to the user's ratings, but for the items' part:
 * apart_0 + (p_u + p_t) . apart, t the day. */
static double part(const struct cf_gibbs *g, size_t u, size_t s, float *apart)
{
    size_t wide = CF_GAUSS_WIDE(g->d);
    const float *mean = cf_gibbs_mean_row(g, CF_GIBBS_SESSIONS, u),
                *w = g->mode[CF_GIBBS_SESSIONS].w + s * wide,
                *user = g->mode[CF_GIBBS_USERS].w + u * wide,
                *day = g->mode[CF_GIBBS_DAYS].w + g->session_day[s] * wide;
    double sum = 0;

    for (size_t j = 0; j < g->d; j++) {
        apart[j] = w[j] - mean[j];
        sum += (j > 0 ? (double)user[j] + (double)day[j] : 1) *
               (double)apart[j];
    }
    return sum;
}

/* Of each place among the samples that the model has of sessions it gets the
 * mean: these are fewer than of users, as sessions are many. */
static void keep_session(struct cf_gibbs *g, size_t u, size_t s, uint32_t slot,
                         float by)
{
    size_t wide = CF_GAUSS_WIDE(g->d), k = g->o.k, n = g->o.session_keep;
    float *sum = g->apart + s * wide, *apart = g->scratch->z;
    struct cf_context_rows *to = &g->m->sessions.row;

    double bias = part(g, u, s, apart);
    g->mode[CF_GIBBS_SESSIONS].bias[s] += bias;
    apart[0] = (float)bias;
    if (DRAWS && by > 0) memset(sum, 0, wide * sizeof *sum);
    for (size_t j = 0; j < g->d; j++)
        sum[j] += apart[j];
    if (!(by > 0))
        return;
    if (DRAWS) by = 1;
    for (size_t j = 0; j < k; j++)
        to->factors[(s * n + slot) * k + j] =
            by * cf_gibbs_scale(g) * sum[j + 1];
    to->sample_bias[s * n + slot] = by * (float)g->unit * sum[0];
    memset(sum, 0, wide * sizeof *sum);
}

static void keep_sessions(struct cf_gibbs *g)
{
    uint32_t slot;
    bool last = cf_gibbs_place(g, g->o.session_keep, &slot);
    float by = 0;

    g->in_place++;
    if (last) {
        by = 1 / (float)g->in_place;
        g->in_place = 0;
    }
    for (size_t u = 0; u < g->mode[CF_GIBBS_USERS].n; u++)
        for (uint64_t s = g->span.start[u]; s < g->span.start[u + 1]; s++)
            keep_session(g, u, (size_t)s, slot, by);
}

void cf_gibbs_keep_contexts(struct cf_gibbs *g)
{
    struct cf_gibbs_mode *days = &g->mode[CF_GIBBS_DAYS];

    for (size_t r = 0; r < days->n; r++)
        days->bias[r] += (double)days->w[r * CF_GAUSS_WIDE(g->d)];
    if (g->o.sessions)
        keep_sessions(g);
}

static void publish_sessions(struct cf_gibbs *g)
{
    struct cf_sessions *to = &g->m->sessions;
    size_t n = (size_t)to->n, users = (size_t)to->span.users;
    double by = g->unit / g->kept;

    memcpy(to->span.start, g->span.start, (users + 1) * sizeof *to->span.start);
    memcpy(to->span.first, g->span.first, n * sizeof *to->span.first);
    memcpy(to->span.last, g->span.last, n * sizeof *to->span.last);
    for (size_t s = 0; s < n; s++)
        to->row.bias[s] = (float)(by * g->mode[CF_GIBBS_SESSIONS].bias[s]);
}

void cf_gibbs_publish_contexts(struct cf_gibbs *g)
{
    publish_days(g);
    if (g->o.sessions)
        publish_sessions(g);
}
