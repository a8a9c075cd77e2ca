/* sgd_sse2.c - steps of descent for any x86-64. */
#include "math/sgd_tables.h"

#ifdef __SSE2__
#include <immintrin.h>

#define WIDTH 4
#define REG __m128
#define SUM sum_lanes
#define KERNEL cf_sgd_sse2

static inline float sum_lanes(const REG sum[4])
{
    REG x = (sum[0] + sum[2]) + (sum[1] + sum[3]);
    REG y = x + _mm_movehl_ps(x, x);
    return _mm_cvtss_f32(_mm_add_ss(y, _mm_shuffle_ps(y, y, 1)));
}

#include "math/sgd_kernels.h"
#endif
