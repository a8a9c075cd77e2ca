/* index_rows.c - rows of a table become rows of ratings, a frame at a time. */
#include <stdlib.h>
#include <string.h>

#include "data/index_impl.h"

/* ---- reading ---- */

/* Ratings, times and parts of a slice, from the frame's first row on. */
static int read_values(struct cf_index *x, const struct cf_slice *rows,
                       struct cf_err *err)
{
    const struct cf_values v = {.d = &x->dicts,
                                .name = cf_reader_name(x->r),
                                .rows = rows,
                                .drop = x->opts.skip_bad ? x->drop : NULL,
                                .skips = &x->report.skips};
    int rc = 0;

    memset(x->drop, 0, rows->n * sizeof *x->drop);
    if (x->choice.has_rating)
        rc = cf_values_f32(&v, &x->choice.rating, x->frame.rating, err);
    else if (x->frame.has_rating)
        for (uint32_t i = 0; i < rows->n; i++)
            x->frame.rating[i] = 1;
    if (!rc && x->choice.has_time)
        rc = cf_values_when(&v, &x->choice.time, x->frame.time, err);
    if (!rc && x->choice.has_split)
        rc = cf_values_part(&v, &x->choice.split, x->frame.part, err);
    return rc;
}

/* If the rows will meet others of their pairs first, it is too early. */
static void drop_low(struct cf_index *x, uint32_t n)
{
    const float *least = x->opts.min_rating;

    if (!least || x->opts.dup != CF_DUP_KEEP)
        return;
    for (uint32_t i = 0; i < n; i++) {
        bool low = !x->drop[i] && x->frame.rating[i] < *least;
        x->drop[i] = x->drop[i] || low;
        x->report.low += low;
    }
}

/* Rows i .. i+run->n-1 of a slice go on; they get their ids. */
static int take_run(struct cf_index *x, const struct cf_slice *run, uint32_t i,
                    struct cf_err *err)
{
    struct cf_rows *f = &x->frame;
    int rc = cf_ids_of(&x->user, &x->dicts, run, f->user + f->n, err);

    if (!rc)
        rc = cf_ids_of(&x->item, &x->dicts, run, f->item + f->n, err);
    for (uint32_t k = 0; k < run->n; k++)
        x->row[f->n + k] = run->from + k;
    if (f->n < i && f->has_rating)
        memmove(f->rating + f->n, f->rating + i, run->n * sizeof *f->rating);
    if (f->n < i && f->has_time)
        memmove(f->time + f->n, f->time + i, run->n * sizeof *f->time);
    if (f->n < i && f->has_part)
        memmove(f->part + f->n, f->part + i, run->n);
    f->n += run->n;
    return rc;
}

/* The rows of a slice that are not left out, in runs, because a row that is
 * must give nobody an id. */
static int take_rows(struct cf_index *x, const struct cf_slice *rows,
                     struct cf_err *err)
{
    int rc = 0;

    x->frame.n = 0;
    for (uint32_t i = 0, end; !rc && i < rows->n; i = end + 1) {
        const bool *next = memchr(x->drop + i, 1, rows->n - i);
        end = next ? (uint32_t)(next - x->drop) : rows->n;
        const struct cf_slice run = {rows->block, rows->from + i, end - i};
        if (run.n > 0)
            rc = take_run(x, &run, i, err);
    }
    return rc;
}

/* Rows with somebody whom the vocabulary does not know. */
static void drop_unknown(struct cf_index *x)
{
    struct cf_rows *f = &x->frame;
    size_t to = 0;

    if (!x->opts.fixed)
        return;
    for (size_t i = 0; i < f->n; i++) {
        bool user = f->user[i] != CF_NONE, item = f->item[i] != CF_NONE;
        x->report.no_user += !user;
        x->report.no_item += user && !item;
        if (!user || !item)
            continue;
        cf_rows_move(f, to, i);
        x->row[to++] = x->row[i];
    }
    f->n = to;
}

/* ---- writing ---- */

static void note(struct cf_index *x, const struct cf_rows *rows, size_t i,
                 size_t n)
{
    struct cf_index_report *r = &x->report;
    const float *v = rows->has_rating ? rows->rating + i : NULL;

    if (v && n > 0 && r->rows == 0)
        r->lo = r->hi = *v;
    for (size_t k = 0; v && k < n; k++) {
        r->lo = v[k] < r->lo ? v[k] : r->lo;
        r->hi = v[k] > r->hi ? v[k] : r->hi;
    }
    r->rows += n;
}

int cf_index_put(struct cf_index *x, const struct cf_rows *rows, size_t i,
                 size_t n, struct cf_writer *w, struct cf_err *err)
{
    struct cf_rows out = *rows;

    out.has_rating = x->rated;
    note(x, &out, i, n);
    return cf_rows_write(&out, i, n, w, CF_ROWS_PART, err);
}

/* Entries come before the rows that use them. */
static int put_entries(struct cf_index *x, struct cf_writer *w,
                       struct cf_err *err)
{
    int rc = cf_ids_write(&x->user, w, err);

    x->report.users = x->user.dict.n;
    x->report.items = x->item.dict.n;
    return rc ? rc : cf_ids_write(&x->item, w, err);
}

static int index_rows(struct cf_index *x, const struct cf_slice *rows,
                      struct cf_writer *w, struct cf_err *err)
{
    int rc = read_values(x, rows, err);

    if (!rc) {
        drop_low(x, rows->n);
        rc = take_rows(x, rows, err);
    }
    if (rc)
        return rc;
    drop_unknown(x);
    if (x->whole || x->opts.count_again)
        rc = cf_index_gather(x, rows->block, err);
    if (rc || x->whole)
        return rc;
    rc = put_entries(x, w, err);
    return rc ? rc : cf_index_put(x, &x->frame, 0, x->frame.n, w, err);
}

static int index_block(struct cf_index *x, const struct cf_block *b,
                       struct cf_writer *w, struct cf_err *err)
{
    bool took;
    int rc = cf_dicts_take(&x->dicts, b, &took, err);

    if (took || b->part != x->part)
        return rc;
    struct cf_slice rows = {.block = b};
    for (; !rc && rows.from < b->rows; rows.from += rows.n) {
        uint32_t left = b->rows - rows.from;
        rows.n = left < CF_FRAME_ROWS ? left : CF_FRAME_ROWS;
        rc = index_rows(x, &rows, w, err);
    }
    return rc;
}

int cf_index_run(struct cf_index *x, struct cf_writer *w, struct cf_err *err)
{
    const struct cf_block *b;
    int rc;

    while ((rc = cf_reader_next(x->r, &b, err)) == 0 && b) {
        rc = index_block(x, b, w, err);
        if (rc)
            return rc;
    }
    if (rc)
        return rc;
    rc = cf_ids_rest(&x->user, err);
    if (!rc)
        rc = cf_ids_rest(&x->item, err);
    x->report.user_features = x->user.more;
    x->report.nuser_features = x->user.nmore;
    x->report.item_features = x->item.more;
    x->report.nitem_features = x->item.nmore;
    /* A vocabulary travels even if no row came. */
    if (!rc && !x->whole)
        rc = put_entries(x, w, err);
    return rc ? rc : cf_index_settle(x, w, err);
}
