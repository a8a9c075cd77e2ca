/* sgd.c - which kernel goes with a table. */
#include <string.h>

#include "math/sgd_tables.h"

cf_sgd_fn *cf_sgd_kernel(const struct cf_vec *vec)
{
#ifdef __x86_64__
    if (!strcmp(vec->name, "avx512"))
        return cf_sgd_avx512;
    if (!strcmp(vec->name, "avx2"))
        return cf_sgd_avx2;
    if (!strcmp(vec->name, "sse2"))
        return cf_sgd_sse2;
#endif
    return cf_sgd_scalar;
}
