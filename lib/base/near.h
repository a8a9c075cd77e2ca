/* near.h - how far apart two words are, to guess what was meant. */
#ifndef CF_BASE_NEAR_H
#define CF_BASE_NEAR_H

#include <stddef.h>

#include "base/buf.h"

enum { CF_NEAR_MAX = 255 };

/* Edits (insert, delete, replace a byte: Levenshtein) that make a of b;
 * SIZE_MAX if one of them is longer than CF_NEAR_MAX. */
size_t cf_edits(struct cf_str a, struct cf_str b);

#endif
