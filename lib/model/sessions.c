/* sessions.c - the sessions that a model knows, and what they add to a score.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/model.h"

enum { LEVELS = CF_SESSION_LEVELS };

/* As validation on MovieLens has it: what is rated within some seconds is from
 * one page, within a minute or two from one list. */
const int64_t cf_session_gaps[LEVELS] = {15, 90, 300};

/* ---- when they were ---- */

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

/* after - before, which may be far apart; 0 if it is not after. */
static uint64_t seconds_between(int64_t before, int64_t after)
{
    return after > before ? (uint64_t)after - (uint64_t)before : 0;
}

uint32_t cf_spans_find(const struct cf_spans *s, const int64_t *gap,
                       uint64_t user, int64_t seconds)
{
    if (user >= s->users)
        return CF_NONE;
    uint64_t next = next_after(s, user, seconds), near = next,
             away = UINT64_MAX, l = 0;

    if (next < s->start[user + 1])
        away = seconds_between(seconds, s->first[next]);
    if (next > s->start[user]) {
        uint64_t since = seconds_between(s->last[next - 1], seconds);
        if (since <= away) {
            near = next - 1;
            away = since;
        }
    }
    while (l < LEVELS && away > (uint64_t)gap[l])
        l++;
    return l < LEVELS ? (uint32_t)(near * LEVELS + l) : CF_NONE;
}

uint32_t cf_model_find_session(const struct cf_model *m, struct cf_rep user,
                               int64_t seconds)
{
    const struct cf_sessions *s = &m->sessions;

    if (s->n == 0 || user.factors == m->user.cold_factors)
        return CF_NONE;
    uint64_t u = (uint64_t)(user.factors - m->user.factors) / m->k;
    return cf_spans_find(&s->span, s->gap, u, seconds);
}

/* ---- memory ---- */

int cf_model_add_sessions(struct cf_model *m, uint64_t n, struct cf_err *err)
{
    struct cf_sessions *s = &m->sessions;

    if (n >= CF_NONE / LEVELS)
        return cf_nomem(err, "sessions");
    s->n = n;
    s->gap = cf_alloc(LEVELS, sizeof *s->gap);
    s->offset = cf_zalloc((size_t)n, LEVELS * sizeof *s->offset);
    s->variance = cf_zalloc((size_t)n, LEVELS * sizeof *s->variance);
    if (!s->gap || !s->offset || !s->variance)
        return cf_nomem(err, "sessions");
    memcpy(s->gap, cf_session_gaps, sizeof cf_session_gaps);
    return cf_spans_room(&s->span, (size_t)m->user.n, (size_t)n, err);
}

void cf_sessions_free(struct cf_sessions *s)
{
    cf_spans_free(&s->span);
    free(s->gap);
    free(s->offset);
    free(s->variance);
    *s = (struct cf_sessions){0};
}

/* ---- scores ---- */

float cf_model_session_score(const struct cf_model *m,
                             const struct cf_context_pair *p)
{
    return p->session == CF_NONE ? 0 : m->sessions.offset[p->session];
}

float cf_model_session_variance(const struct cf_model *m,
                                const struct cf_context_pair *p)
{
    return p->session == CF_NONE ? m->sessions.unknown
                                 : m->sessions.variance[p->session];
}
