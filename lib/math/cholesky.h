/* cholesky.h - symmetric positive definite matrices in double, for a few
 * hundred unknowns. Row-major; only the lower triangle is looked at. */
#ifndef CF_MATH_CHOLESKY_H
#define CF_MATH_CHOLESKY_H

#include <stdbool.h>
#include <stddef.h>

/* a (n x n) becomes L of a = L L'. False, with a spoilt, if a is not positive
 * definite. */
bool cf_cholesky(double *a, size_t n);
/* x becomes the solution of L L' x = x. */
void cf_cholesky_solve(const double *l, size_t n, double *x);
/* out (n x n, both triangles) becomes the inverse of L L'. */
void cf_cholesky_inverse(const double *l, size_t n, double *out);

#endif
