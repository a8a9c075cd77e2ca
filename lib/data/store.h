/* store.h - a part in memory: its columns, growing as blocks arrive. Holds
 * dictionaries, and the rows of what must be seen whole. */
#ifndef CF_DATA_STORE_H
#define CF_DATA_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "stream/block.h"
#include "stream/schema.h"
#include "stream/writer.h"

struct cf_store_column {
    enum cf_type type;
    size_t row_size; /* bytes a row of data (type size * width; 8, the end in
                        text, for CF_STR; 8, the value, for CF_RUN) */
    char *data;
    size_t cap;         /* rows that data has room for */
    struct cf_buf text; /* CF_STR only */
};

struct cf_store {
    struct cf_store_column *col;
    size_t ncol;
    uint64_t rows;
};

/* Columns as in part of schema. Nothing to free after an error. */
int cf_store_init(struct cf_store *st, const struct cf_schema *s, uint32_t part,
                  struct cf_err *err);
/* Appends the block's rows. */
int cf_store_add(struct cf_store *st, const struct cf_block *b,
                 struct cf_err *err);
/* Appends one of its rows; nothing is done to the others. */
int cf_store_add_row(struct cf_store *st, const struct cf_block *b,
                     uint32_t row, struct cf_err *err);
/* Appends one row; every column must be CF_STR. */
int cf_store_add_strs(struct cf_store *st, const struct cf_str *v,
                      struct cf_err *err);
/* Appends one row of which there is only the first column, text; the others are
 * zeros or empty. */
int cf_store_add_id(struct cf_store *st, struct cf_str id, struct cf_err *err);
/* Appends a row of another store with columns of the same types. */
int cf_store_copy(struct cf_store *st, const struct cf_store *from,
                  uint64_t row, struct cf_err *err);
/* Row's text in a CF_STR column; a view valid until the next addition. */
struct cf_str cf_store_str(const struct cf_store *st, size_t col, uint64_t row);
/* Row's bytes in any other column. */
const void *cf_store_at(const struct cf_store *st, size_t col, uint64_t row);
/* Writes rows from .. from+n-1 to a part of the same columns, in frames of a
 * usual size. */
int cf_store_write(const struct cf_store *st, uint64_t from, uint64_t n,
                   struct cf_writer *w, uint32_t part, struct cf_err *err);
/* Forgets the rows, keeps the room. */
void cf_store_clear(struct cf_store *st);
void cf_store_free(struct cf_store *st);

/* A checksum of the first ncol columns. */
uint64_t cf_store_sum(const struct cf_store *st, size_t ncol, uint64_t seed);

#endif
