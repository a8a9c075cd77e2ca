/* num_format.c - numbers to text, the same in every locale. */
#include "base/num.h"

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num_impl.h"

/* round_to in a few operations, false unless it is sure: not near the middle of
 * two decimals. */
static bool round_fast(double v, int p, uint64_t *m, int *exp10)
{
    int exp2;
    double x;

    frexp(v, &exp2);
    /* The exponent of v in base 10, or one less: times log10(2), rounded
     * down. */
    int e = (exp2 - 1) * 30103, down = e < 0 ? 99999 : 0;
    *exp10 = (e - down) / 100000 + 1 - p;
    if (!cf_scale_once(v, -*exp10, &x))
        return false;
    if (x >= cf_pow10[p] && !cf_scale_once(v, -++*exp10, &x))
        return false;
    *m = (uint64_t)x;
    double rest = x - (double)*m;
    if (fabs(rest - 0.5) <= 2 * DBL_EPSILON * x || x < cf_pow10[p - 1])
        return false;
    *m += rest > 0.5;
    return true;
}

/* The decimal of p digits next to v > 0: v is about m * 10^*exp10; of p + 1
 * digits if it is 10^p. */
static uint64_t round_to(double v, int p, int *exp10)
{
    uint64_t fast;
    if (round_fast(v, p, &fast, exp10))
        return fast;
    char text[48];
    snprintf(text, sizeof text, "%.*e", p - 1, v);
    uint64_t m = 0;
    const char *c = text;
    for (; *c != 'e'; c++)
        if (cf_is_digit(*c)) /* the point is the locale's */
            m = m * 10 + (uint64_t)(*c - '0');
    bool neg = c[1] == '-';
    int e = 0;
    for (c += 2; *c; c++)
        e = e * 10 + (*c - '0');
    *exp10 = (neg ? -e : e) - (p - 1);
    return m;
}

/* Does a reader of m * 10^exp10 get v? */
static bool reads_f64(uint64_t m, int exp10, double v)
{
    return cf_scale10(m, exp10) == v;
}

/* The same for a float, also for a reader that goes through double: if that
 * lands on the midpoint of two floats by rounding, the two ways may differ. */
static bool reads_f32(uint64_t m, int exp10, double v)
{
    double d = cf_scale10(m, exp10);
    bool exact = exp10 >= 0 && d <= 0x1p53;
    float f = (float)v;
    double next = nextafterf(f, d < v ? 0 : INFINITY);
    return (float)d == f && (exact || fabs(d - v) != fabs(next - d));
}

/* ---- the shortest decimal ---- */

/* What differs between float and double. */
struct width {
    int sure, last; /* digits that survive decimal-binary-decimal, and that
                       always suffice */
    double normal;  /* the least number for which sure holds */
    bool (*reads)(uint64_t m, int exp10, double v);
    bool (*fast)(float v, uint64_t *m, int *exp10); /* or NULL */
};

static uint64_t shortest(double v, const struct width *w, int *exp10)
{
    uint64_t m;
    for (int p = v < w->normal ? 1 : w->sure;; p++) {
        m = round_to(v, p, exp10);
        if (p == w->last || w->reads(m, *exp10, v))
            break;
        /* Above a power of two there is more room than below. */
        if (w->reads(m + 1, *exp10, v)) {
            m++;
            break;
        }
    }
    return m;
}

/* ---- digits ---- */

/* The decimal digits of v end before `end`; returns where they begin. */
static char *put_digits(uint64_t v, char *end)
{
    static const char pairs[] = "00010203040506070809"
                                "10111213141516171819"
                                "20212223242526272829"
                                "30313233343536373839"
                                "40414243444546474849"
                                "50515253545556575859"
                                "60616263646566676869"
                                "70717273747576777879"
                                "80818283848586878889"
                                "90919293949596979899";

    for (; v >= 100; v /= 100)
        memcpy(end -= 2, pairs + 2 * (v % 100), 2);
    if (v >= 10)
        memcpy(end -= 2, pairs + 2 * v, 2);
    else
        *--end = (char)('0' + v);
    return end;
}

/* Digits of a number, the point after the first `whole` of them. */
static char *put_point(const char *digit, size_t n, size_t whole, char *out)
{
    memcpy(out, digit, whole);
    out += whole;
    if (whole < n)
        *out++ = '.';
    memcpy(out, digit + whole, n - whole);
    return out + (n - whole);
}

static char *put_zeros(size_t n, char *out)
{
    memset(out, '0', n);
    return out + n;
}

/* Lays out m * 10^exp10 as format %g does, but plain from 1e-5 to 1e16. */
static size_t lay_out(uint64_t m, int exp10, char *out)
{
    char room[24], *end = room + sizeof room, *digit = put_digits(m, end);
    size_t n = (size_t)(end - digit);
    int e = exp10 + (int)n - 1; /* of the first digit */
    char *to = out;

    if (e < -5 || e >= 16) {
        to = put_point(digit, n, 1, to);
        *to++ = 'e';
        *to++ = e < 0 ? '-' : '+';
        digit = put_digits((uint64_t)abs(e) + 1000, end);
        size_t skip =
            abs(e) < 100 ? 2 : 1; /* of the 1000: two digits or more */
        memcpy(to, digit + skip, 4 - skip);
        to += 4 - skip;
    } else if (e < 0) {
        memcpy(to, "0.", 2);
        to = put_zeros((size_t)(-e - 1), to + 2);
        to = put_point(digit, n, n, to);
    } else if (exp10 >= 0) {
        to = put_zeros((size_t)exp10, put_point(digit, n, n, to));
    } else {
        to = put_point(digit, n, (size_t)e + 1, to);
    }
    *to = '\0';
    return (size_t)(to - out);
}

