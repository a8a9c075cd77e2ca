/* tally.h - the sizes of the parts of a split, and who of the validation rows
 * has no training row. */
#ifndef CF_DATA_TALLY_H
#define CF_DATA_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "data/rec.h"

#include "base/err.h"

/* Users or items: for each a bit for every part that it has a row of. */
struct cf_tally_side {
    uint8_t *parts;
    size_t n, cap;
};

/* Starts zeroed. */
struct cf_tally {
    uint64_t rows[CF_PARTS];
    float lo, hi; /* lowest and highest rating of training rows */
    struct cf_tally_side user, item;
};

int cf_tally_add(struct cf_tally *t, const struct cf_rec *r,
                 struct cf_err *err);
/* Users or items with a validation row, and of them those without a training
 * row. */
struct cf_cold {
    uint64_t valid, cold;
};
struct cf_cold cf_tally_cold(const struct cf_tally_side *s);
void cf_tally_free(struct cf_tally *t);

#endif
