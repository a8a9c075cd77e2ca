/* digits.h - quick forms of cf_parse_exact for text with at least eight bytes
 * after it that may be read. Each says of a text that it is such a number, or
 * that cf_parse_exact must look. */
#ifndef CF_DATA_DIGITS_H
#define CF_DATA_DIGITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define CF_ZEROS UINT64_C(0x3030303030303030) /* eight '0' */

static inline uint64_t cf_load_eight(const char *p)
{
    uint64_t x;
    memcpy(&x, p, sizeof x);
    return x;
}

/* Eight digits, the first in the lowest byte: pairs, then both halves, are put
 * together by multiplications. */
static inline bool cf_eight_digits(uint64_t x, uint32_t *v)
{
    const uint64_t pick = UINT64_C(0x000000ff000000ff);
    uint64_t d = x ^ CF_ZEROS;

    if ((d | (d + UINT64_C(0x0606060606060606))) & UINT64_C(0xf0f0f0f0f0f0f0f0))
        return false;
    d = d * 10 + (d >> 8);
    *v = (uint32_t)(((d & pick) * UINT64_C(0x000f424000000064) +
                     (d >> 16 & pick) * UINT64_C(0x0000271000000001)) >>
                    32);
    return true;
}

/* The lowest n bytes of x, 1 to 8, as digits. */
static inline bool cf_few_digits(uint64_t x, size_t n, uint32_t *v)
{
    unsigned shift = 64 - 8 * (unsigned)n;
    uint64_t zeros = CF_ZEROS & ((UINT64_C(1) << shift) - 1);

    return cf_eight_digits(x << shift | zeros, v);
}

/* A whole number of at most ten digits. Whether it has nine or ten makes no
 * branch: times have either. */
static inline bool cf_digits(const char *p, size_t n, uint32_t *v)
{
    uint32_t low, ten = n == 10;

    if (n >= 1 && n <= 8)
        return (*p != '0' || n == 1) && cf_few_digits(cf_load_eight(p), n, v);
    if (n < 9 || n > 10 || !cf_eight_digits(cf_load_eight(p + n - 8), &low))
        return false;
    uint32_t first = (uint32_t)(unsigned char)p[0] - '0';
    uint32_t second = ((uint32_t)(unsigned char)p[1] - '0') & (0 - ten);
    uint64_t head = first + (9 * first + second) * ten;
    uint64_t sum = head * 100000000 + low;
    *v = (uint32_t)sum;
    return first - 1 < 9 && second < 10 && sum <= UINT32_MAX;
}

/* A number with that many digits, at least one, after a point: at most eight
 * bytes. */
static inline bool cf_decimals(const char *p, size_t n, unsigned scale,
                               uint32_t *v)
{
    if (n > 8 || n < scale + 2)
        return false;
    size_t point = n - scale - 1;
    if (p[point] != '.' || (*p == '0' && point > 1))
        return false;
    uint64_t x = cf_load_eight(p);
    uint64_t before = (UINT64_C(1) << 8 * point) - 1;
    return cf_few_digits((x & before) | (x >> 8 & ~before), n - 1, v);
}

#endif
