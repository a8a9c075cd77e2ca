/* indexing.h - CSV files indexed, and what comes of it. */
#ifndef CF_TESTS_INDEXING_H
#define CF_TESTS_INDEXING_H

#include "dump.h"

/* Ratings of the table that the files make, see indexed. */
char *index_files(const struct file *f, const struct cf_index_opts *opts,
                  size_t *n, char why[256]);
/* Fails the test unless they are, as dump has it, what is wanted. */
void expect_index(const struct file *f, const struct cf_index_opts *opts,
                  const char *want);
/* Fails the test unless this fails so. */
void expect_index_error(const struct file *f, const struct cf_index_opts *opts,
                        enum cf_code code, const char *want);

#endif
