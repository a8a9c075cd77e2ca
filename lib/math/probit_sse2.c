/* probit_sse2.c - kernels for any x86-64. */
#include "math/probit_tables.h"

#ifdef __SSE2__
#include <immintrin.h>
#include <math.h>

#define WIDTH 4
#define SQRT _mm_sqrt_ps
#define ANY(mask) _mm_movemask_ps((__m128)(mask))
#define MULTIPLY(a, b) _mm_mul_epu32((__m128i)(a), (__m128i)(b))
#define NAME "sse2"
#define TABLE cf_probit_sse2
#include "math/probit_kernels.h"
#endif
