/* link.c - sigmoid and link. */
#include "math/link.h"

#include <stdint.h>
#include <string.h>

#include "math/vec.h"

const char *const cf_link_names[] = {"identity", "sigmoid", NULL};

const double cf_exp_term[CF_EXP_TERMS] = {
    1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
    1.0 / 5040,     1.0 / 720,     1.0 / 120,    1.0 / 24,
    1.0 / 6,        1.0 / 2,       1.0,          1.0};

/* 2^n for a normal double. */
static double power_of_two(int n)
{
    uint64_t bits = (uint64_t)(1023 + n) << 52;
    double p;

    memcpy(&p, &bits, sizeof p);
    return p;
}

/* exp(x) for CF_EXP_LOW <= x <= 0, or NaN. x = n ln 2 + r with |r| at most
 * half of ln 2, where the Taylor series of degree 11 is good to 2^-47. */
static double exp_low(double x)
{
    if (x != x)
        return x;
    int n = (int)(x * CF_EXP_LOG2E - 0.5);
    double r = (x - n * CF_EXP_LN2_HIGH) - n * CF_EXP_LN2_LOW;
    double sum = 0;
    for (size_t i = 0; i < CF_EXP_TERMS; i++)
        sum = sum * r + cf_exp_term[i];
    return sum * power_of_two(n);
}

float cf_sigmoid(float x)
{
    double y = x < 0 ? (double)x : -(double)x;
    double e = exp_low(y < CF_EXP_LOW ? CF_EXP_LOW : y);

    return (float)(x < 0 ? e / (1 + e) : 1 / (1 + e));
}

static float clip(float lo, float hi, float y)
{
    y = y < lo ? lo : y;
    return y > hi ? hi : y;
}

float cf_link_apply(enum cf_link link, float lo, float hi, float z)
{
    float y = z;

    if (link == CF_LINK_SIGMOID)
        y = lo + (hi - lo) * cf_sigmoid(z);
    return clip(lo, hi, y);
}

void cf_link_apply_all(const struct cf_range *r, const struct cf_vec *vec,
                       float *y, size_t n)
{
    const float lo = r->lo, hi = r->hi, width = hi - lo;

    if (r->link == CF_LINK_SIGMOID) {
        vec->sigmoid(y, n);
        for (size_t i = 0; i < n; i++)
            y[i] = lo + width * y[i];
    }
    for (size_t i = 0; i < n; i++)
        y[i] = clip(lo, hi, y[i]);
}
