/* block.h - some rows of one part, column by column, as a frame holds them. */
#ifndef CF_STREAM_BLOCK_H
#define CF_STREAM_BLOCK_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"

/* Columns are taken over as they are, without turning each value. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "cf runs on little-endian machines");

/* How a column's rows are laid out. All numbers are little-endian; pointers of
 * a block from a reader are aligned to nothing. Use the accessors. */
enum cf_layout {
    CF_PLAIN, /* data: rows * width values of the column's type */
    CF_TEXT,  /* CF_STR: data: u32 end of each row's bytes, in text */
    CF_EXACT, /* CF_STR: data: u32 or u64 (size) whose decimal text with
                 `scale` digits after the point is the value */
    CF_RUNS   /* CF_RUN: data: u32 row where each run starts (the first 0),
                 text: u64 first value of each run; nruns of both */
};

struct cf_chunk {
    enum cf_layout layout;
    const char *data;
    size_t size; /* bytes of data */
    const char *text;
    size_t text_size;
    unsigned scale;
};

struct cf_block {
    uint32_t part;
    uint32_t rows;
    uint64_t first;               /* row number of its first row */
    const struct cf_chunk *chunk; /* one for each column of the part */
};

static inline uint32_t cf_load_u32(const char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint64_t cf_load_u64(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

float cf_load_f32(const char *p);
double cf_load_f64(const char *p);

/* Row's value of a CF_STR column. Text is a view into the block; an exact
 * number is printed into scratch (CF_NUM_MAX bytes), which must outlive the
 * view. rows is the block's. */
struct cf_str cf_chunk_str(const struct cf_chunk *c, uint32_t rows,
                           uint32_t row, char *scratch);
/* Row's value of a CF_RUN column. */
uint64_t cf_chunk_run(const struct cf_chunk *c, uint32_t row);
/* Row's code in a U8 or U32 column with a dictionary; CF_NONE for none. */
uint32_t cf_chunk_code(const struct cf_chunk *c, uint32_t rows, uint32_t row);

#endif
