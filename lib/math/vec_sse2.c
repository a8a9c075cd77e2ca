/* vec_sse2.c - kernels for any x86-64. */
#include "math/vec_tables.h"

#ifdef __SSE2__
#include <immintrin.h>

#define WIDTH 4
#define SQRT _mm_sqrt_ps
#define PRODUCT gemm
#define NAME "sse2"
#define TABLE cf_vec_sse2
#include "math/vec_kernels.h"
#endif
