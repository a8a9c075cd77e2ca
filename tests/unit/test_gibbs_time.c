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

/* Session s, by gap l, is place 3 s + l. */
static void test_find(void **state)
{
    static const int64_t gap[CF_SESSION_LEVELS] = {0, 10, 60};
    static const struct {
        int64_t seconds;
        uint32_t place;
    } want[] = {{39, CF_NONE},
                {40, 2},
                {89, 2},
                {90, 1},
                {99, 1},
                {100, 0},
                {130, 0},
                {160, 0},
                {161, 1},
                {171, 2},
                {220, 2},
                {221, CF_NONE},
                {240, 5},
                {300, 3},
                {360, 5},
                {361, 8},
                {415, 7},
                {480, 8},
                {481, CF_NONE},
                {-1, CF_NONE},
                {INT64_MIN, CF_NONE},
                {INT64_MAX, CF_NONE}};
    struct cf_spans s;

    (void)state;
    make_spans(&s);
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        uint32_t got = cf_spans_find(&s, gap, 0, want[i].seconds);
        if (got != want[i].place)
            fail_msg("%jd: %u", (intmax_t)want[i].seconds, got);
        assert_int_equal(cf_spans_find(&s, gap, 1, want[i].seconds), CF_NONE);
        assert_int_equal(cf_spans_find(&s, gap, 2, want[i].seconds), CF_NONE);
    }
    cf_spans_free(&s);
}

/* ---- days and sessions ---- */

/* Rows of training_few on three days. User 0 has a session of 40 and 14 seconds
 * over midnight, and 200 seconds later another rating; user 1 has two just too
 * far apart; user 2 two that are close. */
static const uint32_t few_user[FEW] = {0, 1, 0, 2, 0, 2, 1, 0};
static int64_t few_time[FEW] = {DAY - 10, 500,
                                DAY + 4,  INT64_C(2) * DAY,
                                DAY - 50, INT64_C(2) * DAY + 15,
                                801,      DAY + 204};
/* By hand: sessions of 15 seconds, of users 3, 2 and 1; of 90 and 300 seconds
 * those of user 0 are 2 and 1. */
static const uint32_t few_day[FEW] = {0, 0, 1, 2, 0, 2, 0, 1},
                      few_session[FEW] = {1, 3, 1, 5, 0, 5, 4, 2};
enum { FEW_DAYS = 3, FEW_SESSIONS = 6, LEVELS = CF_SESSION_LEVELS };
static const size_t few_n[LEVELS] = {6, 5, 4};
static const uint32_t few_up[2][FEW_SESSIONS] = {{0, 0, 1, 2, 3, 4},
                                                 {0, 0, 1, 2, 3}};

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
    return mode == CF_GIBBS_USERS   ? few_user[e]
           : mode == CF_GIBBS_ITEMS ? training_few.item[e]
                                    : few_day[e];
}

static void test_sessions(void **state)
{
    static const int64_t first[] = {DAY - 50, DAY - 10, DAY + 204,
                                    500,      801,      INT64_C(2) * DAY},
                         last[] = {DAY - 50, DAY + 4, DAY + 204,
                                   500,      801,     INT64_C(2) * DAY + 15};
    static const uint64_t start[] = {0, 3, 5, 6};
    struct cf_gibbs g;

    (void)state;
    open_few(&g);
    const struct cf_gibbs_sessions *x = g.sessions;
    assert_int_equal(g.modes, CF_GIBBS_MODES);
    assert_int_equal(g.mode[CF_GIBBS_DAYS].n, FEW_DAYS);
    assert_memory_equal(x->span.start, start, sizeof start);
    assert_memory_equal(x->span.first, first, sizeof first);
    assert_memory_equal(x->span.last, last, sizeof last);
    for (size_t l = 0; l < LEVELS; l++)
        assert_int_equal(x->level[l].n, few_n[l]);
    for (size_t l = 0; l + 1 < LEVELS; l++)
        assert_memory_equal(x->level[l].up, few_up[l],
                            few_n[l] * sizeof(uint32_t));
    cf_gibbs_close(&g);
}

/* y of rating e in a mode, if its ratings are by row, those of a row in order
 * of the rows that they came as. */
