/* given.h - pairs of user and item that a stream lists, to be found by id in
 * another stream. */
#ifndef CF_DATA_GIVEN_H
#define CF_DATA_GIVEN_H

#include <stdbool.h>
#include <stdint.h>

#include "data/dict.h"
#include "stream/reader.h"

/* One side: its ids, and which of them each id of the other stream is. */
struct cf_given_side {
    struct cf_dict dict;
    uint32_t *own; /* by the other stream's ids; CF_NONE: it has no such id */
    size_t n, cap;
};

struct cf_given {
    struct cf_given_side user, item;
    uint64_t *slot;    /* pairs, open addressing */
    uint8_t *state;    /* of each slot: free, there, found */
    size_t nslot;      /* a power of two, or 0 */
    uint64_t n, found; /* pairs, each counted once, and of them those found */
};

/* Reads the rest of a ratings stream. g starts zeroed, and is to be freed after
 * an error, too. */
int cf_given_read(struct cf_given *g, struct cf_reader *r, struct cf_err *err);
/* The other stream's next users or items: column 0 of the block. */
int cf_given_users(struct cf_given *g, const struct cf_block *b,
                   struct cf_err *err);
int cf_given_items(struct cf_given *g, const struct cf_block *b,
                   struct cf_err *err);
/* Is the pair, of the other stream's ids, there? It counts as found then. */
bool cf_given_has(struct cf_given *g, uint32_t user, uint32_t item);
void cf_given_free(struct cf_given *g);

#endif
