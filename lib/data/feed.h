/* feed.h - what a solver eats: training rows in the order of the mini-batches,
 * validation rows, ends of epochs. It comes from rows in memory, from a loader,
 * or, as it arrives, from a batches stream. */
#ifndef CF_DATA_FEED_H
#define CF_DATA_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/order.h"
#include "data/ratings.h"
#include "stream/reader.h"
#include "stream/writer.h"

/* Mini-batches are consecutive `batch` rows of an epoch. */
struct cf_plan {
    uint32_t batch, epochs;
    uint64_t rows;  /* training rows of one epoch */
    float lo, hi;   /* lowest and highest rating among them */
    bool negatives; /* rows rated 0 are made up: nobody has seen those items */
};

enum cf_event {
    CF_FEED_TRAIN, /* rows to learn from */
    CF_FEED_VALID, /* rows to validate with, after an epoch's training rows */
    CF_FEED_EPOCH, /* an epoch ended */
    CF_FEED_END
};

struct cf_feed_rows {
    size_t n; /* at most CF_FRAME_ROWS_MAX */
    const uint32_t *user, *item;
    const float *rating;
    const int64_t *time; /* or NULL */
};

struct cf_feed;
struct cf_loader;

/* From memory: rows of r, borrowed until close, split by seed and share, the
 * training rows in a new order for each epoch, see order.h. epochs >= 1, batch
 * >= 1. CF_EDATA if no row is left to learn from. *f is to be closed after an
 * error, too. */
struct cf_feed_opts {
    uint32_t batch, epochs;
    double valid; /* share, 0 <= valid < 1 */
    uint64_t seed;
};
int cf_feed_memory(struct cf_feed **f, const struct cf_ratings *r,
                   const struct cf_feed_opts *opts, struct cf_err *err);

/* From a loader that has read, borrowed until close: its rows, in bounded
 * memory. The order is that of a memory feed with the same seed. *f is to be
 * closed after an error, too. */
int cf_feed_loader(struct cf_feed **f, struct cf_loader *l, uint32_t batch,
                   uint32_t epochs, struct cf_err *err);

/* From a batches stream, borrowed until close. The dictionaries are read into
 * users and items (initialised here, owned by the caller) before this
 * returns; they must come before the first row. CF_EDATA if the stream is of
 * another kind, or its facts make no sense. After an error, too, *f is to be
 * closed, and users and items are to be freed. */
int cf_feed_stream(struct cf_feed **f, struct cf_reader *r,
                   struct cf_store *users, struct cf_store *items,
                   struct cf_err *err);

const struct cf_plan *cf_feed_plan(const struct cf_feed *f);
/* Rows are valid until the next call. Of a stream, an epoch with more or fewer
 * training rows than planned, an epoch too many or missing, or a rating that is
 * not between the plan's is CF_EDATA. Ratings are finite, ids are below the
 * number of users and items. */
int cf_feed_next(struct cf_feed *f, enum cf_event *event,
                 struct cf_feed_rows *rows, struct cf_err *err);
void cf_feed_close(struct cf_feed *f);

/* ---- writing what a feed gives (cf-batch) ----
 *
 * A batches stream: the dictionaries "user" and "item"; "train" and "valid",
 * with the user, item, rating and time columns of the ratings; "epochs", whose
 * column "epoch" counts from 0. For each epoch its train blocks, its valid
 * blocks and one row of epochs. The facts are the plan's: batch, epochs, rows,
 * rating_lo, rating_hi. */

/* The schema for a feed from memory or from a loader, of ratings that came with
 * schema `ratings`; with its history, the caller adds its step. Ratings are
 * there if the ratings have them, or if there are negatives. On failure nothing
 * is left to free. */
int cf_batches_schema(struct cf_schema *s, const struct cf_schema *ratings,
                      const struct cf_feed *f, struct cf_err *err);
/* Writes all of such a feed; s is the schema of w. The caller finishes w. */
int cf_batches_write(struct cf_feed *f, const struct cf_schema *s,
                     struct cf_writer *w, struct cf_err *err);

#endif
