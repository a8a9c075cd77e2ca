/* test_num.c - numbers from text and to text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "temp.h"

#define N(array) (sizeof(array) / sizeof *(array))

static void test_u64(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
        uint64_t v;
    } c[] = {{"0", NULL, 0},
             {"007", NULL, 7},
             {"18446744073709551615", NULL, UINT64_MAX},
             {"18446744073709551616", "above 18446744073709551615", 0},
             {"99999999999999999999999", "above 18446744073709551615", 0},
             {"-1", "below 0", 0},
             {"-99999999999999999999999", "below 0", 0},
             {"", "empty", 0},
             {"-", "not a number", 0},
             {"+1", "not a whole number", 0},
             {" 1", "not a whole number", 0},
             {"1 ", "not a whole number", 0},
             {"1.0", "not a whole number", 0},
             {"0x10", "not a whole number", 0}};

    for (size_t i = 0; i < N(c); i++) {
        uint64_t v = 77;
        const char *why = cf_parse_u64(cf_cstr(c[i].text), &v);
        if (c[i].why) {
            assert_non_null(why);
            assert_string_equal(why, c[i].why);
            assert_int_equal(v, 77);
        } else {
            assert_null(why);
            assert_true(v == c[i].v);
        }
    }
    uint64_t v;
    assert_non_null(cf_parse_u64((struct cf_str){"1\0", 2}, &v));
}

static void test_i64(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
        int64_t v;
    } c[] = {{"0", NULL, 0},
             {"-0", NULL, 0},
             {"-1", NULL, -1},
             {"9223372036854775807", NULL, INT64_MAX},
             {"-9223372036854775808", NULL, INT64_MIN},
             {"9223372036854775808", "above 9223372036854775807", 0},
             {"-9223372036854775809", "below -9223372036854775808", 0},
             {"-99999999999999999999", "below -9223372036854775808", 0},
             {"--1", "not a whole number", 0},
             {"1e3", "not a whole number", 0}};

    for (size_t i = 0; i < N(c); i++) {
        int64_t v = 77;
        const char *why = cf_parse_i64(cf_cstr(c[i].text), &v);
        if (c[i].why) {
            assert_non_null(why);
            assert_string_equal(why, c[i].why);
        } else {
            assert_null(why);
            assert_true(v == c[i].v);
        }
    }
}

/* What Python 3.11 says: float(text).hex(). The long ones lie on and just
 * beside the midpoints of doubles. */
static const struct {
    const char *text;
    double v;
} reals[] = {
    {"4.0", 0x1p+2},
    {"3.5", 0x1.cp+1},
    {"+.5", 0x1p-1},
    {"5.", 0x1.4p+2},
    {"-0", -0.0},
    {"0.1", 0x1.999999999999ap-4},
    {"1e22", 0x1.0f0cf064dd592p+73},
    {"1E+23", 0x1.52d02c7e14af6p+76},
    {"1e-22", 0x1.e392010175ee6p-74},
    {"123456789012345678901234567890", 0x1.8ee90ff6c373ep+96},
    {"9007199254740993", 0x1p+53},
    {"9007199254740993.00000000000000000000001", 0x1.0000000000001p+53},
    {"9007199254740992.9999999999999999999999", 0x1p+53},
    {"1.7976931348623157e308", 0x1.fffffffffffffp+1023},
    {"1.7976931348623158e308", 0x1.fffffffffffffp+1023},
    {"2.2250738585072011e-308", 0x0.fffffffffffffp-1022},
    {"4.9e-324", 0x0.0000000000001p-1022},
    {"2.4703282292062327e-324", 0x0p+0},
    {"2.4703282292062328e-324", 0x0.0000000000001p-1022},
    {"1e-400", 0x0p+0},
    {"0e99999999999999999999", 0x0p+0},
    {"1e-99999999999999999999", 0x0p+0},
    {"0.000000000000000000000000000001e30", 0x1p+0},
    {"100000000000000000000000000000000000000000e-41", 0x1p+0},
};

static void test_f64(void **state)
{
    (void)state;
    for (size_t i = 0; i < N(reals); i++) {
        double v = 77;
        assert_null(cf_parse_f64(cf_cstr(reals[i].text), &v));
        assert_memory_equal(&v, &reals[i].v, sizeof v);
    }
}

/* The midpoint of two doubles with the most digits there are: that above
 * 0x0.fffffffffffffp-1022 has 768, here as m * 5^1075 * 10^-1075. */
