/* gauss_avx512.c - kernels for x86-64 with AVX-512 F, DQ and VL. */
#include "math/gauss_tables.h"

#ifdef __AVX512DQ__
#include <immintrin.h>

#define WIDTH 16
#define SQRT _mm512_sqrt_ps
#define NAME "avx512"
#define TABLE cf_gauss_avx512
#include "math/gauss_kernels.h"
#endif
