/* test_when.c - moments as text. Seconds are those of Python's datetime. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "data/when.h"

static void is(const char *text, int64_t want)
{
    int64_t got;
    const char *why = cf_parse_when(cf_cstr(text), &got);

    if (why)
        fail_msg("%s: %s", text, why);
    assert_true(got == want);
}

static void fails(const char *text, const char *want)
{
    int64_t got;
    const char *why = cf_parse_when(cf_cstr(text), &got);

    assert_non_null(why);
    assert_string_equal(why, want);
}

/* RecBole 1653, 2204 (reliability c): as floats of 32 bits, two times became
 * one. */
static void test_numbers(void **state)
{
    (void)state;
    is("978300760", 978300760);
    is("978300761", 978300761);
    is("1427846399123", 1427846399123);
    is("-5", -5);
    is("20150331", 20150331);
    is("9223372036854775807", INT64_MAX);
    fails("9223372036854775808", "above 9223372036854775807");
    fails("1.5", "not a whole number");
    fails("1.4278e9", "not a whole number");
    fails("noon", "neither a whole number nor an ISO 8601 time");
    fails("31/03/2015 23:59", "neither a whole number nor an ISO 8601 time");
    fails("", "empty");
}

static void test_dates(void **state)
{
    (void)state;
    is("1970-01-01", 0);
    is("1969-12-31", -86400);
    is("2000-02-29", 951782400);
    is("1900-03-01", -2203891200);
    is("2015-03-31", 1427760000);
    is("2024-02-29", 1709164800);
    is("9999-12-31", 253402214400);
    is("0004-02-29", -62035891200);
    is("0001-01-01", -62135596800);
    /* A leap year of the proleptic calendar, 366 days before year 1. */
    is("0000-01-01", -62135596800 - 366 * 86400LL);
    is("0000-03-01", -62135596800 - 306 * 86400LL);
    fails("2015-02-29", "no day of the calendar");
    fails("1900-02-29", "no day of the calendar");
    fails("2015-13-01", "no day of the calendar");
    fails("2015-00-10", "no day of the calendar");
    fails("2015-01-00", "no day of the calendar");
    fails("2015-3-31x", "neither a whole number nor an ISO 8601 time");
}

/* Every day of 400 years follows the one before. */
static void test_all_days(void **state)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t want = -11676096000; /* 1600-01-01 */
    char text[32];

    (void)state;
    for (int y = 1600; y < 2000; y++)
        for (int m = 1; m <= 12; m++) {
            bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
            for (int d = 1; d <= days[m - 1] + (m == 2 && leap); d++) {
                snprintf(text, sizeof text, "%04d-%02d-%02d", y, m, d);
                is(text, want);
                want += 86400;
            }
        }
    assert_int_equal(want, 946684800);
}

static void test_times(void **state)
{
    (void)state;
    is("2015-03-31T23:59:59Z", 1427846399);
    is("2015-03-31 23:59:59", 1427846399);
    is("2015-03-31t23:59:59z", 1427846399);
    is("2015-03-31T23:59", 1427846340);
    is("2015-03-31T23:59:59.999Z", 1427846399);
    is("2015-03-31T23:59:59,999999999+00:00", 1427846399);
    is("1969-12-31T23:59:59.5Z", -1);
    is("2015-03-31T23:59:59+05:30", 1427826599);
    is("2015-03-31T23:59:59+0530", 1427826599);
    is("2015-03-31T23:59:59-08:00", 1427875199);
    is("2015-03-31T23:59:59-08", 1427875199);
    is("2016-12-31T23:59:60Z", 1483228800);
    fails("2015-03-31T24:00:00", "no time of the day");
    fails("2015-03-31T23:60", "no time of the day");
    fails("2015-03-31T23:00+24:00", "no time of the day");
}

static void test_no_times(void **state)
{
    static const char *const text[] = {
        "2015-03-31T",           "2015-03-31 ",
        "2015-03-31T2",          "2015-03-31T23",
        "2015-03-31T23:5",       "2015-03-31T23:59:",
        "2015-03-31T23:59:59.",  "2015-03-31T23:59:59Z ",
        "2015-03-31T23:59:59+",  "2015-03-31T23:59:59+5:30",
        "2015-03-31T23:59+05:3", "2015-03-31T23:59+05:",
        "2015-03-31Z",           "2015-03-31x",
        "2015-03-31  23:59",     "2015-0331T00:00"};

    (void)state;
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        fails(text[i], "neither a whole number nor an ISO 8601 time");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),  cmocka_unit_test(test_dates),
        cmocka_unit_test(test_all_days), cmocka_unit_test(test_times),
        cmocka_unit_test(test_no_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
