/* gibbs_context.c - the day of a rating, and its session, as modes. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fit/gibbs_impl.h"

/* ---- days ---- */

static int ascending(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* The days of all training rows, ascending, once each. */
static int list_days(struct cf_gibbs *g, const struct cf_ratings *r,
                     struct cf_err *err)
{
    size_t n = (size_t)r->n, days = 0;

    g->day = cf_alloc(n, sizeof *g->day);
    if (!g->day)
        return cf_nomem(err, "days");
    for (size_t i = 0; i < n; i++)
        g->day[i] = cf_model_day(r->time[i]);
    qsort(g->day, n, sizeof *g->day, ascending);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || g->day[i] != g->day[i - 1])
            g->day[days++] = g->day[i];
    g->mode[CF_GIBBS_DAYS].n = days;
    return 0;
}

/* ---- sessions ---- */

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

/* Numbers the sessions of rows that are by user and time, and, if span is not
 * NULL, stores where they are; returns how many there are. */
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
            bool more = i > by_user->start[u] &&
                        cf_same_session(r->time[by_user->col[i - 1]], time);
            n += !more;
            code[by_user->col[i]] = n - 1;
            if (span && !more)
                span->first[n - 1] = time;
            if (span)
                span->last[n - 1] = time;
        }
    }
    if (span)
        span->start[by_user->n] = n;
    return n;
}

/* The sessions of all training rows, by user and time. */
static int list_sessions(struct cf_gibbs *g, const struct cf_ratings *r,
                         uint32_t *code, struct cf_err *err)
{
    size_t users = g->mode[CF_GIBBS_USERS].n, n = 0;
    struct cf_csr by_user = {0};
    int rc;

    for (uint64_t i = 0; i < r->n; i++)
        code[i] = (uint32_t)i;
    rc = cf_csr_build(&by_user, users,
                      &(struct cf_entries){r->n, r->user, code, NULL}, err);
    if (!rc)
        rc = sort_times(r, &by_user, err);
    if (!rc)
        n = number_sessions(r, &by_user, code, NULL);
    if (!rc && n + users >= CF_NONE)
        rc = cf_nomem(err, "sessions");
    /* And one for each user that is not known: a row without ratings. */
    g->mode[CF_GIBBS_SESSIONS].n = n + users;
    if (!rc)
        rc = cf_spans_room(&g->span, users, n, err);
    if (!rc)
        number_sessions(r, &by_user, code, &g->span);
    cf_csr_free(&by_user);
    return rc;
}

/* The row of validation row i. */
static uint32_t valid_code(const struct cf_gibbs *g, size_t mode,
                           const struct cf_ratings *r, uint64_t i)
{
    if (!r->time)
        return CF_NONE;
    if (mode == CF_GIBBS_DAYS)
        return cf_model_find_day(g->day, g->mode[mode].n, r->time[i]);
    uint32_t known = cf_spans_find(&g->span, r->user[i], r->time[i]);
    return known == CF_NONE ? cf_gibbs_unknown(g, r->user[i]) : known;
}

uint32_t cf_gibbs_unknown(const struct cf_gibbs *g, size_t user)
{
    return (uint32_t)(g->span.start[g->span.users] + user);
}

/* ---- opening ---- */

static int open_context(struct cf_gibbs *g, size_t mode,
                        const struct cf_whole *w, struct cf_err *err)
{
    struct cf_gibbs_context *c = &g->context[mode];
    size_t rows = g->mode[CF_GIBBS_USERS].n + 1, all;
    int rc = 0;

    c->code = cf_alloc((size_t)w->train.n, sizeof *c->code);
    c->valid = cf_alloc((size_t)w->valid.n, sizeof *c->valid);
    c->mean = cf_mul(rows, CF_GAUSS_WIDE(g->d), &all)
                  ? cf_aalloc(all, sizeof *c->mean)
                  : NULL;
    if (!c->code || !c->valid || !c->mean)
        return cf_nomem(err, "times");
    rc = mode == CF_GIBBS_DAYS ? list_days(g, &w->train, err)
                               : list_sessions(g, &w->train, c->code, err);
    for (uint64_t i = 0; !rc && mode == CF_GIBBS_DAYS && i < w->train.n; i++)
        c->code[i] =
            cf_model_find_day(g->day, g->mode[mode].n, w->train.time[i]);
    for (uint64_t i = 0; !rc && i < w->valid.n; i++)
        c->valid[i] = valid_code(g, mode, &w->valid, i);
    return rc;
}

/* What is kept of sessions. */
static int room_sessions(struct cf_gibbs *g, struct cf_err *err)
{
    size_t n = g->mode[CF_GIBBS_SESSIONS].n, all;
    struct cf_gibbs_kept *kept = &g->sessions;

    kept->sum = cf_mul(n, CF_GAUSS_WIDE(g->d), &all)
                    ? cf_aalloc(all, sizeof *kept->sum)
                    : NULL;
    kept->squares = cf_zalloc(n, sizeof *kept->squares);
    kept->within = cf_zalloc(n, sizeof *kept->within);
    return kept->sum && kept->squares && kept->within
               ? 0
               : cf_nomem(err, "sessions");
}

