/* batches.c - a feed as a batches stream. */
#include "data/feed_impl.h"

/* Parts in this order. */
enum { USER, ITEM, TRAIN, VALID, EPOCHS };

/* ---- schema ---- */

static int dict_part(struct cf_schema *s, const char *name, uint64_t rows,
                     const struct cf_schema *old, uint32_t from,
                     struct cf_err *err)
{
    const struct cf_part *p = &old->part[from];
    int rc = cf_schema_part(s, name, rows, err);

    for (uint32_t i = 0; !rc && i < p->ncol; i++) {
        struct cf_column c = old->column[p->col + i];
        c.dict = -1; /* of the parts it could point to none comes along */
        rc = cf_schema_column(s, &c, err);
    }
    return rc;
}

/* Columns of the ratings that a feed gives. */
static int rows_part(struct cf_schema *s, const char *name, uint64_t rows,
                     const struct cf_schema *old, uint32_t from,
                     struct cf_err *err)
{
    const struct cf_part *p = &old->part[from];
    struct cf_rating_columns cols;
    int rc = cf_rating_columns(old, from, name, &cols, err);

    if (!rc)
        rc = cf_schema_part(s, name, rows, err);
    for (uint32_t i = 0; !rc && i < p->ncol; i++) {
        struct cf_column c = old->column[p->col + i];
        if (i == cols.user)
            c.dict = USER;
        else if (i == cols.item)
            c.dict = ITEM;
        else if ((int32_t)i != cols.rating && (int32_t)i != cols.time)
            continue;
        rc = cf_schema_column(s, &c, err);
    }
    return rc;
}

/* Negatives have to differ from the rows that all count as 1. */
static int rating_column(struct cf_schema *s, struct cf_err *err)
{
    char name[] = "rating";
    struct cf_column c = {.name = name,
                          .type = CF_F32,
                          .width = 1,
                          .role = CF_RATING,
                          .dict = -1};
    return cf_schema_column(s, &c, err);
}

static int epochs_part(struct cf_schema *s, uint64_t rows, struct cf_err *err)
{
    char name[] = "epoch";
    struct cf_column c = {.name = name, .type = CF_U32, .width = 1, .dict = -1};
    int rc = cf_schema_part(s, "epochs", rows, err);

    return rc ? rc : cf_schema_column(s, &c, err);
}

static int add_parts(struct cf_schema *s, const struct cf_schema *old,
                     const struct cf_feed *f, struct cf_err *err)
{
    uint64_t epochs = f->plan.epochs;
    struct cf_rating_columns c;
    uint32_t rows;

    int rc = cf_expect_part(old, "rows", "ratings", &rows, err);
    if (!rc)
        rc = cf_rating_columns(old, rows, "ratings", &c, err);
    if (!rc)
        rc = dict_part(s, "user", f->users->rows, old, c.user_part, err);
    if (!rc)
        rc = dict_part(s, "item", f->items->rows, old, c.item_part, err);
    if (!rc)
        rc = rows_part(s, "train", f->plan.rows * epochs, old, rows, err);
    if (!rc && f->rated)
        rc = rating_column(s, err);
    if (!rc)
        rc = rows_part(s, "valid", f->valid * epochs, old, rows, err);
    if (!rc && f->rated)
        rc = rating_column(s, err);
    return rc ? rc : epochs_part(s, epochs, err);
}

static int add_facts(struct cf_schema *s, const struct cf_plan *p,
                     struct cf_err *err)
{
    int rc = cf_schema_int(s, "batch", p->batch, err);
    if (!rc)
        rc = cf_schema_int(s, "epochs", p->epochs, err);
    if (!rc)
        rc = cf_schema_int(s, "rows", (int64_t)p->rows, err);
    if (!rc && p->negatives)
        rc = cf_schema_int(s, "negatives", 1, err);
    if (!rc)
        rc = cf_schema_real(s, "rating_lo", (double)p->lo, err);
    return rc ? rc : cf_schema_real(s, "rating_hi", (double)p->hi, err);
}

int cf_batches_schema(struct cf_schema *s, const struct cf_schema *ratings,
                      const struct cf_feed *f, struct cf_err *err)
{
    cf_schema_init(s, CF_BATCHES);
    int rc = add_parts(s, ratings, f, err);
    if (!rc)
        rc = add_facts(s, &f->plan, err);
    if (!rc)
        rc = cf_schema_history(s, ratings, err);
    if (rc)
        cf_schema_free(s);
    return rc;
}

/* ---- rows ---- */

static struct cf_chunk plain(const void *data, size_t size)
{
    return (struct cf_chunk){.layout = CF_PLAIN, .data = data, .size = size};
}

static int put_rows(const struct cf_feed_rows *rows, uint32_t part,
                    const struct cf_rating_columns *c, struct cf_writer *w,
                    struct cf_err *err)
{
    struct cf_chunk chunk[4];
    size_t n = rows->n;

    chunk[c->user] = plain(rows->user, n * sizeof *rows->user);
    chunk[c->item] = plain(rows->item, n * sizeof *rows->item);
    if (c->rating >= 0)
        chunk[c->rating] = plain(rows->rating, n * sizeof *rows->rating);
    if (c->time >= 0)
        chunk[c->time] = plain(rows->time, n * sizeof *rows->time);
    struct cf_block b = {.part = part, .rows = (uint32_t)n, .chunk = chunk};
    return cf_writer_put(w, &b, err);
}

static int put_epoch(uint32_t epoch, struct cf_writer *w, struct cf_err *err)
{
    struct cf_chunk chunk = plain(&epoch, sizeof epoch);
    struct cf_block b = {.part = EPOCHS, .rows = 1, .chunk = &chunk};

    return cf_writer_put(w, &b, err);
}

static int put_event(const struct cf_feed *f, enum cf_event event,
                     const struct cf_feed_rows *rows,
                     const struct cf_rating_columns *c, struct cf_writer *w,
                     struct cf_err *err)
{
    switch (event) {
    case CF_FEED_TRAIN:
        return put_rows(rows, TRAIN, c, w, err);
    case CF_FEED_VALID:
        return put_rows(rows, VALID, c, w, err);
    case CF_FEED_EPOCH:
        return put_epoch(f->epoch - 1, w, err);
    case CF_FEED_END:
        break;
    }
    return 0;
}

int cf_batches_write(struct cf_feed *f, const struct cf_schema *s,
                     struct cf_writer *w, struct cf_err *err)
{
    enum cf_event event = CF_FEED_TRAIN;
    struct cf_rating_columns c;
    struct cf_feed_rows rows;

    int rc = cf_rating_columns(s, TRAIN, "batches", &c, err);
    if (!rc)
        rc = cf_store_write(f->users, 0, f->users->rows, w, USER, err);
    if (!rc)
        rc = cf_store_write(f->items, 0, f->items->rows, w, ITEM, err);
    while (!rc && event != CF_FEED_END) {
        rc = cf_feed_next(f, &event, &rows, err);
        if (!rc)
            rc = put_event(f, event, &rows, &c, w, err);
    }
    return rc;
}
