/* features.h - attributes of users or items from a file beside the table, also
 * of those without a row. */
#ifndef CF_DATA_FEATURES_H
#define CF_DATA_FEATURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/io.h"
#include "data/dict.h"
#include "data/dups.h"
#include "data/store.h"

/* A file in memory. */
struct cf_features {
    char *name;              /* of the file that its lines are of */
    struct cf_schema schema; /* one part: its columns, all bytes */
    struct cf_store store;
    bool lined;     /* numbers of rows are those of lines */
    uint64_t *line; /* (store.rows) */
    size_t line_cap;
};

/* Reads CSV text or a table, all of it. CF_EDATA for a stream of another kind,
 * or a column that is not bytes. f starts zeroed and is to be freed after an
 * error, too. */
int cf_features_read(struct cf_features *f, struct cf_in *in,
                     struct cf_err *err);
/* The column of that name, or -1. */
int cf_features_find(const struct cf_features *f, const char *name);
void cf_features_free(struct cf_features *f);

/* The same by id. */
struct cf_featured {
    const struct cf_features *f; /* borrowed */
    uint32_t key;                /* the column with the ids */
    struct cf_dict ids;
    uint32_t *row; /* of each id */
    size_t row_cap;
    uint32_t *to;             /* (columns) places in an entry; not of the key */
    uint64_t known, left_out; /* ids that had an entry anyway, that got none */
};

/* An id that comes again has the same values, or it is CF_EDATA, but for dup
 * CF_DUP_FIRST and CF_DUP_LAST, which say whose values count. v is to be freed
 * after an error, too. */
int cf_featured_open(struct cf_featured *v, const struct cf_features *f,
                     uint32_t key, enum cf_dup dup, struct cf_err *err);
/* Puts what there is of id, and not empty, in its places. */
void cf_featured_fill(const struct cf_featured *v, struct cf_str id,
                      struct cf_str *field);
void cf_featured_free(struct cf_featured *v);

#endif
