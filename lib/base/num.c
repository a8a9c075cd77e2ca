/* num.c - numbers from text, the same in every locale. */
#include "base/num.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num_impl.h"

/* Adds one digit to *v, false if it leaves 64 bits. */
static bool add_digit(uint64_t *v, char c)
{
    uint64_t digit = (uint64_t)(c - '0');
    if (*v > (UINT64_MAX - digit) / 10)
        return false;
    *v = *v * 10 + digit;
    return true;
}

/* An integer as sign and magnitude. A magnitude that is too big for 64 bits
 * sets *big. */
static const char *parse_int(struct cf_str s, bool *neg, uint64_t *mag,
                             bool *big)
{
    *neg = s.n > 0 && s.p[0] == '-';
    *mag = 0;
    *big = false;
    if (s.n == 0)
        return "empty";
    if (s.n == (size_t)*neg)
        return "not a number";
    for (size_t i = *neg; i < s.n; i++) {
        if (!cf_is_digit(s.p[i]))
            return "not a whole number";
        if (!add_digit(mag, s.p[i]))
            *big = true;
    }
    return NULL;
}

const char *cf_parse_u64(struct cf_str s, uint64_t *out)
{
    bool neg, big;
    uint64_t mag;
    const char *why = parse_int(s, &neg, &mag, &big);
    if (why)
        return why;
    if (neg && (big || mag > 0))
        return "below 0";
    if (big)
        return "above 18446744073709551615";
    *out = mag;
    return NULL;
}

const char *cf_parse_i64(struct cf_str s, int64_t *out)
{
    bool neg, big;
    uint64_t mag;
    const char *why = parse_int(s, &neg, &mag, &big);
    if (why)
        return why;
    if (neg && (big || mag > (uint64_t)INT64_MAX + 1))
        return "below -9223372036854775808";
    if (!neg && (big || mag > INT64_MAX))
        return "above 9223372036854775807";
    /* -mag without leaving int64_t on the way to INT64_MIN. */
    *out = neg && mag > 0 ? -(int64_t)(mag - 1) - 1 : (int64_t)mag;
    return NULL;
}

/* ---- reals ---- */

