/* sgd_tables.h - the kernels of sgd.h, and what they share. */
#ifndef CF_MATH_SGD_TABLES_H
#define CF_MATH_SGD_TABLES_H

#include "math/loss.h"
#include "math/sgd.h"

extern cf_sgd_fn cf_sgd_scalar, cf_sgd_sse2, cf_sgd_avx2, cf_sgd_avx512;

/* Rows of the first stream: a half, or less, so that no user is in both. */
static inline size_t cf_sgd_half(const struct cf_sgd_row *row, size_t n)
{
    size_t half = n / 2;

    while (half > 0 && row[half].user == row[half - 1].user)
        half--;
    return half;
}

/* e of a row whose score is base + dot, and its loss in double, in which they
 * are added up. */
static inline float cf_sgd_error(bool bce, float base, float dot, float rating,
                                 double *loss)
{
    const struct cf_target t = {.loss = CF_LOSS_BCE};
    float e = (rating - base) - dot, dz;

    if (!bce) {
        *loss += (double)e * (double)e;
        return e;
    }
    *loss += (double)cf_loss_at(&t, base + dot, rating, &dz);
    return -dz;
}

#endif
