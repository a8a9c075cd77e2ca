/* probit_avx512.c - kernels for x86-64 with AVX-512 F, DQ and VL. */
#include "math/probit_tables.h"

#ifdef __AVX512DQ__
#include <immintrin.h>
#include <math.h>

#define WIDTH 16
#define SQRT _mm512_sqrt_ps
#define ANY(mask) _mm512_movepi32_mask((__m512i)(mask))
#define MULTIPLY(a, b) _mm512_mul_epu32((__m512i)(a), (__m512i)(b))
#define NAME "avx512"
#define TABLE cf_probit_avx512
#include "math/probit_kernels.h"
#endif
