/* test_gibbs_time.c - days and sessions: whose rows they are, what these are
 * drawn from, and what the model makes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fit/gibbs.h"
#include "fit/gibbs_impl.h"
#include "little.h"
#include "made.h"
#include "math/cholesky.h"
#include "sampling.h"

enum { K = 2, D = K + 1, WIDE = 16, DAY = 86400 };

static struct cf_err err;

/* ---- when sessions are ---- */

/* Two users: the first has sessions from 100 to 160, at 300 and at 420; the
 * second has none. */
static void make_spans(struct cf_spans *s)
{
    static const int64_t first[] = {100, 300, 420}, last[] = {160, 300, 420};
    static const uint64_t start[] = {0, 3, 3};

    must(cf_spans_room(s, 2, 3, &err), &err);
    memcpy(s->first, first, sizeof first);
    memcpy(s->last, last, sizeof last);
    memcpy(s->start, start, sizeof start);
}

static void test_find(void **state)
{
    static const struct {
        int64_t seconds;
        uint32_t session;
    } want[] = {{39, CF_NONE},
                {40, 0},
                {100, 0},
                {130, 0},
                {160, 0},
                {220, 0},
                {221, CF_NONE},
                {240, 1},
                {360, 1},
                {361, 2},
                {480, 2},
                {481, CF_NONE},
                {-1, CF_NONE},
                {INT64_MIN, CF_NONE},
                {INT64_MAX, CF_NONE}};
    struct cf_spans s;

    (void)state;
    make_spans(&s);
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        assert_int_equal(cf_spans_find(&s, 0, want[i].seconds),
                         want[i].session);
        assert_int_equal(cf_spans_find(&s, 1, want[i].seconds), CF_NONE);
        assert_int_equal(cf_spans_find(&s, 2, want[i].seconds), CF_NONE);
    }
    cf_spans_free(&s);
}

/* ---- the modes ---- */

/* Rows of training_few on three days; users 0 and 2 have a session of more than
 * one row, that of user 0 over midnight, and user 1 two just apart. */
static const uint32_t few_user[FEW] = {0, 1, 0, 2, 0, 2, 1, 0};
static int64_t few_time[FEW] = {DAY - 10, 500,
                                DAY + 10, INT64_C(2) * DAY,
                                DAY - 50, INT64_C(2) * DAY + 60,
                                561,      DAY + 71};
/* By hand: users have 2, 2 and 1, and one each without rows. */
static const uint32_t few_day[FEW] = {0, 0, 1, 2, 0, 2, 0, 1},
                      few_session[FEW] = {0, 2, 0, 4, 0, 4, 3, 1};
enum { FEW_DAYS = 3, FEW_KNOWN = 5, FEW_SESSIONS = FEW_KNOWN + FEW_USERS };

static struct cf_ratings few_rows(void)
{
    struct cf_ratings r = training_few;

    r.user = (uint32_t *)few_user;
    r.time = few_time;
    return r;
}

static void set_rows(struct cf_gibbs *g)
{
    for (size_t s = 0, at = 1; s < g->modes; s++)
        for (size_t r = 0; r < g->mode[s].n; r++)
            for (size_t j = 0; j < D; j++)
                g->mode[s].w[r * WIDE + j] = (float)sin((double)at++);
}

static void open_few(struct cf_gibbs *g)
{
    const struct cf_whole w = {.train = few_rows()};
    struct cf_fit_opts o = cf_fit_usual();

    o.vec = cf_vec_best();
    o.gibbs = (struct cf_gibbs_opts){.k = K,
                                     .samples = 1,
                                     .keep = 1,
                                     .wishart = true,
                                     .noise = true,
                                     .days = true,
                                     .sessions = true};
    must(cf_gibbs_open(g, &w, FEW_USERS, FEW_ITEMS, &o, &err), &err);
    set_rows(g);
}

/* The row that rating e has in a mode. */
static size_t row_of(size_t mode, size_t e)
{
    const uint32_t *all[CF_GIBBS_MODES] = {few_user, training_few.item, few_day,
                                           few_session};
    return all[mode][e];
}

