/* loader_deal.c - the rows of an epoch with their negatives. Two cursors go
 * over the rows: the one ahead sees all of a user's items before the other
 * comes to the user's first row. */
#include "data/loader_impl.h"
#include "data/order.h"

struct walk {
    struct cf_loader *l;
    struct cf_cursor here, ahead;
    const struct cf_rec *seen; /* the next one ahead */
    bool started, can;         /* a user; there is something to draw for it */
    uint32_t user;
};

/* All that a user has; the one ahead stops at the next user. */
static int meet(struct walk *w, uint32_t user, struct cf_err *err)
{
    struct cf_negatives *g = &w->l->negatives;
    int rc = w->started ? 0 : cf_cursor_next(&w->ahead, &w->seen, err);

    w->started = true;
    w->user = user;
    cf_negatives_user(g);
    while (!rc && w->seen && w->seen->user == user) {
        cf_negatives_saw(g, w->seen->item);
        rc = cf_cursor_next(&w->ahead, &w->seen, err);
    }
    if (rc)
        return rc;
    w->can = cf_negatives_ready(g);
    w->l->sated += !w->can;
    return 0;
}

/* The next row, with its user's items known; NULL at the end. */
static int step(struct walk *w, const struct cf_rec **r, struct cf_err *err)
{
    int rc = cf_cursor_next(&w->here, r, err);

    if (rc || !*r || w->l->opts.negatives == 0)
        return rc;
    return w->started && w->user == (*r)->user ? 0 : meet(w, (*r)->user, err);
}

static void start(struct walk *w, struct cf_loader *l)
{
    *w = (struct walk){
        .l = l, .here = {.pile = &l->rows}, .ahead = {.pile = &l->rows}};
    l->sated = 0;
}

static void stop(struct walk *w)
{
    cf_cursor_close(&w->here);
    cf_cursor_close(&w->ahead);
}

int cf_loader_count(struct cf_loader *l, struct cf_err *err)
{
    uint64_t each = (uint64_t)l->opts.negatives + 1;
    const struct cf_rec *r;
    struct walk w;
    int rc;

    if (l->opts.negatives == 0) {
        l->deals = l->tally.rows[CF_TRAIN];
        return 0;
    }
    l->deals = 0;
    start(&w, l);
    while (!(rc = step(&w, &r, err)) && r)
        if (r->part == CF_TRAIN)
            l->deals += w.can ? each : 1;
    stop(&w);
    return rc;
}

/* ---- collecting ---- */

/* What a row and its negatives get as they come. */
struct deal {
    struct cf_rng rng; /* of the negatives */
    bool shuffle;
    uint32_t epoch;
};

static int put(struct cf_loader *l, const struct deal *d, struct cf_rec *r,
               uint64_t number, struct cf_err *err)
{
    r->id = d->shuffle ? cf_order_key(l->opts.seed, d->epoch, number) : number;
    return cf_sorter_add(l->sorter, r, err);
}

static int put_row(struct walk *w, const struct deal *d,
                   const struct cf_rec *from, struct cf_err *err)
{
    struct cf_loader *l = w->l;
    uint64_t number = from->id * ((uint64_t)l->opts.negatives + 1);
    struct cf_rec r = *from;
    int rc = put(l, d, &r, number, err);

    r.rating = 0;
    for (uint32_t j = 1; !rc && w->can && j <= l->opts.negatives; j++) {
        r.item = cf_negatives_draw(&l->negatives, &d->rng, number + j);
        rc = put(l, d, &r, number + j, err);
    }
    return rc;
}

int cf_loader_collect(struct cf_loader *l, enum cf_part_of part, uint32_t epoch,
                      struct cf_err *err)
{
    const bool train = part == CF_TRAIN;
    const struct deal d = {
        .rng = {.seed = l->opts.seed,
                .purpose = train ? CF_RNG_NEGATIVE : CF_RNG_VALID_NEGATIVE,
                .epoch = epoch},
        .shuffle = train,
        .epoch = epoch};
    const struct cf_rec *r;
    struct walk w;
    int rc;

    cf_sorter_clear(l->sorter);
    start(&w, l);
    while (!(rc = step(&w, &r, err)) && r) {
        if (r->part == part)
            rc = put_row(&w, &d, r, err);
        if (rc)
            break;
    }
    stop(&w);
    return rc ? rc : cf_sorter_sort(l->sorter, err);
}
