/* vec.c - which kernels this processor runs. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#ifdef __x86_64__
#include <cpuid.h>
#endif

#include "math/vec_tables.h"

#ifdef __x86_64__
static int runs_avx2(void)
{
    unsigned a, b, c, d;

    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C);
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

/* The bits of four floats. */
typedef uint32_t four __attribute__((vector_size(16)));

bool cf_vec_finite(const float *x, size_t n)
{
    enum { STEP = 16 };
    const uint32_t exponent = 0x7f800000; /* all ones: NaN or infinite */
    four v[STEP / 4], bad = {0};
    size_t i = 0;

    for (; i + STEP <= n; i += STEP) {
        memcpy(v, x + i, sizeof v);
        for (size_t r = 0; r < STEP / 4; r++)
            bad |= (four)((v[r] & exponent) == exponent);
    }
    bool ok = !(bad[0] | bad[1] | bad[2] | bad[3]);
    for (; ok && i < n; i++)
        ok = isfinite(x[i]);
    return ok;
}