static void test_sessions(void **state)
{
    static const int64_t first[] = {DAY - 50, DAY + 71, 500, 561,
                                    INT64_C(2) * DAY},
                         last[] = {DAY + 10, DAY + 71, 500, 561,
                                   INT64_C(2) * DAY + 60};
    static const uint64_t start[] = {0, 2, 4, 5};
    struct cf_gibbs g;

    (void)state;
    open_few(&g);
    assert_int_equal(g.modes, CF_GIBBS_MODES);
    assert_int_equal(g.mode[CF_GIBBS_DAYS].n, FEW_DAYS);
    assert_int_equal(g.mode[CF_GIBBS_SESSIONS].n, FEW_SESSIONS);
    assert_memory_equal(g.span.start, start, sizeof start);
    assert_memory_equal(g.span.first, first, sizeof first);
    assert_memory_equal(g.span.last, last, sizeof last);
    assert_int_equal(cf_gibbs_unknown(&g, 2), FEW_KNOWN + 2);
    cf_gibbs_close(&g);
}

/* ---- rows ---- */

static double root(const struct cf_gibbs *g, size_t mode, size_t row)
{
    return g->mode[mode].root ? (double)g->mode[mode].root[row] : 1;
}

/* The posterior of a row in double, from the ratings as they came: y less the
 * biases of the other rows and the products of each two of them is normal
 * around (1, sum of their factors) . row. */
struct posterior {
    double precision[D * D], mean[D];
};

static void add_rating(const struct cf_gibbs *g, size_t mode, size_t e,
                       struct posterior *p)
{
    double z[D] = {1}, left = (double)training_few.rating[e] - g->mean;
    double a = g->alpha;

    left /= g->unit;
    for (size_t s = 0; s < g->modes; s++)
        a *= root(g, s, row_of(s, e)) * root(g, s, row_of(s, e));
    for (size_t s = 0; s < g->modes; s++) {
        const float *w = g->mode[s].w + row_of(s, e) * WIDE;
        for (size_t j = 0; s != mode && j < D; j++) {
            left -= (j > 0 ? z[j] : 1) * (double)w[j];
            z[j] += j > 0 ? (double)w[j] : 0;
        }
    }
    for (size_t i = 0; i < D; i++) {
        p->mean[i] += a * z[i] * left;
        for (size_t j = 0; j < D; j++)
            p->precision[i * D + j] += a * z[i] * z[j];
    }
}

static void set_posterior(const struct cf_gibbs *g, size_t mode, size_t row,
                          struct posterior *p)
{
    const struct cf_gibbs_mode *m = &g->mode[mode];

    memset(p, 0, sizeof *p);
    for (size_t i = 0; i < D; i++)
        for (size_t j = 0; j < D; j++) {
            p->precision[i * D + j] = m->lam[i * D + j];
            p->mean[i] += m->lam[i * D + j] * m->mu[j];
        }
    for (size_t e = 0; e < FEW; e++)
        if (row_of(mode, e) == row)
            add_rating(g, mode, e, p);
    assert_true(cf_cholesky(p->precision, D));
    cf_cholesky_solve(p->precision, D, p->mean);
}

static void set_prior(struct cf_gibbs *g, size_t mode)
{
    static const double mu[D] = {.1, -.2, .3},
                        lam[D * D] = {2, .5, .25, .5, 3, -.5, .25, -.5, 4};
    static const float users[FEW_USERS] = {1.25F, .75F, 1},
                       items[FEW_ITEMS] = {.5F, 1, 1.5F, 2};

    g->alpha = 1.5;
    memcpy(g->mode[mode].mu, mu, sizeof mu);
    memcpy(g->mode[mode].lam, lam, sizeof lam);
    memcpy(g->mode[CF_GIBBS_USERS].root, users, sizeof users);
    memcpy(g->mode[CF_GIBBS_ITEMS].root, items, sizeof items);
    cf_gibbs_prior(g, mode);
}

/* A drawn row less its mean is L'^-1 of normals: those of the row's words. */
static void check_row(const struct cf_gibbs *g, size_t mode, size_t row,
                      const struct posterior *want)
{
    const struct cf_rng rng = cf_gibbs_rng(g, CF_RNG_GIBBS_ROW);
    uint32_t word[4];
    float eps[4];

    cf_rng_words(&rng, (uint64_t)mode << 48 | row, 0, word);
    g->gauss->normals(word, eps, 4);
    for (size_t j = 0; j < D; j++) {
        double sum = 0;
        for (size_t i = j; i < D; i++)
            sum += want->precision[i * D + j] *
                   ((double)g->mode[mode].w[row * WIDE + i] - want->mean[i]);
        expect_near(sum, eps[j], 2e-5);
    }
}

