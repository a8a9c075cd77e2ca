/* tok.c - which tokenizer this processor runs. */
#include <string.h>

#include "data/tok_tables.h"

#ifdef __x86_64__
static bool runs_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("popcnt");
}

static bool runs_avx512(void)
{
    return runs_avx2() && __builtin_cpu_supports("avx512bw");
}
#endif

const struct cf_tok *cf_tok_best(void)
{
#ifdef __x86_64__
    if (runs_avx512())
        return &cf_tok_avx512;
    if (runs_avx2())
        return &cf_tok_avx2;
#endif
    return &cf_tok_swar;
}

const struct cf_tok *cf_tok_find(const char *name)
{
#ifdef __x86_64__
    if (!strcmp(name, "avx512"))
        return runs_avx512() ? &cf_tok_avx512 : NULL;
    if (!strcmp(name, "avx2"))
        return runs_avx2() ? &cf_tok_avx2 : NULL;
#endif
    return strcmp(name, "swar") ? NULL : &cf_tok_swar;
}
