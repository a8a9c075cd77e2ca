/* ridge_tables.h - the tables of ridge.h that only some processors run. */
#ifndef CF_MATH_RIDGE_TABLES_H
#define CF_MATH_RIDGE_TABLES_H

#include "math/ridge.h"

extern const struct cf_ridge cf_ridge_sse2, cf_ridge_avx2, cf_ridge_avx512;

#endif
