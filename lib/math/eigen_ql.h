/* eigen_ql.h - all eigenvalues and vectors of a tridiagonal matrix. */
#ifndef CF_MATH_EIGEN_QL_H
#define CF_MATH_EIGEN_QL_H

#include <stddef.h>

#include "base/err.h"
#include "math/real.h"

/* d (n): the diagonal, which becomes the eigenvalues, descending; e (n): e[i]
 * stands beside d[i - 1] and d[i], and is spent. vector (n, n): in the order of
 * the values. norm: no eigenvalue is larger. */
int cf_eigen_ql(double *d, double *e, size_t n, double norm, double *vector,
                const struct cf_real *real, struct cf_err *err);

#endif
