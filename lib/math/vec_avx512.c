/* vec_avx512.c - kernels for x86-64 with AVX-512 F, DQ and VL. */
#include "math/vec_tables.h"

#ifdef __AVX512DQ__
#include <immintrin.h>

#define WIDTH 16
#define SQRT _mm512_sqrt_ps
#define PRODUCT cf_product_avx512
#define NAME "avx512"
#define TABLE cf_vec_avx512
#include "math/vec_kernels.h"
#endif
