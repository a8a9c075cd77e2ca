/* test_topn.c - rankings against sorting everything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval/topn.h"
#include "little.h"
#include "made.h"
#include "model/cosine.h"

enum { USERS = 12, ITEMS = 40, K = 21, COLD = 3, ZERO = 5, SEEN = 90 };

static struct cf_model m;
static double lengths[ITEMS];

static float *factors_of(size_t item)
{
    return m.item.factors + item * K;
}

/* Item COLD and user COLD have no training row, item ZERO has no length, items
 * 7 and 8 are equal. */
static int set_up(void **state)
{
    struct cf_seen seen = {0};
    struct cf_err err;

    (void)state;
    little_model(&m, K, (struct little_ids){USERS, 0},
                 (struct little_ids){ITEMS, 0});
    little_fill(&m, 5);
    for (uint32_t r = 0; r < SEEN; r++) {
        uint32_t u = r * 5 % USERS, i = r * 7 % ITEMS;
        if (u != COLD && i != COLD)
            must(cf_seen_add(&seen, &u, &i, 1, &err), &err);
    }
    must(cf_seen_store(&seen, &m, &err), &err);
    cf_seen_free(&seen);
    cf_model_set_cold(&m);
    memset(factors_of(ZERO), 0, K * sizeof(float));
    memcpy(factors_of(8), factors_of(7), K * sizeof(float));
    m.item.bias[8] = m.item.bias[7];
    cf_topn_lengths(&m, lengths);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cf_model_free(&m);
    return 0;
}

static int best_first(const void *a, const void *b)
{
    const struct cf_scored *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->id < y->id ? -1 : 1;
}

static bool has_seen(uint32_t u, uint32_t i)
{
    for (uint64_t j = m.seen_start[u]; j < m.seen_start[u + 1]; j++)
        if (m.seen_item[j] == i)
            return true;
    return false;
}

/* ---- items for a user ---- */

static size_t sort_all(uint32_t u, bool keep_seen, struct cf_scored *all)
{
    size_t n = 0;

    for (uint32_t i = 0; i < ITEMS; i++)
        if (m.item.count[i] > 0 &&
            (keep_seen || u == CF_NONE || !has_seen(u, i)))
            all[n++] = (struct cf_scored){little_raw(&m, u, i), i};
    qsort(all, n, sizeof *all, best_first);
    return n;
}

static void check_user(uint32_t u, const struct cf_topn_opts *o)
{
    struct cf_scored want[ITEMS], got[ITEMS + 5];
    float scratch[ITEMS];

    size_t all = sort_all(u, o->keep_seen, want);
    size_t n = cf_topn_user(&m, u, o, scratch, got);
    assert_int_equal(n, all < o->n ? all : o->n);
    for (size_t j = 0; j < n; j++) {
        assert_int_equal(got[j].id, want[j].id);
        expect_near(got[j].score, little_predict(&m, u, got[j].id), 0);
    }
}

static void test_user(void **state)
{
    static const char *const tables[] = {"scalar", "sse2", "avx2", "avx512"};
    static const size_t ns[] = {0, 1, 10, ITEMS, ITEMS + 5};

    (void)state;
    for (size_t t = 0; t < 4; t++)
        for (size_t j = 0; j < 5; j++) {
            struct cf_topn_opts o = {.n = ns[j], .vec = cf_vec_find(tables[t])};
            for (uint32_t u = 0; o.vec && u < USERS; u++) {
                o.keep_seen = false;
                check_user(u, &o);
                o.keep_seen = true;
                check_user(u, &o);
            }
            if (o.vec)
                check_user(CF_NONE, &o);
        }
}

/* The score of an item for the mean user, but for what all items have. */
static double mean_users(uint32_t item)
{
    double rows = 0, sum = 0;

    for (uint32_t u = 0; u < USERS; u++) {
        double dot = 0;
        for (size_t f = 0; f < K; f++)
            dot +=
                (double)m.user.factors[u * K + f] * (double)factors_of(item)[f];
        sum += (double)m.user.count[u] * dot;
        rows += (double)m.user.count[u];
    }
    return (double)m.item.bias[item] + sum / rows;
}

