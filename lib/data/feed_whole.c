/* feed_whole.c - all rows of a feed at once. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/feed_impl.h"
#include "data/whole.h"

/* ---- rows as they are ---- */

static int next_given(struct cf_feed *f, enum cf_event *event,
                      struct cf_feed_rows *rows, struct cf_err *err)
{
    const struct cf_ratings *r = f->given.r;
    size_t at = f->given.at, left = (size_t)r->n - at;

    (void)err;
    if (left == 0) {
        *event = f->epoch == 0 ? CF_FEED_EPOCH : CF_FEED_END;
        f->epoch = 1;
        return 0;
    }
    size_t n = left < CF_FRAME_ROWS ? left : CF_FRAME_ROWS;
    *event = CF_FEED_TRAIN;
    *rows = (struct cf_feed_rows){n, r->user + at, r->item + at, r->rating + at,
                                  r->time ? r->time + at : NULL};
    f->given.at += n;
    return 0;
}

static void find_range(struct cf_plan *p, const struct cf_ratings *r)
{
    p->lo = p->hi = r->rating[0];
    for (uint64_t i = 1; i < r->n; i++) {
        p->lo = r->rating[i] < p->lo ? r->rating[i] : p->lo;
        p->hi = r->rating[i] > p->hi ? r->rating[i] : p->hi;
    }
}

int cf_feed_given(struct cf_feed **out, struct cf_ratings *r,
                  struct cf_err *err)
{
    struct cf_feed *f = cf_zalloc(1, sizeof *f);

    *out = f;
    if (!f)
        return cf_nomem(err, "feed");
    if (r->n == 0)
        return cf_fail(err, CF_EDATA, "no training rows");
    f->given.r = r;
    f->next = next_given;
    f->plan = (struct cf_plan){.batch = 1, .epochs = 1, .rows = r->n};
    find_range(&f->plan, r);
    return 0;
}

/* ---- gathering ---- */

static int append(struct cf_ratings *to, const struct cf_feed_rows *rows,
                  bool times, struct cf_err *err)
{
    size_t at = (size_t)to->n;
    int rc = cf_ratings_room(to, rows->n, times && rows->time, err);

    if (rc || rows->n == 0)
        return rc;
    memcpy(to->user + at, rows->user, rows->n * sizeof *to->user);
    memcpy(to->item + at, rows->item, rows->n * sizeof *to->item);
    memcpy(to->rating + at, rows->rating, rows->n * sizeof *to->rating);
    if (to->time)
        memcpy(to->time + at, rows->time, rows->n * sizeof *to->time);
    to->n += rows->n;
    return 0;
}

static int gather(struct cf_feed *f, bool times, struct cf_whole *w,
                  struct cf_err *err)
{
    enum cf_event event = CF_FEED_TRAIN;
    bool first = true;
    int rc = 0;

    while (!rc && event != CF_FEED_END) {
        struct cf_feed_rows rows = {0};
        rc = cf_feed_next(f, &event, &rows, err);
        if (!rc && first && event == CF_FEED_TRAIN)
            rc = append(&w->train, &rows, times, err);
        if (!rc && first && event == CF_FEED_VALID)
            rc = append(&w->valid, &rows, times, err);
        if (event == CF_FEED_EPOCH)
            first = false;
    }
    return rc;
}

/* The caller's arrays become ours; dictionaries stay. */
static void take(struct cf_ratings *from, struct cf_ratings *to)
{
    *to = *from;
    memset(&to->users, 0, sizeof to->users);
    memset(&to->items, 0, sizeof to->items);
    from->n = 0;
    from->cap = 0;
    from->user = from->item = NULL;
    from->rating = NULL;
    from->time = NULL;
}

int cf_feed_whole_timed(struct cf_feed *f, struct cf_whole *w,
                        struct cf_err *err)
{
    *w = (struct cf_whole){.negatives = f->plan.negatives};
    if (!f->given.r)
        return gather(f, true, w, err);
    take(f->given.r, &w->train);
    return 0;
}

int cf_feed_whole(struct cf_feed *f, struct cf_whole *w, struct cf_err *err)
{
    *w = (struct cf_whole){.negatives = f->plan.negatives};
    if (!f->given.r)
        return gather(f, false, w, err);
    take(f->given.r, &w->train);
    free(w->train.time);
    w->train.time = NULL;
    return 0;
}

void cf_whole_free(struct cf_whole *w)
{
    cf_ratings_free(&w->train);
    cf_ratings_free(&w->valid);
}

void cf_whole_drop_negatives(struct cf_whole *w)
{
    struct cf_ratings *r = &w->train;
    size_t kept = 0;

    if (!w->negatives)
        return;
    for (size_t i = 0; i < r->n; i++) {
        if (r->rating[i] == 0)
            continue;
        r->user[kept] = r->user[i];
        r->item[kept] = r->item[i];
        r->rating[kept] = r->rating[i];
        if (r->time)
            r->time[kept] = r->time[i];
        kept++;
    }
    r->n = kept;
    w->negatives = false;
}