static void test_rows(void **state)
{
    struct posterior want[FEW_SESSIONS] = {0};
    struct cf_gibbs g;

    (void)state;
    open_few(&g);
    for (size_t s = 0; s < CF_GIBBS_MODES; s++) {
        assert_true(g.mode[s].n <= FEW_SESSIONS);
        for (g.sweep = 0; g.sweep < 10; g.sweep++) {
            set_rows(&g);
            set_prior(&g, s);
            for (size_t r = 0; r < g.mode[s].n; r++)
                set_posterior(&g, s, r, &want[r]);
            cf_gibbs_rows(&g, s);
            for (size_t r = 0; r < g.mode[s].n; r++)
                check_row(&g, s, r, &want[r]);
        }
    }
    cf_gibbs_close(&g);
}

/* ---- mean rows ---- */

static void check_mean(const struct cf_gibbs *g, size_t mode, size_t user)
{
    const float *got = cf_gibbs_mean_row(g, mode, user);

    for (size_t j = 0; j < D; j++) {
        double sum = 0, n = 0;
        for (size_t e = 0; e < FEW; e++)
            if (few_user[e] == user || user == FEW_USERS) {
                sum += (double)g->mode[mode].w[row_of(mode, e) * WIDE + j];
                n++;
            }
        expect_near(got[j], sum / n, 1e-6);
    }
}

static void test_means(void **state)
{
    struct cf_gibbs g;

    (void)state;
    open_few(&g);
    cf_gibbs_means(&g);
    for (size_t s = CF_GIBBS_DAYS; s < CF_GIBBS_MODES; s++)
        for (size_t u = 0; u <= FEW_USERS; u++)
            check_mean(&g, s, u);
    cf_gibbs_close(&g);
}

/* ---- the model ---- */

enum { KEPT = 9 };

/* Few minutes between the ratings of a user, some of them sessions; one user in
 * eight has a single one. */
static struct training usual(struct cf_model *m)
{
    static int64_t time[MANY];
    struct training t = sampling_usual(m, KEPT);

    for (size_t r = 0; r < MANY; r++)
        time[r] = t.ratings.user[r] % 8 == 0
                      ? (int64_t)t.ratings.user[r] * DAY + (int64_t)(r % 50)
                      : (int64_t)(r * r % 5) * DAY + (int64_t)(r % 7) * 70;
    t.ratings.time = time;
    t.fit.gibbs.days = t.fit.gibbs.sessions = true;
    return t;
}

/* With the samples of all sweeps the model predicts what was validated. */
static void test_model(void **state)
{
    struct cf_model m;
    struct training t = usual(&m);
    struct cf_feed *f;
    struct cf_whole w;
    size_t with = 0;

    (void)state;
    must(training_run(&t, &m), &t.err);
    assert_int_equal(m.sessions.samples, KEPT);
    must(cf_feed_memory(&f, &t.ratings, &t.order, &err), &err);
    must(cf_feed_whole_timed(f, &w, &err), &err);
    for (uint64_t r = 0; r < w.valid.n; r++)
        with +=
            cf_model_find_session(&m, cf_model_user_rep(&m, w.valid.user[r]),
                                  w.valid.time[r]) < m.sessions.n;
    assert_in_range(with, w.valid.n / 4, w.valid.n - 5);
    expect_near(sampling_valid(&m, &t), m.epoch[m.nepochs - 1].valid_loss,
                1e-5);
    cf_feed_close(f);
    cf_whole_free(&w);
    cf_model_free(&m);
}

/* A user with one session is predicted as in it by who does not know it. */
static void test_one_session(void **state)
{
    struct cf_model m;
    struct training t = usual(&m);

    (void)state;
    t.order.valid = 0;
    must(training_run(&t, &m), &t.err);
    sampling_expect_untimed(&m, &t.ratings);
    cf_model_free(&m);
}

/* A sample of a session that is of many sweeps has a variance around it; one of
 * a single sweep has none. */
static void test_fewer(void **state)
{
    struct cf_model few, many;
    struct training t = usual(&many);
    double variance = 0;

    (void)state;
    t.fit.epochs = SAMPLING_BURN_IN + 100;
    t.fit.gibbs.samples = 100;
    must(training_run(&t, &many), &t.err);
    assert_int_equal(many.sessions.samples, KEPT);
    t = usual(&few);
    must(training_run(&t, &few), &t.err);
    assert_int_equal(many.sessions.n, few.sessions.n);
    for (uint64_t s = 0; s < few.sessions.n + MANY_USERS; s++) {
        assert_true(few.sessions.variance[s] == 0);
        assert_true(many.sessions.variance[s] >= 0);
        variance += (double)many.sessions.variance[s];
    }
    assert_true(variance / (double)few.sessions.n > .01);
    cf_model_free(&few);
    cf_model_free(&many);
}

