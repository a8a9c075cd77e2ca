/* half.c - half floats, by their bits. */
#include "math/half.h"

#include <math.h>
#include <string.h>

enum {
    MORE = 23 - 10,                /* bits that a float has more */
    BIAS = (127 - 15) * (1 << 10), /* of exponents, in a half */
    SIGN = 0x8000
};

/* The least half that has all its bits. */
#define NORMAL 0x1p-14F

uint16_t cf_half_of(float x)
{
    float size = fabsf(x);
    uint32_t bits, sign = signbit(x) ? SIGN : 0;

    if (size < NORMAL) {
        /* The sum is rounded to a multiple of the least half. */
        size += 0.5F;
        memcpy(&bits, &size, sizeof bits);
        return (uint16_t)(sign | (bits & 0x7ff));
    }
    memcpy(&bits, &size, sizeof bits);
    bits += (1U << (MORE - 1)) - 1 + (bits >> MORE & 1);
    return (uint16_t)(sign | ((bits >> MORE) - BIAS));
}

float cf_half_widen(uint16_t half)
{
    uint32_t bits = (uint32_t)(half & ~SIGN) << MORE;
    float x;

    memcpy(&x, &bits, sizeof x);
    x *= 0x1p112F;
    return half & SIGN ? -x : x;
}

float cf_half_unit(double most)
{
    const int last = 100;
    int power = 0;

    if (most > 0 && isfinite(most))
        (void)frexp(most / (double)CF_HALF_END, &power);
    power = power < last ? power : last;
    return ldexpf(1, power > -last ? power : -last);
}
