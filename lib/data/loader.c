/* loader.c - reading the rows. */
#include "data/loader.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/intake.h"
#include "data/loader_impl.h"
#include "data/pairset.h"

/* At most three of these are there at once: two piles and a sorter, or a pile
 * and two sorters. */
static uint64_t share(const struct cf_loader *l)
{
    return l->opts.memory / 3;
}

static int start_stores(struct cf_loader *l, const struct cf_intake *x,
                        struct cf_err *err)
{
    const struct cf_schema *s = cf_reader_schema(x->r);
    uint64_t most = share(l) / sizeof(struct cf_rec);

    l->opts.split = x->split;
    l->rated = x->cols.rating >= 0;
    l->timed = x->cols.time >= 0;
    l->rows.limit = most > SIZE_MAX / 2 ? SIZE_MAX / 2 : (size_t)most;
    l->valid.limit = l->rows.limit;
    int rc = cf_store_init(&l->users, s, x->cols.user_part, err);
    return rc ? rc : cf_store_init(&l->items, s, x->cols.item_part, err);
}

static int add_block(struct cf_loader *l, const struct cf_intake *x,
                     struct cf_err *err)
{
    int rc = 0;

    if (x->block->part == x->cols.user_part)
        rc = cf_store_add(&l->users, x->block, err);
    if (!rc && x->block->part == x->cols.item_part)
        rc = cf_store_add(&l->items, x->block, err);
    for (size_t i = 0; !rc && x->rows && i < x->buf.n; i++) {
        struct cf_rec r = cf_intake_row(x, i);
        rc = cf_pile_add(&l->rows, &r, err);
        if (!rc && !cf_split_late(&l->opts.split))
            rc = cf_tally_add(&l->tally, &r, err);
    }
    return rc;
}

static int keep_bytes(struct cf_spool *s, struct cf_err *err)
{
    if (!s)
        return 0;
    if (s->bytes.failed)
        return cf_nomem(err, "stream");
    int rc = cf_spill_write(&s->file, s->size, s->bytes.p, s->bytes.n, err);
    s->size += s->bytes.n;
    s->bytes.n = 0;
    return rc;
}

static int read_rows(struct cf_loader *l, struct cf_intake *x,
                     struct cf_err *err)
{
    int rc = start_stores(l, x, err);

    while (!rc && !(rc = cf_intake_next(x, err)) && x->block) {
        rc = add_block(l, x, err);
        if (!rc)
            rc = keep_bytes(l->opts.spool, err);
    }
    if (!rc)
        rc = keep_bytes(l->opts.spool, err);
    return rc ? rc : cf_pile_seal(&l->rows, err);
}

static int tally(struct cf_loader *l, struct cf_err *err)
{
    struct cf_cursor c = {.pile = &l->rows};
    const struct cf_rec *r;
    int rc;

    while (!(rc = cf_cursor_next(&c, &r, err)) && r) {
        rc = cf_tally_add(&l->tally, r, err);
        if (rc)
            break;
    }
    cf_cursor_close(&c);
    return rc;
}

int cf_loader_split(struct cf_loader *l, struct cf_reader *r,
                    const struct cf_loader_opts *opts, struct cf_err *err)
{
    struct cf_intake x;

    memset(l, 0, sizeof *l);
    l->opts = *opts;
    int rc = cf_intake_open(&x, r, &opts->split, err);
    if (!rc)
        rc = read_rows(l, &x, err);
    cf_intake_close(&x);
    if (rc || !cf_split_late(&l->opts.split))
        return rc;
    rc = cf_decide(&l->opts.split, &l->rows, l->timed, share(l), &l->threshold,
                   err);
    return rc ? rc : tally(l, err);
}

/* ---- negatives ---- */

/* Of items without any row nothing is known, not even that users could have
 * taken them: they are not drawn. */
static int open_negatives(struct cf_loader *l, struct cf_err *err)
{
    uint32_t items = (uint32_t)l->items.rows;
    struct cf_cursor c = {.pile = &l->rows};
    const struct cf_rec *r;

    uint64_t *n = cf_zalloc(items, sizeof *n);
    int rc = n ? 0 : cf_nomem(err, "items to draw");

    while (!rc && !(rc = cf_cursor_next(&c, &r, err)) && r)
        if (!l->opts.popular)
            n[r->item] = 1;
        else
            n[r->item] += r->part == CF_TRAIN;
    if (!rc)
        rc = cf_negatives_open(&l->negatives, items, n, err);
    cf_cursor_close(&c);
    free(n);
    return rc;
}

/* The rows of each user together. */
static int group(struct cf_loader *l, struct cf_err *err)
{
    struct cf_cursor c = {.pile = &l->rows};
    struct cf_sorter *s;
    const struct cf_rec *r;
    int rc = cf_sorter_open(&s, CF_BY_USER, share(l), err);

    while (!rc && !(rc = cf_cursor_next(&c, &r, err)) && r)
        rc = cf_sorter_add(s, r, err);
    cf_cursor_close(&c);
    cf_pile_clear(&l->rows);
    if (!rc)
        rc = cf_sorter_sort(s, err);
    while (!rc && !(rc = cf_sorter_next(s, &r, err)) && r)
        rc = cf_pile_add(&l->rows, r, err);
    cf_sorter_close(s);
    return rc ? rc : cf_pile_seal(&l->rows, err);
}

