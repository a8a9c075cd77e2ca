/* test_gibbs.c - the sampler: each conditional against closed forms, and all of
 * them against the prior. */
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

enum { K = 2, D = K + 1, WIDE = 16 };

static struct cf_err err;

/* Rows that the numbers below are for. */
static void set_rows(struct cf_gibbs *g, size_t mode, size_t first)
{
    for (size_t r = 0; r < g->mode[mode].n; r++)
        for (size_t j = 0; j < D; j++)
            g->mode[mode].w[r * WIDE + j] =
                (float)sin((double)(first + r * D + j));
}

static void open_few(struct cf_gibbs *g, bool wishart, bool noise)
{
    const struct cf_whole w = {.train = training_few};
    struct cf_fit_opts o = cf_fit_usual();

    o.vec = cf_vec_best();
    o.gibbs = (struct cf_gibbs_opts){
        .k = K, .samples = 1, .keep = 1, .wishart = wishart, .noise = noise};
    must(cf_gibbs_open(g, &w, FEW_USERS, FEW_ITEMS, &o, &err), &err);
    set_rows(g, CF_GIBBS_ITEMS, 1);
}

enum { FEW_DAYS = 3 };

/* The same on three days. */
static void open_few_days(struct cf_gibbs *g)
{
    static int64_t time[FEW] = {10,     86400,  86400,  0,
                                172800, 172800, 172800, 86400};
    struct cf_whole w = {.train = training_few};
    struct cf_fit_opts o = cf_fit_usual();

    w.train.time = time;
    o.vec = cf_vec_best();
    o.gibbs = (struct cf_gibbs_opts){.k = K,
                                     .samples = 1,
                                     .keep = 1,
                                     .wishart = true,
                                     .noise = true,
                                     .days = true};
    must(cf_gibbs_open(g, &w, FEW_USERS, FEW_ITEMS, &o, &err), &err);
    assert_int_equal(g->mode[CF_GIBBS_DAYS].n, FEW_DAYS);
    set_rows(g, CF_GIBBS_ITEMS, 1);
}

/* ---- rows ---- */

/* By numpy in float64: mean and precision of each user's row. mu .1 -.2 .3; lam
 * as below; alpha 1.5; noise scales 1.25^2 .75^2 1 of the users, .5^2 1 1.5^2
 * 2^2 of the items; ratings less their mean by their standard deviation. */
struct posterior {
    double mean[D], precision[D * (D + 1) / 2];
};
static const struct posterior posterior[FEW_USERS] = {
    {{0.212739324, -1.253267641, -0.235072544},
     {18.992187500, -5.905068076, 19.691775780, -3.261970106, 7.308455795,
      7.777793850}},
    {{-0.134547980, -0.812046349, 0.054293455},
     {7.484375000, -0.804927225, 8.407588705, -0.748784910, 2.112038655,
      5.298332465}},
    {{0.555777785, -0.831995489, 0.063173788},
     {6.875000000, 2.400697670, 7.682854020, 1.221776640, 1.278005730,
      4.690325086}}};

/* Likewise with days: of the users given items and days, and of the days given
 * users and items. */
static const struct posterior
    user_posterior[FEW_USERS] = {{{0.398269152, -1.719268067, 1.056364096},
                                  {18.992187500, -5.738006497, 25.591360132,
                                   -1.595945558, -2.017353507, 7.782036816}},
                                 {{-0.520403447, -0.799732388, 0.281211848},
                                  {7.484375000, 0.595759526, 7.936582826,
                                   -4.087564574, 1.999643238, 9.154029389}},
                                 {{0.633968390, -1.094115982, 0.429361318},
                                  {6.875000000, 2.172296838, 8.031029380,
                                   -0.490379587, -2.727398405, 4.986140863}}},
    day_posterior[FEW_DAYS] = {{{0.445449720, -0.004872063, 0.239978786},
                                {7.718750000, -3.149351515, 11.408658069,
                                 -4.182367401, 3.980140687, 7.884046226}},
                               {{-0.092370623, -0.503401166, 0.139614978},
                                {13.085937500, -19.686773898, 42.562807719,
                                 -14.208023435, 27.667587744, 24.064003014}},
                               {{0.601507254, -1.491688168, 0.216367829},
                                {12.546875000, 3.874554041, 9.532171004,
                                 1.763940931, 3.745339312, 8.656247554}}};

