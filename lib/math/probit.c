/* probit.c - which kernels go with those of vec.h. */
#include "math/probit_tables.h"

#include <string.h>

const float cf_erfc_terms[CF_ERFC_TERMS] = {
    .17087277F,  -.82215223F, 1.48851587F, -1.13520398F, .27886807F,
    -.18628806F, .09678418F,  .37409196F,  1.00002368F,  -1.26551223F};
const float cf_expf_terms[CF_EXPF_TERMS] = {1.9875691500e-4F, 1.3981999507e-3F,
                                            8.3334519073e-3F, 4.1665795894e-2F,
                                            1.6666665459e-1F, 5.0000001201e-1F};

const struct cf_probit *cf_probit_of(const struct cf_vec *vec)
{
#ifdef __x86_64__
    static const struct cf_probit *const all[] = {
        &cf_probit_avx512, &cf_probit_avx2, &cf_probit_sse2, NULL};

    for (size_t i = 0; all[i]; i++)
        if (!strcmp(vec->name, all[i]->name))
            return all[i];
#endif
    return &cf_probit_scalar;
}
