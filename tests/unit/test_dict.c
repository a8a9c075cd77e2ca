/* test_dict.c - byte strings to ids, and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "data/dict.h"
#include "made.h"
#include "stream/schema.h"

static uint32_t add(struct cf_dict *d, struct cf_str key, bool want_fresh)
{
    struct cf_err err;
    uint32_t id;
    bool fresh;

    must(cf_dict_add(d, key, &id, &fresh, &err), &err);
    assert_int_equal(fresh, want_fresh);
    return id;
}

/* Keys that are easily taken for one another: all are different. */
static const struct cf_str odd[] = {
    {"", 0},         {"0", 1},           {"00", 2},          {"7", 1},
    {"07", 2},       {"007", 3},         {"7.0", 3},         {"7.", 2},
    {"+7", 2},       {"-7", 2},          {"7 ", 2},          {" 7", 2},
    {"7\0", 2},      {"\0", 1},          {"\0\0", 2},        {"1e5", 3},
    {"100000", 6},   {"1048575", 7},     {"1048576", 7},     {"9999999", 7},
    {"10000000", 8}, {"4294967295", 10}, {"4294967296", 10}, {"a", 1}};

enum { ODD = sizeof odd / sizeof odd[0] };

static void test_odd_keys(void **state)
{
    struct cf_dict d;

    (void)state;
    cf_dict_init(&d, 1);
    for (uint32_t i = 0; i < ODD; i++) {
        assert_int_equal(cf_dict_find(&d, odd[i]), CF_NONE);
        assert_int_equal(add(&d, odd[i], true), i);
    }
    for (uint32_t i = 0; i < ODD; i++) {
        assert_int_equal(add(&d, odd[i], false), i);
        assert_int_equal(cf_dict_find(&d, odd[i]), i);
        assert_true(cf_str_eq(cf_dict_key(&d, i), odd[i]));
    }
    assert_int_equal(d.n, ODD);
    assert_int_equal(cf_dict_find(&d, cf_cstr("8")), CF_NONE);
    assert_int_equal(cf_dict_find(&d, cf_cstr("b")), CF_NONE);
    cf_dict_free(&d);
}

/* By value and by bytes it is the same key. */
static void test_small(void **state)
{
    struct cf_dict d;

    (void)state;
    cf_dict_init(&d, 1);
    assert_int_equal(cf_dict_small(&d, 0), CF_NONE);
    add(&d, cf_cstr("12"), true);
    add(&d, cf_cstr("0"), true);
    add(&d, cf_cstr("1048575"), true);
    add(&d, cf_cstr("1048576"), true);
    add(&d, cf_cstr("05"), true);
    assert_int_equal(cf_dict_small(&d, 12), 0);
    assert_int_equal(cf_dict_small(&d, 0), 1);
    assert_int_equal(cf_dict_small(&d, 1048575), 2);
    assert_int_equal(cf_dict_small(&d, 1048576), CF_NONE);
    assert_int_equal(cf_dict_small(&d, 5), CF_NONE);
    assert_int_equal(cf_dict_small(&d, UINT32_MAX), CF_NONE);
    assert_int_equal(cf_dict_find(&d, cf_cstr("1048576")), 3);
    cf_dict_free(&d);
}

static struct cf_str number_key(char *buf, size_t size, const char *prefix,
                                uint32_t i)
{
    return (struct cf_str){buf, (size_t)snprintf(buf, size, "%s%u", prefix, i)};
}

/* Growth; and ids are in order of first sight, whatever the seed. */
static void test_many_keys(void **state)
{
    enum { KEYS = 60000 };
    struct cf_dict d;
    char buf[32];

    (void)state;
    for (uint64_t seed = 0; seed < 2; seed++) {
        cf_dict_init(&d, seed ? cf_dict_seed() : 0);
        for (uint32_t i = 0; i < KEYS; i++)
            assert_int_equal(
                add(&d, number_key(buf, sizeof buf, i % 3 ? "u" : "", i), true),
                i);
        for (uint32_t i = 0; i < KEYS; i++) {
            struct cf_str key =
                number_key(buf, sizeof buf, i % 3 ? "u" : "", i);
            assert_int_equal(cf_dict_find(&d, key), i);
            assert_true(cf_str_eq(cf_dict_key(&d, i), key));
            key = number_key(buf, sizeof buf, "v", i);
            assert_int_equal(cf_dict_find(&d, key), CF_NONE);
        }
        cf_dict_free(&d);
    }
}

/* 2^32 - 2 ids, by a counter that was set. */
static void test_limit(void **state)
{
    struct cf_dict d;
    struct cf_err err;
    uint32_t id;
    bool fresh;

    (void)state;
    cf_dict_init(&d, 1);
    add(&d, cf_cstr("a"), true);
    add(&d, cf_cstr("7"), true);
    d.n = UINT32_MAX - 1;
    assert_int_equal(cf_dict_add(&d, cf_cstr("b"), &id, &fresh, &err), CF_EMEM);
    assert_string_equal(err.msg, "more than 4294967294 ids");
    assert_int_equal(cf_dict_add(&d, cf_cstr("8"), &id, &fresh, &err), CF_EMEM);
    assert_int_equal(add(&d, cf_cstr("a"), false), 0);
    assert_int_equal(add(&d, cf_cstr("7"), false), 1);
    cf_dict_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_odd_keys),
        cmocka_unit_test(test_small),
        cmocka_unit_test(test_many_keys),
        cmocka_unit_test(test_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
