/* split.h - which rows are for training, which for validation. */
#ifndef CF_DATA_SPLIT_H
#define CF_DATA_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/pile.h"
#include "data/ratings.h"

struct cf_pairset;

enum cf_split_how {
    CF_SPLIT_USUAL, /* by the column if there is one, else by share */
    CF_SPLIT_SHARE, /* each row is drawn, with probability share */
    CF_SPLIT_FOLD,  /* its draw is in fold number `fold`, from 1, of folds */
    CF_SPLIT_AFTER, /* later than a time */
    CF_SPLIT_GIVEN, /* its pair is one of given */
    CF_SPLIT_MARK,  /* the column with role CF_SPLIT says so */
    /* These need all rows before the first one is known; see decide.h. */
    CF_SPLIT_LATE,      /* the last share of all, by time */
    CF_SPLIT_USER_LATE, /* the last share of each user's, by time */
    CF_SPLIT_USER_LAST  /* the last `last` of each user's, by time */
};

struct cf_split {
    enum cf_split_how how;
    uint64_t seed;
    double share;
    uint64_t fold, folds, last;
    int64_t after;
    struct cf_pairset *given; /* borrowed */
};

/* Does it need all rows? */
bool cf_split_late(const struct cf_split *s);

/* The rows of a block, of which row 0 is row number `first` of the stream. */
struct cf_split_rows {
    uint64_t first;
    const struct cf_ratings *rows;
    const uint8_t *mark; /* of CF_SPLIT_MARK */
};
/* The part of each row, an enum cf_part_of; CF_TRAIN if all rows are needed to
 * say. Marks are parts. */
void cf_split_block(const struct cf_split *s, const struct cf_split_rows *in,
                    uint8_t *part);

#endif
