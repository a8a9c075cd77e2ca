/* probit_avx2.c - kernels for x86-64 with AVX2. */
#include "math/probit_tables.h"

#ifdef __AVX2__
#include <immintrin.h>
#include <math.h>

#define WIDTH 8
#define SQRT _mm256_sqrt_ps
#define ANY(mask) _mm256_movemask_ps((__m256)(mask))
#define MULTIPLY(a, b) _mm256_mul_epu32((__m256i)(a), (__m256i)(b))
#define NAME "avx2"
#define TABLE cf_probit_avx2
#include "math/probit_kernels.h"
#endif
