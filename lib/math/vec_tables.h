/* vec_tables.h - the tables of vec.h that only some processors run. */
#ifndef CF_MATH_VEC_TABLES_H
#define CF_MATH_VEC_TABLES_H

#include "math/vec.h"

extern const struct cf_vec cf_vec_sse2, cf_vec_avx2, cf_vec_avx512;

/* gemm with fused additions; the same bits from each. */
void cf_product_sse2(const struct cf_gemm *g);
void cf_product_avx2(const struct cf_gemm *g);
void cf_product_avx512(const struct cf_gemm *g);

/* Lanes of a dot product, whatever the width of a register. */
enum { CF_LANES = 16 };

#endif
