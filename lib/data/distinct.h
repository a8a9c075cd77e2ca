/* distinct.h - the users, or the items, of a stream. */
#ifndef CF_DATA_DISTINCT_H
#define CF_DATA_DISTINCT_H

#include "data/dict.h"
#include "stream/reader.h"

/* Adds the ids in the rows of r to ids, in order of first sight. They are the
 * column of that role (CF_USER, CF_ITEM) or, in a table, the one called name.
 * CF_EDATA if there is no such role, CF_EUSAGE if there is no such name. */
int cf_distinct(struct cf_dict *ids, struct cf_reader *r, enum cf_role role,
                const char *name, struct cf_err *err);

#endif
