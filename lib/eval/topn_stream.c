/* topn_stream.c - ranked lists as a stream: while some are made in parallel,
 * those before them are written in order. */
#include "eval/topn_stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/known.h"
#include "eval/topn_frame.h"

enum {
    LISTS = 1 << 14, /* made at a time, at most, and */
    PLACES = 4 << 20 /* places in all of them */
};

/* Some lists. */
struct chunk {
    struct cf_lists l;
    struct cf_ask *own; /* of rows of the model */
};

struct work {
    const struct cf_topn_job *j;
    struct cf_topn *t;
    struct cf_topn_frame f;
    struct chunk chunk[2];
    struct chunk *now, *before; /* in the making; to be written, or NULL */
    size_t most;                /* lists in a chunk */
    uint64_t next;              /* who is asked for next */
    struct cf_topn_report *r;
    int rc; /* of writing */
    struct cf_err *err;
};

/* ---- open, close ---- */

static int chunk_open(const struct work *w, struct chunk *c, struct cf_err *err)
{
    size_t lists, rows = cf_topn_length(w->t), all;

    c->l.count = cf_alloc(w->most, sizeof *c->l.count);
    c->own = cf_alloc(w->most, sizeof *c->own);
    if (cf_mul(w->most, cf_topn_stride(w->t), &lists))
        c->l.place = cf_alloc(lists, sizeof *c->l.place);
    if (cf_mul(w->most, rows * w->j->opts.why, &all))
        c->l.reason = cf_alloc(all, sizeof *c->l.reason);
    if (cf_mul(w->most, w->j->opts.rank ? rows : 0, &all))
        c->l.sampled = cf_alloc(all, sizeof *c->l.sampled);
    return c->l.count && c->own && c->l.place && c->l.reason && c->l.sampled
               ? 0
               : cf_nomem(err, "lists");
}

static void chunk_close(struct chunk *c)
{
    free(c->l.count);
    free(c->own);
    free(c->l.place);
    free(c->l.reason);
    free(c->l.sampled);
}

static int work_open(struct work *w, const struct cf_schema *s,
                     struct cf_writer *out)
{
    int rc = cf_topn_open(&w->t, w->j->m, &w->j->opts, w->err);

    if (rc)
        return rc;
    size_t each = cf_topn_stride(w->t) + cf_topn_length(w->t) * w->j->opts.why;
    size_t most = PLACES / (each ? each : 1);
    w->most = most < 1 ? 1 : most < LISTS ? most : LISTS;
    rc = cf_topn_frame_open(&w->f, w->j, w->t, s, out, w->err);
    for (int i = 0; !rc && i < 2; i++)
        rc = chunk_open(w, &w->chunk[i], w->err);
    return rc;
}

static void work_close(struct work *w)
{
    cf_topn_frame_close(&w->f);
    for (int i = 0; i < 2; i++)
        chunk_close(&w->chunk[i]);
    cf_topn_close(w->t);
}

/* ---- some lists ---- */

static void count_list(struct work *w, const struct cf_ask *a, size_t n)
{
    if (cf_topn_none(w->t, a)) {
        w->r->none++;
        return;
    }
    w->r->lists++;
    w->r->fewer += n < w->j->opts.n;
    w->r->cold += cf_topn_cold(w->t, a);
}

static int write_chunk(struct work *w, const struct chunk *c)
{
    int rc = 0;

    for (size_t i = 0; !rc && i < c->l.n; i++) {
        count_list(w, &c->l.ask[i], c->l.count[i]);
        rc = cf_topn_frame_put(&w->f, &c->l, i, w->err);
        if (!rc && w->j->live)
            rc = cf_topn_frame_flush(&w->f, w->err);
        if (!rc && w->j->live)
            rc = cf_writer_nil(w->f.w, w->err);
    }
    return rc;
}

static void step(void *ctx, size_t task, size_t worker)
{
    struct work *w = ctx;

    if (task > 0)
        cf_topn_task(w->t, &w->now->l, task - 1, worker);
    else if (w->before)
        w->rc = write_chunk(w, w->before);
}

static int make(struct work *w, uint64_t more)
{
    int rc = cf_topn_ready(w->t, &w->now->l, more, w->err);

    if (rc)
        return rc;
    cf_pool_run(w->j->opts.pool, 1 + cf_topn_tasks(&w->now->l), step, w);
    if (w->j->done)
        w->j->done(w->j->ctx, w->r->lists + w->r->none);
    return w->rc;
}

/* ---- all of them ---- */

static uint64_t asked(const struct cf_topn_job *j)
{
    return j->ask ? j->n : j->to - j->from;
}

/* Who is in the next chunk. */
static void fill(struct work *w, struct chunk *c)
{
    const struct cf_topn_job *j = w->j;
    uint64_t left = asked(j) - w->next;

    c->l.n = left < w->most ? (size_t)left : w->most;
    c->l.ask = j->ask ? j->ask + w->next : c->own;
    for (size_t i = 0; !j->ask && i < c->l.n; i++)
        c->own[i] = (struct cf_ask){.row = (uint32_t)(j->from + w->next + i)};
    w->next += c->l.n;
}

static int all_lists(struct work *w)
{
    int rc = 0;

    for (int turn = 0; !rc && w->next < asked(w->j); turn = !turn) {
        w->now = &w->chunk[turn];
        fill(w, w->now);
        rc = make(w, asked(w->j) - w->next);
        w->before = w->now;
    }
    if (!rc && w->before)
        rc = write_chunk(w, w->before);
    return rc ? rc : cf_topn_frame_flush(&w->f, w->err);
}

static int answer(struct work *w, const struct cf_ask *ask, size_t n)
{
    int rc = 0;

    w->now = &w->chunk[0];
    for (size_t at = 0; !rc && at < n; at += w->now->l.n) {
        w->now->l.ask = ask + at;
        w->now->l.n = n - at < w->most ? n - at : w->most;
        rc = make(w, 0);
        if (!rc)
            rc = write_chunk(w, w->now);
    }
    return rc ? rc : w->j->live->answered(w->j->live->ctx, w->err);
}

static int live_lists(struct work *w)
{
    const struct cf_topn_live *live = w->j->live;
    const struct cf_ask *ask;
    size_t n = 1;
    int rc = live->answered(live->ctx, w->err);

    while (!rc && n > 0) {
        rc = live->next(live->ctx, &ask, &n, w->err);
        if (!rc && n > 0)
            rc = answer(w, ask, n);
    }
    return rc;
}

int cf_topn_write(const struct cf_topn_job *j, const struct cf_schema *s,
                  struct cf_writer *out, struct cf_topn_report *r,
                  struct cf_err *err)
{
    struct work w = {.j = j, .r = r, .err = err};

    memset(r, 0, sizeof *r);
    int rc = work_open(&w, s, out);
    if (!rc && j->opts.what != CF_TOPN_SIMILAR)
        rc = cf_known_write(s, out, err);
    if (!rc)
        rc = j->live ? live_lists(&w) : all_lists(&w);
    if (!rc)
        r->listable = cf_topn_listable(w.t);
    work_close(&w);
    return rc;
}
