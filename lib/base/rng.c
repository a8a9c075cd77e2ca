/* rng.c - counter-based random numbers: Philox4x32-10. */
#include "base/rng.h"

#include <math.h>

enum { ROUNDS = 10 };

void cf_philox(const uint32_t counter[4], const uint32_t key[2],
               uint32_t out[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t p0 = (uint64_t)UINT32_C(0xD2511F53) * c0;
        uint64_t p1 = (uint64_t)UINT32_C(0xCD9E8D57) * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += UINT32_C(0x9E3779B9);
        k1 += UINT32_C(0xBB67AE85);
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

/* 128 random bits of draw number index. Draws that need more of them count
 * their blocks in the upper half of the purpose, which no purpose uses. */
void cf_rng_words(const struct cf_rng *r, uint64_t index, uint32_t block,
                  uint32_t out[4])
{
    uint32_t counter[4] = {(uint32_t)index, (uint32_t)(index >> 32), r->epoch,
                           r->purpose | block << 16};
    uint32_t key[2] = {(uint32_t)r->seed, (uint32_t)(r->seed >> 32)};
    cf_philox(counter, key, out);
}

static void block(const struct cf_rng *r, uint64_t index, uint32_t number,
                  uint64_t out[2])
{
    uint32_t w[4];
    cf_rng_words(r, index, number, w);
    out[0] = w[0] | (uint64_t)w[1] << 32;
    out[1] = w[2] | (uint64_t)w[3] << 32;
}

static double unit(uint64_t bits)
{
    return (double)(bits >> 11) * 0x1p-53;
}

uint64_t cf_rng_u64(const struct cf_rng *r, uint64_t index)
{
    uint64_t b[2];
    block(r, index, 0, b);
    return b[0];
}

double cf_rng_real(const struct cf_rng *r, uint64_t index)
{
    return unit(cf_rng_u64(r, index));
}

double cf_rng_normal(const struct cf_rng *r, uint64_t index)
{
    const double tau = 6.28318530717958647692;
    uint64_t b[2];
    block(r, index, 0, b);
    /* 1 - u is in (0, 1], where the logarithm is finite. */
    return sqrt(-2 * log(1 - unit(b[0]))) * cos(tau * unit(b[1]));
}

/* The 128-bit product of a and b: *low and the upper half returned. */
static uint64_t multiply(uint64_t a, uint64_t b, uint64_t *low)
{
    uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    uint64_t mid = a1 * b0 + (a0 * b0 >> 32);
    uint64_t mid2 = a0 * b1 + (uint32_t)mid;
    *low = a * b;
    return a1 * b1 + (mid >> 32) + (mid2 >> 32);
}

uint64_t cf_rng_below(const struct cf_rng *r, uint64_t index, uint64_t n)
{
    for (uint32_t number = 0;; number++) {
        uint64_t b[2];
        block(r, index, number, b);
        for (int half = 0; half < 2; half++) {
            uint64_t low, high = multiply(b[half], n, &low);
            /* 2^64 mod n of the low parts are one too many; the test against
             * n itself mostly spares the division. */
            if (low >= n || low >= (0 - n) % n)
                return high;
        }
    }
}

void cf_rng_shuffle(const struct cf_rng *r, uint32_t *perm, size_t n)
{
    for (size_t i = n; i-- > 1;) {
        size_t j = (size_t)cf_rng_below(r, i, i + 1);
        uint32_t kept = perm[i];
        perm[i] = perm[j];
        perm[j] = kept;
    }
}
