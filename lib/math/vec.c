/* vec.c - which kernels this processor runs. */
#include <math.h>
#include <string.h>

#include "math/vec_tables.h"

#ifdef __x86_64__
static int runs_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static int runs_avx512(void)
{
    return __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}
#endif

const struct cf_vec *cf_vec_best(void)
{
#ifdef __x86_64__
    if (runs_avx512())
        return &cf_vec_avx512;
    return runs_avx2() ? &cf_vec_avx2 : &cf_vec_sse2;
#else
    return &cf_vec_scalar;
#endif
}

const struct cf_vec *cf_vec_find(const char *name)
{
#ifdef __x86_64__
    if (!strcmp(name, "avx512"))
        return runs_avx512() ? &cf_vec_avx512 : NULL;
    if (!strcmp(name, "avx2"))
        return runs_avx2() ? &cf_vec_avx2 : NULL;
    if (!strcmp(name, "sse2"))
        return &cf_vec_sse2;
#endif
    return strcmp(name, "scalar") ? NULL : &cf_vec_scalar;
}

bool cf_vec_finite(const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}
