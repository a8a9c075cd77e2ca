/* show.h - a stream as text: a table for people, csv, tsv or jsonl for
 * programs. Codes are shown as what they stand for. */
#ifndef CF_DATA_SHOW_H
#define CF_DATA_SHOW_H

#include <stddef.h>
#include <stdint.h>

#include "base/io.h"
#include "stream/writer.h"

enum cf_format { CF_SHOW_TABLE, CF_SHOW_CSV, CF_SHOW_TSV, CF_SHOW_JSONL };

struct cf_show;

/* head: rows shown of each part (UINT64_MAX: all). A table shows each part
 * with its shape (parts of a model that are arrays by their shape and first
 * rows); the others show the rows part only, or `part` if it is not NULL. out
 * is borrowed until close. */
struct cf_show_opts {
    enum cf_format format;
    uint64_t head;
    const char *part;
    size_t width; /* of the screen for CF_SHOW_TABLE; 0: do not cut */
};
int cf_show_open(struct cf_show **v, struct cf_out *out,
                 const struct cf_show_opts *opts, struct cf_err *err);
/* What to give to a writer, or to call for each block of a reader. */
const struct cf_tap *cf_show_tap(struct cf_show *v);
void cf_show_close(struct cf_show *v);

#endif
