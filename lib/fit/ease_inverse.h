/* ease_inverse.h - the inverse that solver ease is made of. */
#ifndef CF_FIT_EASE_INVERSE_H
#define CF_FIT_EASE_INVERSE_H

#include <stdbool.h>

#include "base/par.h"
#include "data/csr.h"
#include "math/vec.h"

struct cf_ease_gram {
    /* X, users x items, which is 1 where there is an entry: items by user and
     * users by item, both ascending and once each. */
    const struct cf_csr *seen, *had;
    float l2;
    float *out; /* (items, items) */
    const struct cf_vec *vec;
    struct cf_pool *pool; /* or NULL */
    /* Told how many of the items are done with; or NULL. */
    void (*done)(void *ctx, size_t items);
    void *ctx;
};

/* Would it be by users, if l2 is not small? */
bool cf_ease_by_users(size_t users, size_t items);

/* Makes of out the lower triangle of minus P, P = inverse of (X'X + l2 I);
 * above the diagonal is anything. Where users are fewer, by way of
 *
 *   P = (I - X' inverse of (XX' + l2 I) X) / l2
 *
 * (Woodbury), in users^3 + entries * (users + items / 2) operations and
 * 4 * users^2 bytes besides, not in items^3; but not where an item has more
 * than 100 l2 users, because the difference would be of numbers too near to
 * each other. CF_EDIVERGED if there is no inverse, CF_EMEM. */
int cf_ease_inverse(const struct cf_ease_gram *g, struct cf_err *err);

#endif
