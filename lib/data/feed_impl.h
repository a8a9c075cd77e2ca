/* feed_impl.h - what the kinds of feed share. */
#ifndef CF_DATA_FEED_IMPL_H
#define CF_DATA_FEED_IMPL_H

#include "data/feed.h"
#include "data/loader.h"
#include "data/order.h"

/* Rows from memory, in the order that they are given. */
struct cf_feed_mem {
    const struct cf_ratings *r;
    struct cf_feed_opts opts;
    struct cf_order order;
    size_t at; /* next in order */
};

/* Rows from memory, as they are. */
struct cf_feed_given {
    struct cf_ratings *r; /* NULL: it is another kind of feed */
    size_t at;
};

/* Rows of a loader. */
struct cf_feed_deal {
    struct cf_loader *l;
    enum cf_event stage;     /* of the epoch: what comes next */
    bool dealt;              /* the training rows are in order */
    struct cf_cursor cursor; /* of validation rows */
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
    int (*next)(struct cf_feed *f, enum cf_event *event,
                struct cf_feed_rows *rows, struct cf_err *err);
    struct cf_ratings buf; /* the rows that are given out, no dictionaries */
    /* What cf_batches_write needs, but of a stream: */
    const struct cf_store *users, *items;
    uint64_t valid; /* validation rows of an epoch */
    bool rated;     /* there are ratings where the input had none */
    struct cf_feed_mem mem;
    struct cf_feed_given given;
    struct cf_feed_deal deal;
    struct cf_feed_in in;
};

/* Rows of a chunk: whole mini-batches, if one fits. */
size_t cf_feed_chunk(uint32_t batch);
/* Gives out all of f->buf. */
void cf_feed_give(const struct cf_feed *f, struct cf_feed_rows *rows);
void cf_feed_deal_close(struct cf_feed_deal *d);

#endif
