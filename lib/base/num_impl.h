/* num_impl.h - what reading and printing numbers share. */
#ifndef CF_BASE_NUM_IMPL_H
#define CF_BASE_NUM_IMPL_H

#include <stdbool.h>
#include <stdint.h>

static inline bool cf_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Powers of ten that are exact as doubles, 10^0 to 10^CF_POW10_MAX. */
enum { CF_POW10_MAX = 22 };
extern const double cf_pow10[CF_POW10_MAX + 1];

/* *out = v * 10^exp10, rounded once, because both are exact as doubles (Clinger
 * 1990); false if the power is not. */
bool cf_scale_once(double v, int exp10, double *out);
/* m * 10^exp10, correctly rounded. */
double cf_scale10(uint64_t m, int exp10);

#endif
