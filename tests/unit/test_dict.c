/* test_dict.c - byte strings to ids, and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/sum.h"
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

/* The last id is 2^32 - 2, by a counter that starts near it. */
static void test_last_id(void **state)
{
    struct cf_dict d;
    struct cf_err err;
    uint32_t id;
    bool fresh;

    (void)state;
    cf_dict_init(&d, 1);
    d.first = d.n = UINT32_MAX - 3;
    assert_int_equal(add(&d, cf_cstr("a"), true), 4294967292);
    assert_int_equal(add(&d, cf_cstr("7"), true), 4294967293);
    assert_int_equal(add(&d, cf_cstr("b"), true), 4294967294);
    assert_int_equal(cf_dict_add(&d, cf_cstr("c"), &id, &fresh, &err), CF_EMEM);
    assert_string_equal(err.msg, "more than 4294967295 ids");
    assert_int_equal(cf_dict_add(&d, cf_cstr("8"), &id, &fresh, &err), CF_EMEM);
    assert_int_equal(add(&d, cf_cstr("a"), false), 4294967292);
    assert_int_equal(add(&d, cf_cstr("7"), false), 4294967293);
    assert_int_equal(cf_dict_find(&d, cf_cstr("b")), 4294967294);
    assert_int_equal(cf_dict_small(&d, 7), 4294967293);
    assert_true(cf_str_eq(cf_dict_key(&d, 4294967294), cf_cstr("b")));
    assert_true(cf_str_eq(cf_dict_key(&d, 4294967292), cf_cstr("a")));
    cf_dict_free(&d);
}

/* ---- hash flooding ---- */

static uint64_t rotl(uint64_t v, unsigned n)
{
    return v << n | v >> (64 - n);
}

/* The 8 bytes whose XXH3-64 with seed 0 is h: what XXH3_len_4to8_64b of
 * xxhash.h 0.8 does, step by step backwards. */
static uint64_t key_of_hash(uint64_t h)
{
    /* The inverse of PRIME_MX2 = 0x9FB21C651E98DF25 modulo 2^64, and the words
     * at 8 and 16 of XXH3's secret, one xor the other. */
    const uint64_t inverse = UINT64_C(0x02AB9C720D1024AD),
                   secret = UINT64_C(0xC73AB174C5ECD5A2);

    h ^= h >> 28 ^ h >> 56;
    h *= inverse;
    h ^= (h >> 35) + 8;
    h *= inverse;
    /* x ^ rotl(x, 49) ^ rotl(x, 24), applied 64 times, is x. */
    for (int i = 0; i < 63; i++)
        h ^= rotl(h, 49) ^ rotl(h, 24);
    h ^= secret;
    return h << 32 | h >> 32;
}

/* Keys whose hashes without a seed have the same upper half, and so the same
 * slot in a table of any size. */
static struct cf_str flood_key(uint64_t *room, uint32_t i)
{
    *room = key_of_hash(UINT64_C(0x1234567800000000) | i);
    return (struct cf_str){(const char *)room, sizeof *room};
}

/* Slots that were looked at in vain to put every key where it is. */
static uint64_t probes(const struct cf_dict *d)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < d->nslot; i++) {
        size_t home = (size_t)((uint64_t)d->slot[i].hash * d->nslot >> 32);
        if (d->slot[i].id1)
            sum += (i - home) & (d->nslot - 1);
    }
    return sum;
}

static uint64_t flood(uint64_t seed, uint32_t keys)
{
    struct cf_dict d;
    uint64_t room;

    cf_dict_init(&d, seed);
    for (uint32_t i = 0; i < keys; i++)
        assert_int_equal(add(&d, flood_key(&room, i), true), i);
    uint64_t sum = probes(&d);
    cf_dict_free(&d);
    return sum;
}

/* Unseeded hashes were a hole of others (jq's NEWS). */
static void test_flood(void **state)
{
    enum { FEW = 2000, MANY = 200000 };
    uint64_t room;

    (void)state;
    for (uint32_t i = 0; i < 10; i++) {
        struct cf_str key = flood_key(&room, i * 99999);
        assert_int_equal(cf_sum(key.p, key.n, 0),
                         UINT64_C(0x1234567800000000) | (uint64_t)i * 99999);
    }
    /* The attack works where the seed is known: each key is tried after all
     * before it. */
    assert_int_equal(flood(0, FEW), (size_t)FEW * (FEW - 1) / 2);
    /* Of a table at most three quarters full, Knuth (6.4, linear probing)
     * expects 1.5 a key. */
    assert_true(flood(cf_dict_seed(), MANY) < (size_t)2 * MANY);
    for (uint64_t seed = 1; seed < 4; seed++)
        assert_true(flood(seed, MANY) < (size_t)2 * MANY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_odd_keys),  cmocka_unit_test(test_small),
        cmocka_unit_test(test_many_keys), cmocka_unit_test(test_last_id),
        cmocka_unit_test(test_flood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
