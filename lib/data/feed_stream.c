/* feed_stream.c - training and validation rows from a batches stream, as they
 * arrive; the order is the stream's, and is checked. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "data/feed_impl.h"

/* ---- what the header says ---- */

static int wrong(const struct cf_feed *f, struct cf_err *err, const char *what)
{
    return cf_fail(err, CF_EDATA, "%s: %s", cf_reader_name(f->in.r), what);
}

static int int_fact(const struct cf_feed *f, const char *name, int64_t max,
                    int64_t *out, struct cf_err *err)
{
    const struct cf_schema *s = cf_reader_schema(f->in.r);
    const struct cf_fact *v = cf_schema_fact(s, name, CF_FACT_INT);

    if (!v || v->i < 1 || v->i > max)
        return cf_fail(err, CF_EDATA,
                       "%s: the fact '%s' is not an integer from 1 to %" PRId64,
                       cf_reader_name(f->in.r), name, max);
    *out = v->i;
    return 0;
}

static int real_fact(const struct cf_feed *f, const char *name, float *out,
                     struct cf_err *err)
{
    const struct cf_schema *s = cf_reader_schema(f->in.r);
    const struct cf_fact *real = cf_schema_fact(s, name, CF_FACT_REAL);
    const struct cf_fact *whole = cf_schema_fact(s, name, CF_FACT_INT);

    *out = real ? (float)real->r : whole ? (float)whole->i : NAN;
    if (!isfinite(*out))
        return cf_fail(err, CF_EDATA,
                       "%s: the fact '%s' is not a finite number",
                       cf_reader_name(f->in.r), name);
    return 0;
}

static int read_plan(struct cf_feed *f, struct cf_err *err)
{
    int64_t batch = 0, epochs = 0, rows = 0;

    int rc = int_fact(f, "batch", UINT32_MAX, &batch, err);
    if (!rc)
        rc = int_fact(f, "epochs", UINT32_MAX, &epochs, err);
    if (!rc)
        rc = int_fact(f, "rows", INT64_MAX, &rows, err);
    if (!rc)
        rc = real_fact(f, "rating_lo", &f->plan.lo, err);
    if (!rc)
        rc = real_fact(f, "rating_hi", &f->plan.hi, err);
    if (rc)
        return rc;
    if (f->plan.lo > f->plan.hi)
        return wrong(f, err, "the fact 'rating_lo' is above 'rating_hi'");
    f->plan.negatives = cf_schema_fact(cf_reader_schema(f->in.r), "negatives",
                                       CF_FACT_INT) != NULL;
    f->plan.batch = (uint32_t)batch;
    f->plan.epochs = (uint32_t)epochs;
    f->plan.rows = (uint64_t)rows;
    return 0;
}

static int find_epoch_column(struct cf_feed *f, const struct cf_schema *s,
                             struct cf_err *err)
{
    int i = cf_schema_find_column(s, f->in.epochs_part, "epoch");

    if (i < 0 || s->column[i].type != CF_U32 || s->column[i].width != 1 ||
        s->column[i].dict >= 0)
        return wrong(f, err, "epochs has no column 'epoch' of type u32");
    f->in.epoch_col = (uint32_t)i - s->part[f->in.epochs_part].col;
    return 0;
}

static bool is_row_part(const struct cf_feed *f, uint32_t part)
{
    return part == f->in.train_part || part == f->in.valid_part ||
           part == f->in.epochs_part;
}

/* Train and valid must say the same of users and items. */
static int compare_columns(const struct cf_feed *f, struct cf_err *err)
{
    const struct cf_rating_columns *t = &f->in.train, *v = &f->in.valid;

    if (t->user_part != v->user_part || t->item_part != v->item_part ||
        (t->time < 0) != (v->time < 0))
        return wrong(f, err, "train and valid have different columns");
    if (is_row_part(f, t->user_part) || is_row_part(f, t->item_part))
        return wrong(f, err, "rows that are a dictionary");
    return 0;
}

static int find_parts(struct cf_feed *f, struct cf_err *err)
{
    struct cf_feed_in *in = &f->in;
    const struct cf_schema *s = cf_reader_schema(in->r);
    const char *name = cf_reader_name(in->r);

    int rc = cf_expect_kind(s, CF_BATCHES, name, err);
    if (!rc)
        rc = cf_expect_part(s, "train", name, &in->train_part, err);
    if (!rc)
        rc = cf_expect_part(s, "valid", name, &in->valid_part, err);
    if (!rc)
        rc = cf_expect_part(s, "epochs", name, &in->epochs_part, err);
    if (!rc)
        rc = cf_rating_columns(s, in->train_part, name, &in->train, err);
    if (!rc)
        rc = cf_rating_columns(s, in->valid_part, name, &in->valid, err);
    if (!rc)
        rc = find_epoch_column(f, s, err);
    return rc ? rc : compare_columns(f, err);
}

static bool is_row(const struct cf_feed *f, const struct cf_block *b)
{
    return is_row_part(f, b->part);
}

/* A plan that the header itself contradicts is none. */
static int check_rows(const struct cf_feed *f, struct cf_err *err)
{
    const struct cf_schema *s = cf_reader_schema(f->in.r);
    uint64_t all = s->part[f->in.train_part].rows;

    if (all == CF_ROWS_UNKNOWN ||
        (all % f->plan.epochs == 0 && all / f->plan.epochs == f->plan.rows))
        return 0;
    return cf_fail(err, CF_EDATA,
                   "%s: train has %" PRIu64 " rows, not %" PRIu32
                   " epochs of %" PRIu64 " (the facts 'epochs' and 'rows')",
                   cf_reader_name(f->in.r), all, f->plan.epochs, f->plan.rows);
}

/* ---- dictionaries ---- */

