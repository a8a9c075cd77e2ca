/* product_avx512.c - products for x86-64 with AVX-512. */
#include "math/vec_tables.h"

#ifdef __AVX512F__
#define WIDTH 16
#include "math/vec_reg.h"

#include "math/vec_fma.h"

#include "math/vec_gemm.h"

void cf_product_avx512(const struct cf_gemm *g)
{
    gemm(g);
}
#endif
