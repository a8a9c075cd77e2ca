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
#include "fit/schedule.h"
#include "fit/start.h"
#include "little.h"
#include "made.h"
#include "math/loss.h"

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

/* The closed form log(1 + exp(z)) - r z in double, derivative by central
 * differences; and where exp(z) would overflow. */
static void test_cross_entropy(void **state)
{
    const struct cf_target t = {.loss = CF_LOSS_BCE};
    const double h = 1e-5;
    float dz;

    (void)state;
    for (int i = -60; i <= 60; i++)
        for (int j = 0; j <= 4; j++) {
            double z = i / 10.0, r = j / 4.0;
            double low = log1p(exp(z - h)) - r * (z - h);
            double high = log1p(exp(z + h)) - r * (z + h);
            float loss = cf_loss_at(&t, (float)z, (float)r, &dz);
            expect_near(loss, log1p(exp(z)) - r * z, 1e-6);
            expect_near(dz, (high - low) / (2 * h), 1e-6);
        }
    expect_near(cf_loss_at(&t, 1000, 0, &dz), 1000, 0);
    expect_near(dz, 1, 0);
    expect_near(cf_loss_at(&t, -1000, 1, &dz), 1000, 0);
    expect_near(dz, -1, 0);
    expect_near(cf_loss_at(&t, 1000, 1, &dz), 0, 0);
    expect_near(dz, 0, 0);
}

static void test_identity(void **state)
{
    const struct cf_target t = {.link = CF_LINK_IDENTITY, .lo = 1, .hi = 5};
    float dz;

    (void)state;
    /* Beyond the range, too. */
    expect_near(cf_loss_at(&t, 7, 4, &dz), 9, 0);
    expect_near(dz, 6, 0);
    expect_near(cf_loss_at(&t, 0.5F, 4, &dz), 12.25, 0);
    expect_near(dz, -7, 0);
}

/* ---- schedule ---- */

static void expect_rates(enum cf_course course, uint64_t step, double lr,
                         double momentum)
{
    const struct cf_schedule s = {course, 0.01, {.95, .85, .9}};
    double got_lr, got_momentum;

    cf_schedule_at(&s, step, 1000, &got_lr, &got_momentum);
    expect_near(got_lr, lr, 1e-12);
    expect_near(got_momentum, momentum, 1e-12);
}

/* Ends, middles and a third of each half cosine, in closed form. */
static void test_one_cycle(void **state)
{
    (void)state;
    expect_rates(CF_ONE_CYCLE, 0, 0.01 / 25, 0.95);
    expect_rates(CF_ONE_CYCLE, 125, (0.01 / 25 + 0.01) / 2, 0.9);
    expect_rates(CF_ONE_CYCLE, 250, 0.01, 0.85);
    expect_rates(CF_ONE_CYCLE, 500, 0.01 + (1e-7 - 0.01) / 4, 0.85 + 0.05 / 4);
    expect_rates(CF_ONE_CYCLE, 625, (0.01 + 1e-7) / 2, 0.875);
    expect_rates(CF_ONE_CYCLE, 1000, 1e-7, 0.9);
}

static void test_flat(void **state)
{
    (void)state;
    for (uint64_t step = 0; step < 1000; step += 50)
        expect_rates(CF_FLAT, step, 0.01, 0.95);
    for (uint64_t step = 0; step <= 750; step += 50)
        expect_rates(CF_FLAT_COS, step, 0.01, 0.95);
    expect_rates(CF_FLAT_COS, 875, (0.01 + 1e-7) / 2, 0.95);
    expect_rates(CF_FLAT_COS, 1000, 1e-7, 0.95);
}

/* ---- range ---- */

static void expect_range(enum cf_link link, float from, float to, double lo,
                         double hi)
{
    float got_lo, got_hi;

    cf_fit_range(link, from, to, &got_lo, &got_hi);
    expect_near(got_lo, lo, 1e-7);
    expect_near(got_hi, hi, 1e-6);
}

