/* reader.h - reads a stream in sequence and believes nothing. */
#ifndef CF_STREAM_READER_H
#define CF_STREAM_READER_H

#include "base/io.h"
#include "stream/block.h"
#include "stream/schema.h"

struct cf_reader;

/* Reads the header. in is borrowed until close. Anything that is not a whole
 * and sound stream is CF_ESTREAM, here or later. */
int cf_reader_open(struct cf_reader **r, struct cf_in *in, struct cf_err *err);
/* The same; keep gets every byte of the stream as it is read. */
int cf_reader_open_keeping(struct cf_reader **r, struct cf_in *in,
                           struct cf_buf *keep, struct cf_err *err);
/* Valid until close. */
const struct cf_schema *cf_reader_schema(const struct cf_reader *r);
/* The input's name, for messages. */
const char *cf_reader_name(const struct cf_reader *r);
/* The next frame's rows, valid until the next call. *b is NULL at the end,
 * which is reached only after the end frame's totals and checksum were found
 * right and nothing follows. Checked for every block: sizes, order, ends of
 * texts, codes against their dictionaries. */
int cf_reader_next(struct cf_reader *r, const struct cf_block **b,
                   struct cf_err *err);
/* Rows of a part so far. */
uint64_t cf_reader_rows(const struct cf_reader *r, uint32_t part);
void cf_reader_close(struct cf_reader *r);

#endif