static void set_prior(struct cf_gibbs *g, size_t mode)
{
    static const double mu[D] = {.1, -.2, .3},
                        lam[D * D] = {2, .5, .25, .5, 3, -.5, .25, -.5, 4};
    static const float users[FEW_USERS] = {1.25F, .75F, 1},
                       items[FEW_ITEMS] = {.5F, 1, 1.5F, 2};
    struct cf_gibbs_mode *m = &g->mode[mode];

    g->alpha = 1.5;
    memcpy(m->mu, mu, sizeof mu);
    memcpy(m->lam, lam, sizeof lam);
    memcpy(g->mode[CF_GIBBS_USERS].root, users, sizeof users);
    memcpy(g->mode[CF_GIBBS_ITEMS].root, items, sizeof items);
    cf_gibbs_prior(g, mode);
}

/* A drawn row less its mean is L'^-1 of normals: those of the row's words. */
static void check_row(const struct cf_gibbs *g, size_t mode, size_t row,
                      const struct posterior *want)
{
    const struct cf_rng rng = cf_gibbs_rng(g, CF_RNG_GIBBS_ROW);
    double l[D * D];
    uint32_t word[4];
    float eps[4];

    for (size_t i = 0, at = 0; i < D; i++)
        for (size_t j = 0; j <= i; j++)
            l[i * D + j] = want->precision[at++];
    assert_true(cf_cholesky(l, D));
    cf_rng_words(&rng, (uint64_t)mode << 48 | row, 0, word);
    g->gauss->normals(word, eps, 4);
    for (size_t j = 0; j < D; j++) {
        double sum = 0;
        for (size_t i = j; i < D; i++)
            sum += l[i * D + j] *
                   ((double)g->mode[mode].w[row * WIDE + i] - want->mean[i]);
        expect_near(sum, eps[j], 2e-5);
    }
}

/* Draws the rows of a mode, 20 times. */
static void check_rows(struct cf_gibbs *g, size_t mode,
                       const struct posterior *want)
{
    for (g->sweep = 0; g->sweep < 20; g->sweep++) {
        set_prior(g, mode);
        cf_gibbs_rows(g, mode);
        for (size_t r = 0; r < g->mode[mode].n; r++)
            check_row(g, mode, r, &want[r]);
    }
}

static void test_rows(void **state)
{
    struct cf_gibbs g;

    (void)state;
    open_few(&g, true, true);
    check_rows(&g, CF_GIBBS_USERS, posterior);
    cf_gibbs_close(&g);
    open_few_days(&g);
    set_rows(&g, CF_GIBBS_DAYS, 21);
    check_rows(&g, CF_GIBBS_USERS, user_posterior);
    set_rows(&g, CF_GIBBS_USERS, 41);
    check_rows(&g, CF_GIBBS_DAYS, day_posterior);
    cf_gibbs_close(&g);
}

/* ---- what rows are drawn from ---- */

enum { MANY_DRAWS = 40000 };

/* Of the items' rows, by numpy: the mean of their prior mean; of their prior
 * precision, all by itself and as a matrix. */
static const double mean_mu[D] = {0.0395268, -0.01205176, -0.05254998},
                    mean_lam[D] = {1.66633231, 1.05832615, 3.24268407},
                    mean_full[D * (D + 1) / 2] = {4.812233860,  -2.570267291,
                                                  3.336641723,  -0.589676548,
                                                  -1.388374557, 6.089392598};

