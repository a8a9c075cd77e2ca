/* part.h - one part of a split as a ratings stream: its rows in the order in
 * which they come, with all columns but the one with role CF_SPLIT. */
#ifndef CF_DATA_PART_H
#define CF_DATA_PART_H

#include "data/intake.h"
#include "data/tally.h"
#include "stream/writer.h"

/* The schema of a part; with history, the caller adds its step. CF_EDATA if
 * r is not a ratings stream. On failure nothing is left to free. */
int cf_part_schema(struct cf_schema *s, const struct cf_reader *r,
                   struct cf_err *err);

struct cf_part_opts {
    enum cf_part_of part;
    /* The rows with their parts, if the split needed them all; or NULL. */
    struct cf_cursor *late;
};
/* Copies the rest of x, row by row as it arrives; all its rows are counted in
 * t, which starts zeroed. The caller finishes w. */
int cf_part_write(struct cf_intake *x, const struct cf_part_opts *o,
                  struct cf_tally *t, struct cf_writer *w, struct cf_err *err);

#endif
