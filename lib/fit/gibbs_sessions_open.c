/* gibbs_sessions_open.c - which session each rating is in. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fit/gibbs_impl.h"

enum { LEVELS = CF_SESSION_LEVELS };

/* ---- when they are ---- */

/* A row of a user. */
struct at {
    int64_t time;
    uint32_t row;
};

static int by_time(const void *a, const void *b)
{
    const struct at *x = a, *y = b;

    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* The rows of each user by time. */
static int sort_times(const struct cf_ratings *r, struct cf_csr *by_user,
                      struct cf_err *err)
{
    struct at *at = NULL;
    size_t cap = 0;

    for (size_t u = 0; u < by_user->n; u++) {
        uint32_t *row = by_user->col + by_user->start[u];
        size_t n = (size_t)(by_user->start[u + 1] - by_user->start[u]);
        if (!cf_grow(&at, &cap, n, sizeof *at)) {
            free(at);
            return cf_nomem(err, "sessions");
        }
        for (size_t i = 0; i < n; i++)
            at[i] = (struct at){r->time[row[i]], row[i]};
        qsort(at, n, sizeof *at, by_time);
        for (size_t i = 0; i < n; i++)
            row[i] = at[i].row;
    }
    free(at);
    return 0;
}

static bool far(int64_t before, int64_t after, int64_t gap)
{
    return (uint64_t)after - (uint64_t)before > (uint64_t)gap;
}

/* Numbers the sessions of the first kind of rows that are by user and time, and
 * stores where they are; without a span they are but counted. Returns how many
 * there are. */
static uint32_t number_sessions(const struct cf_ratings *r,
                                const struct cf_csr *by_user, uint32_t *code,
                                struct cf_spans *span)
{
    uint32_t n = 0;

    for (size_t u = 0; u < by_user->n; u++) {
        if (span)
            span->start[u] = n;
        for (uint64_t i = by_user->start[u]; i < by_user->start[u + 1]; i++) {
            int64_t time = r->time[by_user->col[i]];
            bool first =
                i == by_user->start[u] ||
                far(r->time[by_user->col[i - 1]], time, cf_session_gaps[0]);
            n += first;
            if (!span)
                continue;
            code[by_user->col[i]] = n - 1;
            span->last[n - 1] = time;
            if (first)
                span->first[n - 1] = time;
        }
    }
    if (span)
        span->start[by_user->n] = n;
    return n;
}

/* Numbers sessions of kind l by those of kind 0; kind[s]: what s is in. */
static uint32_t number_longer(const struct cf_spans *span, int64_t gap,
                              uint32_t *kind)
{
    uint32_t n = 0;

    for (uint64_t u = 0; u < span->users; u++)
        for (uint64_t s = span->start[u]; s < span->start[u + 1]; s++) {
            n += s == span->start[u] ||
                 far(span->last[s - 1], span->first[s], gap);
            kind[s] = n - 1;
        }
    return n;
}

static int room_level(struct cf_gibbs_level *l, struct cf_err *err)
{
    l->x = cf_zalloc(l->n, sizeof *l->x);
    l->up = cf_zalloc(l->n, sizeof *l->up);
    l->w = cf_alloc(l->n, sizeof *l->w);
    l->r = cf_alloc(l->n, sizeof *l->r);
    l->sum = cf_zalloc(l->n, sizeof *l->sum);
    l->squares = cf_zalloc(l->n, sizeof *l->squares);
    return l->x && l->up && l->w && l->r && l->sum && l->squares
               ? 0
               : cf_nomem(err, "sessions");
}

/* Which session each one is in. */
static int set_levels(struct cf_gibbs_sessions *x, struct cf_err *err)
{
    size_t n = x->level[0].n;
    uint32_t *kind = cf_alloc(n, sizeof *kind), *next;
    int rc = kind ? room_level(&x->level[0], err) : cf_nomem(err, "sessions");

    next = cf_alloc(n, sizeof *next);
    x->part = cf_alloc(n / CF_GIBBS_SESSIONS + 1, sizeof *x->part);
    if (!rc && (!next || !x->part))
        rc = cf_nomem(err, "sessions");
    for (size_t s = 0; !rc && s < n; s++)
        kind[s] = (uint32_t)s;
    for (size_t l = 1; !rc && l < LEVELS; l++) {
        x->level[l].n = number_longer(&x->span, cf_session_gaps[l], next);
        rc = room_level(&x->level[l], err);
        for (size_t s = 0; !rc && s < n; s++) {
            x->level[l - 1].up[kind[s]] = next[s];
            kind[s] = next[s];
        }
    }
    free(kind);
    free(next);
    return rc;
}

/* The sessions of all training rows. */
static int list_sessions(struct cf_gibbs *g, const struct cf_ratings *r,
                         struct cf_err *err)
{
    struct cf_gibbs_sessions *x = g->sessions;
    size_t users = g->mode[CF_GIBBS_USERS].n;
    struct cf_csr by_user = {0};
    uint32_t *code = x->of;

    for (uint64_t i = 0; i < r->n; i++)
        code[i] = (uint32_t)i;
    int rc = cf_csr_build(&by_user, users,
                          &(struct cf_entries){r->n, r->user, code, NULL}, err);
    if (!rc)
        rc = sort_times(r, &by_user, err);
    if (!rc)
        x->level[0].n = number_sessions(r, &by_user, NULL, NULL);
    if (!rc && x->level[0].n >= CF_NONE / LEVELS)
        rc = cf_nomem(err, "sessions");
    if (!rc)
        rc = cf_spans_room(&x->span, users, x->level[0].n, err);
    if (!rc)
        number_sessions(r, &by_user, code, &x->span);
    cf_csr_free(&by_user);
    return rc;
}

int cf_gibbs_sessions_open(struct cf_gibbs *g, const struct cf_whole *w,
                           struct cf_err *err)
{
    const struct cf_ratings *v = &w->valid;
    struct cf_gibbs_sessions *x = g->sessions = cf_zalloc(1, sizeof *x);

    if (!x)
        return cf_nomem(err, "sessions");
    x->of = cf_alloc((size_t)w->train.n, sizeof *x->of);
    x->y = cf_alloc((size_t)w->train.n, sizeof *x->y);
    x->mean = cf_zalloc(g->mode[CF_GIBBS_USERS].n, sizeof *x->mean);
    x->valid = cf_alloc((size_t)v->n, sizeof *x->valid);
    if (!x->of || !x->y || !x->mean || !x->valid)
        return cf_nomem(err, "sessions");
    int rc = list_sessions(g, &w->train, err);
    if (!rc)
        rc = set_levels(x, err);
    for (uint64_t i = 0; !rc && i < v->n; i++)
        x->valid[i] = v->time ? cf_spans_find(&x->span, cf_session_gaps,
                                              v->user[i], v->time[i])
                              : CF_NONE;
    for (size_t l = 0; l < LEVELS; l++)
        x->lam[l] = 10;
    return rc;
}

int cf_gibbs_sessions_sort(struct cf_gibbs *g, const uint32_t *at,
                           struct cf_err *err)
{
    struct cf_gibbs_sessions *x = g->sessions;
    uint32_t *code = cf_alloc(g->ratings, sizeof *code);

    if (!code)
        return cf_nomem(err, "sessions");
    memcpy(code, x->of, g->ratings * sizeof *code);
    for (size_t i = 0; i < g->ratings; i++)
        x->of[i] = code[at[i]];
    free(code);
    memcpy(x->y, g->mode[CF_GIBBS_USERS].y, g->ratings * sizeof *x->y);
    return 0;
}

void cf_gibbs_sessions_close(struct cf_gibbs_sessions *x)
{
    if (!x)
        return;
    for (size_t l = 0; l < LEVELS; l++) {
        free(x->level[l].x);
        free(x->level[l].up);
        free(x->level[l].w);
        free(x->level[l].r);
        free(x->level[l].sum);
        free(x->level[l].squares);
    }
    cf_spans_free(&x->span);
    free(x->part);
    free(x->of);
    free(x->y);
    free(x->mean);
    free(x->valid);
    free(x);
}
