/* text_in.h - CSV text as the table that cf-merge makes of it, for programs
 * that take text where they take a stream. */
#ifndef CF_DATA_TEXT_IN_H
#define CF_DATA_TEXT_IN_H

#include <stdbool.h>

#include "base/io.h"
#include "stream/block.h"
#include "stream/schema.h"

/* Who gets it: the schema, then blocks. gone: after the last one, or after an
 * error, when the schema goes next. */
struct cf_text_taker {
    void *ctx;
    int (*head)(void *ctx, const struct cf_schema *s, struct cf_err *err);
    int (*block)(void *ctx, const struct cf_block *b, struct cf_err *err);
    void (*gone)(void *ctx);
};

/* Is it a stream? Text does not begin like one: that is no character of
 * UTF-8. first: its first byte, or -1 if it is empty. */
bool cf_is_stream(int first);
/* Reads all of in. */
int cf_text_in(struct cf_in *in, const struct cf_text_taker *to,
               struct cf_err *err);

#endif