static void check_hyper(bool wishart)
{
    struct cf_gibbs g;
    double mu[D] = {0}, lam[D * D] = {0};
    const struct cf_gibbs_mode *m = &g.mode[CF_GIBBS_ITEMS];

    open_few(&g, wishart, false);
    for (g.sweep = 0; g.sweep < MANY_DRAWS; g.sweep++) {
        must(cf_gibbs_hyper(&g, CF_GIBBS_ITEMS, &err), &err);
        for (size_t j = 0; j < D; j++)
            mu[j] += m->mu[j] / MANY_DRAWS;
        for (size_t j = 0; j < (size_t)D * D; j++)
            lam[j] += m->lam[j] / MANY_DRAWS;
    }
    for (size_t i = 0, at = 0; i < D; i++) {
        expect_near(mu[i], mean_mu[i], .02);
        for (size_t j = 0; j <= i; j++, at++)
            expect_near(lam[i * D + j],
                        wishart  ? mean_full[at]
                        : i == j ? mean_lam[i]
                                 : 0,
                        .06);
    }
    cf_gibbs_close(&g);
}

static void test_hyper(void **state)
{
    (void)state;
    check_hyper(false);
    check_hyper(true);
}

/* ---- all of it against the prior (Geweke, "Getting it right", 2004) ----
 *
 * Parameters from the prior have the same distribution as those of a chain that
 * draws, in turn, the parameters given ratings and ratings given the
 * parameters. Averages of some functions of them must agree. */

enum {
    GAMES = 6,
    G_USERS = 2,
    G_ITEMS = 3,
    G_D = 2,
    DRAWS = 150000, /* independent ones, and sweeps, */
    BATCH = 3000,   /* averages over so many of which are independent */
    BATCHES = DRAWS / BATCH,
    PROBES = 36
};

static uint32_t game_user[GAMES] = {0, 1, 0, 1, 0, 0};
static uint32_t game_item[GAMES] = {0, 0, 1, 1, 2, 1};
static float game_rating[GAMES] = {1, 2, 3, 4, 5, 6};
/* Three days. */
static int64_t game_time[GAMES] = {0, 90000, 172799, -86400, 172740, -1};
/* Five, four and three sessions: user 0 has one of each kind within the next.
 */
static int64_t game_seconds[GAMES] = {10, 1000, 0, 5000, 60, 250};
enum game_time { TIMELESS, BY_DAY, BY_SESSION };

static void open_games(struct cf_gibbs *g, bool wishart, bool noise,
                       enum game_time time)
{
    const struct cf_whole w = {
        .train = {.n = GAMES,
                  .user = game_user,
                  .item = game_item,
                  .rating = game_rating,
                  .time = time == BY_SESSION ? game_seconds : game_time}};
    struct cf_fit_opts o = cf_fit_usual();

    o.vec = cf_vec_best();
    o.gibbs = (struct cf_gibbs_opts){.k = G_D - 1,
                                     .samples = 1,
                                     .keep = 1,
                                     .wishart = wishart,
                                     .noise = noise,
                                     .days = time == BY_DAY,
                                     .sessions = time == BY_SESSION};
    must(cf_gibbs_open(g, &w, G_USERS, G_ITEMS, &o, &err), &err);
    /* With those that are in use parameters would go beyond 32-bit floats. */
    g->shape = g->rate = 3;
    g->freedom = 8;
}

/* Traits of the items, two groups of one and two, and of the users one. */
static void add_traits(struct cf_gibbs *g)
{
    struct cf_traits t = {0};
    uint32_t first;

    must(cf_traits_group(&t, 1, &first, &err), &err);
    must(cf_traits_add(&t, 0, 0, 1, &err), &err);
    must(cf_gibbs_side_open(g, CF_GIBBS_USERS, &t, &err), &err);
    must(cf_traits_add(&t, 0, 1, -.5F, &err), &err);
    must(cf_traits_group(&t, 2, &first, &err), &err);
    must(cf_traits_add(&t, 1, 0, .75F, &err), &err);
    must(cf_traits_add(&t, 1, 2, 1.25F, &err), &err);
    must(cf_traits_add(&t, 2, 2, .5F, &err), &err);
    must(cf_gibbs_side_open(g, CF_GIBBS_ITEMS, &t, &err), &err);
    cf_traits_free(&t);
    for (size_t s = 0; s < CF_GIBBS_SIDES; s++)
        assert_non_null(g->mode[s].side->a);
}

