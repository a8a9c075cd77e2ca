/* gauss.c - which kernels go with those of vec.h. */
#include "math/gauss_tables.h"

#include <string.h>

const float cf_log_terms[CF_LOG_TERMS] = {
    7.0376836292e-2F,  -1.1514610310e-1F, 1.1676998740e-1F,
    -1.2420140846e-1F, 1.4249322787e-1F,  -1.6668057665e-1F,
    2.0000714765e-1F,  -2.4999993993e-1F, 3.3333331174e-1F};
const float cf_erfinv_near[CF_ERFINV_TERMS] = {
    2.81022636e-8F,  3.43273939e-7F, -3.5233877e-6F,
    -4.39150654e-6F, 2.1858087e-4F,  -1.25372503e-3F,
    -4.17768164e-3F, 2.46640727e-1F, 1.50140941F};
const float cf_erfinv_far[CF_ERFINV_TERMS] = {
    -2.00214257e-4F, 1.00950558e-4F, 1.34934322e-3F,
    -3.67342844e-3F, 5.73950773e-3F, -7.6224613e-3F,
    9.43887047e-3F,  1.00167406F,    2.83297682F};

const struct cf_gauss *cf_gauss_of(const struct cf_vec *vec)
{
#ifdef __x86_64__
    static const struct cf_gauss *const all[] = {
        &cf_gauss_avx512, &cf_gauss_avx2, &cf_gauss_sse2, NULL};

    for (size_t i = 0; all[i]; i++)
        if (!strcmp(vec->name, all[i]->name))
            return all[i];
#endif
    return &cf_gauss_scalar;
}