static void test_f64_long(void **state)
{
    (void)state;
    unsigned char digit[1200] = {0}; /* the last one first */
    uint64_t m = 0x1fffffffffffff;   /* twice the double, and one */
    size_t n = 0;
    for (; m > 0; m /= 10)
        digit[n++] = (unsigned char)(m % 10);
    for (int i = 0; i < 1075; i++) {
        unsigned carry = 0;
        for (size_t j = 0; j < n || carry; j++) {
            carry += 5u * digit[j];
            digit[j] = (unsigned char)(carry % 10);
            carry /= 10;
            n = j >= n ? j + 1 : n;
        }
    }
    assert_int_equal(n, 768);
    char text[4000];
    for (size_t i = 0; i < n; i++)
        text[i] = (char)('0' + digit[n - 1 - i]);

    double v;
    memcpy(text + n, "e-1075", sizeof "e-1075"); /* a tie goes to even */
    assert_null(cf_parse_f64(cf_cstr(text), &v));
    assert_true(v == 0x1p-1022);
    text[n - 1]--; /* the last digit is 5 */
    assert_null(cf_parse_f64(cf_cstr(text), &v));
    assert_true(v == 0x0.fffffffffffffp-1022);
}

static void test_f64_wrong(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "nan", "inf", "-inf",  "infinity", "0x10",  "0x1p3", ".",
        "-",   "+",   "e5",    ".e5",      "1e",    "1e+",   "1e5.0",
        "1,5", " 1",  "1 ",    "1\t",      "1.2.3", "--1",   "+-1",
        "1d5", "1f",  "1_000", "-.",       "1ee5",  "1e 5"};

    double v = 77;
    for (size_t i = 0; i < N(wrong); i++)
        assert_string_equal(cf_parse_f64(cf_cstr(wrong[i]), &v),
                            "not a number");
    assert_string_equal(cf_parse_f64(cf_cstr(""), &v), "empty");
    assert_non_null(cf_parse_f64((struct cf_str){"1\0", 2}, &v));
    assert_string_equal(cf_parse_f64(cf_cstr("1e309"), &v), "out of range");
    assert_string_equal(cf_parse_f64(cf_cstr("-1.7976931348623159e308"), &v),
                        "out of range");
    assert_true(v == 77);
}

static void test_exact(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t v;
        unsigned scale;
    } good[] = {{"0", 0, 0},
                {"7", 7, 0},
                {"4.0", 40, 1},
                {"0.5", 5, 1},
                {"0.000000001", 1, 9},
                {"0.00", 0, 2},
                {"4294967295", UINT32_MAX, 0},
                {"42949672.95", UINT32_MAX, 2}};
    static const char *const wrong[] = {
        "",   "007", "00",   "00.5",       "-1",          "+1",           ".5",
        "5.", "1e3", "4,0",  "4294967296", "42949672.96", "0.0000000001", "1 ",
        "a",  "1.a", "1.2.3"};

    for (size_t i = 0; i < N(good); i++) {
        uint32_t v;
        unsigned scale;
        char text[CF_NUM_MAX];
        assert_true(cf_parse_exact(cf_cstr(good[i].text), &v, &scale));
        assert_int_equal(v, good[i].v);
        assert_int_equal(scale, good[i].scale);
        size_t n = cf_format_exact(v, scale, text);
        assert_int_equal(n, strlen(good[i].text));
        assert_string_equal(text, good[i].text);
    }
    for (size_t i = 0; i < N(wrong); i++) {
        uint32_t v;
        unsigned scale;
        assert_false(cf_parse_exact(cf_cstr(wrong[i]), &v, &scale));
    }
    char text[CF_NUM_MAX];
    cf_format_exact(UINT64_MAX, 9, text);
    assert_string_equal(text, "18446744073.709551615");
}

/* The digits are those of Python's repr(), shortest and nearest. */
static void test_format_f64(void **state)
{
    (void)state;
    static const struct {
        double v;
        const char *text;
    } c[] = {{0.0, "0"},
             {-0.0, "-0"},
             {4, "4"},
             {-3.5, "-3.5"},
             {0.1, "0.1"},
             {0.1 + 0.2, "0.30000000000000004"},
             {1e15, "1000000000000000"},
             {9999999999999998.0, "9999999999999998"},
             {1e16, "1e+16"},
             {1.5e16, "1.5e+16"},
             {1e23, "1e+23"},
             {0.00001, "0.00001"},
             {-0.0000123, "-0.0000123"},
             {9.99e-6, "9.99e-06"},
             {0x1p-44, "5.684341886080802e-14"},
             {0x1.fffffffffffffp+1023, "1.7976931348623157e+308"},
             {0x1p-1022, "2.2250738585072014e-308"},
             {0x0.0000000000001p-1022, "5e-324"},
             {123456.789, "123456.789"},
             {1.0 / 3, "0.3333333333333333"},
             {2.0 / 3, "0.6666666666666666"},
             {-1.2345678901234567e-300, "-1.2345678901234568e-300"},
             {INFINITY, "inf"},
             {-INFINITY, "-inf"},
             {NAN, "nan"}};

    for (size_t i = 0; i < N(c); i++) {
        char text[CF_NUM_MAX];
        assert_int_equal(cf_format_f64(c[i].v, text), strlen(c[i].text));
        assert_string_equal(text, c[i].text);
    }
}

