/* pairs.h - rows of the same pair of user and item. */
#ifndef CF_DATA_PAIRS_H
#define CF_DATA_PAIRS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* before[row]: 1 + the last row before it with its user and item, or 0 if it is
 * the first. Hashing is seeded. Takes 16 bytes a row while it runs. */
int cf_pairs_before(const uint32_t *user, const uint32_t *item, size_t n,
                    uint64_t seed, size_t *before, struct cf_err *err);

#endif
