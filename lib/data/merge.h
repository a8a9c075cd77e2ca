/* merge.h - the join of cf-merge: the first file streams, the others are
 * dimensions held in memory, each joined to it on one column. */
#ifndef CF_DATA_MERGE_H
#define CF_DATA_MERGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/io.h"
#include "data/csv.h"
#include "data/dim.h"
#include "stream/writer.h"

/* What becomes of a row of the first file without a partner. */
enum cf_missing {
    CF_MISSING_DROP,
    CF_MISSING_KEEP, /* its code is CF_NONE */
    CF_MISSING_FAIL  /* it is an error */
};

/* Zeroed is the default. */
struct cf_merge_opts {
    const struct cf_csv_opts *csv; /* one for each file, or NULL */
    struct cf_on on;
    enum cf_key_dup dup;
    enum cf_missing missing;
    const uint64_t *expect; /* rows that the first file must have, or NULL */
};

struct cf_file_report {
    const char *name; /* borrowed from the inputs */
    char *layout;     /* separator and columns, in words; owned */
    uint64_t rows;    /* read, without the ragged ones that were left out */
    uint64_t ragged;
    /* Of a joined file: */
    char *on, *key;     /* column of the first file, column here; owned */
    uint64_t again;     /* rows whose key was there before */
    uint64_t unmatched; /* rows of the first file without a partner here */
};

struct cf_merge_report {
    uint64_t written;
    struct cf_file_report *file; /* file[0] is the first */
    size_t nfiles;
};

/* A merge under way. Its schema: part 0.. the dimensions (one dictionary part
 * for each joined file, named as the file without folder and extension, with
 * its columns but the key; a file that has only the key filters and has no
 * part), last the part "rows": the first file's columns as CF_STR, a code
 * column for each dimension (name and dict: the dimension's part, on: the
 * key; none: with CF_MISSING_KEEP), and a CF_LINE column "line". A name that
 * is taken gets "_2", "_3" ... at its end, and so does a dimension's column
 * that is called like one of the first file. The fact "file" names the first
 * file. */
struct cf_merge;

/* in[0] is the first file. Reads the headers and all of in[1..n-1]: joins each
 * on the pair of opts->on that fits it, or else on the column that both have;
 * none or more than one is CF_EUSAGE that lists the columns; a key that appears
 * twice is CF_EDATA naming key and both lines unless opts->dup says otherwise;
 * a column name in two dimensions is CF_EUSAGE. opts NULL: defaults; its
 * strings are borrowed until close. */
int cf_merge_open(struct cf_merge **m, struct cf_in *in, size_t n,
                  const struct cf_merge_opts *opts, struct cf_err *err);
/* Without history; the caller adds its step before it opens the writer. */
struct cf_schema *cf_merge_schema(struct cf_merge *m);
/* Writes dimensions and rows, a row once for each combination of its partners.
 * The caller finishes the writer. */
int cf_merge_run(struct cf_merge *m, struct cf_writer *w, struct cf_err *err);
const struct cf_merge_report *cf_merge_report(const struct cf_merge *m);
void cf_merge_close(struct cf_merge *m);

#endif