/* The digits are those of numpy 1.24 (format_float_scientific, unique), but
 * for 7.0385307e-26, where numpy has a digit less: strtof reads that as
 * 0x1.5c87fap-84, but who reads it as a double and rounds gets 0x1.5c87fcp-84.
 */
static void test_format_f32(void **state)
{
    (void)state;
    static const struct {
        float v;
        const char *text;
    } c[] = {{0.1f, "0.1"},
             {3.5f, "3.5"},
             {16777216, "16777216"},
             {0x1.fffffep+127f, "3.4028235e+38"},
             {0x1p-126f, "1.1754944e-38"},
             {0x1p-149f, "1e-45"},
             {1.0f / 3, "0.33333334"},
             {-123935056.0f, "-123935060"},
             {0x1.5c87fap-84f, "7.0385307e-26"},
             {0x1.5c87fcp-84f, "7.0385313e-26"},
             {-INFINITY, "-inf"},
             {NAN, "nan"}};

    for (size_t i = 0; i < N(c); i++) {
        char text[CF_NUM_MAX];
        assert_int_equal(cf_format_f32(c[i].v, text), strlen(c[i].text));
        assert_string_equal(text, c[i].text);
    }
}

static void check_round_trip(double v)
{
    char text[CF_NUM_MAX];
    double d;
    size_t n = cf_format_f64(v, text);
    assert_true(n < CF_NUM_MAX && text[n] == '\0');
    assert_null(cf_parse_f64((struct cf_str){text, n}, &d));
    assert_true(d == v);
    cf_format_f32((float)v, text);
    if (isfinite((float)v)) {
        assert_null(cf_parse_f64(cf_cstr(text), &d));
        assert_true((float)d == (float)v);
    }
}

static void test_round_trip(void **state)
{
    (void)state;
    uint64_t bits = 1;
    for (int i = 0; i < 20000; i++) {
        double v;
        /* Knuth's MMIX generator; any bits will do. */
        bits = bits * 6364136223846793005u + 1442695040888963407u;
        memcpy(&v, &bits, sizeof v);
        if (isfinite(v))
            check_round_trip(v);
        check_round_trip((double)(bits >> 40) / 1000);
    }
    for (int e = -1074; e < 1024; e++)
        check_round_trip(ldexp(1, e));
}

/* Makes a locale with a comma for a point in the current directory. It needs
 * few of the categories, and localedef complains of all the others. */
static bool make_comma_locale(void)
{
    char dir[64];
    temp_put("source", "LC_NUMERIC\ndecimal_point \",\"\nthousands_sep \".\"\n"
                       "grouping 3;3\nEND LC_NUMERIC\n");
    temp_run("localedef -c -i ./source -f ANSI_X3.4-1968 ./comma >log 2>&1");
    return getcwd(dir, sizeof dir) && setenv("LOCPATH", dir, 1) == 0 &&
           setlocale(LC_NUMERIC, "comma");
}

static void test_locale(void **state)
{
    if (!make_comma_locale())
        skip();
    char text[8];
    snprintf(text, sizeof text, "%.1f", 0.5);
    assert_string_equal(text, "0,5");
    test_f64(state);
    test_f64_long(state);
    test_f64_wrong(state);
    test_exact(state);
    test_format_f64(state);
    test_format_f32(state);
}

static int leave_locale(void **state)
{
    setlocale(LC_NUMERIC, "C");
    unsetenv("LOCPATH");
    return temp_leave(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_u64),
        cmocka_unit_test(test_i64),
        cmocka_unit_test(test_f64),
        cmocka_unit_test(test_f64_long),
        cmocka_unit_test(test_f64_wrong),
        cmocka_unit_test(test_exact),
        cmocka_unit_test(test_format_f64),
        cmocka_unit_test(test_format_f32),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test_setup_teardown(test_locale, temp_enter, leave_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
