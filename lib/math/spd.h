/* spd.h - the inverse of a large symmetric positive definite matrix, in place,
 * by threads; the same bits with any number of them and any kernels. */
#ifndef CF_MATH_SPD_H
#define CF_MATH_SPD_H

#include <stddef.h>

#include "base/par.h"
#include "math/vec.h"

struct cf_spd {
    float *a; /* (n, n), row-major; the lower triangle counts */
    size_t n;
    const struct cf_vec *vec;
    struct cf_pool *pool; /* or NULL */
    /* Told how many of the n rows are done with; or NULL. */
    void (*done)(void *ctx, size_t rows);
    void *ctx;
};

/* The lower triangle becomes that of minus the inverse; above the diagonal is
 * anything.
 *
 * The sweep operator (Beaton 1964; Goodnight 1979) on blocks K of rows, R being
 * the others, in turn:
 *
 *   D = inverse of A_KK
 *   A_RR -= A_RK D A_KR,  A_RK = A_RK D,  A_KK = -D
 *
 * which are n^3 operations, as many as Cholesky's way takes, but all in the one
 * product A_RR, whose tiles do not wait for each other. D is found in double.
 * Memory: 768 bytes a row. CF_EDIVERGED if the matrix is not positive definite
 * (as far as float can tell), CF_EMEM. */
int cf_spd_negate_inverse(const struct cf_spd *s, struct cf_err *err);

#endif
