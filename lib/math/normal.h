/* normal.h - the standard normal distribution. */
#ifndef CF_MATH_NORMAL_H
#define CF_MATH_NORMAL_H

/* x with P(|normal| <= x) = share, for 0 <= share < 1; of libm's erf, to within
 * 1e-12. */
double cf_normal_within(double share);

#endif
