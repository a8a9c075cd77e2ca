/* test_base.c - errors, memory, buffers, checksums, progress. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/progress.h"
#include "base/sum.h"

#define N(array) (sizeof(array) / sizeof *(array))

/* ---- err ---- */

static struct cf_err err;

static void test_fail(void **state)
{
    (void)state;
    assert_int_equal(cf_fail(&err, CF_EDATA, "%s:%d: bad", "a.csv", 7), 1);
    assert_int_equal(err.code, CF_EDATA);
    assert_string_equal(err.msg, "a.csv:7: bad");
    assert_int_equal(cf_nomem(&err, "rows"), CF_EMEM);
    assert_string_equal(err.msg, "out of memory (rows)");
    assert_int_equal(cf_fail_os(&err, ENOENT, "%s", "x"), CF_EIO);
    assert_string_equal(err.msg, "x: no such file or directory");
}

static void test_fail_one_line(void **state)
{
    (void)state;
    cf_fail(&err, CF_EDATA, "a\nb\x1b[31m\x7f \xc3\xa9");
    assert_string_equal(err.msg, "a?b?[31m? \xc3\xa9");
}

static void test_fail_cut(void **state)
{
    (void)state;
    char longer[2000];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';

    cf_fail(&err, CF_EIO, "%s", longer);
    assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
    assert_int_equal(cf_wrap(&err, "f.csv"), CF_EIO);
    assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
    assert_memory_equal(err.msg, "f.csv: xxx", 10);
    assert_int_equal(cf_fail_os(&err, EIO, "%s", longer), CF_EIO);
    assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
}

static void test_wrap(void **state)
{
    (void)state;
    cf_fail(&err, CF_ESTREAM, "no end");
    assert_int_equal(cf_wrap(&err, "100%s.cf"), CF_ESTREAM);
    assert_string_equal(err.msg, "100%s.cf: no end");
}

/* ---- mem ---- */

static void test_mul(void **state)
{
    (void)state;
    size_t v = 5;

    assert_true(cf_mul(0, SIZE_MAX, &v));
    assert_int_equal(v, 0);
    assert_true(cf_mul(SIZE_MAX, 1, &v));
    assert_true(v == SIZE_MAX);
    assert_true(cf_mul(SIZE_MAX / 2, 2, &v));
    assert_true(v == SIZE_MAX - 1);
    assert_false(cf_mul(SIZE_MAX / 2 + 1, 2, &v));
    assert_false(cf_mul(SIZE_MAX, SIZE_MAX, &v));
}

static void test_alloc(void **state)
{
    (void)state;
    assert_null(cf_alloc(SIZE_MAX / 2, 3));
    assert_null(cf_zalloc(SIZE_MAX / 2, 3));
    assert_null(cf_aalloc(SIZE_MAX / 2, 3));

    void *empty[] = {cf_alloc(0, 8), cf_zalloc(0, 8), cf_aalloc(0, 8)};
    for (size_t i = 0; i < N(empty); i++) {
        assert_non_null(empty[i]);
        free(empty[i]);
    }
    for (size_t n = 1; n < 300; n += 37) {
        unsigned char *p = cf_aalloc(n, 3);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 64, 0);
        for (size_t i = 0; i < 3 * n; i++)
            assert_int_equal(p[i], 0);
        free(p);
    }
}

static void test_grow(void **state)
{
    (void)state;
    uint32_t *v = NULL;
    size_t cap = 0, grown = 0;

    for (uint32_t i = 0; i < 100000; i++) {
        size_t old = cap;
        assert_true(cf_grow(&v, &cap, i + 1, sizeof *v));
        assert_true(cap > i);
        grown += cap != old;
        v[i] = i;
    }
    assert_true(grown < 30); /* log(100000 / 16) / log(1.5) is 21.6 */
    for (uint32_t i = 0; i < 100000; i++)
        assert_int_equal(v[i], i);

    uint32_t *kept = v;
    size_t kept_cap = cap;
    assert_false(cf_grow(&v, &cap, SIZE_MAX / 2, sizeof *v));
    assert_ptr_equal(v, kept);
    assert_int_equal(cap, kept_cap);
    free(v);
}

