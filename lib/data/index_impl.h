/* index_impl.h - the pieces of index: opening (index.c), the rows as they come
 * (index_rows.c), all rows in memory (index_whole.c). */
#ifndef CF_DATA_INDEX_IMPL_H
#define CF_DATA_INDEX_IMPL_H

#include "data/choose.h"
#include "data/ids.h"
#include "data/index.h"

enum { CF_USER_PART, CF_ITEM_PART, CF_ROWS_PART };

struct cf_index {
    struct cf_index_opts opts;
    struct cf_reader *r;
    const struct cf_schema *in;
    uint32_t part; /* the rows of in */
    struct cf_dicts dicts;
    struct cf_choice choice;
    struct cf_ids user, item;
    const char *label; /* a column that only features have, or NULL */
    struct cf_schema out;
    bool rated; /* the result has ratings */
    struct cf_index_report report;
    struct cf_rows frame; /* in the making: room for CF_FRAME_ROWS */
    uint32_t *row;        /* of its rows in the block, */
    bool *drop;           /* and which of the block's are left out */
    bool whole;           /* the rows are all held in memory, */
    struct cf_rows all;   /* here; else, to count pairs, users and items */
    uint64_t *line;       /* CF_DUP_FAIL: where each of all came from */
    size_t line_cap;
    enum cf_dup dup;
};

/* Writes rows i .. i+n-1, which fit a frame. */
int cf_index_put(struct cf_index *x, const struct cf_rows *rows, size_t i,
                 size_t n, struct cf_writer *w, struct cf_err *err);
/* Takes the rows of the frame, of block b, to the others. */
int cf_index_gather(struct cf_index *x, const struct cf_block *b,
                    struct cf_err *err);
/* Does with all rows what the options want, and writes what remains; or, if
 * they are not whole, only counts pairs. */
int cf_index_settle(struct cf_index *x, struct cf_writer *w,
                    struct cf_err *err);

/* Finds whose the features are; with the choice of columns. */
int cf_index_add_features(struct cf_index *x, struct cf_err *err);
/* Have any features a column of that name? */
bool cf_index_labels(const struct cf_index_opts *o, const char *name);
/* Adds their columns to the last part of the result. */
int cf_index_feature_columns(struct cf_index *x, struct cf_ids *side,
                             struct cf_err *err);

#endif
