/* csv_text.h - what a CSV reader says of a text, as a text to compare. */
#ifndef CF_TESTS_CSV_TEXT_H
#define CF_TESTS_CSV_TEXT_H

#include "data/csv.h"

/* "LINE[field|field]" for header and rows, "!message" if there was an error,
 * "-N" if N rows were left out. Rows come in runs of at most `run`, if that is
 * not 0, or one by one. */
void csv_text(struct cf_buf *out, struct cf_in *in,
              const struct cf_csv_opts *opts, size_t run);
/* The same for bytes in memory. */
void csv_text_mem(struct cf_buf *out, const char *p, size_t n,
                  const struct cf_csv_opts *opts, size_t run);
/* The same if each byte, of a few hundred, comes in a read of its own. */
void csv_text_bytes(struct cf_buf *out, const char *p, size_t n,
                    const struct cf_csv_opts *opts);

#endif
