/* link.c - sigmoid and link. */
#include "math/link.h"

#include <stdint.h>
#include <string.h>

const char *const cf_link_names[] = {"identity", "sigmoid", NULL};

/* Below this exp(x) is 0 as a float. */
#define EXP_LOW (-104.0)

/* 2^n for a normal double. */
static double power_of_two(int n)
{
    uint64_t bits = (uint64_t)(1023 + n) << 52;
    double p;

    memcpy(&p, &bits, sizeof p);
    return p;
}

/* exp(x) for EXP_LOW <= x <= 0, or NaN. x = n ln 2 + r with |r| at most
 * half of ln 2, where the Taylor series of degree 11 is good to 2^-47. */
static double exp_low(double x)
{
    const double log2e = 1.4426950408889634;
    const double ln2_high = 0x1.62e42feep-1, ln2_low = 0x1.a39ef35793c76p-33;
    static const double inverse[] = {
        1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
        1.0 / 5040,     1.0 / 720,     1.0 / 120,    1.0 / 24,
        1.0 / 6,        1.0 / 2,       1.0,          1.0};

    if (x != x)
        return x;
    int n = (int)(x * log2e - 0.5);
    double r = (x - n * ln2_high) - n * ln2_low;
    double sum = 0;
    for (size_t i = 0; i < sizeof inverse / sizeof *inverse; i++)
        sum = sum * r + inverse[i];
    return sum * power_of_two(n);
}

float cf_sigmoid(float x)
{
    double y = x < 0 ? (double)x : -(double)x;
    double e = exp_low(y < EXP_LOW ? EXP_LOW : y);

    return (float)(x < 0 ? e / (1 + e) : 1 / (1 + e));
}

float cf_link_apply(enum cf_link link, float lo, float hi, float z)
{
    float y = z;

    if (link == CF_LINK_SIGMOID)
        y = lo + (hi - lo) * cf_sigmoid(z);
    y = y < lo ? lo : y;
    return y > hi ? hi : y;
}
