/* test_merge_run.c - rows that are joined many at a time make the same stream
 * as rows that are joined one by one; and the quick forms of numbers. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "base/rng.h"
#include "data/digits.h"
#include "dump.h"
#include "made.h"

enum { ROWS = 60000 };

static uint64_t draw(uint64_t *n, uint64_t below)
{
    static const struct cf_rng r = {11, CF_RNG_TEST, 0};
    return cf_rng_below(&r, (*n)++, below);
}

/* Columns that are numbers for most frames; keys from 0 to below keys. odd:
 * one value in so many is none, one line in so many has a quote. */
static char *make_rows(uint64_t keys, uint64_t odd)
{
    static const char *const strange[] = {
        "007",   "",   "4294967296", "1e5",  "-1",          "4.25", "10",
        "\"q\"", ".5", "0.50",       "00.5", "12345678901", "x"};
    struct cf_buf b = {0};
    uint64_t n = 0;

    cf_buf_puts(&b, "k,u,r,t\n");
    for (int i = 0; i < ROWS; i++) {
        cf_buf_printf(&b, "%" PRIu64 ",", draw(&n, keys));
        if (draw(&n, odd) == 0)
            cf_buf_puts(&b, strange[draw(&n, 13)]);
        else
            cf_buf_printf(&b, "%" PRIu64, draw(&n, 1U << draw(&n, 32)));
        cf_buf_putc(&b, ',');
        if (draw(&n, odd) == 0)
            cf_buf_puts(&b, strange[draw(&n, 13)]);
        else
            cf_buf_printf(&b, "%" PRIu64 ".%" PRIu64, draw(&n, 12),
                          draw(&n, 10));
        cf_buf_printf(&b, ",%s%.*s\n", i % 3 ? "t" : "", (int)draw(&n, 30),
                      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
        if (draw(&n, odd) == 0)
            cf_buf_puts(&b, draw(&n, 2) ? "\n" : "\r\n");
    }
    cf_buf_putc(&b, '\0');
    assert_false(b.failed);
    return b.p;
}

static void compare(const struct file *f, struct cf_merge_opts *o)
{
    struct cf_csv_opts fast[3] = {{0}}, slow[3] = {{0}};
    char why_fast[256] = "", why_slow[256] = "";
    size_t n, m;

    for (int i = 0; i < 3; i++)
        slow[i].reader = "libcsv";
    o->csv = fast;
    char *p = merged_by(f, o, &n, why_fast);
    o->csv = slow;
    char *q = merged_by(f, o, &m, why_slow);
    assert_string_equal(why_fast, why_slow);
    assert_int_equal(n, m);
    assert_int_equal(!p, !q);
    if (p)
        assert_memory_equal(p, q, n);
    free(p);
    free(q);
}

static void test_same_stream(void **state)
{
    static const uint64_t keys[] = {100, 101, 150};
    struct cf_buf d = {0};

    (void)state;
    cf_buf_puts(&d, "k,title\n");
    for (int i = 0; i < 100; i++)
        cf_buf_printf(&d, "%d,t%d\n", i, i);
    cf_buf_putc(&d, '\0');
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char *rows = make_rows(keys[i], i ? 300 : 20000);
        const struct file f[] = {{"r.csv", rows},
                                 {"d.csv", d.p},
                                 {"e.csv", "r,mood\n4.0,good\n1.5,bad\n"},
                                 {NULL, NULL}};
        const struct file one[] = {f[0], f[1], {NULL, NULL}};
        struct cf_merge_opts o = {0};
        for (o.missing = CF_MISSING_DROP; o.missing <= CF_MISSING_FAIL;
             o.missing++) {
            compare(f, &o);
            compare(one, &o);
        }
        free(rows);
    }
    cf_buf_free(&d);
}

/* What the quick forms take is what cf_parse_exact finds. */
static void test_digits(void **state)
{
    static const char set[] = "0000123456789...-+ e/:";
    uint64_t n = 0;
    char text[32];
    int taken = 0;

    (void)state;
    for (int i = 0; i < 300000; i++) {
        struct cf_str s = {text, (size_t)draw(&n, 13)};
        uint64_t kind = draw(&n, 3);
        uint32_t v, exact;
        unsigned scale;
        memset(text, '7', sizeof text);
        for (size_t k = 0; k < s.n; k++)
            text[k] = kind ? (char)('0' + draw(&n, 10))
                           : set[draw(&n, sizeof set - 1)];
        if (kind == 2 && s.n > 2)
            text[1 + draw(&n, s.n - 2)] = '.';
        bool is = cf_parse_exact(s, &exact, &scale);
        if (cf_digits(s.p, s.n, &v)) {
            assert_true(is && scale == 0 && v == exact);
            taken++;
        } else {
            assert_false(is && scale == 0);
        }
        for (unsigned k = 1; k < 8; k++) {
            bool quick = cf_decimals(s.p, s.n, k, &v);
            assert_int_equal(quick, is && scale == k && s.n <= 8);
            if (quick)
                assert_int_equal(v, exact);
            taken += quick;
        }
    }
    assert_true(taken > 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_stream),
        cmocka_unit_test(test_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
