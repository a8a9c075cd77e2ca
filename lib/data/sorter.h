/* sorter.h - rows by a key, stable, in bounded memory: what does not fit goes
 * to a temporary file in sorted runs, which are merged. */
#ifndef CF_DATA_SORTER_H
#define CF_DATA_SORTER_H

#include <stddef.h>

#include "data/pile.h"

enum cf_sort_by { CF_BY_ID, CF_BY_USER, CF_BY_TIME };

struct cf_sorter;

/* memory: bytes that its rows may take. */
int cf_sorter_open(struct cf_sorter **s, enum cf_sort_by by, uint64_t memory,
                   struct cf_err *err);
int cf_sorter_add(struct cf_sorter *s, const struct cf_rec *r,
                  struct cf_err *err);
/* Ends the additions, before the first cf_sorter_next. CF_EMEM if there are so
 * many rows that their runs cannot be merged at once. */
int cf_sorter_sort(struct cf_sorter *s, struct cf_err *err);
/* The next row, valid until the next call; NULL at the end. */
int cf_sorter_next(struct cf_sorter *s, const struct cf_rec **r,
                   struct cf_err *err);
/* Empties it for other rows. */
void cf_sorter_clear(struct cf_sorter *s);
void cf_sorter_close(struct cf_sorter *s);

#endif
