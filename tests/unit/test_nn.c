/* test_nn.c - solver nn: its layers one by one, and whole runs. Losses and
 * predictions against float64 are tests/py/nn.py's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/feed_impl.h"
#include "fit/dense.h"
#include "fit/nn.h"
#include "little.h"
#include "made.h"
#include "model/file.h"
#include "training.h"

static struct cf_err err;

/* As fast.ai's book prints them for MovieLens 100K (944 and 1,665 with the one
 * for unknown ids); the limits by hand. */
static void test_width(void **state)
{
    (void)state;
    assert_int_equal(cf_nn_width(943), 74);
    assert_int_equal(cf_nn_width(1664), 102);
    assert_int_equal(cf_nn_width(0), 2);
    assert_int_equal(cf_nn_width(1U << 31), 600);
}

/* ---- a layer ---- */

enum { IN = 6, OUT = 4, ROWS = 37 };

static void draw_layer(struct cf_dense *d, double drop)
{
    must(cf_dense_init(d, IN, OUT, false, &err), &err);
    must(cf_dense_room(d, ROWS, &err), &err);
    cf_dense_start(d, 3, 0);
    d->drop = drop;
    for (size_t i = 0; i < (size_t)IN * ROWS; i++)
        d->x[i] = little_draw(1, i);
}

/* Each output has the mean shift and the variance scale^2, but for epsilon. */
static void test_normal(void **state)
{
    struct cf_dense d;
    float y[OUT * ROWS], by[2 * OUT];

    (void)state;
    draw_layer(&d, 0);
    float *scale = d.w + (size_t)IN * OUT, *shift = scale + OUT;
    scale[1] = 2;
    shift[1] = -3;
    cf_dense_forward(&d, cf_vec_best(), ROWS, y);
    cf_dense_affine(&d, by);
    for (size_t f = 0; f < OUT; f++) {
        const float *a = d.a + f * ROWS, *out = y + f * ROWS;
        double mean = 0, square = 0, mean_a = 0, square_a = 0;
        for (size_t r = 0; r < ROWS; r++) {
            mean += (double)out[r] / ROWS;
            mean_a += (double)a[r] / ROWS;
            assert_true(a[r] >= 0);
        }
        for (size_t r = 0; r < ROWS; r++) {
            square += pow((double)out[r] - mean, 2) / ROWS;
            square_a += pow((double)a[r] - mean_a, 2) / (ROWS - 1);
        }
        expect_near(mean, shift[f], 1e-5);
        expect_near(square, scale[f] * scale[f], 5e-3);
        /* A tenth of the way from 0 and 1. */
        expect_near(d.stats[f], 0.1 * mean_a, 1e-6);
        expect_near(d.stats[OUT + f], 0.9 + 0.1 * square_a, 1e-6);
        expect_near(by[f] * d.stats[f] + by[OUT + f], shift[f], 1e-5);
    }
    cf_dense_free(&d);
}

static void test_dropout(void **state)
{
    const struct cf_dense_when first = {1, 0, 0}, next = {1, 1, 0};
    struct cf_dense d;
    float once[IN * ROWS], kept = 1 / (1 - 0.25F);
    size_t gone = 0, steps = 40;

    (void)state;
    draw_layer(&d, 0.25);
    cf_dense_drop(&d, &first, ROWS);
    memcpy(once, d.keep, sizeof once);
    for (size_t r = 0; r < ROWS; r++)
        for (size_t f = 0; f < IN; f++)
            expect_near(d.by_row[r * IN + f],
                        little_draw(1, f * ROWS + r) * once[f * ROWS + r], 0);
    cf_dense_drop(&d, &first, ROWS);
    assert_memory_equal(once, d.keep, sizeof once);
    cf_dense_drop(&d, &next, ROWS);
    assert_memory_not_equal(once, d.keep, sizeof once);
    for (uint64_t step = 0; step < steps; step++) {
        cf_dense_drop(&d, &(struct cf_dense_when){1, step, 0}, ROWS);
        for (size_t i = 0; i < (size_t)IN * ROWS; i++) {
            gone += d.keep[i] == 0;
            if (d.keep[i] != 0)
                expect_near(d.keep[i], kept, 0);
        }
    }
    /* 8,880 draws, so the standard error is .0046. */
    expect_near((double)gone / (double)(steps * IN * ROWS), 0.25, 0.02);
    cf_dense_free(&d);
}

/* ---- whole runs ---- */

static struct training usual(uint32_t batch, uint32_t epochs)
{
    struct training t = training_usual(batch, epochs);

    t.solver = cf_fit_nn;
    t.ratings = training_many();
    t.fit.nn =
        (struct cf_nn_opts){.nlayers = 2, .layer = {MANY_K, 7}, .dropout = 0.1};
    return t;
}

static void run(struct training *t, struct cf_model *m)
{
    training_many_model(m);
    must(training_run(t, m), &t->err);
}

