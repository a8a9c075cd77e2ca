/* writer.h - writes a stream: header, frames, end. */
#ifndef CF_STREAM_WRITER_H
#define CF_STREAM_WRITER_H

#include "base/io.h"
#include "stream/block.h"
#include "stream/schema.h"

struct cf_writer;

/* What is shown instead of written, when standard output is a terminal. */
struct cf_tap {
    void *ctx;
    int (*head)(void *ctx, const struct cf_schema *s, struct cf_err *err);
    int (*block)(void *ctx, const struct cf_block *b, struct cf_err *err);
    int (*end)(void *ctx, struct cf_err *err);
};

/* Exactly one of out and tap is used; both are borrowed until close. schema is
 * borrowed too and must not change. A model gets a table of contents and its
 * chunks start at multiples of 64 bytes. *w is to be closed after an error,
 * too. */
int cf_writer_open(struct cf_writer **writer, const struct cf_schema *schema,
                   struct cf_out *out, const struct cf_tap *tap,
                   struct cf_err *err);
/* Appends rows to a part as one frame; b->first is ignored. The frame must fit
 * CF_FRAME_MAX (CF_EMEM if not), codes must be below the rows that their
 * dictionary has so far. b->rows may be 0: nothing is written. */
int cf_writer_put(struct cf_writer *w, const struct cf_block *b,
                  struct cf_err *err);
/* A nil between two frames, which readers pass over: one who reads as the
 * stream is written may take it for a sign. */
int cf_writer_nil(struct cf_writer *w, struct cf_err *err);
/* Rows of a part so far. */
uint64_t cf_writer_rows(const struct cf_writer *w, uint32_t part);
/* Table of contents (model) and end frame. Without it no reader accepts the
 * stream, so a program that fails does not call it. Commit of out is the
 * caller's. */
int cf_writer_finish(struct cf_writer *w, struct cf_err *err);
void cf_writer_close(struct cf_writer *w);

#endif
