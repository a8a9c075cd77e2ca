/* sum.c - the checksum of the stream. */
#include "base/sum.h"

#include <string.h>
#include <xxhash.h>

uint64_t cf_sum(const void *p, size_t n, uint64_t seed)
{
    return XXH3_64bits_withSeed(p, n, seed);
}

void cf_sum_put(uint64_t sum, unsigned char out[8])
{
    XXH64_canonical_t c;
    XXH64_canonicalFromHash(&c, sum);
    memcpy(out, c.digest, sizeof c.digest);
}

uint64_t cf_sum_get(const unsigned char in[8])
{
    XXH64_canonical_t c;
    memcpy(c.digest, in, sizeof c.digest);
    return XXH64_hashFromCanonical(&c);
}
