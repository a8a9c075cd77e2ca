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
/* Appends the names that cf_field_find knows, ", " between them. */
void cf_field_names(const struct cf_schema *s, uint32_t part,
                    struct cf_buf *out);

#endif
