/* panel_sse2.c - kernels on rows side by side for any x86-64. */
#include "math/panel_tables.h"

#ifdef __SSE2__
#define WIDTH 4
#define NAME "sse2"
#define TABLE cf_panel_sse2
#include "math/panel_kernels.h"
#endif
