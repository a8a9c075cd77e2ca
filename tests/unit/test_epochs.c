/* test_epochs.c - what the solver adam makes of epochs: mini-batches, losses,
 * validation, range, divergence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "little.h"
#include "made.h"
#include "training.h"

/* Rows beyond the last whole mini-batch are not learnt from, but a mini-batch
 * is never longer than an epoch. */
static void check_batches(uint32_t batch, size_t want)
{
    struct training t = training_usual(batch, 2);
    struct cf_model m;

    t.ratings = training_few;
    t.portion = 3;
    training_few_model(&m);
    must(training_run(&t, &m), &t.err);
    assert_int_equal(t.batches, want);
    assert_int_equal(t.epochs, 2);
    assert_int_equal(m.nepochs, 2);
    cf_model_free(&m);
}

static void test_batches(void **state)
{
    (void)state;
    check_batches(1, 16);
    check_batches(3, 4);
    check_batches(8, 2);
    check_batches(64, 2);
}

/* The average runs on over the epochs. */
static void test_train_loss(void **state)
{
    struct training t = training_usual(50, 3);
    struct cf_model m;
    double sum = 0, weight = 0;

    (void)state;
    t.ratings = training_many();
    training_many_model(&m);
    must(training_run(&t, &m), &t.err);
    for (size_t b = 0; b < t.batches; b++) {
        sum = 0.98 * sum + t.loss[b];
        weight = 0.98 * weight + 1;
        if (b % 6 == 5)
            expect_near(m.epoch[b / 6].train_loss, sum / weight, 1e-9);
    }
    assert_true(isnan(m.epoch[2].valid_loss));
    assert_true(m.epoch[2].seconds >= 0);
    cf_model_free(&m);
}

/* Validation is what the model predicts, also for rows whose user or item no
 * training row has. */
static void test_valid_loss(void **state)
{
    struct training t = training_usual(16, 2);
    struct cf_model m;
    double sum = 0;
    size_t valid = 0, cold = 0, trained = 0;

    (void)state;
    t.ratings = training_many();
    t.order.valid = 0.5;
    training_many_model(&m);
    must(training_run(&t, &m), &t.err);
    for (uint32_t r = 0; r < MANY; r++) {
        uint32_t u = t.ratings.user[r], i = t.ratings.item[r];
        if (!cf_split_valid(t.order.seed, 0.5, r))
            continue;
        double off = (double)little_predict(&m, u, i) - t.ratings.rating[r];
        sum += off * off;
        valid++;
        cold += cf_model_known(&m, u, i) != (CF_KNOWN_USER | CF_KNOWN_ITEM);
    }
    assert_true(cold > 0);
    expect_near(m.epoch[1].valid_loss, sum / (double)valid, 1e-9);
    for (size_t i = 0; i < MANY_ITEMS; i++)
        trained += m.item.count[i];
    assert_int_equal(trained, MANY - valid);
    assert_true(m.seen_start[MANY_USERS] > 0 &&
                m.seen_start[MANY_USERS] <= trained);
    assert_true(m.item.cold_bias != 0);
    cf_model_free(&m);
}

static void test_default_range(void **state)
{
    struct training t = training_usual(4, 1);
    struct cf_model m, wide;

    (void)state;
    t.ratings = training_few;
    t.fit.has_range = false;
    training_few_model(&m);
    must(training_run(&t, &m), &t.err);
    /* Ratings 2.5 to 4. */
    expect_near(m.lo, 2.35, 1e-6);
    expect_near(m.hi, 4.15, 1e-6);
    training_few_model(&wide);
    wide.lo = 3;
    wide.hi = 6;
    t.from = &wide;
    cf_model_free(&m);
    training_few_model(&m);
    must(training_run(&t, &m), &t.err);
    expect_near(m.lo, 2.35, 1e-6);
    expect_near(m.hi, 6, 0);
    cf_model_free(&m);
    cf_model_free(&wide);
}

static void test_diverged(void **state)
{
    struct training t = training_usual(1, 3);
    struct cf_model m;

    (void)state;
    t.ratings = training_few;
    t.fit.schedule.max = 1e30;
    training_few_model(&m);
    assert_int_equal(training_run(&t, &m), CF_EDIVERGED);
    assert_string_equal(t.err.msg, "training diverged in epoch 0: the loss is "
                                   "not finite (try a lower --lr than 1e+30)");
    cf_model_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batches),    cmocka_unit_test(test_train_loss),
        cmocka_unit_test(test_valid_loss), cmocka_unit_test(test_default_range),
        cmocka_unit_test(test_diverged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
