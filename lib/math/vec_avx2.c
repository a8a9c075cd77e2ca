/* vec_avx2.c - kernels for x86-64 with AVX2. */
#include "math/vec_tables.h"

#ifdef __AVX2__
#include <immintrin.h>

#define WIDTH 8
#define SQRT _mm256_sqrt_ps
#define PRODUCT cf_product_avx2
#define NAME "avx2"
#define TABLE cf_vec_avx2
#include "math/vec_kernels.h"
#endif
