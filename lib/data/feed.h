/* feed.h - what a solver eats: training rows in the order of the mini-batches,
 * validation rows, ends of epochs. It comes from rows in memory or, as it
 * arrives, from a batches stream. */
#ifndef CF_DATA_FEED_H
#define CF_DATA_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/ratings.h"
#include "stream/reader.h"
#include "stream/writer.h"

/* Mini-batches are consecutive `batch` rows of an epoch. */
struct cf_plan {
    uint32_t batch, epochs;
    uint64_t rows; /* training rows of one epoch */
};

enum cf_event {
    CF_FEED_TRAIN, /* rows to learn from */
    CF_FEED_VALID, /* rows to validate with, after an epoch's training rows */
    CF_FEED_EPOCH, /* an epoch ended */
    CF_FEED_END
};

struct cf_rows {
    size_t n; /* at most CF_FRAME_ROWS_MAX */
    const uint32_t *user, *item;
    const float *rating;
    const int64_t *time; /* or NULL */
};

struct cf_feed;

/* Is row number `row` a validation row, when a share `valid` is? Each row is
 * drawn on its own, so the two parts of a seed are complementary in every
 * program and however the rows arrive. */
bool cf_split_valid(uint64_t seed, double valid, uint64_t row);

/* From memory: rows of r, borrowed until close, split by seed and share, the
 * training rows reshuffled for each epoch. epochs >= 1, batch >= 1. */
struct cf_feed_opts {
    uint32_t batch, epochs;
    double valid; /* share, 0 <= valid < 1 */
    uint64_t seed;
};
int cf_feed_memory(struct cf_feed **f, const struct cf_ratings *r,
                   const struct cf_feed_opts *opts, struct cf_err *err);

/* From a batches stream, borrowed until close. The dictionaries are read into
 * users and items (initialised here, owned by the caller) before this
 * returns; they must come before the first row. */
int cf_feed_stream(struct cf_feed **f, struct cf_reader *r,
                   struct cf_store *users, struct cf_store *items,
                   struct cf_err *err);

const struct cf_plan *cf_feed_plan(const struct cf_feed *f);
/* Rows are valid until the next call. Of a stream, an epoch with more or fewer
 * training rows than planned is CF_EDATA. Ratings are finite, ids are below
 * the number of users and items. */
int cf_feed_next(struct cf_feed *f, enum cf_event *event, struct cf_rows *rows,
                 struct cf_err *err);
void cf_feed_close(struct cf_feed *f);

#endif
