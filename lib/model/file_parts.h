/* file_parts.h - the arrays of a model file, read one by one. */
#ifndef CF_MODEL_FILE_PARTS_H
#define CF_MODEL_FILE_PARTS_H

#include "data/store.h"
#include "stream/map.h"
#include "stream/schema.h"

struct cf_parts {
    struct cf_map *map;
    const struct cf_schema *s; /* the map's */
    struct cf_err *err;
};

/* What a part is expected to be: the name, type and width of its first column,
 * and how many rows it has. */
struct cf_want {
    const char *part, *column;
    enum cf_type type;
    uint32_t width;
    uint64_t rows; /* CF_ROWS_UNKNOWN: any */
};

/* CF_ESTREAM: what of the model is not sound. */
int cf_parts_unsound(const struct cf_parts *in, const char *what);
/* The part, or -1 with an error if it is not as wanted. */
int cf_parts_find(const struct cf_parts *in, const struct cf_want *w);
/* Copies column col (in the part) of n rows from row `from` on to out. */
struct cf_piece {
    uint32_t part, col;
    uint64_t from, n;
};
int cf_parts_copy(const struct cf_parts *in, const struct cf_piece *p,
                  void *out);

/* Some rows of a part, in any order; NULL for a pick means all. */
struct cf_pick {
    const uint32_t *row;
    size_t n;
};
/* The first column of a part as wanted; out has room for the rows. */
int cf_parts_array(const struct cf_parts *in, const struct cf_want *w,
                   const struct cf_pick *pick, void *out);
/* The same of numbers, which must be finite. */
int cf_parts_reals(const struct cf_parts *in, const struct cf_want *w,
                   const struct cf_pick *pick, float *out);
/* A dictionary, whose first column is text. st is to be freed after an error,
 * too. */
int cf_parts_dict(const struct cf_parts *in, const char *name,
                  const struct cf_pick *pick, struct cf_store *st);

#endif
