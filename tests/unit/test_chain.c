/* test_chain.c - the chain of a model's samples: written, read, gone on from,
 * and refused where it is not sound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fit/gibbs.h"
#include "little.h"
#include "made.h"
#include "model/file.h"
#include "training.h"

enum { GIBBS_K = 3, KEEP = 2, SAMPLES = 4, BURN_IN = 3 };

/* A run of so many samples, from those of an old model, or NULL. */
static struct training run_of(uint32_t samples, const struct cf_model *more)
{
    struct training t = training_usual(1, 1);

    t.ratings = training_many();
    t.solver = cf_fit_gibbs;
    t.fit.link = CF_LINK_IDENTITY;
    t.fit.epochs = BURN_IN + samples;
    t.fit.gibbs.k = GIBBS_K;
    t.fit.gibbs.burn_in = BURN_IN;
    t.fit.gibbs.samples = samples;
    t.fit.gibbs.keep = KEEP;
    t.fit.gibbs.more = more;
    t.before = more ? more->nepochs : 0;
    return t;
}

static void make_model(struct cf_model *m)
{
    little_model(m, GIBBS_K * KEEP, (struct little_ids){MANY_USERS, 0},
                 (struct little_ids){MANY_ITEMS, 0});
}

static int sample(struct cf_model *m, uint32_t samples,
                  const struct cf_model *more, struct cf_err *err)
{
    struct training t = run_of(samples, more);

    make_model(m);
    int rc = training_run(&t, m);
    *err = t.err;
    return rc;
}

static int sample_stars(struct cf_model *m, uint32_t samples,
                        const struct cf_model *more, struct cf_err *err)
{
    struct training t = run_of(samples, more);

    t.fit.gibbs.probit = true;
    make_model(m);
    int rc = training_run(&t, m);
    *err = t.err;
    return rc;
}

/* With days and sessions. */
static int sample_times(struct cf_model *m, uint32_t samples,
                        const struct cf_model *more, struct cf_err *err)
{
    static int64_t time[MANY];
    struct training t = run_of(samples, more);

    for (size_t r = 0; r < MANY; r++)
        time[r] = (int64_t)(r % 9) * 86400 + (int64_t)(r % 7) * 200;
    t.ratings.time = time;
    t.fit.gibbs.days = t.fit.gibbs.sessions = true;
    make_model(m);
    int rc = training_run(&t, m);
    *err = t.err;
    return rc;
}

/* A keeper whose checkpoint is of the first epoch. */
static int load_first(void *ctx, struct cf_state *s, bool has_best, bool *found,
                      struct cf_err *err)
{
    (void)ctx;
    (void)has_best;
    (void)err;
    *found = true;
    s->epoch = 1;
    s->ended = calloc(1, sizeof *s->ended);
    assert_non_null(s->ended);
    return 0;
}

static int save_none(void *ctx, const struct cf_state *s, struct cf_err *err)
{
    (void)ctx;
    (void)s;
    (void)err;
    return 0;
}

static void begin(struct cf_model *m)
{
    struct cf_err err;

    must(sample(m, SAMPLES, NULL, &err), &err);
    assert_int_equal(m->chain.samples, SAMPLES);
}

/* Writes and reads a model. */
static struct cf_chain_array *array(struct cf_model *m, const char *name)
{
    for (size_t i = 0; i < m->chain.n; i++)
        if (!strcmp(m->chain.array[i].name, name))
            return &m->chain.array[i];
    fail_msg("no %s", name);
    return NULL;
}

/* Samples 0 to 3, and 4 to 7; all eight at once. */
static void test_goes_on(void **state)
{
    struct cf_model half, back, two, one;
    struct cf_err err;

    (void)state;
    begin(&half);
    must(little_again(&half, NULL, &back, &err), &err);
    must(sample(&two, (uint32_t)2 * SAMPLES, &back, &err), &err);
    must(sample(&one, (uint32_t)2 * SAMPLES, NULL, &err), &err);
    size_t row = sizeof(float) * GIBBS_K * KEEP;
    assert_memory_equal(one.user.factors, two.user.factors, MANY_USERS * row);
    assert_memory_equal(one.item.factors, two.item.factors, MANY_ITEMS * row);
    assert_memory_equal(one.user.bias, two.user.bias,
                        MANY_USERS * sizeof(float));
    assert_int_equal(two.nepochs, BURN_IN + 2 * SAMPLES);
    assert_int_equal(two.chain.n, one.chain.n);
    assert_int_equal(two.chain.samples, 2 * SAMPLES);
    cf_model_free(&half);
    cf_model_free(&back);
    cf_model_free(&two);
    cf_model_free(&one);
}

