/* gauss_tables.h - the tables of gauss.h that only some processors run, and the
 * numbers that all share. */
#ifndef CF_MATH_GAUSS_TABLES_H
#define CF_MATH_GAUSS_TABLES_H

#include "math/gauss.h"

extern const struct cf_gauss cf_gauss_sse2, cf_gauss_avx2, cf_gauss_avx512;

/* log(1 + m) = m - m^2 / 2 + m^3 p(m), of Cephes logf. */
enum { CF_LOG_TERMS = 9, CF_ERFINV_TERMS = 9 };
extern const float cf_log_terms[CF_LOG_TERMS];
/* Of Giles's table 5: near the middle, and in the tails. */
extern const float cf_erfinv_near[CF_ERFINV_TERMS],
    cf_erfinv_far[CF_ERFINV_TERMS];
/* Bits of the float at which the exponent changes: sqrt(1/2). */
#define CF_ROOT_HALF 0x3f3504f3

#endif
