/* test_resume.c - a run that is stopped after any of its checkpoints and goes
 * on from it has the weights, the epochs and the seen items of one that was
 * not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fit/als.h"
#include "fit/bpr.h"
#include "fit/gibbs.h"
#include "fit/ials.h"
#include "fit/sgd.h"
#include "little.h"
#include "made.h"
#include "training.h"

enum { STATES = 64, ARRAYS = 32, EPOCHS_MAX = 32 };

/* A copy of a state. */
struct kept {
    struct cf_state state;
    void *array[ARRAYS];
    float *best;
    struct cf_epoch ended[EPOCHS_MAX];
};

/* Keeps all states; gives back the one of number `from`. */
struct store {
    struct kept kept[STATES];
    size_t n;
    int from; /* -1: none */
};

static size_t weights_of(const struct cf_state *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->ntensors; i++)
        n += s->tensor[i].state ? 0 : s->tensor[i].n;
    return n;
}

static void *copy(const void *v, size_t size)
{
    void *p = cf_alloc(size, 1);

    assert_non_null(p);
    memcpy(p, v, size);
    return p;
}

static size_t bytes(const struct cf_tensor *t)
{
    return t->derived ? 0 : t->n * (t->real ? sizeof *t->real : sizeof *t->v);
}

static void *numbers(const struct cf_tensor *t)
{
    return t->real ? (void *)t->real : (void *)t->v;
}

static int save(void *ctx, const struct cf_state *s, struct cf_err *err)
{
    struct store *st = ctx;
    struct kept *k = &st->kept[st->n++];

    (void)err;
    assert_true(st->n <= STATES && s->ntensors <= ARRAYS);
    *k = (struct kept){.state = *s};
    for (size_t i = 0; i < s->ntensors; i++)
        k->array[i] = copy(numbers(&s->tensor[i]), bytes(&s->tensor[i]));
    if (s->best)
        k->best = copy(s->best, weights_of(s) * sizeof *s->best);
    for (uint32_t e = 0; e < s->epoch; e++)
        k->ended[e] = s->ended[e];
    return 0;
}

static int load(void *ctx, struct cf_state *s, bool has_best, bool *found,
                struct cf_err *err)
{
    struct store *st = ctx;
    const struct kept *k = &st->kept[st->from < 0 ? 0 : st->from];

    (void)err;
    *found = st->from >= 0;
    if (!*found)
        return 0;
    for (size_t i = 0; i < s->ntensors; i++)
        memcpy(numbers(&s->tensor[i]), k->array[i], bytes(&s->tensor[i]));
    assert_int_equal(has_best && k->state.epoch > 0, k->best != NULL);
    if (k->best)
        s->best = copy(k->best, weights_of(s) * sizeof *k->best);
    s->step = k->state.step;
    s->epoch = k->state.epoch;
    s->smooth = k->state.smooth;
    s->rows = k->state.rows;
    s->ended = malloc(sizeof k->ended);
    assert_non_null(s->ended);
    memcpy(s->ended, k->ended, sizeof k->ended);
    return 0;
}

static void store_free(struct store *st)
{
    for (size_t i = 0; i < st->n; i++) {
        for (size_t a = 0; a < ARRAYS; a++)
            free(st->kept[i].array[a]);
        free(st->kept[i].best);
    }
    st->n = 0;
}

static void expect_same(const struct cf_model *a, const struct cf_model *b)
{
    assert_memory_equal(a->user.factors, b->user.factors,
                        MANY_U * sizeof(float));
    assert_memory_equal(a->item.factors, b->item.factors,
                        MANY_I * sizeof(float));
    assert_memory_equal(a->user.bias, b->user.bias, MANY_USERS * sizeof(float));
    assert_memory_equal(a->item.count, b->item.count,
                        MANY_ITEMS * sizeof(uint32_t));
    assert_memory_equal(a->seen_start, b->seen_start,
                        (MANY_USERS + 1) * sizeof(uint64_t));
    expect_near(a->user.cold_bias, b->user.cold_bias, 0);
    expect_near(a->item.cold_bias, b->item.cold_bias, 0);
    assert_int_equal(a->nepochs, b->nepochs);
    assert_int_equal(a->kept, b->kept);
    for (size_t e = 0; e < a->nepochs; e++) {
        if (!isnan(a->epoch[e].train_loss) || !isnan(b->epoch[e].train_loss))
            expect_near(a->epoch[e].train_loss, b->epoch[e].train_loss, 0);
        expect_near(a->epoch[e].valid_loss, b->epoch[e].valid_loss, 0);
    }
}

