/* ridge_avx2.c - kernels for x86-64 with AVX2. */
#include "math/ridge_tables.h"

#ifdef __AVX2__
#define WIDTH 8
#define ROWS 4
#define NAME "avx2"
#define TABLE cf_ridge_avx2
#include "math/ridge_kernels.h"
#endif
