/* feed_deal.c - training and validation rows of a loader. */
#include <string.h>

#include "base/mem.h"
#include "data/feed_impl.h"

static void add(struct cf_feed *f, const struct cf_rec *r)
{
    struct cf_ratings *b = &f->buf;
    size_t i = (size_t)b->n++;

    b->user[i] = r->user;
    b->item[i] = r->item;
    b->rating[i] = r->rating;
    if (b->time)
        b->time[i] = r->time;
}

static int next_row(struct cf_feed *f, const struct cf_rec **r,
                    struct cf_err *err)
{
    struct cf_feed_deal *d = &f->deal;

    if (d->stage == CF_FEED_TRAIN)
        return cf_loader_next(d->l, r, err);
    return cf_cursor_next(&d->cursor, r, err);
}

/* As many rows of the stage as there are, up to a chunk. */
static int fill(struct cf_feed *f, struct cf_err *err)
{
    size_t most = cf_feed_chunk(f->plan.batch);
    const struct cf_rec *r;
    int rc = 0;

    f->buf.n = 0;
    while (f->buf.n < most && !(rc = next_row(f, &r, err)) && r)
        add(f, r);
    return rc;
}

static int start_epoch(struct cf_feed *f, struct cf_err *err)
{
    if (f->deal.dealt)
        return 0;
    f->deal.dealt = true;
    return cf_loader_epoch(f->deal.l, f->epoch, err);
}

static void end_epoch(struct cf_feed *f)
{
    struct cf_feed_deal *d = &f->deal;

    f->epoch++;
    d->dealt = false;
    d->stage = CF_FEED_TRAIN;
    cf_cursor_rewind(&d->cursor);
}

static int next_dealt(struct cf_feed *f, enum cf_event *event,
                      struct cf_feed_rows *rows, struct cf_err *err)
{
    struct cf_feed_deal *d = &f->deal;
    int rc = 0;

    if (f->epoch == f->plan.epochs) {
        *event = CF_FEED_END;
        return 0;
    }
    rc = start_epoch(f, err);
    while (!rc && d->stage != CF_FEED_EPOCH) {
        rc = fill(f, err);
        *event = d->stage;
        cf_feed_give(f, rows);
        if (rc || f->buf.n > 0)
            return rc;
        d->stage = d->stage == CF_FEED_TRAIN ? CF_FEED_VALID : CF_FEED_EPOCH;
    }
    if (rc)
        return rc;
    *event = CF_FEED_EPOCH;
    end_epoch(f);
    return 0;
}

static void make_plan(struct cf_feed *f, uint32_t batch, uint32_t epochs)
{
    const struct cf_loader *l = f->deal.l;
    bool zeros = l->deals > l->tally.rows[CF_TRAIN];

    f->plan = (struct cf_plan){.batch = batch,
                               .epochs = epochs,
                               .rows = l->deals,
                               .lo = l->tally.lo,
                               .hi = l->tally.hi,
                               .negatives = l->opts.negatives > 0};
    if (zeros && f->plan.lo > 0)
        f->plan.lo = 0;
    if (zeros && f->plan.hi < 0)
        f->plan.hi = 0;
}

int cf_feed_loader(struct cf_feed **out, struct cf_loader *l, uint32_t batch,
                   uint32_t epochs, struct cf_err *err)
{
    struct cf_feed *f = cf_zalloc(1, sizeof *f);

    *out = f;
    if (!f)
        return cf_nomem(err, "feed");
    f->next = next_dealt;
    f->deal.l = l;
    f->deal.stage = CF_FEED_TRAIN;
    f->deal.cursor.pile = &l->valid;
    f->users = &l->users;
    f->items = &l->items;
    f->valid = l->valid.n;
    f->rated = !l->rated && l->opts.negatives > 0;
    make_plan(f, batch, epochs);
    return cf_ratings_room(&f->buf, cf_feed_chunk(batch), l->timed, err);
}

void cf_feed_deal_close(struct cf_feed_deal *d)
{
    cf_cursor_close(&d->cursor);
}