/* A float times 10^-exp10, so that it has DIGITS digits before the point; and
 * half of the distance to its neighbour, the nearer one if it is a power of
 * two. Off by a part in 2^53, which is far less than OFF. */
struct scaled {
    double v, half;
    bool power;
    int exp10;
};

enum { DIGITS = FLT_DECIMAL_DIG };
#define OFF 1e-6

/* false for numbers that are very small or large. */
static bool scale_float(float v, struct scaled *s)
{
    uint32_t bits;

    memcpy(&bits, &v, sizeof bits);
    int exp2 = (int)(bits >> 23) - 127;
    if (exp2 < -40 || exp2 > 90)
        return false;
    s->power = bits << 9 == 0;
    uint64_t half_bits = (uint64_t)(1023 + exp2 - 24 - s->power) << 52;
    double half;
    memcpy(&half, &half_bits, sizeof half);
    s->exp10 = (exp2 * 30103 - (exp2 < 0 ? 99999 : 0)) / 100000 - DIGITS + 1;
    if (!cf_scale_once((double)v, -s->exp10, &s->v) ||
        (s->v >= cf_pow10[DIGITS] &&
         !cf_scale_once((double)v, -++s->exp10, &s->v)))
        return false;
    return s->v >= cf_pow10[DIGITS - 1] &&
           cf_scale_once(half, -s->exp10, &s->half);
}

enum answer { NO, YES, UNSURE };

/* Does the decimal of p digits next to the float read back as the float? That
 * is *m * 10^*exp10. */
static enum answer round_short(const struct scaled *s, int p, uint64_t *m,
                               int *exp10)
{
    double unit = cf_pow10[DIGITS - p], x = s->v / unit;

    *m = (uint64_t)x;
    double rest = x - (double)*m;
    if (fabs(rest - 0.5) < OFF)
        return UNSURE;
    *m += rest > 0.5;
    *exp10 = s->exp10 + DIGITS - p;
    double off = fabs((double)*m * unit - s->v);
    if (off < s->half - OFF || p == DIGITS)
        return YES;
    return off < s->half + OFF || s->power ? UNSURE : NO;
}

/* The same as shortest() of a float, in a few operations; false unless it is
 * sure. Begins with the least digits but one: a score has more, a rating less,
 * and what is not enough is not enough with a digit less. */
static bool shortest_fast(float v, uint64_t *m, int *exp10)
{
    struct scaled s;
    uint64_t less;
    int p = FLT_DIG + 1, less_exp;

    if (!scale_float(v, &s))
        return false;
    enum answer yes = round_short(&s, p, m, exp10);
    if (yes == YES) {
        yes = round_short(&s, FLT_DIG, &less, &less_exp);
        if (yes == YES) {
            *m = less;
            *exp10 = less_exp;
        }
        return yes != UNSURE;
    }
    while (yes == NO)
        yes = round_short(&s, ++p, m, exp10);
    return yes == YES;
}

static size_t format_real(double v, const struct width *w, char *out)
{
    size_t sign = !isnan(v) && signbit(v) ? 1 : 0;
    out[0] = '-';
    if (isnan(v) || isinf(v) || v == 0) {
        const char *word = isnan(v) ? "nan" : isinf(v) ? "inf" : "0";
        size_t n = strlen(word);
        memcpy(out + sign, word, n + 1);
        return sign + n;
    }
    int exp10;
    uint64_t m;
    if (!w->fast || !w->fast((float)fabs(v), &m, &exp10))
        m = shortest(fabs(v), w, &exp10);
    for (; m % 10 == 0; m /= 10)
        ++exp10;
    return sign + lay_out(m, exp10, out + sign);
}

size_t cf_format_f32(float v, char *out)
{
    static const struct width w = {FLT_DIG, FLT_DECIMAL_DIG, FLT_MIN, reads_f32,
                                   shortest_fast};
    return format_real((double)v, &w, out);
}

size_t cf_format_f64(double v, char *out)
{
    static const struct width w = {DBL_DIG, DBL_DECIMAL_DIG, DBL_MIN, reads_f64,
                                   NULL};
    return format_real(v, &w, out);
}

size_t cf_format_exact(uint64_t value, unsigned scale, char *out)
{
    char room[24], *end = room + sizeof room, *digit = put_digits(value, end);

    while (end - digit <= (ptrdiff_t)scale)
        *--digit = '0';
    size_t n = (size_t)(end - digit);
    char *to = put_point(digit, n, n - scale, out);
    *to = '\0';
    return (size_t)(to - out);
}
