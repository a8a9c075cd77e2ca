/* ridge_avx512.c - kernels for x86-64 with AVX-512. */
#include "math/ridge_tables.h"

#ifdef __AVX512F__
#define WIDTH 16
#define ROWS 8
#define COLS 2
#define GEMM cf_product_avx512
#define NAME "avx512"
#define TABLE cf_ridge_avx512
#include "math/ridge_kernels.h"
#endif
