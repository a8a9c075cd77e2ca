/* index_whole.c - all rows in memory: of every pair one, only users and items
 * with enough rows, and dense ids for those that remain. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "data/index_impl.h"
#include "data/pairs.h"

static int add_lines(struct cf_index *x, const struct cf_block *b,
                     struct cf_err *err)
{
    size_t n = x->frame.n;

    if (!cf_grow(&x->line, &x->line_cap, x->all.n + n, sizeof *x->line))
        return cf_nomem(err, "rows in memory");
    for (size_t i = 0; i < n; i++)
        x->line[x->all.n + i] = cf_row_number(x->in, b, x->row[i]);
    return 0;
}

int cf_index_gather(struct cf_index *x, const struct cf_block *b,
                    struct cf_err *err)
{
    int rc = 0;

    if (!x->whole && x->all.n + x->frame.n > CF_INDEX_COUNT) {
        cf_rows_free(&x->all);
        x->report.uncounted = true;
    }
    if (x->report.uncounted)
        return 0;
    if (x->dup == CF_DUP_FAIL)
        rc = add_lines(x, b, err);
    return rc ? rc : cf_rows_append(&x->all, &x->frame, 0, x->frame.n, err);
}

/* ---- pairs ---- */

/* "user 'a' and item 'x'" */
static void put_pair(const struct cf_index *x, size_t row, struct cf_buf *out)
{
    struct cf_str user = cf_dict_key(&x->user.dict, x->all.user[row]);
    struct cf_str item = cf_dict_key(&x->item.dict, x->all.item[row]);

    cf_buf_printf(out, "%s '%.*s' and %s '%.*s'",
                  cf_field_column(x->in, x->part, &x->user.key)->name,
                  user.n < 64 ? (int)user.n : 64, user.p,
                  cf_field_column(x->in, x->part, &x->item.key)->name,
                  item.n < 64 ? (int)item.n : 64, item.p);
}

/* Row cannot stay, see cf_dups. */
static int fail_pair(const struct cf_index *x, size_t row, size_t before,
                     struct cf_err *err)
{
    struct cf_buf why = {0};

    if (x->dup == CF_DUP_FAIL) {
        cf_place(x->in, x->part, x->line[row], cf_reader_name(x->r), &why);
        cf_buf_puts(&why, ": ");
        put_pair(x, row, &why);
        cf_buf_printf(&why, " appear again (first at %s %" PRIu64 ")",
                      cf_row_word(x->in, x->part), x->line[before - 1]);
    } else {
        put_pair(x, row, &why);
        cf_buf_printf(&why, ": the sum of the ratings is too large");
    }
    int rc = why.failed ? cf_nomem(err, "message")
                        : cf_fail(err, CF_EDATA, "%s", why.p);
    cf_buf_free(&why);
    return rc;
}

static int settle_pairs(struct cf_index *x, struct cf_err *err)
{
    struct cf_rows *all = &x->all;
    size_t *before, bad = 0;

    if (x->dup == CF_DUP_KEEP && !x->opts.count_again)
        return 0;
    before = cf_alloc(all->n, sizeof *before);
    if (!before)
        return cf_nomem(err, "pairs");
    int rc = cf_pairs_before(all->user, all->item, all->n, cf_dict_seed(),
                             before, err);
    for (size_t i = 0; !rc && i < all->n; i++)
        x->report.again += before[i] > 0;
    if (!rc)
        bad = cf_dups(x->dup, all, before);
    if (bad)
        rc = fail_pair(x, bad - 1, before[bad - 1], err);
    free(before);
    return rc;
}

/* ---- which rows remain ---- */

static void drop_low(struct cf_index *x)
{
    struct cf_rows *all = &x->all;

    for (size_t i = 0; x->opts.min_rating && i < all->n; i++)
        if (all->user[i] != CF_NONE && all->rating[i] < *x->opts.min_rating) {
            all->user[i] = CF_NONE;
            x->report.low++;
        }
}

/* ---- dense ids again ---- */

/* Ids of a side in a new order. */
struct order {
    uint32_t *to;   /* the new id of each, CF_NONE if it is gone */
    uint32_t *from; /* the old id of each new one */
    uint32_t n;
};

/* Those of the vocabulary stay. */
static int start_order(struct order *o, const struct cf_ids *side,
                       struct cf_err *err)
{
    uint32_t n = side->dict.n;

    o->n = side->known;
    o->to = cf_alloc(n, sizeof *o->to);
    o->from = cf_alloc(n, sizeof *o->from);
    if (!o->to || !o->from)
        return cf_nomem(err, "ids");
    for (uint32_t i = 0; i < n; i++) {
        o->to[i] = i < side->known ? i : CF_NONE;
        o->from[i] = i;
    }
    return 0;
}

static uint32_t new_id(struct order *o, uint32_t id)
{
    if (o->to[id] == CF_NONE) {
        o->from[o->n] = id;
        o->to[id] = o->n++;
    }
    return o->to[id];
}

/* Rows that are gone give place to the others, whose ids are dense again, in
 * order of first sight. */
static void renumber(struct cf_rows *all, struct order *user,
                     struct order *item)
{
    size_t to = 0;

    for (size_t i = 0; i < all->n; i++) {
        if (all->user[i] == CF_NONE)
            continue;
        cf_rows_move(all, to, i);
        all->user[to] = new_id(user, all->user[to]);
        all->item[to] = new_id(item, all->item[to]);
        to++;
    }
    all->n = to;
}

/* Those of features stay, too, after the others. */
static void keep_rest(struct order *o, const struct cf_ids *side)
{
    for (size_t k = 0; k < side->nmore; k++)
        for (uint32_t i = 0; i < side->more[k].ids.n; i++) {
            struct cf_str key = cf_dict_key(&side->more[k].ids, i);
            uint32_t id = cf_dict_find(&side->dict, key);
            if (id != CF_NONE)
                new_id(o, id);
        }
}

static int put_all(struct cf_index *x, struct cf_writer *w, struct cf_err *err)
{
    int rc = 0;

    for (size_t i = 0, n; !rc && i < x->all.n; i += n) {
        n = x->all.n - i < CF_FRAME_ROWS ? x->all.n - i : CF_FRAME_ROWS;
        rc = cf_index_put(x, &x->all, i, n, w, err);
    }
    return rc;
}

static int put_dense(struct cf_index *x, struct cf_writer *w,
                     struct cf_err *err)
{
    struct order user = {0}, item = {0};
    int rc = start_order(&user, &x->user, err);

    if (!rc)
        rc = start_order(&item, &x->item, err);
    if (!rc) {
        renumber(&x->all, &user, &item);
        keep_rest(&user, &x->user);
        keep_rest(&item, &x->item);
        rc = cf_ids_write_some(&x->user, user.from, user.n, w, err);
    }
    if (!rc)
        rc = cf_ids_write_some(&x->item, item.from, item.n, w, err);
    if (!rc)
        rc = put_all(x, w, err);
    x->report.users = user.n;
    x->report.items = item.n;
    free(user.to);
    free(user.from);
    free(item.to);
    free(item.from);
    return rc;
}

int cf_index_settle(struct cf_index *x, struct cf_writer *w, struct cf_err *err)
{
    int rc = settle_pairs(x, err);

    if (rc || !x->whole)
        return rc;
    drop_low(x);
    if (x->opts.min_user > 0 || x->opts.min_item > 0)
        rc = cf_core_run(&x->report.core, &x->all, x->user.dict.n,
                         x->item.dict.n, err);
    return rc ? rc : put_dense(x, w, err);
}
