/* index.h - the work of cf-index: a table's users and items become dense ids,
 * in order of first sight, in one pass; dictionaries travel before use. */
#ifndef CF_DATA_INDEX_H
#define CF_DATA_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "stream/reader.h"
#include "stream/writer.h"

/* Names of columns; NULL: the default (user, item, rating: first, second,
 * third column of the first file; time: a column "timestamp" or "time" if
 * there is one; label: a column "title" if there is one). */
struct cf_index_opts {
    const char *user, *item, *rating, *time, *label;
    bool implicit; /* no rating: every row counts as 1 */
};

struct cf_index_report {
    uint64_t rows, users, items;
    float lo, hi; /* lowest and highest rating */
};

/* An indexing under way. The schema of the result: parts "user", "item" and
 * "rows". "user": column 0 the id (CF_USER), then the fields of a dictionary
 * that was joined on the user column; "item" likewise (CF_ITEM), the label
 * with role CF_LABEL. "rows": user and item (u32 codes, named as the columns
 * were), "rating" f32, and, if there is one, the time as i64. */
struct cf_index;

/* CF_EUSAGE with the list of columns if a named one does not exist; CF_EDATA
 * if the stream is not a table. r is borrowed until close. */
int cf_index_open(struct cf_index **x, struct cf_reader *r,
                  const struct cf_index_opts *opts, struct cf_err *err);
/* With the history of the input; the caller adds its step. */
struct cf_schema *cf_index_schema(struct cf_index *x);
/* A rating that is not a finite number, or a time that is not an integer, is
 * CF_EDATA naming file, line and column. */
int cf_index_run(struct cf_index *x, struct cf_writer *w, struct cf_err *err);
const struct cf_index_report *cf_index_report(const struct cf_index *x);
void cf_index_close(struct cf_index *x);

#endif
