/* ridge_avx2.c - kernels for x86-64 with AVX2, FMA and F16C. */
#include "math/ridge_tables.h"

#ifdef __FMA__
#define WIDTH 8
#define ROWS 4
#define COLS 3
#define GEMM cf_product_avx2
#define NAME "avx2"
#define TABLE cf_ridge_avx2
#include "math/ridge_kernels.h"
#endif
