/* vec_half.h - registers of half floats. Included like vec_kernels.h, after
 * vec_reg.h. */
#include "math/half.h"

#if WIDTH > 4
#include <immintrin.h>
#endif

static inline reg widen(const uint16_t *p)
{
#if WIDTH == 16
    return (reg)_mm512_cvtph_ps(_mm256_loadu_si256((const void *)p));
#elif WIDTH == 8
    return (reg)_mm256_cvtph_ps(_mm_loadu_si128((const void *)p));
#else
    reg x = {0};
    for (size_t l = 0; l < WIDTH; l++)
        x[l] = cf_half_widen(p[l]);
    return x;
#endif
}

/* To the nearest, ties to even. */
static inline void narrow_to(uint16_t *p, reg x)
{
#if WIDTH == 16
    _mm256_storeu_si256((void *)p,
                        _mm512_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT));
#elif WIDTH == 8
    _mm_storeu_si128((void *)p, _mm256_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT));
#else
    for (size_t l = 0; l < WIDTH; l++)
        p[l] = cf_half_of(x[l]);
#endif
}
