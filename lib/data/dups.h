/* dups.h - what becomes of a pair of user and item that appears again. */
#ifndef CF_DATA_DUPS_H
#define CF_DATA_DUPS_H

#include "data/rows.h"

enum cf_dup {
    CF_DUP_KEEP, /* every row stays */
    CF_DUP_LAST, /* the last row stays */
    CF_DUP_FIRST,
    CF_DUP_MEAN, /* the last row stays, with the mean of the ratings, */
    CF_DUP_SUM,  /* with their sum */
    CF_DUP_FAIL  /* no pair may */
};

extern const char *const cf_dup_names[]; /* NULL-terminated */

/* Does so: rows that do not stay are gone (see rows.h). before: see pairs.h.
 * Returns 0, or 1 + a row that cannot stay: one whose pair was there before
 * (FAIL), or whose rating would be too large for a float (SUM). */
size_t cf_dups(enum cf_dup policy, struct cf_rows *rows, const size_t *before);

#endif