static float y_of(const struct cf_gibbs *g, size_t mode, size_t e)
{
    uint64_t at = g->mode[mode].start[row_of(mode, e)];

    if (mode == CF_GIBBS_USERS) {
        for (size_t i = 0; i < e; i++)
            at += few_user[i] == few_user[e];
        return g->mode[mode].y[at];
    }
    for (size_t i = 0; i < FEW; i++) {
        bool before =
            few_user[i] < few_user[e] || (i < e && few_user[i] == few_user[e]);
        at += row_of(mode, i) == row_of(mode, e) && before;
    }
    return g->mode[mode].y[at];
}

/* All modes see ratings less the offset of the session. */
static void test_offsets(void **state)
{
    struct cf_gibbs g;

    (void)state;
    open_few(&g);
    for (size_t s = 0; s < FEW_SESSIONS; s++)
        g.sessions->level[0].x[s] = (float)s / 8;
    cf_gibbs_take_offsets(&g);
    for (size_t mode = 0; mode < g.modes; mode++)
        for (size_t e = 0; e < FEW; e++)
            expect_near(y_of(&g, mode, e),
                        ((double)training_few.rating[e] - g.mean) / g.unit -
                            few_session[e] / 8.,
                        1e-6);
    /* Places of user 0's second session, by gaps. */
    g.sessions->level[1].x[0] = 7;
    g.sessions->level[2].x[0] = 9;
    assert_true(cf_gibbs_offset(&g, 0, 3) == .125F);
    assert_true(cf_gibbs_offset(&g, 0, 4) == 7);
    assert_true(cf_gibbs_offset(&g, 0, 5) == 9);
    g.sessions->mean[0] = .25F;
    assert_true(cf_gibbs_offset(&g, 0, CF_NONE) == .25F);
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
    struct posterior want[FEW_ITEMS] = {0};
    struct cf_gibbs g;

    (void)state;
    open_few(&g);
    for (size_t s = 0; s < CF_GIBBS_MODES; s++) {
        assert_true(g.mode[s].n <= FEW_ITEMS);
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

/* ---- offsets ---- */

enum { ALL = 15, DRAWN = 40000 };

/* Where session c of kind l is among all. */
static size_t place(size_t l, size_t c)
{
    return c + (l > 0 ? few_n[0] : 0) + (l > 1 ? few_n[1] : 0);
}

/* A rating's score: biases, and products of each two of the rows. */
static double score_of(const struct cf_gibbs *g, size_t e)
{
    double sum[D] = {0}, score = 0;

    for (size_t s = 0; s < g->modes; s++) {
        const float *w = g->mode[s].w + row_of(s, e) * WIDE;
        score += (double)w[0];
        for (size_t j = 1; j < D; j++) {
            score += sum[j] * (double)w[j];
            sum[j] += (double)w[j];
        }
    }
    return score;
}

/* The precision of all offsets together, and that times their mean. */
static void set_tree(const struct cf_gibbs *g, double a[ALL * ALL],
                     double mean[ALL])
{
    memset(a, 0, sizeof *a * ALL * ALL);
    memset(mean, 0, ALL * sizeof *mean);
    for (size_t l = 0; l < LEVELS; l++)
        for (size_t c = 0; c < few_n[l]; c++) {
            size_t i = place(l, c);
            a[i * ALL + i] += g->sessions->lam[l];
            if (l + 1 == LEVELS)
                continue;
            size_t j = place(l + 1, few_up[l][c]);
            a[j * ALL + j] += g->sessions->lam[l];
            a[i * ALL + j] -= g->sessions->lam[l];
            a[j * ALL + i] -= g->sessions->lam[l];
        }
    for (size_t e = 0; e < FEW; e++) {
        double u = root(g, CF_GIBBS_USERS, few_user[e]),
               i = root(g, CF_GIBBS_ITEMS, training_few.item[e]),
               w = g->alpha * u * u * i * i,
               y = ((double)training_few.rating[e] - g->mean) / g->unit;
        size_t at = few_session[e];
        a[at * ALL + at] += w;
        mean[at] += w * (y - score_of(g, e));
    }
}

/* Draws have the mean and the covariance of the whole normal distribution:
 * within 4.5 standard errors. */
static void check_draws(const double sum[ALL], const double products[ALL * ALL],
                        double a[ALL * ALL], double mean[ALL])
{
    double c[ALL * ALL];

    assert_true(cf_cholesky(a, ALL));
    cf_cholesky_solve(a, ALL, mean);
    for (size_t i = 0; i < ALL; i++) {
        double *column = c + i * ALL;
        memset(column, 0, ALL * sizeof *column);
        column[i] = 1;
        cf_cholesky_solve(a, ALL, column);
    }
    for (size_t i = 0; i < ALL; i++) {
        expect_near(sum[i] / DRAWN, mean[i],
                    4.5 * sqrt(c[i * ALL + i] / DRAWN));
        for (size_t j = 0; j < ALL; j++) {
            double cov = products[i * ALL + j] / DRAWN -
                         sum[i] / DRAWN * (sum[j] / DRAWN),
                   ii = c[i * ALL + i], ij = c[i * ALL + j],
                   jj = c[j * ALL + j];
            expect_near(cov, ij, 4.5 * sqrt((ii * jj + ij * ij) / DRAWN));
        }
    }
}

static void test_tree(void **state)
{
    static double a[ALL * ALL], products[ALL * ALL];
    static const double lam[LEVELS] = {3, 1.5, 2};
    double mean[ALL], sum[ALL] = {0}, x[ALL] = {0};
    struct cf_gibbs g;

    (void)state;
    open_few(&g);
    set_prior(&g, CF_GIBBS_USERS);
    memcpy(g.sessions->lam, lam, sizeof lam);
    set_tree(&g, a, mean);
    for (g.sweep = 0; g.sweep < DRAWN; g.sweep++) {
        memcpy(g.sessions->lam, lam, sizeof lam);
        cf_gibbs_sessions_draw(&g);
        for (size_t l = 0; l < LEVELS; l++)
            for (size_t c = 0; c < few_n[l]; c++)
                x[place(l, c)] = (double)g.sessions->level[l].x[c];
        for (size_t i = 0; i < ALL; i++) {
            sum[i] += x[i];
            for (size_t j = 0; j < ALL; j++)
                products[i * ALL + j] += x[i] * x[j];
        }
    }
    check_draws(sum, products, a, mean);
    cf_gibbs_close(&g);
}

/* ---- mean days ---- */

static void check_mean(const struct cf_gibbs *g, size_t user)
{
    const float *got = cf_gibbs_mean_day(g, user);

    for (size_t j = 0; j < D; j++) {
        double sum = 0, n = 0;
        for (size_t e = 0; e < FEW; e++)
            if (few_user[e] == user || user == FEW_USERS) {
                size_t row = row_of(CF_GIBBS_DAYS, e);
                sum += (double)g->mode[CF_GIBBS_DAYS].w[row * WIDE + j];
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
    for (size_t u = 0; u <= FEW_USERS; u++)
        check_mean(&g, u);
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
                      : (int64_t)(r * r % 5) * DAY + (int64_t)(r % 7) * 200;
    t.ratings.time = time;
    t.fit.gibbs.sessions = true;
    return t;
}

/* With the samples of all sweeps the model predicts what was validated, with
 * days or without. */
static void test_model(void **state)
{
    (void)state;
    for (int days = 0; days < 2; days++) {
        struct cf_model m;
        struct training t = usual(&m);
        t.fit.gibbs.days = days;
        must(training_run(&t, &m), &t.err);
        expect_near(sampling_valid(&m, &t), m.epoch[m.nepochs - 1].valid_loss,
                    1e-5);
        cf_model_free(&m);
    }
}

/* The same of stars, where what is not known of an offset counts, too, and the
 * model has one mean and one variance of offsets for all samples. */
static void test_stars(void **state)
{
    struct cf_model m;
    struct training t = usual(&m);

    (void)state;
    t.fit.gibbs.probit = true;
    must(training_run(&t, &m), &t.err);
    expect_near(sampling_valid(&m, &t), m.epoch[m.nepochs - 1].valid_loss,
                1e-3);
    cf_model_free(&m);
}

/* Who does not know the time predicts a user's ratings right on average. */
static void test_untimed(void **state)
{
    double off[MANY_USERS] = {0}, apart = 0;
    struct cf_model m;
    struct training t = usual(&m);

    (void)state;
    t.order.valid = 0;
    t.fit.has_range = true;
    t.fit.lo = -100;
    t.fit.hi = 100;
    must(training_run(&t, &m), &t.err);
    for (size_t r = 0; r < MANY; r++) {
        double more = (double)sampling_predict(&m, &t.ratings, r, true) -
                      (double)sampling_predict(&m, &t.ratings, r, false);
        off[t.ratings.user[r]] += more;
        apart += fabs(more) / MANY;
    }
    assert_true(apart > .01);
    for (size_t u = 0; u < MANY_USERS; u++)
        expect_near(off[u], 0, 1e-4);
    cf_model_free(&m);
}

/* What is not known of a session is more than what is known of it, and most of
 * one far from all. */
static void test_variance(void **state)
{
    struct cf_model m;
    struct training t = usual(&m);

    (void)state;
    must(training_run(&t, &m), &t.err);
    const struct cf_sessions *x = &m.sessions;
    assert_true(x->n > 100);
    double sum[LEVELS] = {0};
    for (size_t s = 0; s < x->n; s++)
        for (size_t l = 0; l < LEVELS; l++)
            sum[l] += (double)x->variance[s * LEVELS + l] / (double)x->n;
    assert_true(0 < sum[0] && sum[0] < sum[1] && sum[1] < sum[2]);
    assert_true(sum[2] < (double)x->unknown);
    cf_model_free(&m);
}

/* Two samples of one factor: 1 * 3 and 2 * 1, times 2, so a mean of 5 with a
 * variance of 1. Places 1 and 4 have offsets of .5 and -1 and variances of 3
 * and 8; none has one of 24. On a day that differs from the mean day by 1, 1
 * more by (1 + 3) 1 + (2 + 1) 1. */
static void test_score(void **state)
{
    static const uint32_t zero = 0, places[] = {CF_NONE, 1, 4};
    static const double offset[] = {0, .5, -1}, sd[] = {5, 2, 3};
    struct cf_model m;

    (void)state;
    little_model(&m, 2, (struct little_ids){1, 0}, (struct little_ids){1, 0});
    m.link = CF_LINK_IDENTITY;
    m.lo = -100;
    m.hi = 100;
    must(cf_model_add_samples(&m, 2, &err), &err);
    must(cf_model_add_days(&m, 1, &err), &err);
    must(cf_model_add_sessions(&m, 2, &err), &err);
    m.user.count[0] = m.item.count[0] = 1;
    memcpy(m.user.factors, (float[]){1, 2}, 2 * sizeof(float));
    memcpy(m.item.factors, (float[]){3, 1}, 2 * sizeof(float));
    memcpy(m.days.row.factors, (float[]){1, 1}, 2 * sizeof(float));
    m.sessions.offset[1] = .5F;
    m.sessions.offset[4] = -1;
    m.sessions.variance[1] = 3;
    m.sessions.variance[4] = 8;
    m.sessions.unknown = 24;
    const struct cf_rep user = cf_model_user_rep(&m, 0),
                        item = cf_model_item_rep(&m, 0);
    struct cf_rep_pairs pair = {&user, &item, &zero, &zero, 1, NULL, NULL};
    for (size_t i = 0; i < 3; i++) {
        unsigned char known;
        float y, spread;
        pair.day = NULL;
        pair.session = &places[i];
        cf_model_predict_reps(&m, &pair, &y, &known);
        expect_near(y, 5 + offset[i], 1e-6);
        cf_model_sd_reps(&m, &pair, &spread);
        expect_near(spread, sd[i], 1e-5);
        pair.day = &zero;
        cf_model_predict_reps(&m, &pair, &y, &known);
        expect_near(y, 5 + offset[i] + 7, 1e-6);
    }
    cf_model_free(&m);
}

static void expect_same(const struct cf_model *m, const struct cf_model *want)
{
    const struct cf_sessions *a = &m->sessions, *b = &want->sessions;
    size_t n = (size_t)b->n * LEVELS * sizeof(float);

    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->offset, b->offset, n);
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
        cmocka_unit_test(test_find),     cmocka_unit_test(test_sessions),
        cmocka_unit_test(test_offsets),  cmocka_unit_test(test_rows),
        cmocka_unit_test(test_tree),     cmocka_unit_test(test_means),
        cmocka_unit_test(test_model),    cmocka_unit_test(test_stars),
        cmocka_unit_test(test_variance), cmocka_unit_test(test_untimed),
        cmocka_unit_test(test_score),    cmocka_unit_test(test_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
