/* pairs_in.h - pairs of user and item, with what stands beside them, from a
 * stream or from text, as numbers that all inputs of a run share. */
#ifndef CF_EVAL_PAIRS_IN_H
#define CF_EVAL_PAIRS_IN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/io.h"
#include "data/dict.h"
#include "stream/schema.h"

/* The numbers: ids in order of first sight, by all inputs together. */
struct cf_pair_ids {
    struct cf_dict user, item;
};

void cf_pair_ids_init(struct cf_pair_ids *ids);
void cf_pair_ids_free(struct cf_pair_ids *ids);

/* Columns of text and tables. NULL: the first for the user, the second for the
 * item, and a column "rating" for the rating, if there is one; of lists, a
 * column "rank", or else "score", or else the third unless that is the rating.
 * A named one must be there in lists, but for the rating; elsewhere it is as if
 * not named if it is not there. */
struct cf_pair_names {
    const char *user, *item, *rating, *score, *rank;
};

/* What is read. */
enum cf_pair_use {
    CF_PAIRS_RATED, /* ratings, a table or text: pairs, perhaps rated */
    CF_PAIRS_LISTED /* scores, topn, a table or text: pairs with a place */
};

/* By what the pairs of a user are in order. */
enum cf_pair_place {
    CF_BY_ROWS, /* nothing but the order of the rows */
    CF_BY_RANK,
    CF_BY_SCORE
};

struct cf_pair_head {
    const char *name; /* of the input */
    enum cf_pair_place place;
    bool has_rating, has_known;
    bool grouped; /* the rows of a user stand together, as in any topn */
};

struct cf_pair_rows {
    uint32_t n;
    const uint32_t *user, *item;
    const float *rating;        /* NULL: there is none */
    const float *key;           /* score, or -rank; NULL: by rows */
    const unsigned char *known; /* see cf_model_known; NULL: not told */
};

/* Who gets them. */
struct cf_pair_taker {
    void *ctx;
    int (*head)(void *ctx, const struct cf_pair_head *h, struct cf_err *err);
    int (*rows)(void *ctx, const struct cf_pair_rows *r, struct cf_err *err);
};

struct cf_pair_opts {
    enum cf_pair_use use;
    const struct cf_pair_names *names;
    struct cf_schema *history; /* gets the history of a stream; NULL: lost */
};

/* Reads all of in. CF_EUSAGE with the list of columns if one that is named is
 * missing or one plays two parts; CF_EDATA for a stream of another kind, too
 * few columns, a first line without names, or a value that is no finite
 * number. */
int cf_pairs_in(struct cf_in *in, struct cf_pair_ids *ids,
                const struct cf_pair_opts *opts, const struct cf_pair_taker *to,
                struct cf_err *err);

#endif
