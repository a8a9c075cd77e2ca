/* feed.c - training and validation rows from memory. */
#include "data/feed.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/feed_impl.h"

/* ---- rows ---- */

size_t cf_feed_chunk(uint32_t batch)
{
    size_t most = CF_FRAME_ROWS;
    return batch < most ? most / batch * batch : most;
}

static void gather(struct cf_feed *f, size_t n)
{
    const uint64_t *row = f->mem.order.row + f->mem.at;
    const struct cf_ratings *from = f->mem.r;
    struct cf_ratings *to = &f->buf;

    for (size_t i = 0; i < n; i++) {
        uint32_t r = (uint32_t)row[i];
        to->user[i] = from->user[r];
        to->item[i] = from->item[r];
        to->rating[i] = from->rating[r];
    }
    for (size_t i = 0; from->time && i < n; i++)
        to->time[i] = from->time[(uint32_t)row[i]];
    to->n = n;
    f->mem.at += n;
}

void cf_feed_give(const struct cf_feed *f, struct cf_feed_rows *rows)
{
    const struct cf_ratings *b = &f->buf;
    *rows = (struct cf_feed_rows){b->n, b->user, b->item, b->rating, b->time};
}

static int next_from_memory(struct cf_feed *f, enum cf_event *event,
                            struct cf_feed_rows *rows, struct cf_err *err)
{
    struct cf_feed_mem *m = &f->mem;
    size_t train = m->order.train;

    (void)err;
    if (f->epoch == f->plan.epochs) {
        *event = CF_FEED_END;
        return 0;
    }
    if (m->at == m->order.n) {
        m->at = 0;
        f->epoch++;
        *event = CF_FEED_EPOCH;
        return 0;
    }
    if (m->at == 0)
        cf_order_epoch(&m->order, f->epoch);
    *event = m->at < train ? CF_FEED_TRAIN : CF_FEED_VALID;
    size_t left = (m->at < train ? train : m->order.n) - m->at;
    size_t most = cf_feed_chunk(f->plan.batch);
    gather(f, left < most ? left : most);
    cf_feed_give(f, rows);
    return 0;
}

/* ---- opening ---- */

static void find_range(struct cf_feed *f)
{
    const float *rating = f->mem.r->rating;
    const struct cf_order *o = &f->mem.order;
    struct cf_plan *p = &f->plan;

    p->lo = p->hi = rating[(uint32_t)o->row[0]];
    for (size_t i = 0; i < o->train; i++) {
        float v = rating[(uint32_t)o->row[i]];
        p->lo = v < p->lo ? v : p->lo;
        p->hi = v > p->hi ? v : p->hi;
    }
}

static bool is_train(const void *ctx, size_t row)
{
    const struct cf_feed_opts *opts = ctx;
    return !cf_split_valid(opts->seed, opts->valid, row);
}

static int prepare(struct cf_feed *f, const struct cf_feed_opts *opts,
                   struct cf_err *err)
{
    const struct cf_ratings *r = f->mem.r;
    struct cf_order *o = &f->mem.order;
    size_t most = cf_feed_chunk(opts->batch);

    f->mem.opts = *opts;
    *o = (struct cf_order){.seed = opts->seed,
                           .is_train = is_train,
                           .ctx = &f->mem.opts,
                           .n = (size_t)r->n};
    int rc = cf_order_open(o, err);
    if (rc)
        return rc;
    if (o->train == 0)
        return cf_fail(err, CF_EDATA, "no training rows (of %" PRIu64 " rows)",
                       r->n);
    f->plan = (struct cf_plan){
        .batch = opts->batch, .epochs = opts->epochs, .rows = o->train};
    f->valid = o->n - o->train;
    find_range(f);
    return cf_ratings_room(&f->buf, o->n < most ? o->n : most, r->time != NULL,
                           err);
}

int cf_feed_memory(struct cf_feed **out, const struct cf_ratings *r,
                   const struct cf_feed_opts *opts, struct cf_err *err)
{
    struct cf_feed *f = cf_zalloc(1, sizeof *f);

    *out = f;
    if (!f)
        return cf_nomem(err, "feed");
    if (r->n > UINT32_MAX)
        return cf_fail(err, CF_EMEM,
                       "more than %" PRIu32 " rows in memory (cf-batch deals "
                       "any number)",
                       UINT32_MAX);
    f->mem.r = r;
    f->users = &r->users;
    f->items = &r->items;
    f->next = next_from_memory;
    return prepare(f, opts, err);
}

/* ---- either kind ---- */

const struct cf_plan *cf_feed_plan(const struct cf_feed *f)
{
    return &f->plan;
}

int cf_feed_next(struct cf_feed *f, enum cf_event *event,
                 struct cf_feed_rows *rows, struct cf_err *err)
{
    return f->next(f, event, rows, err);
}

void cf_feed_close(struct cf_feed *f)
{
    if (!f)
        return;
    cf_order_close(&f->mem.order);
    cf_feed_deal_close(&f->deal);
    cf_ratings_free(&f->buf);
    free(f);
}