static void expect_same(const struct cf_model *a, const struct cf_model *b)
{
    assert_memory_equal(a->user.factors, b->user.factors,
                        MANY_U * sizeof(float));
    assert_memory_equal(a->item.factors, b->item.factors,
                        MANY_I * sizeof(float));
    assert_int_equal(a->mlp.n, b->mlp.n);
    for (uint32_t l = 0; l < a->mlp.n; l++) {
        const struct cf_mlp_layer *x = &a->mlp.layer[l], *y = &b->mlp.layer[l];
        assert_memory_equal(x->weight, y->weight,
                            (size_t)x->in * x->out * sizeof(float));
        assert_memory_equal(x->bias, y->bias, x->out * sizeof(float));
    }
    for (uint32_t u = 0; u < MANY_USERS; u++)
        for (uint32_t i = 0; i < MANY_ITEMS; i++)
            expect_near(little_raw(a, u, i), little_raw(b, u, i), 0);
}

static void test_learns(void **state)
{
    struct training t = usual(32, 30);
    struct cf_model m;

    (void)state;
    t.fit.nn.dropout = 0;
    run(&t, &m);
    assert_string_equal(m.solver, "nn");
    assert_int_equal(m.mlp.n, 2);
    assert_int_equal(m.mlp.layer[0].in, MANY_K);
    assert_int_equal(m.mlp.layer[1].in, 7);
    assert_int_equal(m.mlp.layer[1].out, 1);
    assert_true(m.epoch[29].train_loss < 0.5 * m.epoch[0].train_loss);
    cf_model_free(&m);
}

/* Threads, portions of rows and kernels do not matter; the seed does. */
static void test_same_bits(void **state)
{
    struct training t = usual(20, 3);
    struct cf_model a, b;

    (void)state;
    run(&t, &a);
    for (size_t threads = 1; threads <= 7; threads += 3) {
        must(cf_pool_open(&t.fit.pool, threads, &err), &err);
        t.portion = threads * 3;
        run(&t, &b);
        expect_same(&a, &b);
        cf_pool_close(t.fit.pool);
        cf_model_free(&b);
    }
    t.fit.pool = NULL;
    t.fit.vec = &cf_vec_scalar;
    run(&t, &b);
    expect_same(&a, &b);
    cf_model_free(&b);
    t.fit.seed = 2;
    run(&t, &b);
    assert_memory_not_equal(a.user.factors, b.user.factors,
                            MANY_U * sizeof(float));
    cf_model_free(&b);
    cf_model_free(&a);
}

static void test_read_back(void **state)
{
    struct training t = usual(20, 2);
    struct cf_model m, back;

    (void)state;
    run(&t, &m);
    must(little_again(&m, NULL, &back, &err), &err);
    expect_same(&m, &back);
    expect_near(little_raw(&m, CF_NONE, 1), little_raw(&back, CF_NONE, 1), 0);
    cf_model_free(&back);
    cf_model_free(&m);
}

static int no_rows(struct cf_feed *f, enum cf_event *event,
                   struct cf_feed_rows *rows, struct cf_err *e)
{
    (void)f;
    (void)rows;
    (void)e;
    *event = CF_FEED_END;
    return 0;
}

/* Room for such mini-batches would be more than 47 bits can address. */
static void test_promises(void **state)
{
    struct training t = usual(20, 1);
    struct cf_feed feed = {.plan = {.batch = UINT32_MAX,
                                    .epochs = 1,
                                    .rows = INT64_MAX,
                                    .lo = 1,
                                    .hi = 5},
                           .next = no_rows};
    struct cf_model m;

    (void)state;
    t.fit.nn = (struct cf_nn_opts){
        .nlayers = 2, .layer = {1024, 1024}, .emb = {600, 600}};
    little_model(&m, 1024, (struct little_ids){2, 0},
                 (struct little_ids){2, 0});
    must(cf_fit_nn(&m, &feed, &t.fit, NULL, &err), &err);
    cf_model_free(&m);
}

static void test_one_row(void **state)
{
    struct training t = usual(1, 1);
    struct cf_model m;

    (void)state;
    training_many_model(&m);
    assert_int_equal(training_run(&t, &m), CF_EDATA);
    assert_non_null(strstr(t.err.msg, "at least 2 rows"));
    cf_model_free(&m);
}

static void test_diverges(void **state)
{
    struct training t = usual(20, 2);
    struct cf_model m;

    (void)state;
    t.fit.schedule.max = 1e12;
    training_many_model(&m);
    assert_int_equal(training_run(&t, &m), CF_EDIVERGED);
    cf_model_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_width),     cmocka_unit_test(test_normal),
        cmocka_unit_test(test_dropout),   cmocka_unit_test(test_learns),
        cmocka_unit_test(test_same_bits), cmocka_unit_test(test_read_back),
        cmocka_unit_test(test_promises),  cmocka_unit_test(test_one_row),
        cmocka_unit_test(test_diverges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
