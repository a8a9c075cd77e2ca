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

/* What is usual for the format and the kind: all rows for programs; for people
 * ten rows of what the stream is about, three of each part of a model, and of
 * a dictionary its shape. */
#define CF_SHOW_USUAL UINT64_MAX
/* All rows of what the stream is about, else as usual. */
#define CF_SHOW_ALL (UINT64_MAX - 1)

/* head: rows shown of each part, or CF_SHOW_USUAL. A table shows each part,
 * of batches the training rows, with its shape; the others show the part with
 * the rows ("rows", of batches "train"). Either shows just `part` if it is not
 * NULL. A part that is not there is CF_EUSAGE, when the schema comes. */
struct cf_show_opts {
    enum cf_format format;
    uint64_t head;
    const char *part;
    size_t width; /* of the screen for CF_SHOW_TABLE; 0: do not cut */
};
/* file is borrowed until close, and so is the schema that the tap gets. *out is
 * NULL after an error. */
int cf_show_open(struct cf_show **out, struct cf_out *file,
                 const struct cf_show_opts *opts, struct cf_err *err);
/* What to give to a writer, or to call for each block of a reader. */
const struct cf_tap *cf_show_tap(struct cf_show *v);
void cf_show_close(struct cf_show *v);

#endif
