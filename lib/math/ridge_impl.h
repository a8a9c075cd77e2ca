/* ridge_impl.h - what the two ways to solve a regression share. */
#ifndef CF_MATH_RIDGE_IMPL_H
#define CF_MATH_RIDGE_IMPL_H

#include "math/ridge.h"

enum { CF_RIDGE_BLOCK = 128 }; /* rows that are gathered at a time */

/* Where rows `at` and on of the regression are, a block at most; how many. */
size_t cf_ridge_gather(const struct cf_ridge_table *t,
                       const struct cf_ridge_row *row, size_t at,
                       const float **z);

#endif
