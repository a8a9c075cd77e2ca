/* negatives.h - items that a user has no row of, drawn at random. */
#ifndef CF_DATA_NEGATIVES_H
#define CF_DATA_NEGATIVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/rng.h"

/* Walker's alias method: item i is drawn if place i is hit and stays, or if
 * another is hit that does not and has i as its alias. */
struct cf_alias {
    double *stay; /* probability */
    uint32_t *other;
};

struct cf_negatives {
    uint32_t items;
    double *weight; /* of each item */
    double total;
    struct cf_alias alias;
    uint64_t *seen; /* of each item: the last one that cf_negatives_saw it for,
                       a number that counts the calls of cf_negatives_user */
    uint64_t user;
    double seen_weight;
    /* If what the user has not seen weighs less than half, it is listed: */
    bool listed;
    uint32_t *unseen;
    double *sum; /* of weights up to each */
    size_t n;
};

/* train: the training rows of each item; NULL: all items are alike. Else an
 * item is drawn with a probability that grows as the power 3/4 of its rows. g
 * is to be freed after an error, too. */
int cf_negatives_open(struct cf_negatives *g, uint32_t items,
                      const uint64_t *train, struct cf_err *err);
/* Starts with a user; then all that the user has seen; then
 * cf_negatives_ready, which is false if nothing is left to draw. */
void cf_negatives_user(struct cf_negatives *g);
void cf_negatives_saw(struct cf_negatives *g, uint32_t item);
bool cf_negatives_ready(struct cf_negatives *g);
/* Draw number index, below 2^48, for the user. */
uint32_t cf_negatives_draw(const struct cf_negatives *g,
                           const struct cf_rng *rng, uint64_t index);
void cf_negatives_free(struct cf_negatives *g);

#endif