static int prepare_negatives(struct cf_loader *l, struct cf_err *err)
{
    if (l->opts.negatives == 0)
        return 0;
    int rc = open_negatives(l, err);
    return rc ? rc : group(l, err);
}

/* ---- all of it ---- */

/* The rows come in order. */
static int copy_valid(struct cf_loader *l, struct cf_err *err)
{
    struct cf_cursor c = {.pile = &l->rows};
    const struct cf_rec *r;
    int rc = 0;

    while (!rc && !(rc = cf_cursor_next(&c, &r, err)) && r)
        if (r->part == CF_VALID)
            rc = cf_pile_add(&l->valid, r, err);
    cf_cursor_close(&c);
    return rc;
}

/* Rows and negatives come by user. */
static int sort_valid(struct cf_loader *l, struct cf_err *err)
{
    const struct cf_rec *r;
    int rc = cf_loader_collect(l, CF_VALID, 0, err);

    while (!rc && !(rc = cf_sorter_next(l->sorter, &r, err)) && r)
        rc = cf_pile_add(&l->valid, r, err);
    return rc;
}

static int keep_valid(struct cf_loader *l, struct cf_err *err)
{
    int rc = l->opts.negatives > 0 ? sort_valid(l, err) : copy_valid(l, err);
    return rc ? rc : cf_pile_seal(&l->valid, err);
}

/* ---- the order ---- */

static bool is_train(const void *ctx, size_t row)
{
    const struct cf_loader *l = ctx;
    return l->rows.v[row].part == CF_TRAIN;
}

static int open_order(struct cf_loader *l, struct cf_err *err)
{
    l->ordered = l->rows.spilled == 0 && l->opts.negatives == 0 &&
                 l->rows.n <= UINT32_MAX;
    if (!l->ordered)
        return cf_sorter_open(&l->sorter, CF_BY_ID, share(l), err);
    l->order = (struct cf_order){.seed = l->opts.seed,
                                 .is_train = is_train,
                                 .ctx = l,
                                 .n = (size_t)l->rows.n};
    return cf_order_open(&l->order, err);
}

/* Numbers of draws have 48 bits. */
static int check_numbers(const struct cf_loader *l, struct cf_err *err)
{
    uint64_t each = (uint64_t)l->opts.negatives + 1;

    if (l->rows.n < (UINT64_C(1) << 48) / each)
        return 0;
    return cf_fail(err, CF_EMEM, "too many rows for so many negatives");
}

int cf_loader_read(struct cf_loader *l, struct cf_reader *r,
                   const struct cf_loader_opts *opts, struct cf_err *err)
{
    int rc = cf_loader_split(l, r, opts, err);

    if (!rc)
        rc = check_numbers(l, err);
    if (!rc && l->opts.negatives > 0 && l->tally.lo <= 0 && l->tally.hi >= 0)
        rc = cf_fail(err, CF_EDATA,
                     "%s: negatives are rated 0, and so may be rows, whose "
                     "ratings go from %g to %g",
                     cf_reader_name(r), (double)l->tally.lo,
                     (double)l->tally.hi);
    if (!rc && l->tally.rows[CF_TRAIN] == 0)
        rc = cf_fail(err, CF_EDATA, "no training rows (of %llu rows)",
                     (unsigned long long)l->rows.n);
    if (!rc)
        rc = prepare_negatives(l, err);
    if (!rc)
        rc = open_order(l, err);
    if (!rc)
        rc = cf_loader_count(l, err);
    return rc ? rc : keep_valid(l, err);
}

int cf_loader_epoch(struct cf_loader *l, uint32_t epoch, struct cf_err *err)
{
    l->next = 0;
    if (!l->ordered)
        return cf_loader_collect(l, CF_TRAIN, epoch, err);
    cf_order_epoch(&l->order, epoch);
    return 0;
}

int cf_loader_next(struct cf_loader *l, const struct cf_rec **r,
                   struct cf_err *err)
{
    enum { SOON = 16 };
    const struct cf_order *o = &l->order;

    if (!l->ordered)
        return cf_sorter_next(l->sorter, r, err);
    if (l->next + SOON < o->train)
        __builtin_prefetch(&l->rows.v[(uint32_t)o->row[l->next + SOON]]);
    *r = l->next < o->train ? &l->rows.v[(uint32_t)o->row[l->next++]] : NULL;
    return 0;
}

void cf_loader_close(struct cf_loader *l)
{
    cf_store_free(&l->users);
    cf_store_free(&l->items);
    cf_pile_clear(&l->rows);
    cf_pile_clear(&l->valid);
    cf_tally_free(&l->tally);
    cf_negatives_free(&l->negatives);
    cf_order_close(&l->order);
    cf_sorter_close(l->sorter);
    memset(l, 0, sizeof *l);
}
