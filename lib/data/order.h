/* order.h - the order of an epoch's rows: ascending by a random key of each,
 * draw number `row` for CF_RNG_SHUFFLE and the epoch, then by row. It does not
 * depend on how many rows there are, or on memory. */
#ifndef CF_DATA_ORDER_H
#define CF_DATA_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

uint64_t cf_order_key(uint64_t seed, uint32_t epoch, uint64_t row);

/* Is row number `row` a validation row, when a share `valid` is? Each row is
 * drawn on its own, so the two parts of a seed are complementary in every
 * program and however the rows arrive. */
bool cf_split_valid(uint64_t seed, double valid, uint64_t row);

/* Rows 0 .. n-1, of which some are for training, in 16 bytes a row. */
struct cf_order {
    uint64_t seed;
    bool (*is_train)(const void *ctx, size_t row);
    const void *ctx; /* borrowed */
    size_t n, train; /* of both parts, of training rows */
    uint64_t *row;   /* in the lower halves: the training rows in order, the
                        others ascending */
    uint64_t *spare;
};

/* Starts zeroed but for seed, is_train, ctx and n, at most 2^32 - 1. The
 * training rows are ascending, too, until there is an epoch. */
int cf_order_open(struct cf_order *o, struct cf_err *err);
void cf_order_epoch(struct cf_order *o, uint32_t epoch);
void cf_order_close(struct cf_order *o);

#endif
