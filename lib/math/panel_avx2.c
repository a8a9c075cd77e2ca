/* panel_avx2.c - kernels on rows side by side for x86-64 with AVX2. */
#include "math/panel_tables.h"

#ifdef __AVX2__
#define WIDTH 8
#define NAME "avx2"
#define TABLE cf_panel_avx2
#include "math/panel_kernels.h"
#endif