/* L of lam = L L': a Wishart(I, freedom) by Bartlett, or a diagonal. */
static void prior_precision(const struct cf_gibbs *g, struct cf_draws *d,
                            double l[G_D][G_D])
{
    memset(l, 0, G_D * sizeof *l);
    for (size_t i = 0; i < G_D; i++)
        if (g->o.wishart) {
            l[i][i] = sqrt(2 * cf_draw_gamma(d, (g->freedom - (double)i) / 2));
            for (size_t j = 0; j < i; j++)
                l[i][j] = cf_draw_normal(d);
        } else {
            l[i][i] = sqrt(cf_draw_gamma(d, g->shape) / g->rate);
        }
}

/* x = L'^-1 of normals. */
static void prior_normal(double l[G_D][G_D], struct cf_draws *d, double x[G_D])
{
    x[1] = cf_draw_normal(d) / l[1][1];
    x[0] = (cf_draw_normal(d) - l[1][0] * x[1]) / l[0][0];
}

/* Weights of traits, and what they add to the prior means. */
static void prior_traits(struct cf_gibbs *g, size_t mode, struct cf_draws *d)
{
    struct cf_gibbs_side *s = g->mode[mode].side;

    for (size_t i = 0; i < (size_t)s->groups * G_D; i++)
        s->lam[i] = (float)(cf_draw_gamma(d, g->shape) / g->rate);
    memset(s->mean, 0, g->mode[mode].n * WIDE * sizeof *s->mean);
    for (size_t f = 0; f < s->n; f++)
        for (size_t j = 0; j < G_D; j++) {
            float *b = &s->b[f * WIDE + j];
            double lam = (double)s->lam[(size_t)s->group[f] * G_D + j];
            *b = (float)(cf_draw_normal(d) / sqrt(lam));
            for (uint64_t e = s->start[f]; e < s->start[f + 1]; e++)
                s->mean[(size_t)s->row[e] * WIDE + j] += s->x[e] * *b;
        }
}

static void prior_mode(struct cf_gibbs *g, size_t mode, struct cf_draws *d)
{
    struct cf_gibbs_mode *m = &g->mode[mode];
    double l[G_D][G_D], x[G_D];

    prior_precision(g, d, l);
    for (size_t i = 0; i < G_D; i++)
        for (size_t j = 0; j < G_D; j++)
            m->lam[i * G_D + j] = l[i][0] * l[j][0] + l[i][1] * l[j][1];
    prior_normal(l, d, m->mu);
    if (m->side)
        prior_traits(g, mode, d);
    m->nu = g->nu[(size_t)(cf_draw_unit(d) * CF_GIBBS_NU)];
    for (size_t r = 0; r < m->n; r++) {
        prior_normal(l, d, x);
        for (size_t j = 0; j < G_D; j++)
            m->w[r * WIDE + j] = (float)(m->mu[j] + x[j]) +
                                 (m->side ? m->side->mean[r * WIDE + j] : 0);
        if (m->root)
            m->root[r] = (float)sqrt(cf_draw_gamma(d, m->nu / 2) / (m->nu / 2));
    }
}

static void prior_state(struct cf_gibbs *g, struct cf_draws *d)
{
    for (size_t s = 0; s < g->modes; s++)
        prior_mode(g, s, d);
    sampling_prior_sessions(g, d);
    g->alpha = cf_draw_gamma(d, g->shape) / g->rate;
}

/* Biases, and products of each two of the factors; row: of each mode. */
static double score(const struct cf_gibbs *g, const size_t row[CF_GIBBS_MODES])
{
    double sum = 0;

    for (size_t s = 0; s < g->modes; s++) {
        const float *x = g->mode[s].w + row[s] * WIDE;
        sum += (double)x[0];
        for (size_t t = 0; t < s; t++)
            sum += (double)x[1] * (double)g->mode[t].w[row[t] * WIDE + 1];
    }
    return sum;
}

static double root(const struct cf_gibbs *g, size_t mode, size_t row)
{
    return g->mode[mode].root ? (double)g->mode[mode].root[row] : 1;
}

