/* textcol.h - a CF_STR column of a frame in the making: exact numbers for as
 * long as every row is one (with the same number of decimals), text otherwise.
 * Either way every value comes out byte for byte. */
#ifndef CF_DATA_TEXTCOL_H
#define CF_DATA_TEXTCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "data/csv.h"
#include "stream/block.h"

struct cf_textcol {
    bool exact;
    unsigned scale;
    size_t rows, cap;
    uint32_t *v; /* values, or ends in text */
    struct cf_buf text;
};

/* Starts zeroed. False when memory ended or the text passed 4 GiB. */
bool cf_textcol_add(struct cf_textcol *c, struct cf_str s);
/* The same for field col of rows from .. from+n-1 of a run. */
bool cf_textcol_add_run(struct cf_textcol *c, const struct cf_csv_run *run,
                        size_t col, size_t from, size_t n);
/* Bytes that the chunk takes. */
size_t cf_textcol_size(const struct cf_textcol *c);
/* The chunk, a view until the next addition. */
void cf_textcol_chunk(const struct cf_textcol *c, struct cf_chunk *out);
/* Empties it for the next frame. */
void cf_textcol_clear(struct cf_textcol *c);
void cf_textcol_free(struct cf_textcol *c);

#endif