static bool is_dictionary(const struct cf_feed *f, const struct cf_block *b)
{
    return b->part == f->in.train.user_part || b->part == f->in.train.item_part;
}

/* All up to the first row, which stays pending. */
static int read_dictionaries(struct cf_feed *f, struct cf_store *users,
                             struct cf_store *items, struct cf_err *err)
{
    const struct cf_block *b;
    int rc;

    while (!(rc = cf_reader_next(f->in.r, &b, err)) && b && !is_row(f, b)) {
        if (b->part == f->in.train.user_part)
            rc = cf_store_add(users, b, err);
        if (!rc && b->part == f->in.train.item_part)
            rc = cf_store_add(items, b, err);
        if (rc)
            return rc;
    }
    f->in.pending = b;
    return rc;
}

/* ---- rows ---- */

static int misplaced(const struct cf_feed *f, struct cf_err *err,
                     const char *what)
{
    return cf_fail(err, CF_EDATA, "%s: %s in epoch %" PRIu32 " of %" PRIu32,
                   cf_reader_name(f->in.r), what, f->epoch + 1, f->plan.epochs);
}

static int check_ratings(const struct cf_feed *f, struct cf_err *err)
{
    for (size_t i = 0; i < f->buf.n; i++)
        if (f->buf.rating[i] < f->plan.lo || f->buf.rating[i] > f->plan.hi)
            return misplaced(f, err,
                             "a training rating outside of 'rating_lo' and "
                             "'rating_hi'");
    return 0;
}

static int give_rows(struct cf_feed *f, const struct cf_block *b,
                     const struct cf_rating_columns *c,
                     struct cf_feed_rows *rows, struct cf_err *err)
{
    f->buf.n = 0;
    int rc = cf_ratings_add(&f->buf, b, c, cf_reader_name(f->in.r), err);
    cf_feed_give(f, rows);
    return rc;
}

static int train_block(struct cf_feed *f, const struct cf_block *b,
                       struct cf_feed_rows *rows, struct cf_err *err)
{
    if (f->in.validated)
        return misplaced(f, err, "training rows after validation rows");
    if (b->rows > f->plan.rows - f->in.trained)
        return misplaced(f, err, "more training rows than the fact 'rows'");
    f->in.trained += b->rows;
    int rc = give_rows(f, b, &f->in.train, rows, err);
    return rc ? rc : check_ratings(f, err);
}

static int check_trained(const struct cf_feed *f, struct cf_err *err)
{
    if (f->in.trained == f->plan.rows)
        return 0;
    return misplaced(f, err, "fewer training rows than the fact 'rows'");
}

static int valid_block(struct cf_feed *f, const struct cf_block *b,
                       struct cf_feed_rows *rows, struct cf_err *err)
{
    int rc = check_trained(f, err);

    f->in.validated = true;
    return rc ? rc : give_rows(f, b, &f->in.valid, rows, err);
}

static int epoch_block(struct cf_feed *f, const struct cf_block *b,
                       struct cf_err *err)
{
    int rc = check_trained(f, err);

    if (rc)
        return rc;
    if (b->rows != 1 || cf_load_u32(b->chunk[f->in.epoch_col].data) != f->epoch)
        return misplaced(f, err, "a wrong number of the epoch");
    f->epoch++;
    f->in.trained = 0;
    f->in.validated = false;
    return 0;
}

static int end_of_stream(const struct cf_feed *f, struct cf_err *err)
{
    if (f->epoch == f->plan.epochs)
        return 0;
    return misplaced(f, err, "the stream ends");
}

/* The next block that matters, or NULL at the end. */
static int next_block(struct cf_feed *f, const struct cf_block **b,
                      struct cf_err *err)
{
    *b = f->in.pending;
    f->in.pending = NULL;
    while (!*b || !is_row(f, *b)) {
        int rc = cf_reader_next(f->in.r, b, err);
        if (rc || !*b)
            return rc;
        if (is_dictionary(f, *b))
            return misplaced(f, err, "a user or item after the first row");
    }
    if (f->epoch == f->plan.epochs)
        return wrong(f, err, "rows after the last epoch");
    return 0;
}

static int next_from_stream(struct cf_feed *f, enum cf_event *event,
                            struct cf_feed_rows *rows, struct cf_err *err)
{
    const struct cf_block *b;
    int rc = next_block(f, &b, err);

    if (rc)
        return rc;
    if (!b) {
        *event = CF_FEED_END;
        return end_of_stream(f, err);
    }
    if (b->part == f->in.train_part) {
        *event = CF_FEED_TRAIN;
        return train_block(f, b, rows, err);
    }
    if (b->part == f->in.valid_part) {
        *event = CF_FEED_VALID;
        return valid_block(f, b, rows, err);
    }
    *event = CF_FEED_EPOCH;
    return epoch_block(f, b, err);
}

int cf_feed_stream(struct cf_feed **out, struct cf_reader *r,
                   struct cf_store *users, struct cf_store *items,
                   struct cf_err *err)
{
    const struct cf_schema *s = cf_reader_schema(r);
    struct cf_feed *f = cf_zalloc(1, sizeof *f);

    memset(users, 0, sizeof *users);
    memset(items, 0, sizeof *items);
    *out = f;
    if (!f)
        return cf_nomem(err, "feed");
    f->in.r = r;
    f->next = next_from_stream;
    int rc = find_parts(f, err);
    if (!rc)
        rc = read_plan(f, err);
    if (!rc)
        rc = check_rows(f, err);
    if (!rc)
        rc = cf_store_init(users, s, f->in.train.user_part, err);
    if (!rc)
        rc = cf_store_init(items, s, f->in.train.item_part, err);
    return rc ? rc : read_dictionaries(f, users, items, err);
}
