/* gram.h - products of a tall table with itself and with a square matrix.
 * Tables have rows of w numbers, w a multiple of 16. */
#ifndef CF_MATH_GRAM_H
#define CF_MATH_GRAM_H

#include <stddef.h>

#include "base/err.h"
#include "base/par.h"
#include "math/ridge.h"

struct cf_table {
    const struct cf_vec *vec;
    const struct cf_ridge *ridge;
    struct cf_pool *pool; /* or NULL */
    float *v;             /* (n, w) */
    size_t n, w;
};

/* out (k, k), k at most w, becomes T' T for the first k columns of T: blocks of
 * rows in float32, their sums in double, in an order that does not depend on
 * threads. */
int cf_gram(const struct cf_table *t, size_t k, double *out,
            struct cf_err *err);

/* T becomes T A; a (k, k) is row-major. Columns from k on become 0. half gets
 * T, too, (n, w), in its unit; it may be NULL. */
int cf_rotate(const struct cf_table *t, size_t k, const double *a,
              const struct cf_halves *half, struct cf_err *err);

#endif
