/* tok_avx2.c - classes of bytes on x86-64 with AVX2. */
#include "data/tok_tables.h"

#ifdef __AVX2__
#include <immintrin.h>

struct half {
    __m256i lo, hi;
};

static inline uint64_t top_bits(struct half v)
{
    return (uint32_t)_mm256_movemask_epi8(v.lo) |
           (uint64_t)(uint32_t)_mm256_movemask_epi8(v.hi) << 32;
}

static inline struct half equal(struct half v, char c)
{
    __m256i all = _mm256_set1_epi8(c);
    return (struct half){_mm256_cmpeq_epi8(v.lo, all),
                         _mm256_cmpeq_epi8(v.hi, all)};
}

static inline void classify(const char *p, char sep, struct cf_tok_bits *b)
{
    struct half v = {_mm256_loadu_si256((const __m256i *)(const void *)p),
                     _mm256_loadu_si256((const __m256i *)(const void *)p + 1)};
    struct half s = equal(v, sep), q = equal(v, '"');

    b->other = top_bits((struct half){_mm256_or_si256(s.lo, q.lo),
                                      _mm256_or_si256(s.hi, q.hi)});
    b->cr = top_bits(equal(v, '\r'));
    b->lf = top_bits(equal(v, '\n'));
    b->nul = top_bits(equal(v, '\0'));
    b->high = top_bits(v);
}

#define NAME "avx2"
#define TABLE cf_tok_avx2
#include "data/tok_kernel.h"
#endif
