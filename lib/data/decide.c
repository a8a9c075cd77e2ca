/* decide.c - rows go from sorter to sorter: by time, by user, and, with their
 * parts, back to the order in which they came. */
#include "data/decide.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/sorter.h"

struct work {
    const struct cf_split *split;
    uint64_t memory, rows;
    struct cf_threshold *t;
    uint64_t at;     /* rows of all or of the user so far */
    uint64_t *count; /* of each user's rows */
    size_t users, cap;
    uint32_t user; /* at hand */
};

/* The last so many of n rows; a product that is a whole number but for its last
 * bits is that number. */
static uint64_t last_of(const struct cf_split *s, uint64_t n)
{
    if (s->how == CF_SPLIT_USER_LAST)
        return s->last < n ? s->last : n;
    return (uint64_t)(s->share * (double)n + 1e-9);
}

/* ---- parts ---- */

static void note_time(struct cf_threshold *t, const struct cf_rec *r)
{
    bool same = t->rows > 0 && t->time == r->time;

    if (t->valid > 0 && !same)
        return;
    t->is = t->is || r->part == CF_TRAIN;
    t->time = r->time;
    t->rows = same ? t->rows + 1 : 1;
    t->valid += r->part == CF_VALID;
}

/* Rows come by time. */
static void tag_late(struct work *w, struct cf_rec *r)
{
    uint64_t train = w->rows - last_of(w->split, w->rows);

    r->part = w->at++ < train ? CF_TRAIN : CF_VALID;
    note_time(w->t, r);
}

/* Rows come by user. */
static void tag_user(struct work *w, struct cf_rec *r)
{
    if (w->user != r->user)
        w->at = 0;
    w->user = r->user;
    uint64_t n = w->count[r->user];
    r->part = w->at++ < n - last_of(w->split, n) ? CF_TRAIN : CF_VALID;
}

static int count_user(struct work *w, uint32_t user, struct cf_err *err)
{
    if (user >= w->users) {
        if (!cf_grow(&w->count, &w->cap, (size_t)user + 1, sizeof *w->count))
            return cf_nomem(err, "users");
        memset(w->count + w->users, 0,
               (user + 1 - w->users) * sizeof *w->count);
        w->users = (size_t)user + 1;
    }
    w->count[user]++;
    return 0;
}

/* ---- from sorter to sorter ---- */

/* The pile, which is empty then, into a new sorter. */
static int from_pile(struct work *w, struct cf_pile *p, enum cf_sort_by by,
                     struct cf_sorter **out, struct cf_err *err)
{
    struct cf_cursor c = {.pile = p};
    const struct cf_rec *r;
    int rc = cf_sorter_open(out, by, w->memory, err);

    while (!rc && !(rc = cf_cursor_next(&c, &r, err)) && r) {
        rc = count_user(w, r->user, err);
        if (!rc)
            rc = cf_sorter_add(*out, r, err);
    }
    cf_cursor_close(&c);
    w->rows = p->n;
    cf_pile_clear(p);
    return rc ? rc : cf_sorter_sort(*out, err);
}

/* All rows of a sorter, tagged, into a new one that takes its place. */
static int resort(struct work *w, struct cf_sorter **s, enum cf_sort_by by,
                  void (*tag)(struct work *w, struct cf_rec *r),
                  struct cf_err *err)
{
    struct cf_sorter *to;
    const struct cf_rec *r;
    int rc = cf_sorter_open(&to, by, w->memory, err);

    while (!rc && !(rc = cf_sorter_next(*s, &r, err)) && r) {
        struct cf_rec tagged = *r;
        if (tag)
            tag(w, &tagged);
        rc = cf_sorter_add(to, &tagged, err);
    }
    cf_sorter_close(*s);
    *s = to;
    return rc ? rc : cf_sorter_sort(to, err);
}

static int to_pile(struct cf_sorter *s, struct cf_pile *p, struct cf_err *err)
{
    const struct cf_rec *r;
    int rc;

    while (!(rc = cf_sorter_next(s, &r, err)) && r) {
        rc = cf_pile_add(p, r, err);
        if (rc)
            return rc;
    }
    return rc ? rc : cf_pile_seal(p, err);
}

static int by_time(struct work *w, struct cf_pile *p, struct cf_sorter **s,
                   struct cf_err *err)
{
    int rc = from_pile(w, p, CF_BY_TIME, s, err);
    return rc ? rc : resort(w, s, CF_BY_ID, tag_late, err);
}

static int by_user(struct work *w, struct cf_pile *p, bool timed,
                   struct cf_sorter **s, struct cf_err *err)
{
    int rc = from_pile(w, p, timed ? CF_BY_TIME : CF_BY_USER, s, err);

    if (rc || !w->count) /* no rows, none to tag */
        return rc;
    if (timed)
        rc = resort(w, s, CF_BY_USER, NULL, err);
    return rc ? rc : resort(w, s, CF_BY_ID, tag_user, err);
}

int cf_decide(const struct cf_split *s, struct cf_pile *p, bool timed,
              uint64_t memory, struct cf_threshold *t, struct cf_err *err)
{
    struct work w = {.split = s, .memory = memory, .t = t};
    struct cf_sorter *sorter = NULL;

    memset(t, 0, sizeof *t);
    int rc = s->how == CF_SPLIT_LATE ? by_time(&w, p, &sorter, err)
                                     : by_user(&w, p, timed, &sorter, err);
    t->is = t->is && t->valid > 0;
    if (!rc)
        rc = to_pile(sorter, p, err);
    cf_sorter_close(sorter);
    free(w.count);
    return rc;
}