/* Ratings given the parameters. */
static void draw_ratings(struct cf_gibbs *g, struct cf_draws *d)
{
    struct cf_gibbs_mode *users = &g->mode[0];
    const struct cf_gibbs_sessions *x = g->sessions;

    for (size_t u = 0; u < G_USERS; u++)
        for (uint64_t n = users->start[u]; n < users->start[u + 1]; n++) {
            size_t row[CF_GIBBS_MODES] = {u};
            for (size_t s = 1; s < g->modes; s++)
                row[s] = users->other[s - 1][n];
            double precision =
                sqrt(g->alpha) * root(g, 0, u) * root(g, 1, row[1]);
            users->y[n] =
                (float)(score(g, row) + cf_draw_normal(d) / precision);
            if (x)
                x->y[n] = users->y[n] + x->level[0].x[x->of[n]];
        }
    for (size_t s = CF_GIBBS_ITEMS; s < g->modes; s++)
        for (size_t n = 0; n < GAMES; n++)
            g->mode[s].y[n] = users->y[g->mode[s].at[n]];
}

/* A chain hardly ever changes the sign of all factors, so none is asked for. */
static void probe_mode(const struct cf_gibbs *g, size_t mode, double *f)
{
    const struct cf_gibbs_mode *m = &g->mode[mode];
    const double *lam = m->lam;

    f[0] = log(lam[0] * lam[3] - lam[1] * lam[2]);
    f[1] = atan(m->mu[0]);
    f[2] = atan((double)m->w[0]);
    f[3] = log(fabs((double)m->w[1]));
    f[4] = log(fabs(lam[g->o.wishart ? 1 : 3]));
    f[5] = log(root(g, mode, 0));
    f[6] = m->root ? log(m->nu) : log(fabs(m->mu[1]));
    if (!m->side)
        return;
    const struct cf_gibbs_side *s = m->side;
    size_t last = s->n - 1;
    f[7] = log((double)s->lam[(size_t)s->group[last] * G_D]);
    f[8] = atan((double)s->b[0]);
    f[9] = log(fabs((double)s->b[last * WIDE + 1]));
}

static void probe(const struct cf_gibbs *g, double f[PROBES])
{
    probe_mode(g, 0, f);
    probe_mode(g, 1, f + 10);
    f[20] = log(g->alpha);
    f[21] = atan(score(g, (const size_t[CF_GIBBS_MODES]){1, 1, 1}));
    if (g->modes > CF_GIBBS_DAYS)
        probe_mode(g, CF_GIBBS_DAYS, f + 22);
    sampling_probe_sessions(g, f + 29);
}

/* Sums and sums of squares of averages over batches. */
struct averages {
    double sum[PROBES], squares[PROBES];
};

/* Of draws from the prior, or of the chain that begins with one. */
static struct averages average(struct cf_gibbs *g, bool chain)
{
    const struct cf_rng rng = {8, CF_RNG_TEST, chain};
    struct averages a = {{0}, {0}};
    struct cf_draws d = cf_draws_of(&rng, 0);

    prior_state(g, &d);
    for (size_t b = 0; b < BATCHES; b++) {
        double sum[PROBES] = {0}, f[PROBES] = {0};
        for (size_t i = 0; i < BATCH; i++) {
            d = cf_draws_of(&rng, 1 + b * BATCH + i);
            g->sweep = (uint32_t)(b * BATCH + i);
            if (chain) {
                draw_ratings(g, &d);
                must(cf_gibbs_sweep(g, &err), &err);
            } else {
                prior_state(g, &d);
            }
            probe(g, f);
            for (size_t p = 0; p < PROBES; p++)
                sum[p] += f[p] / BATCH;
        }
        for (size_t p = 0; p < PROBES; p++) {
            a.sum[p] += sum[p];
            a.squares[p] += sum[p] * sum[p];
        }
    }
    return a;
}

/* The squared standard error of an average over all batches. */
static double error2(const struct averages *a, size_t p)
{
    double mean = a->sum[p] / BATCHES;

    return (a->squares[p] / BATCHES - mean * mean) / (BATCHES - 1);
}

static void check_joint(bool wishart, bool noise, bool traits,
                        enum game_time time)
{
    struct cf_gibbs g;