int cf_gibbs_contexts_open(struct cf_gibbs *g, const struct cf_whole *w,
                           struct cf_err *err)
{
    int rc = 0;

    if (!w->train.time)
        return cf_fail(err, CF_EDATA,
                       "option --time: the rows have no column of times "
                       "(cf-index -t names one)");
    g->modes = g->o.sessions ? CF_GIBBS_MODES : CF_GIBBS_SESSIONS;
    for (size_t s = CF_GIBBS_SIDES; !rc && s < g->modes; s++)
        rc = open_context(g, s, w, err);
    return rc || !g->o.sessions ? rc : room_sessions(g, err);
}

void cf_gibbs_contexts_close(struct cf_gibbs *g)
{
    for (size_t s = CF_GIBBS_SIDES; s < CF_GIBBS_MODES; s++) {
        free(g->context[s].code);
        free(g->context[s].valid);
        free(g->context[s].start);
        free(g->context[s].row);
        free(g->context[s].share);
        free(g->context[s].mean);
    }
    free(g->day);
    cf_spans_free(&g->span);
    free(g->sessions.sum);
    free(g->sessions.squares);
    free(g->sessions.within);
}

/* ---- shares ---- */

static int by_number(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Adds a row to a list that ends at n, or, if it is the last there, the share;
 * returns where the list then ends. */
static uint64_t add_share(struct cf_gibbs_context *c, uint64_t from, uint64_t n,
                          uint32_t row, double share)
{
    if (n > from && c->row[n - 1] == row) {
        c->share[n - 1] += (float)share;
        return n;
    }
    c->row[n] = row;
    c->share[n] = (float)share;
    return n + 1;
}

/* Of ratings that are sorted by user. */
static int list_shares(struct cf_gibbs *g, size_t mode, struct cf_err *err)
{
    const struct cf_gibbs_mode *users = &g->mode[CF_GIBBS_USERS],
                               *m = &g->mode[mode];
    struct cf_gibbs_context *c = &g->context[mode];
    uint64_t n = 0;

    c->start = cf_alloc(users->n + 2, sizeof *c->start);
    c->row = cf_alloc(g->ratings + m->n, sizeof *c->row);
    c->share = cf_alloc(g->ratings + m->n, sizeof *c->share);
    if (!c->start || !c->row || !c->share)
        return cf_nomem(err, "times");
    for (size_t u = 0; u < users->n; u++) {
        uint64_t from = users->start[u], end = users->start[u + 1];
        uint32_t *row = c->row + from;
        memcpy(row, users->other[mode - 1] + from, (end - from) * sizeof *row);
        qsort(row, end - from, sizeof *row, by_number);
        c->start[u] = n;
        for (uint64_t i = from; i < end; i++)
            n = add_share(c, c->start[u], n, c->row[i], 1);
        for (uint64_t i = c->start[u]; i < n; i++)
            c->share[i] /= (float)(end - from);
    }
    c->start[users->n] = n;
    for (size_t r = 0; r < m->n; r++) {
        double ratings = (double)(m->start[r + 1] - m->start[r]);
        if (ratings > 0)
            n = add_share(c, n, n, (uint32_t)r, ratings / (double)g->ratings);
    }
    c->start[users->n + 1] = n;
    return 0;
}

int cf_gibbs_shares(struct cf_gibbs *g, struct cf_err *err)
{
    int rc = 0;

    for (size_t s = CF_GIBBS_SIDES; !rc && s < g->modes; s++)
        rc = list_shares(g, s, err);
    return rc;
}

/* ---- mean rows ---- */

void cf_gibbs_means(struct cf_gibbs *g)
{
    size_t wide = CF_GAUSS_WIDE(g->d), users = g->mode[CF_GIBBS_USERS].n;

    for (size_t s = CF_GIBBS_SIDES; s < g->modes; s++) {
        const struct cf_gibbs_context *c = &g->context[s];
        float *all = c->mean + users * wide;
        for (size_t u = users + 1; u-- > 0;) {
            uint64_t at = c->start[u], n = c->start[u + 1] - at;
            const struct cf_bundle rows = {(size_t)n, wide, g->mode[s].w,
                                           c->row + at, c->share + at};
            float *mean = c->mean + u * wide;
            if (n > 0)
                memset(mean, 0, wide * sizeof *mean);
            else
                memcpy(mean, all, wide * sizeof *mean);
            g->gauss->collect(&rows, mean);
        }
    }
}

const float *cf_gibbs_mean_row(const struct cf_gibbs *g, size_t mode,
                               size_t user)
{
    return g->context[mode].mean + user * CF_GAUSS_WIDE(g->d);
}
