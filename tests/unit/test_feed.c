/* test_feed.c - the split of rows and the order of a memory feed. */
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

/* ---- the split and the order ----
 *
 * Expected numbers: Philox4x32-10 written anew in Python from the paper, with
 * the draws that base/rng.h describes. */

static void test_split(void **state)
{
    (void)state;
    static const uint64_t of42[] = {5, 11, 14, 17};
    size_t next = 0, n = 0;

    for (uint64_t i = 0; i < 20; i++) {
        bool valid = next < 4 && of42[next] == i;
        assert_int_equal(cf_split_valid(42, .2, i), valid);
        next += valid;
    }
    for (uint64_t i = 0; i < 10000; i++)
        n += cf_split_valid(42, .2, i);
    assert_int_equal(n, 2001);
    for (uint64_t i = 0; i < 1000; i++)
        assert_false(cf_split_valid(42, 0, i));
}

static void test_memory(void **state)
{
    (void)state;
    struct made_reader in;
    struct cf_ratings r;
    struct cf_feed *f;
    char *p;

    ten_read(&r, &in, &p);
    must(cf_feed_memory(&f, &r, &ten_opts, &err), &err);
    expect_plan(f);
    expect_ten(f);
    cf_feed_close(f);
    cf_ratings_free(&r);
    made_read_close(&in);
    free(p);
}

/* 150,000 rows in batches of 1000: chunks are whole batches, each row comes
 * once an epoch. */
static void test_memory_chunks(void **state)
{
    (void)state;
    enum { N = 150000 };
    struct cf_ratings r = {.n = N};
    struct cf_feed_opts o = {.batch = 1000, .epochs = 1, .seed = 7};
    struct cf_feed *f;
    struct cf_feed_rows rows;
    size_t seen = 0;

    must(cf_ratings_room(&r, 0, false, &err), &err);
    r.n = 0;
    must(cf_ratings_room(&r, N, false, &err), &err);
    for (uint32_t i = 0; i < N; i++) {
        r.user[i] = i;
        r.item[i] = 0;
        r.rating[i] = 1;
    }
    r.n = N;
    char *once = calloc(N, 1);
    must(cf_feed_memory(&f, &r, &o, &err), &err);
    static const size_t sizes[] = {65000, 65000, 20000};
    for (size_t k = 0; k < 3; k++) {
        expect_event(f, CF_FEED_TRAIN, &rows);
        assert_int_equal(rows.n, sizes[k]);
        assert_null(rows.time);
        for (size_t i = 0; i < rows.n; i++)
            seen += once[rows.user[i]]++ == 0;
    }
    assert_int_equal(seen, N);
    expect_event(f, CF_FEED_EPOCH, &rows);
    expect_event(f, CF_FEED_END, &rows);
    cf_feed_close(f);
    cf_ratings_free(&r);
    free(once);
}

static void test_memory_empty(void **state)
{
    (void)state;
    struct cf_ratings r = {0};
    struct cf_feed *f;

    assert_int_equal(cf_feed_memory(&f, &r, &ten_opts, &err), CF_EDATA);
    assert_string_equal(err.msg, "no training rows (of 0 rows)");
    cf_feed_close(f);
}

/* ---- a stream whose header contradicts itself ---- */

/* A batches stream of the ten, with another plan's fact. */
static char *planned(const char *fact, int64_t v, size_t *n)
{
    struct made_reader in;
    struct cf_ratings r;
    struct cf_feed *f;
    struct made m;
    char *p;

    ten_read(&r, &in, &p);
    must(cf_feed_memory(&f, &r, &ten_opts, &err), &err);
    made_init(&m, CF_BATCHES);
    must(cf_batches_schema(&m.schema, cf_reader_schema(in.r), f, &err), &err);
    for (size_t i = 0; i < m.schema.nfacts; i++)
        if (!strcmp(m.schema.fact[i].name, fact))
            m.schema.fact[i].i = v;
    made_begin(&m, NULL);
    must(cf_batches_write(f, &m.schema, m.writer, &err), &err);
    cf_feed_close(f);
    cf_ratings_free(&r);
    made_read_close(&in);
    free(p);
    return made_finish(&m, n);
}

static int open_planned(const char *fact, int64_t v)
{
    struct cf_store users, items;
    struct made_reader in;
    struct cf_feed *f;
    size_t n;
    char *p = planned(fact, v, &n);

    made_read(&in, p, n);
    int rc = cf_feed_stream(&f, in.r, &users, &items, &err);
    cf_feed_close(f);
    cf_store_free(&users);
    cf_store_free(&items);
    made_read_close(&in);
    free(p);
    return rc;
}

static void test_stream_plan(void **state)
{
    (void)state;
    must(open_planned("rows", 9), &err);
    assert_int_equal(open_planned("rows", 20000000000), CF_EDATA);
    assert_string_equal(err.msg, "test.cf: train has 18 rows, not 2 epochs of "
                                 "20000000000 (the facts 'epochs' and 'rows')");
    assert_int_equal(open_planned("epochs", 4), CF_EDATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_memory_chunks),
        cmocka_unit_test(test_memory_empty),
        cmocka_unit_test(test_stream_plan),
    };
    return cmocka_run_group_tests_name("feed", tests, NULL, NULL);
}
