/* feed_impl.h - what the two kinds of feed share. */
#ifndef CF_DATA_FEED_IMPL_H
#define CF_DATA_FEED_IMPL_H

#include "data/feed.h"

/* Rows from memory, in the order that they are given. */
struct cf_feed_mem {
    const struct cf_ratings *r;
    struct cf_feed_opts opts;
    uint32_t *order; /* row numbers: training rows, then validation rows */
    size_t n, train; /* of both, of the first */
    size_t at;       /* next in order */
};

/* Rows from a stream, in the order that they come. */
struct cf_feed_in {
    struct cf_reader *r;
    const struct cf_block *pending; /* read and not yet used */
    struct cf_rating_columns train, valid;
    uint32_t train_part, valid_part, epochs_part;
    uint32_t epoch_col; /* in epochs */
    uint64_t trained;   /* training rows of this epoch so far */
    bool validated;     /* it had validation rows */
};

struct cf_feed {
    struct cf_plan plan;
    uint32_t epoch; /* epochs that ended */
    int (*next)(struct cf_feed *f, enum cf_event *event, struct cf_rows *rows,
                struct cf_err *err);
    struct cf_ratings buf; /* the rows that are given out, no dictionaries */
    struct cf_feed_mem mem;
    struct cf_feed_in in;
};

/* Gives out all of f->buf. */
void cf_feed_give(const struct cf_feed *f, struct cf_rows *rows);

#endif
