/* test_eval.c - measures of a list, pairs by user, resampling. The numbers are
 * worked by hand from the definitions in eval/accuracy.h, beside each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "eval/accuracy.h"
#include "eval/by_user.h"
#include "eval/resample.h"
#include "little.h"
#include "made.h"

enum { MOST = 10 };

static const double third = 1.0 / 3;

static void expect_list(const struct cf_tie *tie, size_t n, size_t relevant,
                        size_t k, const double *want)
{
    double gain[MOST + 1], got[CF_ACCURACIES];

    cf_gains(gain, MOST);
    cf_accuracy(tie, n, relevant, k, gain, got);
    for (size_t i = 0; i < CF_ACCURACIES; i++)
        expect_near(got[i], want[i], 1e-12);
}

/* Places 2 and 4 of a list are relevant, and a third item is not listed. */
static void test_list(void **state)
{
    (void)state;
    const struct cf_tie tie[] = {{1, 0, 1, 1}, {3, 1, 1, 1}};
    const double two = 1 / log2(3), three = 0.5, four = 1 / log2(5);
    const double at1[] = {0, 0, 0, 0, 0, 0, 0, 0};
    /* P(2) = 1/2, P(4) = 2/4. */
    const double at2[] = {0.5,     third, 0.5, 1,
                          0.5 / 3, 0.25,  0.5, two / (1 + two)};
    const double at4[] = {
        0.5,   2 * third, 2 * third, 1,
        third, third,     0.5,       (two + four) / (1 + two + three)};
    /* Fewer than k items: only precision is divided by k. */
    const double at10[] = {
        0.2,   2 * third, 2 * third, 1,
        third, third,     0.5,       (two + four) / (1 + two + three)};

    expect_list(tie, 2, 3, 1, at1);
    expect_list(tie, 2, 3, 2, at2);
    expect_list(tie, 2, 3, 4, at4);
    expect_list(tie, 2, 3, 10, at10);
}

/* Three items tied at the first places, one of them relevant: it is at each
 * place one time in three. */
static void test_tied(void **state)
{
    (void)state;
    const struct cf_tie tie[] = {{0, 0, 3, 1}};
    const double two = 1 / log2(3);
    const double at1[] = {third, third, third, third,
                          third, third, third, third};
    const double at2[] = {third,
                          2 * third,
                          2 * third,
                          2 * third,
                          (1 + 0.5) * third,
                          (1 + 0.5) * third,
                          (1 + 0.5) * third,
                          (1 + two) * third};

    expect_list(tie, 1, 1, 1, at1);
    expect_list(tie, 1, 1, 2, at2);
}

/* A list in which all are tied and all are relevant is perfect. */
static void test_all_relevant(void **state)
{
    (void)state;
    const struct cf_tie tie[] = {{0, 0, 3, 3}};
    const double want[] = {1, 2 * third, 1, 1, 2 * third, 1, 1, 1};

    expect_list(tie, 1, 3, 2, want);
}

static void test_none_found(void **state)
{
    (void)state;
    const double want[CF_ACCURACIES] = {0};

    expect_list(NULL, 0, 2, 5, want);
}

static void test_auc(void **state)
{
    (void)state;
    /* R N R N of 4 candidates: 2 + 1 of 2 x 2 pairs are in order. */
    const struct cf_tie apart[] = {{0, 0, 1, 1}, {2, 1, 1, 1}};
    const struct cf_listed four = {4, 4, 2};
    expect_near(cf_auc(apart, 2, &four), 0.75, 1e-15);
    /* All tied. */
    const struct cf_tie tied[] = {{0, 0, 4, 2}};
    expect_near(cf_auc(tied, 1, &four), 0.5, 1e-15);
    /* N R listed, and of R N N after them nothing is known: (2 + 1) of
     * 2 x 3 pairs. */
    const struct cf_tie half[] = {{1, 0, 1, 1}};
    const struct cf_listed five = {2, 5, 2};
    expect_near(cf_auc(half, 1, &five), 3.0 / 6, 1e-15);
    /* Nothing is listed: chance. */
    const struct cf_listed none = {0, 5, 2};
    expect_near(cf_auc(NULL, 0, &none), 0.5, 1e-15);
    /* Nothing to compare with. */
    const struct cf_tie only[] = {{0, 0, 2, 2}};
    const struct cf_listed two = {2, 2, 2};
    assert_true(isnan(cf_auc(only, 1, &two)));
}

