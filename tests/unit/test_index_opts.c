/* test_index_opts.c - rows that are left out, repeated pairs, thresholds. What
 * is expected was worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "indexing.h"
#include "made.h"

#define HEAD                                                                   \
    "user.u str user\nitem.i str item\n"                                       \
    "rows.u u32 user >user\nrows.i u32 item >item\n"
#define RATED HEAD "rows.rating f32 rating\n"
#define TIMED RATED "rows.t i64 time\n"

/* ---- bad values ---- */

static const struct file bad[] = {{"r.csv", "u,i,r,t\na,x,5,1\nb,y,,2\n"
                                            "c,x,4,noon\nd,z,nan,-\ne,y,3,4\n"
                                            "b,x,2,5\n"},
                                  {NULL, NULL}};

/* Nobody gets an id by a row that is left out. */
static void test_skip(void **state)
{
    const struct cf_index_opts opts = {.time = "t", .skip_bad = true};

    (void)state;
    expect_index(bad, &opts,
                 TIMED "user a\nuser e\nuser b\nitem x\nitem y\n"
                       "rows 0|0|5|1\nrows 1|1|3|4\nrows 2|0|2|5\n");
}

static void check_skip(const struct cf_skip *s, const char *column,
                       const char *why, uint64_t rows, const char *first)
{
    assert_string_equal(s->column, column);
    assert_string_equal(s->why, why);
    assert_int_equal(s->rows, rows);
    assert_string_equal(s->first, first);
}

/* A row is counted once, by its rating if both are bad. */
static void test_skip_report(void **state)
{
    static const char *const u[] = {"a", "b", "c"}, *const i[] = {"x", "y",
                                                                  "z"};
    static const char *const r[] = {"x", "1e99", "-"}, *const t[] = {"", "1",
                                                                     "2"};
    const struct cf_index_opts opts = {.skip_bad = true};
    struct made m;
    struct made_reader in;
    struct cf_index *x;
    struct cf_err err;
    size_t n;

    (void)state;
    made_init(&m, CF_TABLE);
    made_part(&m, "rows");
    made_column(&m, "u", CF_STR, CF_NO_ROLE);
    made_column(&m, "i", CF_STR, CF_NO_ROLE);
    made_column(&m, "r", CF_STR, CF_NO_ROLE);
    made_column(&m, "time", CF_STR, CF_NO_ROLE);
    made_begin(&m, NULL);
    made_put(&m, "rows", 3, u, i, r, t);
    char *p = made_finish(&m, &n);
    made_read(&in, p, n);
    must(cf_index_open(&x, in.r, &opts, &err), &err);
    must(cf_index_run(x, NULL, &err), &err);
    const struct cf_index_report *got = cf_index_report(x);
    assert_int_equal(got->rows, 0);
    assert_int_equal(got->skips.n, 2);
    check_skip(&got->skips.v[0], "r", "not a number", 2, "test.cf: row 1");
    check_skip(&got->skips.v[1], "r", "too large", 1, "test.cf: row 2");
    cf_index_close(x);
    made_read_close(&in);
    free(p);
}

/* ---- repeated pairs ---- */

static const struct file again[] = {{"r.csv", "u,i,r,t\na,x,5,1\na,y,2,2\n"
                                              "b,x,4,3\na,x,3,4\nc,z,1,5\n"
                                              "b,x,2,6\na,x,2,7\n"},
                                    {NULL, NULL}};

/* rival 116, cornac 327, lkpy 46, lightfm 482 (reliability c, users 13): one
 * pair, two ratings; summed here, the first kept there, and nobody said so. */
static void test_dup_last(void **state)
{
    const struct cf_index_opts opts = {.time = "t", .dup = CF_DUP_LAST};

    (void)state;
    expect_index(again, &opts,
                 TIMED "user a\nuser c\nuser b\nitem y\nitem z\nitem x\n"
                       "rows 0|0|2|2\nrows 1|1|1|5\nrows 2|2|2|6\n"
                       "rows 0|2|2|7\n");
}

static void test_dup_first(void **state)
{
    const struct cf_index_opts opts = {.time = "t", .dup = CF_DUP_FIRST};

    (void)state;
    expect_index(again, &opts,
                 TIMED "user a\nuser b\nuser c\nitem x\nitem y\nitem z\n"
                       "rows 0|0|5|1\nrows 0|1|2|2\nrows 1|0|4|3\n"
                       "rows 2|2|1|5\n");
}

/* The last row and its time stay. (5 + 3 + 2) / 3 as a float is 3.3333333. */
static void test_dup_mean(void **state)
{
    const struct cf_index_opts opts = {.time = "t", .dup = CF_DUP_MEAN};

    (void)state;
    expect_index(again, &opts,
                 TIMED "user a\nuser c\nuser b\nitem y\nitem z\nitem x\n"
                       "rows 0|0|2|2\nrows 1|1|1|5\nrows 2|2|3|6\n"
                       "rows 0|2|3.3333333|7\n");
}

static void test_dup_sum(void **state)
{
    const struct cf_index_opts opts = {.time = "t", .dup = CF_DUP_SUM};

    (void)state;
    expect_index(again, &opts,
                 TIMED "user a\nuser c\nuser b\nitem y\nitem z\nitem x\n"
                       "rows 0|0|2|2\nrows 1|1|1|5\nrows 2|2|6|6\n"
                       "rows 0|2|10|7\n");
}

