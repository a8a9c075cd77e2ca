/* vec_fma.h - products that are fused with an addition: rounded once, which
 * takes half the instructions where the processor has one for it. Others round
 * as it does, but slowly. Included like vec_kernels.h, after vec_reg.h. */
#include <math.h>

#if WIDTH > 4
#include <immintrin.h>
#endif

/* a b + c. */
static inline reg fused(reg a, reg b, reg c)
{
#if WIDTH == 16
    return (reg)_mm512_fmadd_ps(a, b, c);
#elif WIDTH == 8
    return (reg)_mm256_fmadd_ps(a, b, c);
#else
    for (size_t l = 0; l < WIDTH; l++)
        c[l] = fmaf(a[l], b[l], c[l]);
    return c;
#endif
}

static inline reg add_product(reg sum, float a, reg b)
{
    return fused(all(a), b, sum);
}
