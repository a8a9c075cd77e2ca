/* probit_tables.h - the tables of probit.h that only some processors run, and
 * the numbers that all share. */
#ifndef CF_MATH_PROBIT_TABLES_H
#define CF_MATH_PROBIT_TABLES_H

#include "math/gauss_tables.h"
#include "math/probit.h"

extern const struct cf_probit cf_probit_sse2, cf_probit_avx2, cf_probit_avx512;

/* erfc(z) = t exp(-z^2 + p(t)), t = 1 / (1 + z / 2), to within 1.2e-7 of itself
 * (Press et al., "Numerical recipes", erfcc). */
enum { CF_ERFC_TERMS = 10, CF_EXPF_TERMS = 6 };
extern const float cf_erfc_terms[CF_ERFC_TERMS];
/* exp(r) = 1 + r + r^2 p(r), of Cephes expf. */
extern const float cf_expf_terms[CF_EXPF_TERMS];

/* Below this the exponential is taken for that of it, so that nothing gets
 * denormal. */
#define CF_EXPF_LOW (-80.F)
/* Chances are not taken for less. */
#define CF_CHANCE_LEAST 1e-30F
/* Upper ends below this are drawn by the logarithm. */
#define CF_FAR (-3.F)
/* Added, it rounds to a whole number, which is in the lowest bits. */
#define CF_ROUND 12582912.F
#define CF_ROOT_HALF_F 0.70710678F
#define CF_ROOT_TWO_PI 2.50662827F

#endif
