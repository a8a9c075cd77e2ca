/* sessions.c - the sessions that a model knows, and what they add to a score. */
#include <stdlib.h>

#include "base/mem.h"
#include "model/model.h"

/* ---- when they were ---- */

bool cf_same_session(int64_t before, int64_t after)
{
    return (uint64_t)after - (uint64_t)before <= CF_SESSION_GAP &&
           cf_model_day(before) == cf_model_day(after);
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
    bool before = next > s->start[user] &&
                  (seconds <= s->last[next - 1] ||
                   cf_same_session(s->last[next - 1], seconds));
    bool after = next < s->start[user + 1] &&
                 cf_same_session(seconds, s->first[next]);

    if (before && after &&
        s->first[next] - seconds < seconds - s->last[next - 1])
        before = false;
    return before ? (uint32_t)(next - 1) : after ? (uint32_t)next : CF_NONE;
}

uint32_t cf_model_find_session(const struct cf_model *m, struct cf_rep user,
                               int64_t seconds)
{
    if (m->sessions.n == 0 || user.factors == m->user.cold_factors)
        return CF_NONE;
    return cf_spans_find(&m->sessions.span,
                         (uint64_t)(user.factors - m->user.factors) / m->k,
                         seconds);
}

/* ---- memory ---- */

int cf_model_add_sessions(struct cf_model *m, uint64_t n, uint32_t samples,
                          struct cf_err *err)
{
    struct cf_sessions *s = &m->sessions;

    if (n >= CF_NONE)
        return cf_nomem(err, "sessions");
    s->n = n;
    s->samples = samples;
    s->variance = cf_zalloc((size_t)n, sizeof *s->variance);
    if (!s->variance)
        return cf_nomem(err, "sessions");
    int rc = cf_spans_room(&s->span, (size_t)m->user.n, (size_t)n, err);
    return rc ? rc
              : cf_context_room(&s->row, (size_t)n, m->k / m->samples, samples,
                                err);
}

void cf_sessions_free(struct cf_sessions *s)
{
    cf_spans_free(&s->span);
    free(s->variance);
    cf_context_free(&s->row);
    *s = (struct cf_sessions){0};
}

/* ---- scores ---- */

/* The factors that a session has for sample s of the model. */
static const float *factors_of(const struct cf_model *m, uint32_t session,
                               size_t s, size_t *sample)
{
    size_t k = m->k / m->samples, samples = m->sessions.samples;

    *sample = s * samples / m->samples;
    return m->sessions.row.factors +
           ((size_t)session * samples + *sample) * k;
}

static double dot(const float *x, const float *y, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)y[i];
    return sum;
}

float cf_model_session_score(const struct cf_model *m,
                             const struct cf_context_pair *p)
{
    size_t k = m->k / m->samples, at;

    if (p->session == CF_NONE)
        return 0;
    double sum = (double)m->sessions.row.bias[p->session];
    for (size_t s = 0; s < m->samples; s++)
        sum += dot(p->y + s * k, factors_of(m, p->session, s, &at), k);
    return (float)sum;
}

double cf_model_session_sample(const struct cf_model *m,
                               const struct cf_context_pair *p, size_t s)
{
    size_t k = m->k / m->samples, at;

    if (p->session == CF_NONE)
        return 0;
    const float *f = factors_of(m, p->session, s, &at);
    return (double)m->sessions.row
               .sample_bias[(size_t)p->session * m->sessions.samples + at] +
           (double)m->samples * dot(p->y + s * k, f, k);
}
