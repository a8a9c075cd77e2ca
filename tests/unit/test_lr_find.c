/* test_lr_find.c - the curve of a search for a learning rate, and what is read
 * off it; tests/py/lr_find.py does so for curves of real runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "fit/lr_find.h"
#include "little.h"
#include "made.h"

static void test_rates(void **state)
{
    (void)state;
    expect_near(cf_find_rate(0), 1e-7, 1e-20);
    expect_near(cf_find_rate(50), 1e-3, 1e-15);
    expect_near(cf_find_rate(75), 0.1, 1e-12);
}

/* The search goes on while the average is at most 4 times its best. */
static void test_stop(void **state)
{
    struct cf_curve c = {.n = 0};

    (void)state;
    assert_true(cf_curve_add(&c, 2, 2));
    assert_true(cf_curve_add(&c, 1, 1));
    assert_true(cf_curve_add(&c, 4, 4));
    assert_false(cf_curve_add(&c, 9, 4.001));
    assert_int_equal(c.n, 4);
    assert_false(cf_curve_add(&c, NAN, NAN));
    assert_int_equal(c.n, 4);
    c.n = 0;
    for (size_t i = 0; i + 1 < CF_FIND_STEPS; i++)
        assert_true(cf_curve_add(&c, 1, 1));
    assert_false(cf_curve_add(&c, 1, 1));
    assert_int_equal(c.n, CF_FIND_STEPS);
}

/* A curve of n steps, loss_of(i) the average after step i. */
static void make(struct cf_curve *c, size_t n, double (*loss_of)(double))
{
    *c = (struct cf_curve){.n = 0};
    for (size_t i = 0; i < n; i++)
        cf_curve_add(c, 0, loss_of((double)i));
    assert_int_equal(c->n, n);
}

static double bowl(double i)
{
    return 1 + (i - 60) * (i - 60) / 3600;
}

static double rising(double i)
{
    return 1 + i / 100;
}

static double falling(double i)
{
    return 2 - i / 100;
}

/* tests/py/lr_find.py's functions, on lr = 1e-7 * 1e8 ** (arange(n) / 100). */
static void test_suggestions(void **state)
{
    struct cf_suggestions s;
    struct cf_curve c;

    (void)state;
    /* Falls from point 0 (step 10) to point 50: 51 points, 0 - 1 + 17 + 8. */
    make(&c, 100, bowl);
    cf_curve_suggest(&c, &s);
    expect_near(s.valley, cf_find_rate(34), 1e-12);
    expect_near(s.steep, cf_find_rate(10), 1e-12);
    expect_near(s.minimum, cf_find_rate(60) / 10, 1e-12);
    /* Slopes of a parabola 15 apart differ by 30 / 3600 everywhere. */
    expect_near(s.slide, cf_find_rate(10), 1e-12);
    make(&c, 100, rising);
    cf_curve_suggest(&c, &s);
    expect_near(s.valley, cf_find_rate(10), 1e-18);
    expect_near(s.minimum, cf_find_rate(10) / 10, 1e-18);
    /* Slopes are equal: it stays at the first point looked at. */
    expect_near(s.slide, cf_find_rate(79), 1e-12);
    make(&c, 100, falling);
    cf_curve_suggest(&c, &s);
    /* 85 points that end in point 84: 84 - 85 + 28 + 14. */
    expect_near(s.valley, cf_find_rate(51), 1e-12);
    expect_near(s.minimum, cf_find_rate(94) / 10, 1e-12);
}

static void test_short(void **state)
{
    struct cf_suggestions s;
    struct cf_curve c;

    (void)state;
    make(&c, 16, falling);
    cf_curve_suggest(&c, &s);
    assert_true(isnan(s.valley) && isnan(s.steep) && isnan(s.minimum));
    make(&c, 17, falling);
    cf_curve_suggest(&c, &s);
    assert_true(isfinite(s.valley) && isfinite(s.steep));
    assert_true(isfinite(s.minimum) && isnan(s.slide));
    make(&c, 31, falling);
    cf_curve_suggest(&c, &s);
    expect_near(s.slide, cf_find_rate(10), 1e-18);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_stop),
        cmocka_unit_test(test_suggestions),
        cmocka_unit_test(test_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
