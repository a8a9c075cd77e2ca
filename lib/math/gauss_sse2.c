/* gauss_sse2.c - kernels for any x86-64. */
#include "math/gauss_tables.h"

#ifdef __SSE2__
#include <immintrin.h>

#define WIDTH 4
#define SQRT _mm_sqrt_ps
#define NAME "sse2"
#define TABLE cf_gauss_sse2
#include "math/gauss_kernels.h"
#endif