/* ---- buf ---- */

static void test_str(void **state)
{
    (void)state;
    struct cf_str none = {NULL, 0}, ab = cf_cstr("ab"), nul = {"a\0b", 3};

    assert_true(cf_str_eq(none, cf_cstr("")));
    assert_false(cf_str_eq(ab, none));
    assert_false(cf_str_eq(nul, (struct cf_str){"a\0c", 3}));
}

/* The sequences are those of table 3-7 of the Unicode standard at its edges. */
static void test_utf8(void **state)
{
    (void)state;
    static const char *const good[] = {"",
                                       "abc",
                                       "\x7f",
                                       "\xc2\x80",
                                       "\xdf\xbf",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xef\xbf\xbf",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf",
                                       "Am\xc3\xa9lie"};
    static const char *const wrong[] = {"\x80",
                                        "a\xbf",
                                        "\xc0\x80",
                                        "\xc1\xbf",
                                        "\xc2",
                                        "\xc2z",
                                        "\xc2\xc2\x80",
                                        "\xe0\x9f\xbf",
                                        "\xed\xa0\x80",
                                        "\xe1\x80",
                                        "\xe1\x80z",
                                        "\xef\xbf\xc0",
                                        "\xf0\x8f\xbf\xbf",
                                        "\xf4\x90\x80\x80",
                                        "\xf5\x80\x80\x80",
                                        "\xf1\x80\x80",
                                        "\xff",
                                        "Am\xe9lie"};

    for (size_t i = 0; i < N(good); i++)
        assert_true(cf_str_utf8(cf_cstr(good[i])));
    for (size_t i = 0; i < N(wrong); i++)
        assert_false(cf_str_utf8(cf_cstr(wrong[i])));
    assert_true(cf_str_utf8((struct cf_str){"a\0b", 3}));
    assert_true(cf_str_utf8((struct cf_str){NULL, 0}));
}

static void test_buf(void **state)
{
    (void)state;
    struct cf_buf b = {0};

    cf_buf_add(&b, NULL, 0);
    cf_buf_puts(&b, "one");
    cf_buf_putc(&b, ' ');
    cf_buf_str(&b, (struct cf_str){"two\0", 4});
    cf_buf_printf(&b, "%d-%s", 3, "four");
    assert_false(b.failed);
    assert_int_equal(b.n, 14);
    assert_memory_equal(b.p, "one two\0003-four", 15);
    assert_true(cf_str_eq(cf_buf_view(&b), (struct cf_str){b.p, b.n}));

    for (int i = 0; i < 10000; i++)
        cf_buf_printf(&b, "%d", i % 10);
    assert_int_equal(b.n, 10014);
    assert_memory_equal(b.p + b.n - 10, "0123456789", 10);
    cf_buf_free(&b);
    assert_null(b.p);
    assert_int_equal(b.n, 0);
}

static void test_buf_failed(void **state)
{
    (void)state;
    struct cf_buf b = {0};

    cf_buf_puts(&b, "kept");
    assert_false(cf_buf_room(&b, SIZE_MAX));
    assert_true(b.failed);
    cf_buf_puts(&b, "lost");
    cf_buf_printf(&b, "lost");
    assert_int_equal(b.n, 4);
    cf_buf_free(&b);
    assert_false(b.failed);
}

static void test_strs(void **state)
{
    (void)state;
    struct cf_strs l = {0};
    char text[] = "first";

    assert_true(cf_strs_add(&l, text));
    text[0] = 'F';
    assert_string_equal(text, "First");
    for (int i = 0; i < 100; i++)
        assert_true(cf_strs_add(&l, ""));
    assert_int_equal(l.n, 101);
    assert_string_equal(l.v[0], "first");
    assert_string_equal(l.v[100], "");
    cf_strs_free(&l);
    assert_int_equal(l.n, 0);
    cf_strs_free(&l);
}

/* ---- sum ---- */