static void test_dup_sum_too_large(void **state)
{
    static const struct file f[] = {{"r.csv", "u,i,r\na,x,3e38\na,x,3e38\n"},
                                    {NULL, NULL}};
    const struct cf_index_opts sum = {.dup = CF_DUP_SUM};
    const struct cf_index_opts mean = {.dup = CF_DUP_MEAN};

    (void)state;
    expect_index_error(f, &sum, CF_EDATA,
                       "u 'a' and i 'x': the sum of the ratings is too "
                       "large");
    expect_index(f, &mean, RATED "user a\nitem x\nrows 0|0|3e+38\n");
}

static void test_dup_fail(void **state)
{
    static const struct file none[] = {{"r.csv", "u,i,r\na,x,5\nx,a,5\n"},
                                       {NULL, NULL}};
    const struct cf_index_opts opts = {.dup = CF_DUP_FAIL};

    (void)state;
    expect_index_error(again, &opts, CF_EDATA,
                       "r.csv:5: u 'a' and i 'x' appear again (first at line "
                       "2)");
    expect_index(none, &opts,
                 RATED "user a\nuser x\nitem x\nitem a\n"
                       "rows 0|0|5\nrows 1|1|5\n");
}

/* Without ratings, the sum is the number of rows. */
static void test_dup_implicit(void **state)
{
    const struct cf_index_opts sum = {.implicit = true, .dup = CF_DUP_SUM};
    const struct cf_index_opts mean = {.implicit = true, .dup = CF_DUP_MEAN};

    (void)state;
    expect_index(again, &sum,
                 RATED "user a\nuser c\nuser b\nitem y\nitem z\nitem x\n"
                       "rows 0|0|1\nrows 1|1|1\nrows 2|2|2\nrows 0|2|3\n");
    expect_index(again, &mean,
                 HEAD "user a\nuser c\nuser b\nitem y\nitem z\nitem x\n"
                      "rows 0|0\nrows 1|1\nrows 2|2\nrows 0|2\n");
}

/* ---- thresholds ---- */

static void test_min_rating(void **state)
{
    const float three = 3;
    const struct cf_index_opts opts = {.min_rating = &three};
    const struct cf_index_opts likes = {.min_rating = &three, .implicit = true};

    (void)state;
    expect_index(again, &opts,
                 RATED "user a\nuser b\nitem x\n"
                       "rows 0|0|5\nrows 1|0|4\nrows 0|0|3\n");
    expect_index(again, &likes,
                 HEAD "user a\nuser b\nitem x\n"
                      "rows 0|0\nrows 1|0\nrows 0|0\n");
}

/* As a double, the float 3.1 is below 3.1. */
static void test_min_rating_float(void **state)
{
    static const struct file f[] = {{"r.csv", "u,i,r\na,x,3.1\na,y,3.0\n"},
                                    {NULL, NULL}};
    const float least = (float)3.1;
    const struct cf_index_opts opts = {.min_rating = &least};

    (void)state;
    expect_index(f, &opts, RATED "user a\nitem x\nrows 0|0|3.1\n");
}

/* The rating that counts is the one that stays: b and a changed their minds. */
static void test_dup_before_min_rating(void **state)
{
    const float three = 3;
    const struct cf_index_opts last = {.dup = CF_DUP_LAST,
                                       .min_rating = &three};
    const struct cf_index_opts mean = {.dup = CF_DUP_MEAN,
                                       .min_rating = &three};

    (void)state;
    expect_index(again, &last, RATED);
    expect_index(again, &mean,
                 RATED "user b\nuser a\nitem x\n"
                       "rows 0|0|3\nrows 1|0|3.3333333\n");
}

/* c goes for want of rows, then z and y are alone, then a has too few. */
static void test_core(void **state)
{
    static const struct file f[] = {
        {"r.csv", "u,i,r\nc,z,1\na,z,2\na,x,3\na,y,3\nb,x,4\nb,w,4\nd,x,5\n"
                  "d,w,5\n"},
        {"items.csv", "i,title\nw,W\nx,X\ny,Y\nz,Z\n"},
        {NULL, NULL}};
    const struct cf_index_opts opts = {.min_user = 2, .min_item = 2};

    (void)state;
    expect_index(f, &opts,
                 "user.u str user\nitem.i str item\nitem.title str label\n"
                 "rows.u u32 user >user\nrows.i u32 item >item\n"
                 "rows.rating f32 rating\n"
                 "user b\nuser d\nitem x|X\nitem w|W\n"
                 "rows 0|0|4\nrows 0|1|4\nrows 1|0|5\nrows 1|1|5\n");
}

static void test_core_of_nothing(void **state)
{
    static const struct file f[] = {{"r.csv", "u,i,r\n"}, {NULL, NULL}};
    const struct cf_index_opts opts = {.min_user = 9, .dup = CF_DUP_LAST};

    (void)state;
    expect_index(f, &opts, RATED);
    expect_index(again, &opts, RATED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_skip),
        cmocka_unit_test(test_skip_report),
        cmocka_unit_test(test_dup_last),
        cmocka_unit_test(test_dup_first),
        cmocka_unit_test(test_dup_mean),
        cmocka_unit_test(test_dup_sum),
        cmocka_unit_test(test_dup_sum_too_large),
        cmocka_unit_test(test_dup_fail),
        cmocka_unit_test(test_dup_implicit),
        cmocka_unit_test(test_min_rating),
        cmocka_unit_test(test_min_rating_float),
        cmocka_unit_test(test_dup_before_min_rating),
        cmocka_unit_test(test_core),
        cmocka_unit_test(test_core_of_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