const double cf_pow10[CF_POW10_MAX + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

bool cf_scale_once(double v, int exp10, double *out)
{
    if (FLT_EVAL_METHOD != 0 || exp10 < -CF_POW10_MAX || exp10 > CF_POW10_MAX)
        return false;
    *out = exp10 < 0 ? v / cf_pow10[-exp10] : v * cf_pow10[exp10];
    return true;
}

double cf_scale10(uint64_t m, int exp10)
{
    double out;

    if (m <= UINT64_C(1) << DBL_MANT_DIG &&
        cf_scale_once((double)m, exp10, &out))
        return out;
    /* Text without a point means the same in every locale. */
    char text[48];
    snprintf(text, sizeof text, "%" PRIu64 "e%d", m, exp10);
    return strtod(text, NULL);
}

/* digit[0..n-1] * 10^exp10. No double or midpoint of two has more than 768
 * significant digits, so of the digits from KEEP on it only counts whether all
 * are zero, and the last one kept tells it. */
enum { KEEP = 769 };

struct decimal {
    size_t n;
    int64_t exp10;
    char digit[KEEP + 16]; /* and an exponent */
};

/* Takes the digits of s from *i on, each worth 10^scale in exp10; false if
 * there is none. */
static bool take_digits(struct cf_str s, size_t *i, struct decimal *d,
                        int scale)
{
    size_t from = *i;
    for (; *i < s.n && cf_is_digit(s.p[*i]); ++*i) {
        char c = s.p[*i];
        d->exp10 += scale;
        if (d->n == 0 && c == '0')
            continue;
        if (d->n < KEEP) {
            d->digit[d->n++] = c;
            continue;
        }
        d->exp10++;
        if (c != '0' && d->digit[KEEP - 1] == '0')
            d->digit[KEEP - 1] = '1';
    }
    return *i > from;
}

/* The exponent after an 'e', kept from wrapping when it is absurd. */
static bool take_exponent(struct cf_str s, size_t *i, struct decimal *d)
{
    const int64_t enough = INT64_MAX / 100;
    bool neg = *i < s.n && s.p[*i] == '-';
    if (neg || (*i < s.n && s.p[*i] == '+'))
        ++*i;
    size_t from = *i;
    int64_t e = 0;
    for (; *i < s.n && cf_is_digit(s.p[*i]); ++*i)
        if (e < enough)
            e = e * 10 + (s.p[*i] - '0');
    d->exp10 += neg ? -e : e;
    return *i > from;
}

static double decimal_value(struct decimal *d)
{
    const int64_t far = 99999; /* infinity or zero, with at most KEEP digits */
    int exp10 = (int)(d->exp10 > far ? far : d->exp10 < -far ? -far : d->exp10);
    uint64_t m = 0;
    size_t i = 0;
    while (i < d->n && add_digit(&m, d->digit[i]))
        i++;
    if (i == d->n)
        return m ? cf_scale10(m, exp10) : 0;
    snprintf(d->digit + d->n, sizeof d->digit - d->n, "e%d", exp10);
    return strtod(d->digit, NULL);
}

/* A few digits with or without a point, which is what most numbers are; false
 * if it is anything else. The value is that of the long way. */
static bool parse_short(struct cf_str s, double *out)
{
    enum { SHORT = 15 }; /* below 2^53 */
    bool neg = s.n > 0 && s.p[0] == '-';
    uint64_t m = 0;
    size_t i = neg, point = s.n;

    if (s.n > SHORT || i == s.n)
        return false;
    for (; i < s.n; i++) {
        unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';
        if (digit <= 9)
            m = m * 10 + digit;
        else if (s.p[i] == '.' && point == s.n)
            point = i;
        else
            return false;
    }
    size_t fraction = point < s.n ? s.n - point - 1 : 0;
    if (point < s.n && s.n - neg == 1)
        return false; /* no digit */
    double v = (double)m;
    if (fraction > 0 && !cf_scale_once(v, -(int)fraction, &v))
        return false;
    *out = neg ? -v : v;
    return true;
}

const char *cf_parse_f64(struct cf_str s, double *out)
{
    if (parse_short(s, out))
        return NULL;
    struct decimal d;
    d.n = 0;
    d.exp10 = 0;
    size_t i = 0;
    if (s.n == 0)
        return "empty";
    bool neg = s.p[0] == '-';
    if (neg || s.p[0] == '+')
        i++;
    bool some = take_digits(s, &i, &d, 0);
    if (i < s.n && s.p[i] == '.') {
        i++;
        some |= take_digits(s, &i, &d, -1);
    }
    if (some && i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
        i++;
        some = take_exponent(s, &i, &d);
    }
    if (!some || i < s.n)
        return "not a number";
    double v = decimal_value(&d);
    if (isinf(v))
        return "out of range";
    *out = neg ? -v : v;
    return NULL;
}

bool cf_parse_exact(struct cf_str s, uint32_t *value, unsigned *scale)
{
    enum { SCALE_MAX = 9 };
    uint64_t v = 0;
    size_t i = 0;
    for (; i < s.n && cf_is_digit(s.p[i]); i++)
        if (!add_digit(&v, s.p[i]))
            return false;
    if (i == 0 || (s.p[0] == '0' && i > 1))
        return false;
    size_t fraction = 0;
    if (i < s.n && s.p[i] == '.') {
        fraction = s.n - i - 1;
        if (fraction == 0 || fraction > SCALE_MAX)
            return false;
        while (++i < s.n)
            if (!cf_is_digit(s.p[i]) || !add_digit(&v, s.p[i]))
                return false;
    }
    if (i < s.n || v > UINT32_MAX)
        return false;
    *value = (uint32_t)v;
    *scale = (unsigned)fraction;
    return true;
}
