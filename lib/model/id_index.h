/* id_index.h - where in a model file a user's row is: the rows of the
 * dictionary in the order of the hashes of their ids (the lower half of XXH3-64
 * without a seed), equal ones by row. */
#ifndef CF_MODEL_ID_INDEX_H
#define CF_MODEL_ID_INDEX_H

#include "data/store.h"
#include "model/file_parts.h"

struct cf_id_index {
    size_t n;
    uint32_t *hash, *row;
};

/* Of the ids in column 0 of a dictionary of fewer than CF_NONE rows. x is to be
 * freed after an error, too. */
int cf_id_index_make(struct cf_id_index *x, const struct cf_store *dict,
                     struct cf_err *err);
void cf_id_index_free(struct cf_id_index *x);

/* The part user_index and its schema; user: the dictionary's part. */
int cf_id_index_schema(struct cf_schema *s, uint64_t rows, struct cf_err *err);
int cf_id_index_write(const struct cf_id_index *x, const struct cf_schema *s,
                      struct cf_writer *w, struct cf_err *err);

/* The rows of n ids in the file, each once, in the order of the ids; those that
 * are not there are left out. *row is owned by the caller, and NULL if the file
 * has no index. CF_ESTREAM if the index is not sound as far as it is read. */
int cf_id_index_find(const struct cf_parts *in, const struct cf_str *id,
                     size_t n, uint32_t **row, size_t *found);

#endif
