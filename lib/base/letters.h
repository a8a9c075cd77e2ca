/* letters.h - text as it is compared when it need not be the same: without case
 * and accents, in any locale. */
#ifndef CF_BASE_LETTERS_H
#define CF_BASE_LETTERS_H

#include "base/buf.h"

/* Appends s: letters of ASCII, and of Latin-1 and Latin Extended-A in UTF-8,
 * become small letters of ASCII (U+00E6: ae), combining accents nothing; all
 * else stays as it is. Never longer than s. */
void cf_letters(struct cf_buf *out, struct cf_str s);

#endif