/* Four samples of one factor, and two of a session that is the user's unknown
 * one. Its score: .5 + 3 (1) + 1 (1) + 2 (-2) + 0 (-2) = .5. Samples have of it
 * 2 + 4 * 3, 2 + 4 * 1, -1 + 4 * -4, -1 + 4 * 0, and nothing else: 14, 6, -17,
 * -1, so (196 + 36 + 289 + 1) / 4 - .25 = 130.25 around their mean, and .75
 * within. On a day of 1, 0, 0, 2, with a mean day of 0, 0, 0, 1, more by 1 (1)
 * + 1 (-2), and by what the day adds by itself: (3 + 1) (1 - 0) + (0 + 0 - 1)
 * (2 - 1). */
static void test_score(void **state)
{
    static const uint32_t zero = 0, none = CF_NONE, one = 1;
    struct cf_model m;
    unsigned char known;
    float y, without, sd;

    (void)state;
    little_model(&m, 4, (struct little_ids){1, 0}, (struct little_ids){1, 0});
    m.link = CF_LINK_IDENTITY;
    m.lo = -100;
    m.hi = 100;
    must(cf_model_add_samples(&m, 4, &err), &err);
    must(cf_model_add_days(&m, 1, &err), &err);
    must(cf_model_add_sessions(&m, 1, 2, &err), &err);
    m.user.count[0] = m.item.count[0] = 1;
    memcpy(m.user.factors, (float[]){1, 0, 0, 0}, 4 * sizeof(float));
    memcpy(m.item.factors, (float[]){3, 1, 2, 0}, 4 * sizeof(float));
    m.user.sample_bias[0] = -12;
    memcpy(m.days.row.factors, (float[]){1, 0, 0, 2}, 4 * sizeof(float));
    memcpy(m.days.user.factors, (float[]){0, 0, 0, 1}, 4 * sizeof(float));
    m.sessions.row.bias[1] = .5F;
    m.sessions.variance[1] = .75F;
    memcpy(m.sessions.row.factors + 2, (float[]){1, -2}, 2 * sizeof(float));
    memcpy(m.sessions.row.sample_bias + 2, (float[]){2, -1}, 2 * sizeof(float));
    const struct cf_rep user = cf_model_user_rep(&m, 0),
                        item = cf_model_item_rep(&m, 0);
    struct cf_rep_pairs pair = {&user, &item, &zero, &zero, 1, NULL, &none};
    cf_model_predict_reps(&m, &pair, &without, &known);
    pair.session = &one;
    cf_model_predict_reps(&m, &pair, &y, &known);
    expect_near(y - without, .5, 1e-6);
    cf_model_sd_reps(&m, &pair, &sd);
    expect_near(sd, sqrt(131), 1e-5);
    pair.day = &zero;
    cf_model_predict_reps(&m, &pair, &y, &known);
    expect_near(y - without, .5 - 1 + 3, 1e-6);
    cf_model_free(&m);
}

static void expect_same(const struct cf_model *m, const struct cf_model *want)
{
    const struct cf_sessions *a = &m->sessions, *b = &want->sessions;
    size_t n = (size_t)(b->n + MANY_USERS) * sizeof(float);

    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->row.factors, b->row.factors,
                        (size_t)SAMPLING_K * KEPT * n);
    assert_memory_equal(a->row.bias, b->row.bias, n);
    assert_memory_equal(a->variance, b->variance, n);
    assert_memory_equal(m->user.factors, want->user.factors,
                        MANY_USERS * sizeof(float) * SAMPLING_K * KEPT);
}

/* Whatever the kernels and the number of threads. */
static void test_same(void **state)
{
    (void)state;
    sampling_each(usual, expect_same);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),  cmocka_unit_test(test_sessions),
        cmocka_unit_test(test_rows),  cmocka_unit_test(test_means),
        cmocka_unit_test(test_model), cmocka_unit_test(test_one_session),
        cmocka_unit_test(test_fewer), cmocka_unit_test(test_score),
        cmocka_unit_test(test_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
