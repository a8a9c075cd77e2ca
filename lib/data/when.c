/* when.c - whole numbers and ISO 8601, in no locale and no time zone. */
#include "data/when.h"

#include <stdbool.h>
#include <string.h>

#include "base/num.h"

static const char *const no_such_day = "no day of the calendar";
static const char *const no_such_time = "no time of the day";
static const char *const neither =
    "neither a whole number nor an ISO 8601 time";

/* What is left to read. */
struct text {
    const char *p;
    size_t n;
};

static bool take(struct text *t, char c)
{
    if (t->n == 0 || *t->p != c)
        return false;
    t->p++;
    t->n--;
    return true;
}

/* Exactly so many digits. */
static bool number(struct text *t, unsigned digits, int *v)
{
    *v = 0;
    for (; digits > 0; digits--) {
        if (t->n == 0 || *t->p < '0' || *t->p > '9')
            return false;
        *v = *v * 10 + (*t->p - '0');
        t->p++;
        t->n--;
    }
    return true;
}

static int days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

/* Days since 1970-01-01. Years begin in March, so that the leap day is the
 * last; five months from there on always have 153 days. */
static int64_t days_since_1970(int year, int month, int day)
{
    const int to_1970 = 719468; /* from March 1 of the year 0 */
    int y = month > 2 ? year : year - 1, m = month > 2 ? month - 3 : month + 9;
    int leap_days = y >= 0 ? y / 4 - y / 100 + y / 400 : -1;
    return (int64_t)y * 365 + leap_days + (153 * m + 2) / 5 + day - 1 - to_1970;
}

/* YYYY-MM-DD as seconds. */
static const char *date(struct text *t, int64_t *out)
{
    int year, month, day;

    if (!number(t, 4, &year) || !take(t, '-') || !number(t, 2, &month) ||
        !take(t, '-') || !number(t, 2, &day))
        return neither;
    if (month < 1 || month > 12 || day < 1 || day > days_of_month(year, month))
        return no_such_day;
    *out = 86400 * days_since_1970(year, month, day);
    return NULL;
}

/* hh:mm[:ss[.fraction]], added to *out. */
static const char *clock_time(struct text *t, int64_t *out)
{
    int hour, minute, second = 0, digit;

    if (!number(t, 2, &hour) || !take(t, ':') || !number(t, 2, &minute))
        return neither;
    if (take(t, ':')) {
        if (!number(t, 2, &second))
            return neither;
        if (take(t, '.') || take(t, ',')) {
            if (!number(t, 1, &digit))
                return neither;
            while (number(t, 1, &digit))
                ;
        }
    }
    /* 60 is a leap second, which is the first second of the next minute. */
    if (hour > 23 || minute > 59 || second > 60)
        return no_such_time;
    *out += hour * 3600 + minute * 60 + second;
    return NULL;
}

/* Z, +hh, +hhmm, +hh:mm or nothing. */
static const char *offset(struct text *t, int64_t *out)
{
    bool east = take(t, '+');
    int hour, minute = 0;

    if (!east && !take(t, '-')) {
        if (!take(t, 'Z'))
            take(t, 'z');
        return NULL;
    }
    if (!number(t, 2, &hour) ||
        ((take(t, ':') || t->n > 0) && !number(t, 2, &minute)))
        return neither;
    if (hour > 23 || minute > 59)
        return no_such_time;
    int64_t seconds = (int64_t)hour * 3600 + (int64_t)minute * 60;
    *out -= east ? seconds : -seconds;
    return NULL;
}

static const char *iso8601(struct cf_str s, int64_t *out)
{
    struct text t = {s.p, s.n};
    const char *why = date(&t, out);

    if (!why && (take(&t, 'T') || take(&t, 't') || take(&t, ' '))) {
        why = clock_time(&t, out);
        if (!why)
            why = offset(&t, out);
    }
    return !why && t.n > 0 ? neither : why;
}

/* Whether it can have been meant as a number. */
static bool numeric(struct cf_str s)
{
    static const char of_numbers[] = "0123456789+-.,eE ";

    for (size_t i = 0; i < s.n; i++)
        if (!memchr(of_numbers, s.p[i], sizeof of_numbers - 1))
            return false;
    return true;
}

const char *cf_parse_when(struct cf_str s, int64_t *out)
{
    enum { DATE = 10 };
    const char *why = cf_parse_i64(s, out);

    if (why && s.n >= DATE && s.p[4] == '-')
        return iso8601(s, out);
    return why && !numeric(s) ? neither : why;
}