/* The test above would not notice if nothing were seen, or nobody cold. */
static void test_user_cases(void **state)
{
    struct cf_topn_opts o = {.n = ITEMS, .vec = cf_vec_best()};
    struct cf_scored got[ITEMS];
    float scratch[ITEMS];

    (void)state;
    assert_int_equal(m.user.count[COLD], 0);
    assert_int_equal(m.item.count[COLD], 0);
    size_t seen = (size_t)(m.seen_start[1] - m.seen_start[0]);
    assert_true(seen > 2);
    assert_int_equal(cf_topn_user(&m, 0, &o, scratch, got), ITEMS - 1 - seen);
    assert_int_equal(cf_topn_user(&m, COLD, &o, scratch, got), ITEMS - 1);
    /* A cold user's items are those of the mean user, best first. */
    for (size_t j = 1; j < ITEMS - 1; j++)
        assert_true(mean_users(got[j].id) <= mean_users(got[j - 1].id) + 1e-6);
}

/* ---- items like an item ---- */

static double cosine(uint32_t i, uint32_t j)
{
    double ij = 0, ii = 0, jj = 0;

    for (size_t f = 0; f < K; f++) {
        double x = (double)factors_of(i)[f];
        double y = (double)factors_of(j)[f];
        ij += x * y;
        ii += x * x;
        jj += y * y;
    }
    return ij / sqrt(ii * jj);
}

static void check_similar(uint32_t i)
{
    struct cf_topn_opts o = {
        .n = ITEMS, .vec = cf_vec_best(), .length = lengths};
    struct cf_scored got[ITEMS];
    float scratch[ITEMS];
    bool there[ITEMS] = {false};

    /* All but i itself, COLD and ZERO. */
    size_t n = cf_topn_similar(&m, i, &o, scratch, got);
    assert_int_equal(n, ITEMS - 3);
    for (size_t j = 0; j < n; j++) {
        expect_near(got[j].score, cosine(i, got[j].id), 1e-6);
        assert_true(j == 0 || got[j].score <= got[j - 1].score);
        there[got[j].id] = true;
    }
    assert_false(there[i] || there[COLD] || there[ZERO]);
    o.n = 4;
    struct cf_scored few[4];
    assert_int_equal(cf_topn_similar(&m, i, &o, scratch, few), 4);
    for (size_t j = 0; j < 4; j++)
        assert_int_equal(few[j].id, got[j].id);
}

static void test_lengths(void **state)
{
    (void)state;
    assert_true(lengths[COLD] == 0 && lengths[ZERO] == 0);
    /* A length of 21 numbers from (-1, 1), by hypot of two after two. */
    double all = 0;
    for (size_t f = 0; f < K; f++)
        all = hypot(all, (double)factors_of(7)[f]);
    expect_near(lengths[7], all, 1e-12);
}

static void test_similar(void **state)
{
    struct cf_topn_opts o = {
        .n = ITEMS, .vec = cf_vec_best(), .length = lengths};
    struct cf_scored got[ITEMS];
    float scratch[ITEMS];

    (void)state;
    for (uint32_t i = 0; i < ITEMS; i++)
        if (i != COLD && i != ZERO)
            check_similar(i);
    assert_true(cf_topn_similar(&m, 7, &o, scratch, got) > 0);
    assert_int_equal(got[0].id, 8);
    expect_near(got[0].score, 1, 1e-6);
    assert_true(got[0].score <= 1);
    /* Nothing is like what is not known, or has no direction. */
    assert_int_equal(cf_topn_similar(&m, COLD, &o, scratch, got), 0);
    assert_int_equal(cf_topn_similar(&m, ZERO, &o, scratch, got), 0);
}

/* inf - inf is no cosine of 1. */
static void test_overflow(void **state)
{
    (void)state;
    assert_true(isnan(cf_cosine(NAN, 1, 1)));
    assert_true(isnan(cf_cosine(INFINITY, 1e30, 1e30)));
    expect_near(cf_cosine(3e38F, 1e19, 1e19), 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_user),     cmocka_unit_test(test_user_cases),
        cmocka_unit_test(test_lengths),  cmocka_unit_test(test_similar),
        cmocka_unit_test(test_overflow),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