/* m is not to be gone on from, and why; frees it. */
static void refused(struct cf_model *m, const char *why)
{
    struct cf_model more;
    struct cf_err err;

    assert_int_equal(sample(&more, (uint32_t)2 * SAMPLES, m, &err), CF_EDATA);
    if (!strstr(err.msg, why))
        fail_msg("'%s' has no '%s'", err.msg, why);
    cf_model_free(&more);
    cf_model_free(m);
}

static void test_unsound_state(void **state)
{
    struct cf_model m;

    (void)state;
    begin(&m);
    array(&m, "alpha")->real[0] = 0;
    refused(&m, "precision");
    begin(&m);
    array(&m, "item_nu")->real[0] = -1;
    refused(&m, "precision");
    begin(&m);
    array(&m, "user_rows")->n--;
    refused(&m, "its user_rows are not");
    begin(&m);
    array(&m, "item_bias_sums")->name[0] = 'x';
    refused(&m, "its item_bias_sums are not");
    begin(&m);
    m.chain.rows++;
    refused(&m, "other users, items or ratings");
}

/* Sums that no model can be made of. */
static void test_unsound_sums(void **state)
{
    static const struct {
        const char *name;
        double sum;
    } wrong[] = {{"user_bias_sums", 1e300},  {"item_cold_sum", -1e300},
                 {"variance_sum", -1e9},     {"day_bias_sums", 1e300},
                 {"session_0_sums", -1e300}, {"session_2_squares", 1e300},
                 {"session_apart", -1e9}};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct cf_model m, more;
        struct cf_err err;
        must(sample_times(&m, SAMPLES, NULL, &err), &err);
        array(&m, wrong[i].name)->real[0] = wrong[i].sum;
        assert_int_equal(sample_times(&more, (uint32_t)2 * SAMPLES, &m, &err),
                         CF_EDIVERGED);
        cf_model_free(&more);
        cf_model_free(&m);
    }
}

/* The chain fits, but the model has fewer users, or no stars. */
static void test_other_sizes(void **state)
{
    struct cf_model m, stars;
    struct cf_err err;

    (void)state;
    begin(&m);
    m.user.n--;
    refused(&m, "its user_factors are not");
    must(sample_stars(&stars, SAMPLES, NULL, &err), &err);
    cf_stars_free(&stars.stars);
    assert_int_equal(sample_stars(&m, (uint32_t)2 * SAMPLES, &stars, &err),
                     CF_EDATA);
    assert_non_null(
        strstr(err.msg, "its days, sessions, stars or samples are not"));
    cf_model_free(&m);
    cf_model_free(&stars);
}

/* A checkpoint of before the samples that are there already. */
static void test_early_checkpoint(void **state)
{
    static const struct cf_keeper keeper = {NULL, "ckpt", 0, load_first,
                                            save_none};
    struct cf_model old, m;

    (void)state;
    begin(&old);
    struct training t = run_of((uint32_t)2 * SAMPLES, &old);
    t.fit.keeper = &keeper;
    make_model(&m);
    assert_int_equal(training_resume(&t, &m), CF_EDATA);
    assert_non_null(strstr(t.err.msg, "had more rows"));
    cf_model_free(&m);
    cf_model_free(&old);
}

/* A model that is not to be read; frees it. */
static void unreadable(struct cf_model *m)
{
    struct cf_model back;
    struct cf_err err;

    assert_int_equal(little_again(m, NULL, &back, &err), CF_ESTREAM);
    cf_model_free(m);
}

static void test_unsound_file(void **state)
{
    struct cf_model m;

    (void)state;
    begin(&m);
    array(&m, "user_bias_sums")->real[1] = (double)NAN;
    unreadable(&m);
    begin(&m);
    array(&m, "item_rows")->v[1] = INFINITY;
    unreadable(&m);
    begin(&m);
    m.chain.samples = BURN_IN + SAMPLES + 1;
    unreadable(&m);
    begin(&m);
    m.chain.samples = KEEP - 1;
    unreadable(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_goes_on),
        cmocka_unit_test(test_unsound_state),
        cmocka_unit_test(test_unsound_sums),
        cmocka_unit_test(test_other_sizes),
        cmocka_unit_test(test_early_checkpoint),
        cmocka_unit_test(test_unsound_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
