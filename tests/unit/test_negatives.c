/* test_negatives.c - items that a user has not seen. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "data/negatives.h"
#include "made.h"

enum { ITEMS = 8, DRAWS = 40000 };

static struct cf_err err;
static const struct cf_rng rng = {11, CF_RNG_TEST, 2};
static const uint64_t train[ITEMS] = {0, 1, 16, 81, 256, 1, 625, 0};
/* Their powers 3/4. */
static const double weight[ITEMS] = {0, 1, 8, 27, 64, 1, 125, 0};

/* A user who has seen the items whose bits are set. */
static bool meet(struct cf_negatives *g, unsigned seen)
{
    cf_negatives_user(g);
    for (int twice = 0; twice < 2; twice++)
        for (uint32_t i = 0; i < ITEMS; i++)
            if (seen >> i & 1)
                cf_negatives_saw(g, i);
    return cf_negatives_ready(g);
}

/* Chi-squared with up to 7 degrees of freedom passes 29.9 once in 10000. */
static void expect(const struct cf_negatives *g, unsigned seen,
                   const double *want)
{
    double got[ITEMS] = {0}, total = 0, chi = 0;

    for (uint64_t i = 0; i < DRAWS; i++)
        got[cf_negatives_draw(g, &rng, i)]++;
    for (uint32_t i = 0; i < ITEMS; i++)
        total += seen >> i & 1 ? 0 : want[i];
    for (uint32_t i = 0; i < ITEMS; i++) {
        double n = seen >> i & 1 ? 0 : want[i] / total * DRAWS;
        if (n == 0)
            assert_true(got[i] == 0);
        else
            chi += (got[i] - n) * (got[i] - n) / n;
    }
    assert_true(chi < 29.9);
}

/* From nothing seen to all but one: by attempts, then from a list. */
static const unsigned users[] = {0, 0x01, 0x0e, 0x40, 0x5c, 0x7d, 0xfd, 0x02};

static void test_popular(void **state)
{
    (void)state;
    struct cf_negatives g;

    must(cf_negatives_open(&g, ITEMS, train, &err), &err);
    for (uint32_t i = 0; i < ITEMS; i++)
        assert_true(fabs(g.weight[i] - weight[i]) < 1e-12);
    for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
        assert_true(meet(&g, users[i]));
        expect(&g, users[i], weight);
    }
    /* Nothing is left, or nothing that has a training row. */
    assert_false(meet(&g, 0xff));
    assert_false(meet(&g, 0x7e));
    cf_negatives_free(&g);
}

static void test_uniform(void **state)
{
    (void)state;
    static const double alike[ITEMS] = {1, 1, 1, 1, 1, 1, 1, 1};
    struct cf_negatives g;

    must(cf_negatives_open(&g, ITEMS, NULL, &err), &err);
    for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
        assert_true(meet(&g, users[i]));
        expect(&g, users[i], alike);
    }
    assert_true(meet(&g, 0x7e));
    assert_false(meet(&g, 0xff));
    cf_negatives_free(&g);
}

static void test_no_rows(void **state)
{
    (void)state;
    static const uint64_t none[ITEMS] = {0};
    struct cf_negatives g;

    must(cf_negatives_open(&g, ITEMS, none, &err), &err);
    assert_false(meet(&g, 0));
    cf_negatives_free(&g);
    must(cf_negatives_open(&g, 0, none, &err), &err);
    assert_false(meet(&g, 0));
    cf_negatives_free(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_popular),
        cmocka_unit_test(test_uniform),
        cmocka_unit_test(test_no_rows),
    };
    return cmocka_run_group_tests_name("negatives", tests, NULL, NULL);
}
