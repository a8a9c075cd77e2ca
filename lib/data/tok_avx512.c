/* tok_avx512.c - classes of bytes on x86-64 with AVX-512 for bytes. */
#include "data/tok_tables.h"

#ifdef __AVX512BW__
#include <immintrin.h>

static inline uint64_t equal(__m512i v, char c)
{
    return _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(c));
}

static inline void classify(const char *p, char sep, struct cf_tok_bits *b)
{
    __m512i v = _mm512_loadu_si512(p);

    b->other = equal(v, sep) | equal(v, '"');
    b->cr = equal(v, '\r');
    b->lf = equal(v, '\n');
    b->nul = equal(v, '\0');
    b->high = _mm512_movepi8_mask(v);
}

#define NAME "avx512"
#define TABLE cf_tok_avx512
#include "data/tok_kernel.h"
#endif
