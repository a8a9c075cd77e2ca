/* feed.c - training and validation rows from memory. */
#include "data/feed.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "data/feed_impl.h"

bool cf_split_valid(uint64_t seed, double valid, uint64_t row)
{
    const struct cf_rng rng = {.seed = seed, .purpose = CF_RNG_SPLIT};
    return valid > 0 && cf_rng_real(&rng, row) < valid;
}

/* ---- the order of rows ---- */

/* Training rows ascending, then validation rows ascending, so that an epoch's
 * order depends on no other epoch. */
static void split(struct cf_feed_mem *m)
{
    const struct cf_feed_opts *o = &m->opts;
    size_t train = 0, valid = m->n;

    for (size_t i = 0; i < m->n; i++)
        if (cf_split_valid(o->seed, o->valid, i))
            m->order[--valid] = (uint32_t)i;
        else
            m->order[train++] = (uint32_t)i;
    m->train = train;
    for (size_t i = train, j = m->n; i < j; i++) {
        uint32_t row = m->order[i];
        m->order[i] = m->order[--j];
        m->order[j] = row;
    }
}

static void start_epoch(struct cf_feed *f)
{
    struct cf_feed_mem *m = &f->mem;
    const struct cf_rng rng = {
        .seed = m->opts.seed, .purpose = CF_RNG_SHUFFLE, .epoch = f->epoch};
    split(m);
    cf_rng_shuffle(&rng, m->order, m->train);
}

/* ---- rows ---- */

/* Rows of a chunk: whole mini-batches, if one fits. */
static size_t chunk_rows(uint32_t batch)
{
    size_t most = CF_FRAME_ROWS;
    return batch < most ? most / batch * batch : most;
}

static void gather(struct cf_feed *f, size_t n)
{
    const uint32_t *row = f->mem.order + f->mem.at;
    const struct cf_ratings *from = f->mem.r;
    struct cf_ratings *to = &f->buf;

    for (size_t i = 0; i < n; i++) {
        to->user[i] = from->user[row[i]];
        to->item[i] = from->item[row[i]];
        to->rating[i] = from->rating[row[i]];
    }
    for (size_t i = 0; from->time && i < n; i++)
        to->time[i] = from->time[row[i]];
    to->n = n;
    f->mem.at += n;
}

void cf_feed_give(const struct cf_feed *f, struct cf_rows *rows)
{
    const struct cf_ratings *b = &f->buf;
    *rows = (struct cf_rows){b->n, b->user, b->item, b->rating, b->time};
}

static int next_from_memory(struct cf_feed *f, enum cf_event *event,
                            struct cf_rows *rows, struct cf_err *err)
{
    struct cf_feed_mem *m = &f->mem;

    (void)err;
    if (f->epoch == f->plan.epochs) {
        *event = CF_FEED_END;
        return 0;
    }
    if (m->at == m->n) {
        m->at = 0;
        f->epoch++;
        *event = CF_FEED_EPOCH;
        return 0;
    }
    if (m->at == 0)
        start_epoch(f);
    *event = m->at < m->train ? CF_FEED_TRAIN : CF_FEED_VALID;
    size_t left = (m->at < m->train ? m->train : m->n) - m->at;
    size_t most = chunk_rows(f->plan.batch);
    gather(f, left < most ? left : most);
    cf_feed_give(f, rows);
    return 0;
}

/* ---- opening ---- */

static void find_range(struct cf_feed *f)
{
    const struct cf_feed_mem *m = &f->mem;
    struct cf_plan *p = &f->plan;

    p->lo = p->hi = m->r->rating[m->order[0]];
    for (size_t i = 0; i < m->train; i++) {
        float v = m->r->rating[m->order[i]];
        p->lo = v < p->lo ? v : p->lo;
        p->hi = v > p->hi ? v : p->hi;
    }
}

static int prepare(struct cf_feed *f, struct cf_err *err)
{
    struct cf_feed_mem *m = &f->mem;
    size_t most = chunk_rows(m->opts.batch);

    m->order = cf_alloc(m->n, sizeof *m->order);
    if (!m->order)
        return cf_nomem(err, "order of rows");
    split(m);
    if (m->train == 0)
        return cf_fail(err, CF_EDATA, "no training rows (of %" PRIu64 " rows)",
                       m->r->n);
    f->plan = (struct cf_plan){
        .batch = m->opts.batch, .epochs = m->opts.epochs, .rows = m->train};
    find_range(f);
    return cf_ratings_room(&f->buf, m->n < most ? m->n : most,
                           m->r->time != NULL, err);
}

int cf_feed_memory(struct cf_feed **out, const struct cf_ratings *r,
                   const struct cf_feed_opts *opts, struct cf_err *err)
{
    struct cf_feed *f = cf_zalloc(1, sizeof *f);

    *out = f;
    if (!f)
        return cf_nomem(err, "feed");
    if (r->n > UINT32_MAX)
        return cf_fail(err, CF_EMEM, "more than %" PRIu32 " rows in memory",
                       UINT32_MAX);
    f->mem.r = r;
    f->mem.n = (size_t)r->n;
    f->mem.opts = *opts;
    f->next = next_from_memory;
    return prepare(f, err);
}

/* ---- either kind ---- */

const struct cf_plan *cf_feed_plan(const struct cf_feed *f)
{
    return &f->plan;
}

int cf_feed_next(struct cf_feed *f, enum cf_event *event, struct cf_rows *rows,
                 struct cf_err *err)
{
    return f->next(f, event, rows, err);
}

void cf_feed_close(struct cf_feed *f)
{
    if (!f)
        return;
    free(f->mem.order);
    cf_ratings_free(&f->buf);
    free(f);
}
