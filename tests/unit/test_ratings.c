/* test_ratings.c - a ratings stream in memory, and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ten.h"

static struct cf_err err;

static void test_read(void **state)
{
    (void)state;
    struct made_reader in;
    struct cf_ratings r;
    char *p;

    ten_read(&r, &in, &p);
    assert_int_equal(r.n, TEN);
    assert_memory_equal(r.user, user_of, sizeof user_of);
    assert_memory_equal(r.item, item_of, sizeof item_of);
    assert_memory_equal(r.rating, rating_of, sizeof rating_of);
    assert_memory_equal(r.time, time_of, sizeof time_of);
    assert_int_equal(r.users.rows, 3);
    assert_int_equal(r.items.rows, 4);
    assert_true(cf_str_eq(cf_store_str(&r.users, 0, 2), cf_cstr("u3")));
    assert_true(cf_str_eq(cf_store_str(&r.items, 1, 3), cf_cstr("Ten")));
    cf_ratings_free(&r);
    made_read_close(&in);
    free(p);
}

/* ---- ratings that are refused ---- */

static void expect_ratings(struct made *m, int code, const char *message)
{
    struct made_reader in;
    struct cf_ratings r;
    size_t n;
    char *p = made_finish(m, &n);

    made_read(&in, p, n);
    int rc = cf_ratings_read(&r, in.r, &err);
    assert_int_equal(rc, code);
    if (code)
        assert_string_equal(err.msg, message);
    else
        assert_true(r.n == 2 && r.rating[0] == 1 && r.rating[1] == 1 &&
                    !r.time);
    cf_ratings_free(&r);
    made_read_close(&in);
    free(p);
}

static void test_read_implicit(void **state)
{
    (void)state;
    struct made m;

    made_init(&m, CF_RATINGS);
    user_parts(&m);
    made_part(&m, "rows");
    made_code(&m, "who", CF_USER, "user", false);
    made_code(&m, "film", CF_ITEM, "item", false);
    made_begin(&m, NULL);
    put_user(&m);
    made_put(&m, "rows", 2, CODES(0, 2), CODES(3, 3));
    expect_ratings(&m, 0, NULL);
}

static void test_read_kind(void **state)
{
    (void)state;
    struct made m;

    made_init(&m, CF_MODEL);
    user_parts(&m);
    made_begin(&m, NULL);
    expect_ratings(&m, CF_EDATA,
                   "test.cf: a model stream where ratings is expected");
    made_init(&m, CF_RATINGS);
    user_parts(&m);
    made_begin(&m, NULL);
    expect_ratings(&m, CF_EDATA,
                   "test.cf: a ratings stream without a part 'rows'");
}

static void test_read_columns(void **state)
{
    (void)state;
    struct made m;

    made_init(&m, CF_RATINGS);
    user_parts(&m);
    made_part(&m, "rows");
    made_code(&m, "who", CF_USER, "user", false);
    made_begin(&m, NULL);
    expect_ratings(&m, CF_EDATA, "test.cf: rows has no column for the item");
    made_init(&m, CF_RATINGS);
    user_parts(&m);
    made_part(&m, "rows");
    made_code(&m, "who", CF_USER, "user", true);
    made_code(&m, "film", CF_ITEM, "item", false);
    made_begin(&m, NULL);
    expect_ratings(&m, CF_EDATA,
                   "test.cf: column who of rows is not u32 codes of a "
                   "dictionary");
}

static void test_read_types(void **state)
{
    (void)state;
    struct made m;

    made_init(&m, CF_RATINGS);
    made_part(&m, "user");
    made_column(&m, "who", CF_U64, CF_USER);
    made_part(&m, "rows");
    made_code(&m, "who", CF_USER, "user", false);
    made_begin(&m, NULL);
    expect_ratings(&m, CF_EDATA,
                   "test.cf: the first column of user, the id, is not text");
    made_init(&m, CF_RATINGS);
    user_parts(&m);
    made_part(&m, "rows");
    made_code(&m, "who", CF_USER, "user", false);
    made_code(&m, "film", CF_ITEM, "item", false);
    made_column(&m, "stars", CF_F64, CF_RATING);
    made_begin(&m, NULL);
    expect_ratings(&m, CF_EDATA,
                   "test.cf: the rating column of rows is not f32");
}

static void test_read_infinite(void **state)
{
    (void)state;
    struct made m;

    made_init(&m, CF_RATINGS);
    user_parts(&m);
    made_part(&m, "rows");
    made_code(&m, "who", CF_USER, "user", false);
    made_code(&m, "film", CF_ITEM, "item", false);
    made_column(&m, "stars", CF_F32, CF_RATING);
    made_begin(&m, NULL);
    put_user(&m);
    made_put(&m, "rows", 1, CODES(0), CODES(0), REALS(1));
    made_put(&m, "rows", 2, CODES(0, 1), CODES(0, 1), REALS(1, INFINITY));
    expect_ratings(&m, CF_EDATA,
                   "test.cf: the rating of row 3 is not a finite number");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),       cmocka_unit_test(test_read_implicit),
        cmocka_unit_test(test_read_kind),  cmocka_unit_test(test_read_columns),
        cmocka_unit_test(test_read_types), cmocka_unit_test(test_read_infinite),
    };
    return cmocka_run_group_tests_name("ratings", tests, NULL, NULL);
}