    open_games(&g, wishart, noise, time);
    if (traits)
        add_traits(&g);
    struct averages prior = average(&g, false), chain = average(&g, true);
    for (size_t p = 0; p < PROBES; p++) {
        double off = (chain.sum[p] - prior.sum[p]) / BATCHES;
        double error = sqrt(error2(&prior, p) + error2(&chain, p));
        if (!(fabs(off) <= 3.5 * error))
            fail_msg("probe %zu: off by %g, error %g", p, off, error);
    }
    cf_gibbs_close(&g);
}

static void test_joint(void **state)
{
    (void)state;
    check_joint(false, false, false, TIMELESS);
    check_joint(false, true, false, TIMELESS);
    check_joint(true, false, false, TIMELESS);
    check_joint(true, true, false, TIMELESS);
    check_joint(false, false, true, TIMELESS);
    check_joint(false, true, true, TIMELESS);
    check_joint(false, false, false, BY_DAY);
    check_joint(true, true, false, BY_DAY);
    check_joint(false, true, true, BY_DAY);
    check_joint(false, false, false, BY_SESSION);
    check_joint(true, true, false, BY_SESSION);
    check_joint(false, true, true, BY_SESSION);
}

/* ---- the whole ---- */

enum { KEPT = 12 };

static struct training usual(struct cf_model *m)
{
    return sampling_usual(m, KEPT);
}

/* Many days, of which the last ones have a row or none to learn from; a user in
 * eight has one day. */
static struct training by_day(struct cf_model *m)
{
    static int64_t time[MANY];
    struct training t = usual(m);

    for (size_t r = 0; r < MANY; r++)
        time[r] = t.ratings.user[r] % 8 == 0
                      ? (int64_t)t.ratings.user[r] * 86400
                      : (int64_t)r * (int64_t)r * 200;
    t.ratings.time = time;
    t.fit.gibbs.days = true;
    return t;
}

/* With all samples' factors the model predicts the mean over samples, which is
 * what was validated. */
static void test_model(void **state)
{
    (void)state;
    for (int days = 0; days < 2; days++) {
        struct cf_model m;
        struct training t = days ? by_day(&m) : usual(&m);
        must(training_run(&t, &m), &t.err);
        assert_int_equal(m.nepochs, SAMPLING_BURN_IN + KEPT);
        assert_string_equal(m.solver, "gibbs");
        expect_near(sampling_valid(&m, &t), m.epoch[m.nepochs - 1].valid_loss,
                    1e-5);
        assert_int_equal(m.days.n > 0, days);
        cf_model_free(&m);
    }
}

/* A user with one day is predicted as on that day by who does not know it. */
static void test_mean_day(void **state)
{
    struct cf_model m;
    struct training t = by_day(&m);

    (void)state;
    t.order.valid = 0;
    must(training_run(&t, &m), &t.err);
    sampling_expect_untimed(&m, &t.ratings);
    cf_model_free(&m);
}

/* Two samples of one factor. Known pair: 1 + .5 + 2 (1 * 3) = 7.5 and 2 - .5 +
 * 2 (-2 * .5) = -.5, so 16 around their mean of 3.5, and noise .25 * 2 * 3 =
 * 1.5. Unknown item: 1 + .25 + 2 (1 * 1) = 3.25 and 2 + 1.25 + 2 (-2 * 1) =
 * -.75, so 4 and .25 * 2 * 8 = 4. */
