/* core.h - the k-core of rows: what remains when users and items with too few
 * rows are taken away until there are none. */
#ifndef CF_DATA_CORE_H
#define CF_DATA_CORE_H

#include "data/rows.h"

struct cf_core {
    uint64_t min_user, min_item; /* rows that each must have */
    uint64_t users, items;       /* taken away, of those that had rows, */
    uint64_t rows;               /* and rows with them */
    uint64_t rounds; /* in each, all that have too few by then go at once; those
                        that took no row are not counted */
};

/* Users are below nuser, items below nitem. Rows that are taken away are gone
 * (see rows.h). Time and memory are linear in the rows. */
int cf_core_run(struct cf_core *c, struct cf_rows *rows, uint32_t nuser,
                uint32_t nitem, struct cf_err *err);

#endif
