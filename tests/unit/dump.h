/* dump.h - a stream as text, row by row, and the same for CSV that is merged
 * and indexed. */
#ifndef CF_TESTS_DUMP_H
#define CF_TESTS_DUMP_H

#include <stddef.h>

#include "data/index.h"
#include "data/merge.h"

enum { FILES_MAX = 4 };

/* A CSV file that a test spells out. */
struct file {
    const char *name, *text;
};

/* A line for each column of the header, "PART.NAME TYPE [ROLE] [>DICT[/ON]]
 * [none]",
 * then one for each row, "PART A|B|C". To be freed. */
char *dump(const char *p, size_t n);

/* Bytes of the table that the files (up to one without a name) make, to be
 * freed; or NULL, with the error's message put in place of the bytes' count:
 * *n is its code, why[] has its text. */
char *merged(const struct file *f, size_t *n, char why[256]);
/* The same with options. */
char *merged_by(const struct file *f, const struct cf_merge_opts *opts,
                size_t *n, char why[256]);
/* The same for ratings of a table p[0..n-1]. */
char *indexed(const char *p, size_t *n, const struct cf_index_opts *opts,
              char why[256]);

#endif
