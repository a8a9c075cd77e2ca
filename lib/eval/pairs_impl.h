/* pairs_impl.h - the reading of pairs from the inside: finding the columns, and
 * the work. */
#ifndef CF_EVAL_PAIRS_IMPL_H
#define CF_EVAL_PAIRS_IMPL_H

#include "data/ratings.h"
#include "data/table.h"
#include "eval/pairs_in.h"

/* Numbers of the codes of a stream. */
struct cf_pair_codes {
    uint32_t part; /* the dictionary */
    uint32_t *number;
    size_t n, cap;
};

struct cf_pairs {
    struct cf_pair_ids *ids;
    const struct cf_pair_opts *opts;
    const struct cf_pair_taker *to;
    const char *name; /* of the input */
    const struct cf_schema *s;
    uint32_t part; /* the rows of s */
    struct cf_pair_head head;
    /* Of text and tables: */
    struct cf_dicts dicts;
    struct cf_field user, item, rating, key;
    /* Of the others, columns of the rows; -1: not there */
    struct cf_rating_columns cols;
    int32_t score, known;
    struct cf_pair_codes users, items;
    /* Some rows, of CF_FRAME_ROWS: */
    uint32_t *u, *i;
    float *r, *k;
};

/* CF_EDATA if it is of no kind that is read; tables are. */
int cf_pairs_check_kind(const struct cf_pairs *p, struct cf_err *err);
/* Finds the columns of s and what the head says of them. */
int cf_pairs_table_columns(struct cf_pairs *p, struct cf_err *err);
int cf_pairs_stream_columns(struct cf_pairs *p, struct cf_err *err);

#endif