static struct training many(void)
{
    struct training t = training_usual(2, 4);

    t.ratings = training_many();
    t.order.valid = 0.3;
    return t;
}

/* Stops after each checkpoint. */
static void check(struct training *t)
{
    static struct store st;
    const struct cf_keeper keeper = {&st, "ckpt", 0, load, save};
    struct cf_model want, first;

    training_many_model(&want);
    must(training_run(t, &want), &t->err);
    t->fit.keeper = &keeper;
    training_many_model(&first);
    st.n = 0;
    st.from = -1;
    must(training_run(t, &first), &t->err);
    expect_same(&first, &want);
    size_t all = st.n;
    assert_true(all >= want.nepochs);
    for (size_t i = 0; i < all; i++) {
        struct cf_model m;
        training_many_model(&m);
        st.from = (int)i;
        t->portion = i % 4; /* rows come in other portions */
        must(training_resume(t, &m), &t->err);
        expect_same(&m, &want);
        cf_model_free(&m);
        for (; st.n > all; st.n--) {
            struct store last = {.n = 1};
            last.kept[0] = st.kept[st.n - 1];
            store_free(&last);
        }
    }
    store_free(&st);
    cf_model_free(&want);
    cf_model_free(&first);
}

static void test_plain(void **state)
{
    struct training t = many();

    (void)state;
    check(&t);
}

/* It stops early, with the first epoch or so as the best. */
static void test_best(void **state)
{
    struct training t = many();

    (void)state;
    t.fit.keep_best = true;
    t.fit.patience = 1;
    t.fit.schedule.max = 0.3;
    t.fit.schedule.course = CF_FLAT;
    check(&t);
}

/* Solvers that hold all rows, the best epoch kept. */
static void test_sweeps(void **state)
{
    static cf_fit_fn *const solvers[] = {cf_fit_sgd, cf_fit_als, cf_fit_ials,
                                         cf_fit_bpr};

    (void)state;
    for (size_t i = 0; i < sizeof solvers / sizeof *solvers; i++)
        for (int best = 0; best < 2; best++) {
            struct training t = many();
            t.solver = solvers[i];
            t.fit.link = CF_LINK_IDENTITY;
            t.fit.epochs = 5;
            t.fit.ials = cf_ials_usual();
            t.fit.keep_best = best == 1;
            check(&t);
        }
}

static void test_samples(void **state)
{
    struct training t = many();

    (void)state;
    t.solver = cf_fit_gibbs;
    t.fit.link = CF_LINK_IDENTITY;
    t.fit.epochs = 3 + MANY_K;
    t.fit.gibbs = (struct cf_gibbs_opts){.k = 1,
                                         .burn_in = 3,
                                         .samples = MANY_K,
                                         .keep = MANY_K,
                                         .noise = true,
                                         .implicit = {true, true}};
    check(&t);
}

static void test_other_rows(void **state)
{
    static struct store st;
    const struct cf_keeper keeper = {&st, "ckpt", 0, load, save};
    struct training t = many();
    struct cf_model m;

    (void)state;
    st.from = -1;
    t.fit.keeper = &keeper;
    training_many_model(&m);
    must(training_run(&t, &m), &t.err);
    cf_model_free(&m);
    st.from = 1;
    t.order.seed = 2;
    training_many_model(&m);
    assert_int_equal(training_resume(&t, &m), CF_EDATA);
    assert_non_null(strstr(t.err.msg, "ckpt: the checkpoint is of another run: "
                                      "its first "));
    cf_model_free(&m);
    store_free(&st);
}

/* A checkpoint that says to be further than its rows can come to. */
static void test_lying_step(void **state)
{
    static struct store st;
    const struct cf_keeper keeper = {&st, "ckpt", 0, load, save};
    struct training t = many();
    struct cf_model m;

    (void)state;
    st.from = -1;
    t.fit.keeper = &keeper;
    training_many_model(&m);
    must(training_run(&t, &m), &t.err);
    cf_model_free(&m);
    for (size_t i = 0; i < st.n; i += st.n - 1) { /* epoch 0, the last one */
        st.from = (int)i;
        st.kept[i].state.step = 999999999;
        training_many_model(&m);
        assert_int_equal(training_resume(&t, &m), CF_EDATA);
        cf_model_free(&m);
    }
    store_free(&st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),      cmocka_unit_test(test_best),
        cmocka_unit_test(test_sweeps),     cmocka_unit_test(test_samples),
        cmocka_unit_test(test_other_rows), cmocka_unit_test(test_lying_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
