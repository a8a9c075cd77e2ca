/* sgd_avx512.c - steps of descent for x86-64 with AVX-512. */
#include "math/sgd_tables.h"

#ifdef __AVX512F__
#include <immintrin.h>

#define WIDTH 16
#define REG __m512
#define SUM sum_lanes
#define KERNEL cf_sgd_avx512

static inline float sum_lanes(const REG sum[1])
{
    __m256 all =
        _mm512_castps512_ps256(sum[0]) + _mm512_extractf32x8_ps(sum[0], 1);
    __m128 x = _mm256_castps256_ps128(all) + _mm256_extractf128_ps(all, 1);
    __m128 y = x + _mm_movehl_ps(x, x);
    return _mm_cvtss_f32(_mm_add_ss(y, _mm_shuffle_ps(y, y, 1)));
}

#include "math/sgd_kernels.h"
#endif
