/* near.h - how far apart two words are, to guess what was meant. */
#ifndef CF_BASE_NEAR_H
#define CF_BASE_NEAR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum { CF_NEAR_MAX = 255 };

/* Edits (insert, delete, replace a byte, swap two neighbours: Damerau's, of
 * bytes that are edited once) that make a of b; SIZE_MAX if one of them is
 * longer than CF_NEAR_MAX. */
size_t cf_edits(struct cf_str a, struct cf_str b);
/* The same of a and the first j bytes of b, for each j, in row[0..b.n]. False,
 * and found out early, if all of them are more than most, or a or b is longer
 * than CF_NEAR_MAX. */
bool cf_edits_each(struct cf_str a, struct cf_str b, size_t most,
                   size_t row[CF_NEAR_MAX + 1]);

#endif
