/* runcol.h - a CF_RUN column of a frame in the making. */
#ifndef CF_DATA_RUNCOL_H
#define CF_DATA_RUNCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream/block.h"

struct cf_runcol {
    uint32_t rows;
    uint32_t *start; /* row where each run starts */
    uint64_t *first; /* its first value */
    size_t n, start_cap, first_cap;
    uint64_t next; /* the value that goes on with the last run */
};

/* Starts zeroed. False when memory ended. */
bool cf_runcol_add(struct cf_runcol *c, uint64_t v);
/* The chunk, a view until the next addition. */
void cf_runcol_chunk(const struct cf_runcol *c, struct cf_chunk *out);
/* Empties it for the next frame. */
void cf_runcol_clear(struct cf_runcol *c);
void cf_runcol_free(struct cf_runcol *c);

#endif
