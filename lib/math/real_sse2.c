/* real_sse2.c - kernels on doubles for any x86-64. */
#include "math/real_tables.h"

#ifdef __SSE2__
#define WIDTH 2
#define NAME "sse2"
#define TABLE cf_real_sse2
#include "math/real_kernels.h"
#endif
