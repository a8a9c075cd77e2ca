/* when.h - a moment as text: a whole number as it is, or ISO 8601. */
#ifndef CF_DATA_WHEN_H
#define CF_DATA_WHEN_H

#include <stdint.h>

#include "base/buf.h"

/* A whole number of whatever unit stays what it is. A date of ISO 8601, with
 * "T" or a blank and a time after it or not, is seconds since 1970: without an
 * offset it is UTC, fractions of a second are cut off. Returns NULL and stores
 * the value, or says in a few words what is wrong. */
const char *cf_parse_when(struct cf_str s, int64_t *out);

#endif
