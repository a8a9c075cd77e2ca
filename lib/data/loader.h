/* loader.h - all rows of a ratings stream, split, with negatives if wanted, in
 * bounded memory; and the order in which an epoch has them. */
#ifndef CF_DATA_LOADER_H
#define CF_DATA_LOADER_H

#include <stdbool.h>
#include <stdint.h>

#include "data/decide.h"
#include "data/negatives.h"
#include "data/order.h"
#include "data/sorter.h"
#include "data/split.h"
#include "data/store.h"
#include "data/tally.h"
#include "stream/reader.h"

/* A stream that is to be read again: bytes is what cf_reader_open_keeping
 * fills, and goes to the file. Starts zeroed. */
struct cf_spool {
    struct cf_buf bytes;
    struct cf_spill file;
    uint64_t size;
};

struct cf_loader_opts {
    struct cf_split split;
    uint64_t memory;        /* bytes that the rows may take */
    uint64_t seed;          /* of orders and negatives */
    uint32_t negatives;     /* for each row, drawn anew for each epoch; those of
                               validation rows stay */
    bool popular;           /* by popularity, see negatives.h */
    struct cf_spool *spool; /* of the reader, or NULL; borrowed */
};

/* Without negatives rows are in the order of the stream, with them by user, so
 * that all a user has seen is met together. Rows and their negatives are
 * numbered: negative j of row i, from 1, is i * (negatives + 1) + j. */
struct cf_loader {
    struct cf_loader_opts opts; /* split: as it was taken */
    struct cf_store users, items;
    bool rated, timed;
    struct cf_pile rows, valid; /* all; what an epoch validates with */
    struct cf_tally tally;
    struct cf_threshold threshold; /* with CF_SPLIT_LATE */
    struct cf_negatives negatives;
    uint64_t deals; /* training rows of an epoch, with negatives */
    uint64_t sated; /* users with rows for whom nothing is left to draw */
    /* The training rows of an epoch: in memory, without negatives, their
     * numbers, else the rows. */
    bool ordered;
    struct cf_order order;
    size_t next; /* in order */
    struct cf_sorter *sorter;
};

/* Reads the rest of a ratings stream, whose schema must outlive l. l is to be
 * closed after an error, too. */
int cf_loader_read(struct cf_loader *l, struct cf_reader *r,
                   const struct cf_loader_opts *opts, struct cf_err *err);
/* Reads it without negatives or orders: only to ask l->rows for parts. */
int cf_loader_split(struct cf_loader *l, struct cf_reader *r,
                    const struct cf_loader_opts *opts, struct cf_err *err);
/* Puts the training rows of an epoch in order. */
int cf_loader_epoch(struct cf_loader *l, uint32_t epoch, struct cf_err *err);
/* The next one, valid until the next call; NULL at the end. */
int cf_loader_next(struct cf_loader *l, const struct cf_rec **r,
                   struct cf_err *err);
void cf_loader_close(struct cf_loader *l);

#endif