static void test_sd(void **state)
{
    static const uint32_t u[2] = {0, 0}, i[2] = {0, 1};
    struct cf_model m;
    float sd[2];

    (void)state;
    little_model(&m, 2, (struct little_ids){1, 0}, (struct little_ids){1, 0});
    must(cf_model_add_samples(&m, 2, &err), &err);
    m.user.count[0] = m.item.count[0] = 1;
    memcpy(m.user.factors, (float[]){1, -2}, 2 * sizeof(float));
    memcpy(m.item.factors, (float[]){3, .5F}, 2 * sizeof(float));
    memcpy(m.item.cold_factors, (float[]){1, 1}, 2 * sizeof(float));
    memcpy(m.user.sample_bias, (float[]){1, 2}, 2 * sizeof(float));
    memcpy(m.item.sample_bias, (float[]){.5F, -.5F}, 2 * sizeof(float));
    memcpy(m.item.cold_sample_bias, (float[]){.25F, 1.25F}, 2 * sizeof(float));
    m.noise = .25F;
    m.user.noise[0] = 2;
    m.item.noise[0] = 3;
    m.item.cold_noise = 8;
    const struct cf_rep user = cf_model_user_rep(&m, 0);
    const struct cf_rep items[2] = {cf_model_item_rep(&m, 0),
                                    cf_model_item_rep(&m, CF_NONE)};
    const struct cf_rep_pairs pairs = {&user, items, u, i, 2, NULL, NULL};
    cf_model_sd_reps(&m, &pairs, sd);
    expect_near(sd[0], sqrt(17.5), 1e-6);
    expect_near(sd[1], sqrt(8), 1e-6);
    cf_model_free(&m);
}

/* Two samples of one factor, and a day. Its score: .75 - .375 + (1 - 0 + 3)
 * (1 - 0) + (-2 - 1 + .5) (2 - 1) = 1.875. Of the samples, which have 2 (1 * 3)
 * and 2 (-2 * .5) without it: 6 + .5 - .25 + 2 * 4 = 14.25 and -2 + 1 - .5 + 2
 * * -2.5 = -6.5, so 10.375^2 around their mean. */
static void test_day(void **state)
{
    static const uint32_t zero = 0;
    struct cf_model m;
    unsigned char known;
    float y, without, sd;

    (void)state;
    little_model(&m, 2, (struct little_ids){1, 0}, (struct little_ids){1, 0});
    m.link = CF_LINK_IDENTITY;
    m.lo = -100;
    m.hi = 100;
    must(cf_model_add_samples(&m, 2, &err), &err);
    must(cf_model_add_days(&m, 1, &err), &err);
    m.user.count[0] = m.item.count[0] = 1;
    memcpy(m.user.factors, (float[]){1, -2}, 2 * sizeof(float));
    memcpy(m.item.factors, (float[]){3, .5F}, 2 * sizeof(float));
    m.days.row.bias[0] = .75F;
    m.days.user.bias[0] = .375F;
    memcpy(m.days.row.factors, (float[]){1, 2}, 2 * sizeof(float));
    memcpy(m.days.user.factors, (float[]){0, 1}, 2 * sizeof(float));
    memcpy(m.days.row.sample_bias, (float[]){.5F, 1}, 2 * sizeof(float));
    memcpy(m.days.user.sample_bias, (float[]){.25F, .5F}, 2 * sizeof(float));
    const struct cf_rep user = cf_model_user_rep(&m, 0),
                        item = cf_model_item_rep(&m, 0);
    struct cf_rep_pairs pair = {&user, &item, &zero, &zero, 1, NULL, NULL};
    cf_model_predict_reps(&m, &pair, &without, &known);
    pair.day = &zero;
    cf_model_predict_reps(&m, &pair, &y, &known);
    expect_near(y - without, 1.875, 1e-6);
    cf_model_sd_reps(&m, &pair, &sd);
    expect_near(sd, 10.375, 1e-5);
    cf_model_free(&m);
}

static void expect_same(const struct cf_model *m, const struct cf_model *want)
{
    const size_t k = (size_t)SAMPLING_K * KEPT;

    assert_memory_equal(m->user.factors, want->user.factors,
                        MANY_USERS * k * sizeof(float));
    assert_memory_equal(m->item.bias, want->item.bias,
                        MANY_ITEMS * sizeof(float));
    assert_int_equal(m->days.n, want->days.n);
    assert_memory_equal(m->days.row.factors, want->days.row.factors,
                        (size_t)m->days.n * k * sizeof(float));
}

/* Whatever the kernels and the number of threads. */
static void test_same(void **state)
{
    (void)state;
    sampling_each(by_day, expect_same);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),     cmocka_unit_test(test_hyper),
        cmocka_unit_test(test_joint),    cmocka_unit_test(test_model),
        cmocka_unit_test(test_mean_day), cmocka_unit_test(test_sd),
        cmocka_unit_test(test_day),      cmocka_unit_test(test_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
