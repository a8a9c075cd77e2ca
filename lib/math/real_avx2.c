/* real_avx2.c - kernels on doubles for x86-64 with AVX2. */
#include "math/real_tables.h"

#ifdef __AVX2__
#define WIDTH 4
#define NAME "avx2"
#define TABLE cf_real_avx2
#include "math/real_kernels.h"
#endif