/* Vectors of xxHash's own cli/xsum_sanity_check.c. */
static void test_sum(void **state)
{
    (void)state;
    const uint64_t prime64 = 11400714785074694797u;
    static const struct {
        size_t n;
        uint64_t plain, seeded;
    } c[] = {{0, 0x2d06800538d394c2, 0xa8a6b918b2f0364a},
             {1, 0xc44bdff4074eecdb, 0x032be332dd766ef8},
             {6, 0x27b56a84cd2d7325, 0x84589c116ab59ab9},
             {12, 0xa713daf0dfbb77e7, 0xe7303e1b2336de0e},
             {80, 0xbcdefbbb2c47c90a, 0xc6dd0cb699532e73},
             {195, 0xcd94217ee362ec3a, 0xba68003d370cb3d9},
             {512, 0x617e49599013cb6b, 0x3ce457de14c27708}};
    unsigned char data[512];
    uint64_t g = 2654435761;
    for (size_t i = 0; i < sizeof data; i++, g *= prime64)
        data[i] = (unsigned char)(g >> 56);

    for (size_t i = 0; i < N(c); i++) {
        assert_true(cf_sum(data, c[i].n, 0) == c[i].plain);
        assert_true(cf_sum(data, c[i].n, prime64) == c[i].seeded);
    }
    assert_true(cf_sum(NULL, 0, 0) == c[0].plain);
}

static void test_sum_bytes(void **state)
{
    (void)state;
    unsigned char b[8];

    cf_sum_put(0x0123456789abcdef, b);
    assert_memory_equal(b, "\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
    assert_true(cf_sum_get(b) == 0x0123456789abcdef);
}

/* ---- progress ---- */

/* The line after so many seconds. */
static void check_line(uint64_t done, uint64_t total, double seconds,
                       const char *text)
{
    struct cf_progress p;
    struct cf_buf b = {0};
    cf_progress_start(&p, "rows", total);
    p.start -= seconds;
    p.last -= seconds;
    assert_true(cf_progress_line(&p, done, &b));
    cf_buf_putc(&b, '\0');
    assert_string_equal(b.p, text);
    cf_buf_free(&b);
}

static void test_progress_text(void **state)
{
    (void)state;
    /* The clock goes on while this runs, so rates are not on an edge. */
    check_line(5100000, 20000000, 1.6, "5.1 M of 20 M rows, 3.2 M/s, 5 s left");
    check_line(200, 900, 2.02, "200 of 900 rows, 99/s, 7 s left");
    check_line(999499, 0, 3, "999 k rows, 333 k/s");
    check_line(999600, 0, 3, "1 M rows, 333 k/s");
    check_line(2, 1000, 100, "2 of 1 k rows, 0/s, 13 h 51 min left");
    check_line(50, 100, 100, "50 of 100 rows, 0.5/s, 1 min 40 s left");
    check_line(0, 100, 2, "0 of 100 rows, 0/s");
    check_line(110, 100, 2.001, "110 rows, 55/s");
}

static void test_progress_when(void **state)
{
    (void)state;
    struct cf_progress p;
    struct cf_buf b = {0};

    cf_progress_start(&p, "rows", 10);
    assert_false(cf_progress_line(&p, 1, &b));
    p.start -= 1.5;
    p.last -= 1.5;
    assert_true(cf_progress_line(&p, 1, &b));
    assert_false(cf_progress_line(&p, 1, &b)); /* too soon after the last */
    cf_buf_free(&b);

    double a = cf_now();
    assert_true(cf_now() >= a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fail),
        cmocka_unit_test(test_fail_one_line),
        cmocka_unit_test(test_fail_cut),
        cmocka_unit_test(test_wrap),
        cmocka_unit_test(test_mul),
        cmocka_unit_test(test_alloc),
        cmocka_unit_test(test_grow),
        cmocka_unit_test(test_str),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_buf),
        cmocka_unit_test(test_buf_failed),
        cmocka_unit_test(test_strs),
        cmocka_unit_test(test_sum),
        cmocka_unit_test(test_sum_bytes),
        cmocka_unit_test(test_progress_text),
        cmocka_unit_test(test_progress_when),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
