/* argsort.h - row numbers in the order of keys of the rows. */
#ifndef CF_DATA_ARGSORT_H
#define CF_DATA_ARGSORT_H

#include <stddef.h>
#include <stdint.h>

/* A function of rows; the same row has always the same key. */
struct cf_keys {
    uint64_t (*key)(const void *ctx, uint32_t row);
    const void *ctx;
};

/* Sorts the row numbers that are the lower halves of v, ascending by key, then
 * by number; numbers differ. The upper halves hold nothing, before or after.
 * bits: of the keys, from the lowest, in which they may differ; above, they are
 * alike. spare has room for n, too. Takes linear time. */
void cf_argsort(uint64_t *v, uint64_t *spare, size_t n, unsigned bits,
                const struct cf_keys *k);

#endif
