/* test_fit.c - what solvers share: loss, schedule, range, first weights. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "fit/fit.h"
#include "fit/loss.h"
#include "fit/schedule.h"
#include "fit/start.h"
#include "little.h"
#include "made.h"

static struct cf_err err;

/* ---- loss ---- */

static double loss_at(double z, double r)
{
    double y = 0.5 + 4.5 / (1 + exp(-z));
    return (y - r) * (y - r);
}

/* Value in double, derivative by central differences. */
static void test_loss(void **state)
{
    const double h = 1e-5;

    (void)state;
    for (int i = -60; i <= 60; i++)
        for (int j = 1; j <= 10; j++) {
            float z = (float)i / 10, r = (float)j / 2, dz;
            float loss = cf_loss_mse_sigmoid(z, r, 0.5F, 5, &dz);
            double x = (double)z, y = (double)r;
            double slope = (loss_at(x + h, y) - loss_at(x - h, y)) / (2 * h);
            expect_near(loss, loss_at(x, y), 1e-5);
            expect_near(dz, slope, 1e-5);
        }
}

/* ---- schedule ---- */

static void expect_cycle(uint64_t step, double lr, double momentum)
{
    double got_lr, got_momentum;

    cf_one_cycle(0.01, step, 1000, &got_lr, &got_momentum);
    expect_near(got_lr, lr, 1e-12);
    expect_near(got_momentum, momentum, 1e-12);
}

/* Ends, middles and a third of each half cosine, in closed form. */
static void test_one_cycle(void **state)
{
    (void)state;
    expect_cycle(0, 0.01 / 25, 0.95);
    expect_cycle(125, (0.01 / 25 + 0.01) / 2, 0.9);
    expect_cycle(250, 0.01, 0.85);
    expect_cycle(500, 0.01 + (1e-7 - 0.01) / 4, 0.85 + 0.1 / 4);
    expect_cycle(625, (0.01 + 1e-7) / 2, 0.9);
    expect_cycle(1000, 1e-7, 0.95);
}

/* ---- range ---- */

static void test_range(void **state)
{
    float lo, hi;

    (void)state;
    cf_fit_range(0.5F, 5, &lo, &hi);
    expect_near(lo, 0.05, 1e-7);
    expect_near(hi, 5.45, 1e-6);
    cf_fit_range(3, 3, &lo, &hi);
    expect_near(lo, 2.5, 0);
    expect_near(hi, 3.5, 0);
}

/* ---- solvers ---- */

static void test_solvers(void **state)
{
    (void)state;
    assert_string_equal(cf_solvers[0].name, "adam");
    assert_string_equal(cf_solvers[0].name, "adam");
}

/* ---- first weights ---- */

enum { K = 3 };

/* The same bits in n rows of factors. */
static void expect_rows(const float *a, const float *b, size_t n)
{
    assert_memory_equal(a, b, n * K * sizeof *a);
}

static void test_start(void **state)
{
    const struct cf_rng rng = {.seed = 9, .purpose = CF_RNG_INIT_ITEM};
    struct cf_fit_opts o = {.seed = 9};
    struct cf_model m;
    float most = 0;

    (void)state;
    little_model(&m, K, (struct little_ids){200, 0},
                 (struct little_ids){300, 0});
    must(cf_fit_start(&m, &o, &err), &err);
    for (size_t i = 0; i < (size_t)300 * K; i++) {
        double x = cf_rng_normal(&rng, i);
        double folded = x - 2 * trunc(x / 2);
        expect_near(m.item.factors[i], 0.01 * folded, 1e-9);
        most = fmaxf(most, fabsf(m.item.factors[i]));
    }
    /* Within the fold, and not far within. */
    assert_true(most < 0.02F && most > 0.019F);
    /* Each array has draws of its own. */
    assert_true(m.user.factors[0] != m.item.factors[0]);
    assert_true(m.user.bias[0] != m.item.bias[0]);
    assert_true(m.user.bias[0] != m.user.factors[0]);
    cf_model_free(&m);
}

/* Ids 12..14 of the users and 21..22 of the items are in both models. */
static void test_start_from_model(void **state)
{
    struct cf_fit_opts o = {.seed = 9};
    struct cf_model old, fresh, m;

    (void)state;
    little_model(&old, K, (struct little_ids){6, 12},
                 (struct little_ids){3, 20});
    little_fill(&old, 4);
    little_model(&fresh, K, (struct little_ids){5, 10},
                 (struct little_ids){2, 21});
    little_model(&m, K, (struct little_ids){5, 10}, (struct little_ids){2, 21});
    must(cf_fit_start(&fresh, &o, &err), &err);
    o.init = &old;
    must(cf_fit_start(&m, &o, &err), &err);
    expect_rows(m.user.factors, fresh.user.factors, 2);
    expect_rows(m.user.factors + 2L * K, old.user.factors, 3);
    assert_memory_equal(m.user.bias, fresh.user.bias, 2 * sizeof(float));
    assert_memory_equal(m.user.bias + 2, old.user.bias, 3 * sizeof(float));
    expect_rows(m.item.factors, old.item.factors + K, 2);
    assert_memory_equal(m.item.bias, old.item.bias + 1, 2 * sizeof(float));
    cf_model_free(&old);
    cf_model_free(&fresh);
    cf_model_free(&m);
}

static void test_start_other_k(void **state)
{
    struct cf_fit_opts o = {.seed = 9};
    struct cf_model old, m;

    (void)state;
    little_model(&old, K, (struct little_ids){1, 0}, (struct little_ids){1, 0});
    little_model(&m, 8, (struct little_ids){1, 0}, (struct little_ids){1, 0});
    o.init = &old;
    assert_int_equal(cf_fit_start(&m, &o, &err), CF_EUSAGE);
    assert_string_equal(err.msg,
                        "the model to start from has 3 factors, not 8");
    cf_model_free(&old);
    cf_model_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loss),
        cmocka_unit_test(test_one_cycle),
        cmocka_unit_test(test_range),
        cmocka_unit_test(test_solvers),
        cmocka_unit_test(test_start),
        cmocka_unit_test(test_start_from_model),
        cmocka_unit_test(test_start_other_k),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