/* ---- pairs by user */

static void test_by_user(void **state)
{
    (void)state;
    static const struct {
        uint32_t user, item;
        float rating;
    } row[] = {{2, 9, 1}, {0, 4, 2}, {2, 3, 5},
               {2, 9, 4}, {0, 1, 0}, {2, 9, 2}};
    struct cf_by_user b = {0};
    struct cf_err err;
    float rating;

    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        must(cf_by_user_add(&b, row[i].user, row[i].item, row[i].rating, &err),
             &err);
    must(cf_by_user_sort(&b, 4, &err), &err);
    assert_int_equal(b.n, 4);
    assert_int_equal(b.again, 2);
    struct cf_user_pairs p = cf_by_user_of(&b, 2);
    assert_int_equal(p.n, 2);
    assert_int_equal(cf_pair_item(p.pair[0]), 3);
    assert_int_equal(cf_pair_item(p.pair[1]), 9);
    assert_true(cf_user_pairs_find(&p, 9, &rating) && rating == 4);
    assert_false(cf_user_pairs_find(&p, 4, &rating));
    assert_int_equal(cf_by_user_of(&b, 0).n, 2);
    assert_int_equal(cf_by_user_of(&b, 1).n, 0);
    assert_int_equal(cf_by_user_of(&b, 3).n, 0);
    assert_int_equal(cf_by_user_of(&b, 4).n, 0);
    cf_by_user_free(&b);
}

/* ---- resampling */

static void mean(const void *ctx, const double *sums, double *out)
{
    (void)ctx;
    *out = sums[1] / sums[0];
}

/* The interval of the mean of n users with values that alternate 0 and 1. */
static void interval_of(size_t n, size_t threads, double *low, double *high)
{
    const struct cf_measures m = {1, mean, NULL};
    struct cf_resample_opts o = {.resamples = 2000, .level = 0.95, .seed = 3};
    struct cf_sums s = {0};
    const struct cf_sums *side[] = {&s};
    double value;
    const struct cf_resampled r = {{&value, NULL}, low, high};
    struct cf_err err;

    must(cf_pool_open(&o.pool, threads, &err), &err);
    must(cf_sums_init(&s, 2, &err), &err);
    for (size_t u = 0; u < n; u++) {
        double *sums = cf_sums_of(&s, cf_group_of(o.seed, u));
        sums[0]++;
        sums[1] += (double)(u % 2);
    }
    must(cf_resample(side, 1, &m, &o, &r, &err), &err);
    expect_near(value, 0.5, 1e-12);
    cf_sums_free(&s);
    cf_pool_close(o.pool);
}

/* A mean of n values of variance 1/4 has the standard error 1 / (2 sqrt(n)),
 * with groups of users as without. */
static void test_interval(void **state)
{
    (void)state;
    static const size_t users[] = {400, CF_GROUPS, 100000};

    for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
        double low = 0, high = 0, low3 = 0, high3 = 0;
        double want = 2 * 1.96 / (2 * sqrt((double)users[i]));
        interval_of(users[i], 1, &low, &high);
        interval_of(users[i], 3, &low3, &high3);
        assert_true(low == low3 && high == high3);
        assert_true(low < 0.5 && high > 0.5);
        expect_near((high - low) / want, 1, 0.08);
    }
}

static void test_groups(void **state)
{
    (void)state;
    size_t first = 0;

    for (uint64_t u = 0; u < UINT64_C(2) * CF_GROUPS; u++) {
        size_t g = cf_group_of(1, u);
        assert_true(g < CF_GROUPS);
        assert_true(u >= CF_GROUPS || g == u);
        first += u >= CF_GROUPS && g < CF_GROUPS / 2;
    }
    /* Half of those drawn, within five standard deviations. */
    assert_true(fabs((double)first - CF_GROUPS / 2.0) <
                5 * sqrt(CF_GROUPS / 4.0));
    assert_true(cf_group_of(1, UINT64_C(1) << 40) !=
                cf_group_of(2, UINT64_C(1) << 40));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list),         cmocka_unit_test(test_tied),
        cmocka_unit_test(test_all_relevant), cmocka_unit_test(test_none_found),
        cmocka_unit_test(test_auc),          cmocka_unit_test(test_by_user),
        cmocka_unit_test(test_interval),     cmocka_unit_test(test_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
