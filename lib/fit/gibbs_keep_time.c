/* gibbs_keep_time.c - days and sessions in the model. */
#include <math.h>
#include <string.h>

#include "fit/gibbs.h"
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

/* ---- sessions ----
 *
 * They are many, so that the model has fewer samples of them than of users, and
 * each of these is the mean over all sweeps from one to the next; what sweeps
 * differ from it by is a variance. On a fold of MovieLens 100K one such sample
 * predicts as well as a hundred: from sweep to sweep factors hardly turn. */

uint32_t cf_gibbs_session_keep(uint32_t keep)
{
    return keep < CF_GIBBS_SESSION_KEEP ? keep : CF_GIBBS_SESSION_KEEP;
}

/* Means and variances of the items' factors over ratings. */
struct items {
    double mean[CF_GIBBS_FACTORS + 1], variance[CF_GIBBS_FACTORS + 1];
};

static void set_items(const struct cf_gibbs *g, struct items *x)
{
    const struct cf_gibbs_mode *m = &g->mode[CF_GIBBS_ITEMS];

    for (size_t j = 1; j < g->d; j++) {
        double sum = 0, squares = 0, n = (double)g->ratings;
        for (size_t r = 0; r < m->n; r++) {
            double w = (double)m->w[r * CF_GAUSS_WIDE(g->d) + j],
                   by = (double)(m->start[r + 1] - m->start[r]);
            sum += by * w;
            squares += by * w * w;
        }
        x->mean[j] = sum / n;
        x->variance[j] = squares / n - sum / n * (sum / n);
    }
}

/* What session s of user u differs from the user's mean session by; the first
 * number is what that adds to the user's ratings but for the items' part and
 * what the day differs from the mean day a by: bias + (p_u + a) . factors. */
static void set_apart(const struct cf_gibbs *g, size_t u, size_t s, float *out)
{
    size_t wide = CF_GAUSS_WIDE(g->d);
    const float *mean = cf_gibbs_mean_row(g, CF_GIBBS_SESSIONS, u),
                *day = cf_gibbs_mean_row(g, CF_GIBBS_DAYS, u),
                *w = g->mode[CF_GIBBS_SESSIONS].w + s * wide,
                *user = g->mode[CF_GIBBS_USERS].w + u * wide;
    float sum = w[0] - mean[0];

    for (size_t j = 1; j < g->d; j++) {
        out[j] = w[j] - mean[j];
        sum += (user[j] + day[j]) * out[j];
    }
    out[0] = sum;
}

/* The mean square of what that adds to a rating, over items. */
static double mean_square(const struct cf_gibbs *g, const float *apart,
                          const struct items *x)
{
    double sum = (double)apart[0], squares = 0;

    for (size_t j = 1; j < g->d; j++) {
        double w = (double)apart[j];
        sum += x->mean[j] * w;
        squares += x->variance[j] * w * w;
    }
    return sum * sum + squares;
}

/* The sums of session s over a sample's sweeps become the sample. */
static void end_place(struct cf_gibbs *g, size_t s, uint32_t slot,
                      const struct items *items)
{
    size_t k = g->o.k, n = g->m->sessions.samples;
    struct cf_context_rows *to = &g->m->sessions.row;
    struct cf_gibbs_kept *kept = &g->sessions;
    float *mean = kept->sum + s * CF_GAUSS_WIDE(g->d);

    for (size_t j = 0; j < g->d; j++)
        mean[j] /= (float)kept->sweeps;
    for (size_t j = 0; j < k; j++)
        to->factors[(s * n + slot) * k + j] = cf_gibbs_scale(g) * mean[j + 1];
    to->sample_bias[s * n + slot] = (float)g->unit * mean[0];
    kept->within[s] +=
        kept->squares[s] - kept->sweeps * mean_square(g, mean, items);
    kept->squares[s] = 0;
    memset(mean, 0, g->d * sizeof *mean);
}

/* What a sweep, perhaps the last one of place `slot`, has of sessions. */
struct sweep {
    struct items items;
    uint32_t slot;
    bool last;
};

static void keep_session(struct cf_gibbs *g, const struct sweep *of, size_t u,
                         size_t s)
{
    struct cf_gibbs_kept *kept = &g->sessions;
    float *apart = g->scratch->z, *sum = kept->sum + s * CF_GAUSS_WIDE(g->d);

    set_apart(g, u, s, apart);
    g->mode[CF_GIBBS_SESSIONS].bias[s] += (double)apart[0];
    kept->squares[s] += mean_square(g, apart, &of->items);
    for (size_t j = 0; j < g->d; j++)
        sum[j] += apart[j];
    if (of->last)
        end_place(g, s, of->slot, &of->items);
}

static void keep_sessions(struct cf_gibbs *g)
{
    struct sweep of;

    of.last = cf_gibbs_place(g, g->m->sessions.samples, &of.slot);
    set_items(g, &of.items);
    g->sessions.sweeps++;
    for (size_t u = 0; u < g->mode[CF_GIBBS_USERS].n; u++) {
        for (uint64_t s = g->span.start[u]; s < g->span.start[u + 1]; s++)
            keep_session(g, &of, u, (size_t)s);
        keep_session(g, &of, u, cf_gibbs_unknown(g, u));
    }
    if (of.last)
        g->sessions.sweeps = 0;
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
    for (size_t s = 0; s < n + users; s++) {
        to->row.bias[s] = (float)(by * g->mode[CF_GIBBS_SESSIONS].bias[s]);
        to->variance[s] = (float)fmax(0, by * g->unit * g->sessions.within[s]);
    }
}

void cf_gibbs_publish_contexts(struct cf_gibbs *g)
{
    publish_days(g);
    if (g->o.sessions)
        publish_sessions(g);
}
