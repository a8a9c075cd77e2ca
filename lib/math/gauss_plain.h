/* gauss_plain.h - what the plain loops of gauss_scalar.c and probit_scalar.c
 * share. */
#ifndef CF_MATH_GAUSS_PLAIN_H
#define CF_MATH_GAUSS_PLAIN_H

#include <string.h>

#include "math/gauss_tables.h"

static inline float polynomial(const float *terms, int n, float x)
{
    float y = terms[0];

    for (int i = 1; i < n; i++)
        y = y * x + terms[i];
    return y;
}

/* x > 0. */
static inline float logarithm(float x)
{
    int32_t bits, e;
    float m;

    memcpy(&bits, &x, sizeof bits);
    e = (bits - CF_ROOT_HALF) >> 23;
    bits -= e * (1 << 23);
    memcpy(&m, &bits, sizeof m);
    m -= 1;
    float z = m * m, y = polynomial(cf_log_terms, CF_LOG_TERMS, m);
    return (float)e * 0.693147180559945F + (m + (y * m * z - .5F * z));
}

#endif
