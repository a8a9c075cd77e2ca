/* merge.h - the join of cf-merge: the first file streams, the others are
 * dimensions held in memory and joined to it by their common column. */
#ifndef CF_DATA_MERGE_H
#define CF_DATA_MERGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/io.h"
#include "stream/writer.h"

/* A joined file. */
struct cf_dim_report {
    const char *file; /* borrowed from the inputs */
    char *on;         /* owned */
    uint64_t rows;
    uint64_t unmatched; /* rows of the first file without a partner here */
};

struct cf_merge_report {
    uint64_t read, written;
    struct cf_dim_report *dim;
    size_t ndims;
};

/* A merge under way. Its schema: part 0.. the dimensions (one dictionary part
 * for each joined file, named as the file without folder and extension, with
 * its columns but the key; a file that has only the key filters and has no
 * part), last the part "rows": the first file's columns as CF_STR, a code
 * column for each dimension (name and dict: the dimension's part, on: the
 * key), and a CF_LINE column "line". A name that is taken gets "_2", "_3" ...
 * at its end. The fact "file" names the first file. */
struct cf_merge;

/* in[0] is the first file. Reads the headers and all of in[1..n-1]: joins on
 * the columns that both have; none or more than one is CF_EUSAGE that lists
 * the columns; a key that appears twice is CF_EDATA naming key and both
 * lines; a column name in two dimensions is CF_EUSAGE. */
int cf_merge_open(struct cf_merge **m, struct cf_in *in, size_t n,
                  struct cf_err *err);
/* Without history; the caller adds its step before it opens the writer. */
struct cf_schema *cf_merge_schema(struct cf_merge *m);
/* Writes dimensions and rows; inner join: a row without a partner in any
 * dimension is left out and counted. The caller finishes the writer. */
int cf_merge_run(struct cf_merge *m, struct cf_writer *w, struct cf_err *err);
const struct cf_merge_report *cf_merge_report(const struct cf_merge *m);
void cf_merge_close(struct cf_merge *m);

#endif
