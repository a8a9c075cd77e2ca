/* sessions.c - the sessions that a model knows, and what they add to a score.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "model/model.h"

/* ---- when they were ---- */

bool cf_same_session(int64_t before, int64_t after)
{
    return (uint64_t)after - (uint64_t)before <= CF_SESSION_GAP;
}

int cf_spans_room(struct cf_spans *s, size_t users, size_t n,
                  struct cf_err *err)
{
    s->users = users;
    s->start = cf_zalloc(users + 1, sizeof *s->start);
    s->first = cf_alloc(n, sizeof *s->first);
    s->last = cf_alloc(n, sizeof *s->last);
    return s->start && s->first && s->last ? 0 : cf_nomem(err, "sessions");
}

void cf_spans_free(struct cf_spans *s)
{
    free(s->start);
    free(s->first);
    free(s->last);
    *s = (struct cf_spans){0};
}

/* The first of a user's that begins after that time, or the end of them. */
static uint64_t next_after(const struct cf_spans *s, uint64_t user,
                           int64_t seconds)
{
    uint64_t from = s->start[user], to = s->start[user + 1];

    while (from < to) {
        uint64_t middle = from + (to - from) / 2;
        if (s->first[middle] <= seconds)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

uint32_t cf_spans_find(const struct cf_spans *s, uint64_t user, int64_t seconds)
{
    if (user >= s->users)
        return CF_NONE;
    uint64_t next = next_after(s, user, seconds);
    bool before =
        next > s->start[user] && (seconds <= s->last[next - 1] ||
                                  cf_same_session(s->last[next - 1], seconds));
    bool after =
        next < s->start[user + 1] && cf_same_session(seconds, s->first[next]);

    if (before && after &&
        s->first[next] - seconds < seconds - s->last[next - 1])
        before = false;
    return before ? (uint32_t)(next - 1) : after ? (uint32_t)next : CF_NONE;
}

uint32_t cf_model_find_session(const struct cf_model *m, struct cf_rep user,
                               int64_t seconds)
{
    const struct cf_sessions *s = &m->sessions;

    if (s->n == 0 || user.factors == m->user.cold_factors)
        return CF_NONE;
    uint64_t u = (uint64_t)(user.factors - m->user.factors) / m->k;
    uint32_t found = cf_spans_find(&s->span, u, seconds);
    return found == CF_NONE && u < s->span.users ? (uint32_t)(s->n + u) : found;
}

/* ---- memory ---- */

int cf_model_add_sessions(struct cf_model *m, uint64_t n, uint32_t samples,
                          struct cf_err *err)
{
    struct cf_sessions *s = &m->sessions;

    if (n >= CF_NONE || n + m->user.n >= CF_NONE)
        return cf_nomem(err, "sessions");
    size_t rows = (size_t)(n + m->user.n);
    s->n = n;
    s->samples = samples;
    s->variance = cf_zalloc(rows, sizeof *s->variance);
    if (!s->variance)
        return cf_nomem(err, "sessions");
    int rc = cf_spans_room(&s->span, (size_t)m->user.n, (size_t)n, err);
    return rc ? rc
              : cf_context_room(&s->row, rows, m->k / m->samples, samples, err);
}

void cf_sessions_free(struct cf_sessions *s)
{
    cf_spans_free(&s->span);
    free(s->variance);
    cf_context_free(&s->row);
    *s = (struct cf_sessions){0};
}

/* ---- scores ---- */

/* A pair in a session, and where its days are: t the pair's, a the mean day of
 * its user; both the same if there is none. */
struct in_session {
    const float *y, *f, *t, *a;
    size_t k; /* factors of a sample */
};

static struct in_session in_session(const struct cf_model *m,
                                    const struct cf_context_pair *p)
{
    size_t k = m->k / m->samples, row;
    const struct cf_context_rows *mean = cf_model_mean_day(m, p->x, &row);
    const float *a = mean->factors + row * m->k,
                *t = p->day == CF_NONE
                         ? a
                         : m->days.row.factors + (size_t)p->day * m->k;

    return (struct in_session){p->y,
                               m->sessions.row.factors +
                                   (size_t)p->session * m->sessions.samples * k,
                               t, a, k};
}

/* (y + t - a) . f of sample s, with sample `of` of the session. */
static double product(const struct in_session *p, size_t s, size_t of)
{
    double sum = 0;

    for (size_t j = s * p->k, i = of * p->k; j < (s + 1) * p->k; j++, i++)
        sum += ((double)p->y[j] + (double)p->t[j] - (double)p->a[j]) *
               (double)p->f[i];
    return sum;
}

/* The session's sample for sample s of the model. */
static size_t sample_of(const struct cf_model *m, size_t s)
{
    return s * m->sessions.samples / m->samples;
}

float cf_model_session_score(const struct cf_model *m,
                             const struct cf_context_pair *p)
{
    if (p->session == CF_NONE)
        return 0;
    const struct in_session in = in_session(m, p);
    double sum = (double)m->sessions.row.bias[p->session];
    for (size_t s = 0; s < m->samples; s++)
        sum += product(&in, s, sample_of(m, s));
    return (float)sum;
}

double cf_model_session_sample(const struct cf_model *m,
                               const struct cf_context_pair *p, size_t s)
{
    if (p->session == CF_NONE)
        return 0;
    const struct in_session in = in_session(m, p);
    size_t of = sample_of(m, s), n = m->sessions.samples;
    return (double)m->sessions.row.sample_bias[p->session * n + of] +
           (double)m->samples * product(&in, s, of);
}