static void test_range(void **state)
{
    (void)state;
    expect_range(CF_LINK_SIGMOID, 0.5F, 5, 0.05, 5.45);
    expect_range(CF_LINK_SIGMOID, 3, 3, 2.5, 3.5);
    expect_range(CF_LINK_IDENTITY, 0.5F, 5, 0.5, 5);
    expect_range(CF_LINK_IDENTITY, 3, 3, 2.5, 3.5);
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
    const struct cf_rng rng = {.seed = 42, .purpose = CF_RNG_INIT_ITEM};
    struct cf_fit_opts o = cf_fit_usual();
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
struct two {
    struct cf_model old, m;
    struct cf_origin origin;
    struct cf_fit_opts o;
};

static void open_two(struct two *t, enum cf_freeze freeze)
{
    little_model(&t->old, K, (struct little_ids){6, 12},
                 (struct little_ids){3, 20});
    little_fill(&t->old, 4);
    t->old.link = CF_LINK_SIGMOID;
    t->old.item.cold_bias = 0.25F;
    little_model(&t->m, K, (struct little_ids){5, 10},
                 (struct little_ids){4, 21});
    must(cf_origin_open(&t->origin, &t->old, freeze, &t->m, &err), &err);
    t->o = cf_fit_usual();
    t->o.init = &t->origin;
}

static void close_two(struct two *t)
{
    cf_origin_free(&t->origin);
    cf_model_free(&t->old);
    cf_model_free(&t->m);
}

static void test_start_from_model(void **state)
{
    struct cf_model fresh;
    struct two t;

    (void)state;
    open_two(&t, CF_FREEZE_NONE);
    assert_int_equal(t.origin.new_users, 2);
    assert_int_equal(t.origin.new_items, 2);
    little_model(&fresh, K, (struct little_ids){5, 10},
                 (struct little_ids){4, 21});
    must(cf_fit_start(&t.m, &t.o, &err), &err);
    t.o.init = NULL;
    must(cf_fit_start(&fresh, &t.o, &err), &err);
    expect_rows(t.m.user.factors, fresh.user.factors, 2);
    expect_rows(t.m.user.factors + 2L * K, t.old.user.factors, 3);
    assert_memory_equal(t.m.user.bias, fresh.user.bias, 2 * sizeof(float));
    assert_memory_equal(t.m.user.bias + 2, t.old.user.bias, 3 * sizeof(float));
    expect_rows(t.m.item.factors, t.old.item.factors + K, 2);
    assert_memory_equal(t.m.item.bias, t.old.item.bias + 1, 2 * sizeof(float));
    expect_rows(t.m.item.factors + 2L * K, fresh.item.factors + 2L * K, 2);
    close_two(&t);
    cf_model_free(&fresh);
}

/* Items 23 and 24 are new on a frozen side. */
static void test_start_frozen(void **state)
{
    struct two t;

    (void)state;
    open_two(&t, CF_FREEZE_ITEMS);
    must(cf_fit_start(&t.m, &t.o, &err), &err);
    expect_rows(t.m.item.factors + 2L * K, t.old.item.cold_factors, 1);
    expect_rows(t.m.item.factors + 3L * K, t.old.item.cold_factors, 1);
    expect_near(t.m.item.bias[2], 0.25, 0);
    expect_near(t.m.item.bias[3], 0.25, 0);
    assert_true(t.m.user.factors[0] != 0);
    close_two(&t);
}

static void test_no_bias(void **state)
{
    struct two t;

    (void)state;
    open_two(&t, CF_FREEZE_NONE);
    t.o.no_bias = true;
    assert_int_equal(cf_fit_start(&t.m, &t.o, &err), CF_EUSAGE);
    assert_string_equal(err.msg, "the model to start from has biases, and none "
                                 "are to be learnt");
    t.o.init = NULL;
    must(cf_fit_start(&t.m, &t.o, &err), &err);
    for (size_t i = 0; i < 5; i++)
        expect_near(t.m.user.bias[i], 0, 0);
    close_two(&t);
}

static void test_start_other(void **state)
{
    struct two t;

    (void)state;
    open_two(&t, CF_FREEZE_NONE);
    t.m.k = 8;
    assert_int_equal(cf_fit_start(&t.m, &t.o, &err), CF_EUSAGE);
    assert_string_equal(err.msg,
                        "the model to start from has 3 factors, not 8");
    t.m.k = K;
    t.o.link = CF_LINK_IDENTITY;
    assert_int_equal(cf_fit_start(&t.m, &t.o, &err), CF_EUSAGE);
    assert_string_equal(err.msg, "the model to start from has the link "
                                 "sigmoid, not identity");
    t.o.link = CF_LINK_SIGMOID;
    t.old.mean = 3.5;
    assert_int_equal(cf_fit_start(&t.m, &t.o, &err), CF_EDATA);
    assert_string_equal(err.msg, "the model to start from has the mean 3.5, "
                                 "and this solver can only go on from models "
                                 "whose mean is 0");
    close_two(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loss),
        cmocka_unit_test(test_cross_entropy),
        cmocka_unit_test(test_identity),
        cmocka_unit_test(test_one_cycle),
        cmocka_unit_test(test_flat),
        cmocka_unit_test(test_range),
        cmocka_unit_test(test_solvers),
        cmocka_unit_test(test_start),
        cmocka_unit_test(test_start_from_model),
        cmocka_unit_test(test_start_frozen),
        cmocka_unit_test(test_no_bias),
        cmocka_unit_test(test_start_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
