/* given.h - ratings that are given beside a model, of users whom it need not
 * know: CSV text, a table or a ratings stream, held in memory. */
#ifndef CF_DATA_GIVEN_H
#define CF_DATA_GIVEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/io.h"
#include "data/dict.h"
#include "data/rows.h"

/* Columns of a text or table. NULL: the one that is called as in the model, or
 * else the first for the user and the second for the item; for the rating
 * "rating", or else the first that is neither. There is no user column, unless
 * one is named, if there are only two, or if the first is the item's by name:
 * then all ratings are of one user, CF_GIVEN_ONE. */
struct cf_given_opts {
    const char *user, *item, *rating;
    const char *model_user, *model_item; /* what the model calls them */
};

#define CF_GIVEN_ONE "new"

struct cf_given {
    struct cf_dict users, items; /* ids in order of first sight */
    struct cf_rows rows;         /* their numbers, with ratings, as they came */
    bool one;                    /* there was no user column */
};

/* Reads all of in. CF_EUSAGE with the list of columns if one that is named is
 * missing or one plays two parts; CF_EDATA for a stream of another kind, too
 * few columns, a first line without names, or a rating that is no finite
 * number. g is to be freed after an error, too. */
int cf_given_read(struct cf_given *g, struct cf_in *in,
                  const struct cf_given_opts *opts, struct cf_err *err);
void cf_given_free(struct cf_given *g);

#endif
