/* product_sse2.c - products for any x86-64. */
#include "math/vec_tables.h"

#ifdef __SSE2__
#define WIDTH 4
#include "math/vec_reg.h"

#include "math/vec_fma.h"

#include "math/vec_gemm.h"

void cf_product_sse2(const struct cf_gemm *g)
{
    gemm(g);
}
#endif
