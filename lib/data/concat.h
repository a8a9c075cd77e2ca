/* concat.h - streams one after the other as one stream: the work of cf-cat. */
#ifndef CF_DATA_CONCAT_H
#define CF_DATA_CONCAT_H

#include <stdbool.h>
#include <stdint.h>

#include "stream/reader.h"
#include "stream/writer.h"

struct cf_concat;

struct cf_concat_opts {
    /* One stream is copied as it is. Of several, the dictionaries become one:
     * entries are the same if their first columns are, or, in tables, all
     * their columns; codes are changed accordingly. */
    bool several;
    uint64_t head; /* rows of a part that is no dictionary; UINT64_MAX: all */
};

/* The result has the kind, columns and history of the first stream, and, if it
 * is all alone, its facts. CF_EUSAGE for several streams of a kind that has no
 * sum, or the head of one that has none. *x is to be closed after an error,
 * too. */
int cf_concat_open(struct cf_concat **x, const struct cf_reader *first,
                   const struct cf_concat_opts *opts, struct cf_err *err);
/* The caller adds its step. */
struct cf_schema *cf_concat_schema(struct cf_concat *x);
/* Appends all of r. CF_EDATA if it is of another kind than the first or has
 * other columns. The caller finishes w. */
int cf_concat_add(struct cf_concat *x, struct cf_reader *r, struct cf_writer *w,
                  struct cf_err *err);
/* Dictionary entries that differ from an earlier one of the same id, which was
 * used instead. */
uint64_t cf_concat_differ(const struct cf_concat *x);
void cf_concat_close(struct cf_concat *x);

#endif
