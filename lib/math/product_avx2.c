/* product_avx2.c - products for x86-64 with AVX2 and FMA. */
#include "math/vec_tables.h"

#ifdef __FMA__
#define WIDTH 8
#include "math/vec_reg.h"

#include "math/vec_fma.h"

#include "math/vec_gemm.h"

void cf_product_avx2(const struct cf_gemm *g)
{
    gemm(g);
}
#endif
