/* test_whole.c - all rows of a feed at once, and rows by user and item. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/csr.h"
#include "data/whole.h"
#include "made.h"
#include "training.h"

static struct cf_err err;

/* A copy of the few ratings that may be taken over. */
static struct cf_ratings few(void)
{
    struct cf_ratings r = {0};

    must(cf_ratings_room(&r, FEW, false, &err), &err);
    r.n = FEW;
    memcpy(r.user, training_few.user, FEW * sizeof *r.user);
    memcpy(r.item, training_few.item, FEW * sizeof *r.item);
    memcpy(r.rating, training_few.rating, FEW * sizeof *r.rating);
    return r;
}

static void test_given(void **state)
{
    struct cf_ratings r = few();
    const uint32_t *user = r.user;
    struct cf_whole w;
    struct cf_feed *f;

    (void)state;
    must(cf_feed_given(&f, &r, &err), &err);
    assert_int_equal(cf_feed_plan(f)->rows, FEW);
    assert_true(cf_feed_plan(f)->lo == 2.5F && cf_feed_plan(f)->hi == 4);
    must(cf_feed_whole(f, &w, &err), &err);
    assert_ptr_equal(w.train.user, user);
    assert_int_equal(w.train.n, FEW);
    assert_int_equal(w.valid.n, 0);
    assert_int_equal(r.n, 0);
    assert_null(r.user);
    cf_feed_close(f);
    cf_whole_free(&w);
}

static void test_given_nothing(void **state)
{
    struct cf_ratings r = {0};
    struct cf_feed *f;

    (void)state;
    assert_int_equal(cf_feed_given(&f, &r, &err), CF_EDATA);
    cf_feed_close(f);
}

/* The same rows as mini-batches, in three epochs with some to validate with. */
static void test_gathered(void **state)
{
    const struct cf_feed_opts o = {
        .batch = 4, .epochs = 3, .valid = .4, .seed = 3};
    struct cf_whole w;
    struct cf_feed *f;
    int seen[FEW_USERS][FEW_ITEMS] = {{0}};

    (void)state;
    must(cf_feed_memory(&f, &training_few, &o, &err), &err);
    must(cf_feed_whole(f, &w, &err), &err);
    assert_int_equal(w.train.n, cf_feed_plan(f)->rows);
    assert_true(w.valid.n > 0);
    assert_int_equal(w.train.n + w.valid.n, FEW);
    for (size_t i = 0; i < w.train.n; i++)
        seen[w.train.user[i]][w.train.item[i]]++;
    for (size_t i = 0; i < w.valid.n; i++)
        seen[w.valid.user[i]][w.valid.item[i]]++;
    for (size_t i = 0; i < FEW; i++)
        assert_int_equal(seen[training_few.user[i]][training_few.item[i]]--, 1);
    cf_feed_close(f);
    cf_whole_free(&w);
}

static void test_negatives(void **state)
{
    struct cf_whole w = {.train = few(), .negatives = true};

    (void)state;
    w.train.rating[0] = w.train.rating[5] = w.train.rating[7] = 0;
    cf_whole_drop_negatives(&w);
    assert_int_equal(w.train.n, FEW - 3);
    const size_t left[] = {1, 2, 3, 4, 6};
    for (size_t i = 0; i < w.train.n; i++) {
        assert_int_equal(w.train.user[i], training_few.user[left[i]]);
        assert_int_equal(w.train.item[i], training_few.item[left[i]]);
        assert_true(w.train.rating[i] == training_few.rating[left[i]]);
    }
    cf_whole_free(&w);
}

/* User 0 has items 1 3 2, user 1 items 0 3 2, user 2 items 2 1. */
static void test_csr(void **state)
{
    const struct cf_entries e = {FEW, training_few.user, training_few.item,
                                 training_few.rating};
    const uint64_t start[] = {0, 3, 6, 8}, back[] = {0, 1, 3, 6, 8, 8};
    const uint32_t col[] = {1, 3, 2, 0, 3, 2, 2, 1};
    const uint32_t row[] = {1, 0, 2, 0, 1, 2, 0, 1};
    const float val[] = {3.5F, 4, 3, 2.5F, 3.5F, 3, 3.5F, 4};
    const float lav[] = {2.5F, 3.5F, 4, 3, 3, 3.5F, 4, 3.5F};
    struct cf_csr c, t;

    (void)state;
    must(cf_csr_build(&c, FEW_USERS, &e, &err), &err);
    assert_memory_equal(c.start, start, sizeof start);
    assert_memory_equal(c.col, col, sizeof col);
    assert_memory_equal(c.val, val, sizeof val);
    must(cf_csr_transpose(&t, FEW_ITEMS + 1, &c, &err), &err);
    assert_int_equal(t.n, FEW_ITEMS + 1);
    assert_memory_equal(t.start, back, sizeof back);
    assert_memory_equal(t.col, row, sizeof row);
    assert_memory_equal(t.val, lav, sizeof lav);
    cf_csr_free(&c);
    cf_csr_free(&t);
}

static void test_csr_empty(void **state)
{
    const struct cf_entries none = {0};
    struct cf_csr c;

    (void)state;
    must(cf_csr_build(&c, 2, &none, &err), &err);
    assert_int_equal(c.start[2], 0);
    assert_null(c.val);
    cf_csr_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_given),    cmocka_unit_test(test_given_nothing),
        cmocka_unit_test(test_gathered), cmocka_unit_test(test_negatives),
        cmocka_unit_test(test_csr),      cmocka_unit_test(test_csr_empty)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
