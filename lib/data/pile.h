/* pile.h - rows in the order in which they came: in memory, or, when there are
 * too many, in a temporary file. */
#ifndef CF_DATA_PILE_H
#define CF_DATA_PILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/spill.h"
#include "data/rec.h"

/* Starts zeroed but for limit. */
struct cf_pile {
    size_t limit; /* rows in memory; 0 is as 1 */
    uint64_t n, spilled;
    struct cf_rec *v; /* those that are not in the file */
    size_t cap;
    struct cf_spill file;
};

int cf_pile_add(struct cf_pile *p, const struct cf_rec *r, struct cf_err *err);
/* Ends the additions, before the first cursor. */
int cf_pile_seal(struct cf_pile *p, struct cf_err *err);
/* Empties it. */
void cf_pile_clear(struct cf_pile *p);

/* A reader of a pile; several may read it. Starts zeroed but for pile. */
struct cf_cursor {
    const struct cf_pile *pile;
    uint64_t at;        /* rows read from the file, */
    struct cf_rec *buf; /* the last of them here */
    const struct cf_rec *next, *end;
};

/* The next row, valid until the next call; NULL at the end. */
int cf_cursor_next(struct cf_cursor *c, const struct cf_rec **r,
                   struct cf_err *err);
void cf_cursor_rewind(struct cf_cursor *c);
void cf_cursor_close(struct cf_cursor *c);

#endif
