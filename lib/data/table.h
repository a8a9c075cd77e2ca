/* table.h - the columns of a stream's rows as a person names them: bytes in
 * the rows themselves, or a field of the dictionary that a row points into. */
#ifndef CF_DATA_TABLE_H
#define CF_DATA_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/store.h"
#include "stream/reader.h"

/* Dictionaries of a stream, gathered as they arrive: one store for each part
 * that some column points into; the others stay empty. */
struct cf_dicts {
    const struct cf_schema *schema; /* borrowed */
    struct cf_store *store;         /* one for each part */
    bool *used;
};

int cf_dicts_init(struct cf_dicts *d, const struct cf_schema *s,
                  struct cf_err *err);
/* Takes a block if it is of a dictionary; *took says whether. */
int cf_dicts_take(struct cf_dicts *d, const struct cf_block *b, bool *took,
                  struct cf_err *err);
void cf_dicts_free(struct cf_dicts *d);

/* A column of part `part` by the name a person knows: name of a column
 * without a dictionary, or of a column of a dictionary it points into. */
struct cf_field {
    uint32_t col;  /* the column of the rows: its own, or the code's; index in
                      the part */
    int32_t dict;  /* part of the dictionary, or -1 */
    uint32_t dcol; /* index of the column in the dictionary's part */
};

/* False if there is none. */
bool cf_field_find(const struct cf_schema *s, uint32_t part, const char *name,
                   struct cf_field *out);
/* Number k, from 0, of the columns that are the part's own, without those of
 * dictionaries and of lines. */
bool cf_field_nth(const struct cf_schema *s, uint32_t part, uint32_t k,
                  struct cf_field *out);
bool cf_field_same(const struct cf_field *a, const struct cf_field *b);
/* As cf_field_find; CF_EUSAGE with the names that there are if there is none.
 * stream: its name, for the message. */
int cf_field_need(const struct cf_schema *s, uint32_t part, const char *stream,
                  const char *name, struct cf_field *out, struct cf_err *err);
/* Appends the names that cf_field_find knows, ", " between them. */
void cf_field_names(const struct cf_schema *s, uint32_t part,
                    struct cf_buf *out);
/* Its column in the schema: the one in the dictionary, if it has one. */
const struct cf_column *cf_field_column(const struct cf_schema *s,
                                        uint32_t part,
                                        const struct cf_field *f);
/* Row's text in a field whose type is CF_STR; empty where the row has no
 * dictionary row. A view into block or dictionary, or scratch (CF_NUM_MAX
 * bytes). */
struct cf_str cf_field_str(const struct cf_dicts *d, const struct cf_block *b,
                           const struct cf_field *f, uint32_t row,
                           char *scratch);
/* Are the field's values exact numbers of 32 bits in this block? */
bool cf_field_exact(const struct cf_block *b, const struct cf_field *f);

/* Some rows of a block. */
struct cf_slice {
    const struct cf_block *block;
    uint32_t from, n;
};

/* The line of the file that a row came from, by the fact "file" and the CF_LINE
 * column, or its number (from 1) without them; and what that number is: "line"
 * or "row". */
uint64_t cf_row_number(const struct cf_schema *s, const struct cf_block *b,
                       uint32_t row);
const char *cf_row_word(const struct cf_schema *s, uint32_t part);
/* Appends where a row came from, for messages: "ratings.csv:17" or
 * "NAME: row 16", with the number as above. */
void cf_place(const struct cf_schema *s, uint32_t part, uint64_t number,
              const char *name, struct cf_buf *out);
void cf_row_place(const struct cf_schema *s, const struct cf_block *b,
                  uint32_t row, const char *name, struct cf_buf *out);

#endif
