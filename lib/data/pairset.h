/* pairset.h - pairs of user and item that a stream lists, to be found by id in
 * another stream. */
#ifndef CF_DATA_PAIRSET_H
#define CF_DATA_PAIRSET_H

#include <stdbool.h>
#include <stdint.h>

#include "data/dict.h"
#include "stream/reader.h"

/* One side: its ids, and which of them each id of the other stream is. */
struct cf_pairset_side {
    struct cf_dict dict;
    uint32_t *own; /* by the other stream's ids; CF_NONE: it has no such id */
    size_t n, cap;
};

struct cf_pairset {
    struct cf_pairset_side user, item;
    uint64_t *slot;    /* pairs, open addressing */
    uint8_t *state;    /* of each slot: free, there, found */
    size_t nslot;      /* a power of two, or 0 */
    uint64_t n, found; /* pairs, each counted once, and of them those found */
};

/* Reads the rest of a ratings stream. g starts zeroed, and is to be freed after
 * an error, too. */
int cf_pairset_read(struct cf_pairset *g, struct cf_reader *r,
                    struct cf_err *err);
/* The other stream's next users or items: column 0 of the block. */
int cf_pairset_users(struct cf_pairset *g, const struct cf_block *b,
                     struct cf_err *err);
int cf_pairset_items(struct cf_pairset *g, const struct cf_block *b,
                     struct cf_err *err);
/* Is the pair, of the other stream's ids, there? It counts as found then. */
bool cf_pairset_has(struct cf_pairset *g, uint32_t user, uint32_t item);
void cf_pairset_free(struct cf_pairset *g);

#endif
