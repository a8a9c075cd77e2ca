/* eigen.h - the largest eigenvalues of a symmetric matrix. Plain operations in
 * a fixed order: the same bits on every processor, which an optimised BLAS does
 * not give; and no program pays for loading one. */
#ifndef CF_MATH_EIGEN_H
#define CF_MATH_EIGEN_H

#include <stddef.h>

#include "base/err.h"

/* a (n, n) is row-major, its lower triangle is read and spent. The `want` (at
 * most n) largest eigenvalues go to value, descending, and their eigenvectors,
 * of length 1, orthogonal, of either sign, to vector (want, n). The elements of
 * a must be finite and, squared, far from the limits of a double. Errors are
 * absolute: some units in the last place of the largest |eigenvalue|. */
int cf_eigen(double *a, size_t n, size_t want, double *value, double *vector,
             struct cf_err *err);

#endif
