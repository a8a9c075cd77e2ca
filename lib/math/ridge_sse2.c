/* ridge_sse2.c - kernels for any x86-64. */
#include "math/ridge_tables.h"

#ifdef __SSE2__
#define WIDTH 4
#define ROWS 4
#define COLS 2
#define GEMM cf_product_sse2
#define NAME "sse2"
#define TABLE cf_ridge_sse2
#include "math/ridge_kernels.h"
#endif
