/* real_tables.h - the tables of real.h that only some processors run. */
#ifndef CF_MATH_REAL_TABLES_H
#define CF_MATH_REAL_TABLES_H

#include "math/real.h"

extern const struct cf_real cf_real_sse2, cf_real_avx2;

#endif
