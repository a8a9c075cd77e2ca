/* corrupt.h - every way that the tests damage a stream, as an iterator: each
 * call of the callback gets one damaged copy. */
#ifndef CF_TESTS_CORRUPT_H
#define CF_TESTS_CORRUPT_H

#include <stdbool.h>
#include <stddef.h>

/* A stream cut into its header (piece 0) and frames. */
struct pieces {
    const char *p;
    size_t n;       /* bytes in all */
    size_t at[256]; /* where each piece begins; at[count] == n */
    size_t count;
};

/* Finds the pieces of a stream; false: it is none, or cut. */
bool pieces_find(struct pieces *s, const char *p, size_t n);

/* what: a few words on the damage. */
typedef void damaged_fn(void *ctx, const char *what, const char *p, size_t n);

/* Every bit flipped; every byte set to 0, 255 and itself plus 1; every length;
 * a byte (0, 0xc0, 255, a copy) inserted and each deleted; every frame
 * dropped, doubled, swapped with each other one; other's frames in their
 * place; the two glued. */
void damage_all(const struct pieces *s, const struct pieces *other,
                damaged_fn *fn, void *ctx);

#endif
