/* test_gibbs_probit.c - ratings as stars: what is drawn against a posterior
 * added up on a grid, against the prior, and against what data were made of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fit/gibbs.h"
#include "fit/gibbs_probit.h"
#include "little.h"
#include "made.h"
#include "sampling.h"

enum { STARS = 4, GAMES = 12, USERS = 3, ITEMS = 4, D = 2, WIDE = 16 };

static struct cf_err err;

static uint32_t user[GAMES] = {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2};
static uint32_t item[GAMES] = {0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3};
/* Of the first cuts 1 and 3 stay, of the second 1 and 2. */
static float even[GAMES] = {1, 2, 2.5F, 5, 2.5F, 2, 2, 1, 5, 2.5F, 2, 5},
             low[GAMES] = {1, 2, 2.5F, 5, 2, 2, 2, 1, 2, 2.5F, 2, 1};

/* User 0 has a session of each kind within the next. */
static int64_t seconds[GAMES] = {0,  1000, 0,   10,  1005, 0,
                                 60, 1400, 200, 250, 5000, 900};

/* Which games, have rows noise scales of their own, and are there sessions? */
struct kind {
    float *rating;
    bool noise;
    uint32_t free; /* the cut that is drawn */
    bool sessions;
};
static const struct kind kinds[] = {
    {even, false, 2, false}, {even, true, 2, false}, {low, false, 3, false},
    {low, true, 3, false},   {even, false, 2, true}, {low, true, 3, true}};
enum { KINDS = sizeof kinds / sizeof *kinds, WITHOUT_SESSIONS = 4 };

static void open_games(struct cf_gibbs *g, const struct kind *kind)
{
    const struct cf_whole w = {.train = {.n = GAMES,
                                         .user = user,
                                         .item = item,
                                         .rating = kind->rating,
                                         .time = seconds}};
    struct cf_fit_opts o = cf_fit_usual();

    o.vec = cf_vec_best();
    o.gibbs = (struct cf_gibbs_opts){.k = D - 1,
                                     .samples = 1,
                                     .keep = 1,
                                     .noise = kind->noise,
                                     .sessions = kind->sessions,
                                     .probit = true};
    must(cf_gibbs_open(g, &w, USERS, ITEMS, &o, &err), &err);
    assert_int_equal(g->probit->n, STARS);
    assert_int_equal(g->probit->fixed[0] + g->probit->fixed[1],
                     1 + 2 + 3 - kind->free);
    g->shape = g->rate = 3;
}

static double phi(double x)
{
    return erfc(-x / sqrt(2)) / 2;
}

/* The ends of where the free cut may be. */
static double from(const struct cf_gibbs *g, uint32_t cut)
{
    return cut > 1 ? g->probit->cut[cut - 1] : g->probit->lowest;
}

static double to(const struct cf_gibbs *g, uint32_t cut)
{
    return cut < STARS - 1 ? g->probit->cut[cut + 1] : g->probit->highest;
}

static double score(const struct cf_gibbs *g, size_t u, size_t i)
{
    const float *x = g->mode[0].w + u * WIDE, *y = g->mode[1].w + i * WIDE;

    return (double)x[0] + (double)y[0] + (double)x[1] * (double)y[1];
}

static double root(const struct cf_gibbs *g, size_t mode, size_t row)
{
    return g->mode[mode].root ? (double)g->mode[mode].root[row] : 1;
}

/* ---- given the rows ---- */

enum { MANY_DRAWS = 60000, GRID = 200 };

/* Means, and those of squares, over what is drawn. */
struct moments {
    double cut, cut2, alpha, alpha2, y[GAMES];
};

/* The posterior of log alpha and of the cut that is free, on a grid of their
 * whole range; y given both. */
static struct moments by_grid(const struct cf_gibbs *g, const struct kind *kind)
{
    const struct cf_gibbs_probit *p = g->probit;
    double begin = from(g, kind->free), all = 0;
    double width = to(g, kind->free) - begin;
    struct moments m = {0};

    for (size_t a = 0; a < GRID; a++)
        for (size_t b = 0; b < GRID; b++) {
            double log_alpha = -4 + 8 * ((double)a + .5) / GRID;
            double cut[STARS + 1], c = begin + width * ((double)b + .5) / GRID;
            memcpy(cut, p->cut, sizeof cut);
            cut[kind->free] = c;
            double chance =
                exp(g->shape * log_alpha - g->rate * exp(log_alpha));
            double y[GAMES];
            for (size_t n = 0; n < GAMES; n++) {
                double s = exp(log_alpha / 2) * root(g, 0, user[n]) *
                           root(g, 1, item[n]);
                double f = score(g, user[n], item[n]);
                size_t j = 0;
                while (p->value[j] < kind->rating[n])
                    j++;
                double lo = (cut[j] - f) * s, hi = (cut[j + 1] - f) * s;
                double mass = phi(hi) - phi(lo);
                y[n] = f + (exp(-lo * lo / 2) - exp(-hi * hi / 2)) /
                               sqrt(2 * acos(-1.)) / fmax(mass, 1e-200) / s;
                chance *= mass;
            }
            all += chance;
            m.cut += chance * c;
            m.cut2 += chance * c * c;
            m.alpha += chance * log_alpha;
            m.alpha2 += chance * log_alpha * log_alpha;
            for (size_t n = 0; n < GAMES; n++)
                m.y[n] += chance * y[n];
        }
    for (size_t i = 0; i < sizeof m / sizeof(double); i++)
        ((double *)&m)[i] /= all;
    return m;
}

/* As in a sweep, but rows stay: their squared residuals. */
static void draw_alpha(struct cf_gibbs *g)
{
    struct cf_gibbs_mode *items = &g->mode[CF_GIBBS_ITEMS];

    for (size_t i = 0; i < ITEMS; i++) {
        items->left[i] = 0;
        for (uint64_t n = items->start[i]; n < items->start[i + 1]; n++) {
            size_t u = items->other[0][n];
            double off = ((double)items->y[n] - score(g, u, i)) * root(g, 0, u);
            items->left[i] += (float)(off * off);
        }
    }
    cf_gibbs_noise(g);
}

static struct moments by_draws(struct cf_gibbs *g, uint32_t free)
{
    const struct cf_gibbs_mode *items = &g->mode[CF_GIBBS_ITEMS];
    struct moments m = {0};

    for (g->sweep = 0; g->sweep < MANY_DRAWS; g->sweep++) {
        must(cf_gibbs_probit_draw(g, &err), &err);
        draw_alpha(g);
        double cut = g->probit->cut[free], a = log(g->alpha);
        m.cut += cut / MANY_DRAWS;
        m.cut2 += cut * cut / MANY_DRAWS;
        m.alpha += a / MANY_DRAWS;
        m.alpha2 += a * a / MANY_DRAWS;
        /* Games are in the order of the items' ratings. */
        for (size_t n = 0; n < GAMES; n++)
            m.y[n] += (double)items->y[n] / MANY_DRAWS;
    }
    return m;
}

static void test_given_rows(void **state)
{
    (void)state;
    for (size_t t = 0; t < WITHOUT_SESSIONS; t++) {
        struct cf_gibbs g;
        open_games(&g, &kinds[t]);
        for (size_t s = 0; s < CF_GIBBS_SIDES; s++)
            for (size_t r = 0; r < g.mode[s].n; r++) {
                g.mode[s].w[r * WIDE] = (float)sin((double)(7 * s + r));
                g.mode[s].w[r * WIDE + 1] = (float)cos((double)(5 * s + r));
                if (kinds[t].noise)
                    g.mode[s].root[r] = .75F + .25F * (float)(s + r);
            }
        struct moments want = by_grid(&g, &kinds[t]),
                       got = by_draws(&g, kinds[t].free);
        /* An outer cut may go far. */
        double off = kinds[t].free == 2 ? .01 : .04;
        expect_near(got.cut, want.cut, off);
        expect_near(got.cut2, want.cut2, 8 * off);
        expect_near(got.alpha, want.alpha, .015);
        expect_near(got.alpha2, want.alpha2, .03);
        for (size_t n = 0; n < GAMES; n++)
            expect_near(got.y[n], want.y[n], .03);
        cf_gibbs_close(&g);
    }
}

/* ---- all of it against the prior (Geweke 2004), as in test_gibbs.c ---- */

enum { DRAWS = 90000, BATCH = 3000, BATCHES = DRAWS / BATCH, PROBES = 23 };

static void prior_mode(struct cf_gibbs_mode *m, const struct cf_gibbs *g,
                       struct cf_draws *d)
{
    for (size_t j = 0; j < D; j++) {
        double lam = cf_draw_gamma(d, g->shape) / g->rate;
        m->lam[j * D + j] = lam;
        m->mu[j] = cf_draw_normal(d) / sqrt(lam);
        for (size_t r = 0; r < m->n; r++)
            m->w[r * WIDE + j] =
                (float)(m->mu[j] + cf_draw_normal(d) / sqrt(lam));
    }
    m->nu = g->nu[(size_t)(cf_draw_unit(d) * CF_GIBBS_NU)];
    for (size_t r = 0; m->root && r < m->n; r++)
        m->root[r] = (float)sqrt(cf_draw_gamma(d, m->nu / 2) / (m->nu / 2));
}

static void prior_state(struct cf_gibbs *g, uint32_t free, struct cf_draws *d)
{
    sampling_prior_sessions(g, d);
    for (size_t s = 0; s < CF_GIBBS_SIDES; s++)
        prior_mode(&g->mode[s], g, d);
    g->alpha = cf_draw_gamma(d, g->shape) / g->rate;
    g->probit->cut[free] =
        from(g, free) + (to(g, free) - from(g, free)) * cf_draw_unit(d);
}

/* Stars given the parameters. */
static void draw_stars(struct cf_gibbs *g, struct cf_draws *d)
{
    struct cf_gibbs_mode *users = &g->mode[0];
    struct cf_gibbs_probit *p = g->probit;

    for (size_t u = 0; u < USERS; u++)
        for (uint64_t n = users->start[u]; n < users->start[u + 1]; n++) {
            size_t i = users->other[0][n];
            double y = score(g, u, i) + cf_draw_normal(d) / sqrt(g->alpha) /
                                            root(g, 0, u) / root(g, 1, i);
            if (g->sessions)
                y += (double)g->sessions->level[0].x[g->sessions->of[n]];
            size_t j = 0;
            while (y > p->cut[j + 1])
                j++;
            users->y[n] = (float)(((double)p->value[j] - g->mean) / g->unit);
        }
    cf_gibbs_probit_sort(g);
}

static void probe_mode(const struct cf_gibbs *g, size_t mode, double *f)
{
    const struct cf_gibbs_mode *m = &g->mode[mode];

    f[0] = log(m->lam[0]);
    f[1] = log(m->lam[3]);
    f[2] = atan(m->mu[0]);
    f[3] = atan((double)m->w[0]);
    f[4] = log(fabs((double)m->w[1]));
    f[5] = log(root(g, mode, 0));
    f[6] = m->root ? log(m->nu) : log(fabs(m->mu[1]));
}

static void probe(const struct cf_gibbs *g, uint32_t free, double *f)
{
    probe_mode(g, 0, f);
    probe_mode(g, 1, f + 7);
    f[14] = log(g->alpha);
    f[15] = g->probit->cut[free];
    f[16] = atan(score(g, 1, 1));
    sampling_probe_sessions(g, f + 17);
}

struct averages {
    double sum[PROBES], squares[PROBES];
};

static struct averages average(struct cf_gibbs *g, uint32_t free, bool chain)
{
    const struct cf_rng rng = {9, CF_RNG_TEST, chain};
    struct averages a = {{0}, {0}};
    struct cf_draws d = cf_draws_of(&rng, 0);

    prior_state(g, free, &d);
    for (size_t b = 0; b < BATCHES; b++) {
        double sum[PROBES] = {0}, f[PROBES] = {0};
        for (size_t i = 0; i < BATCH; i++) {
            d = cf_draws_of(&rng, 1 + b * BATCH + i);
            g->sweep = (uint32_t)(b * BATCH + i);
            if (chain) {
                draw_stars(g, &d);
                must(cf_gibbs_sweep(g, &err), &err);
            } else {
                prior_state(g, free, &d);
            }
            probe(g, free, f);
            for (size_t p = 0; p < PROBES; p++)
                sum[p] += f[p] / BATCH;
        }
        for (size_t p = 0; p < PROBES; p++) {
            a.sum[p] += sum[p] / BATCHES;
            a.squares[p] += sum[p] * sum[p] / BATCHES;
        }
    }
    return a;
}

static void test_joint(void **state)
{
    (void)state;
    for (size_t t = 0; t < KINDS; t++) {
        struct cf_gibbs g;
        open_games(&g, &kinds[t]);
        uint32_t free = kinds[t].free;
        struct averages a = average(&g, free, false),
                        b = average(&g, free, true);
        for (size_t p = 0; p < PROBES; p++) {
            double off = b.sum[p] - a.sum[p];
            double error2 = (a.squares[p] - a.sum[p] * a.sum[p] + b.squares[p] -
                             b.sum[p] * b.sum[p]) /
                            (BATCHES - 1);
            if (!(fabs(off) <= 3.5 * sqrt(error2)))
                fail_msg("probe %zu: off by %g, error %g", p, off,
                         sqrt(error2));
        }
        cf_gibbs_close(&g);
    }
}

/* ---- data of which the cuts are known ---- */

enum {
    S_USERS = 60,
    S_ITEMS = 40,
    S_RATINGS = S_USERS * S_ITEMS * 2 / 3,
    SETS = 40,
    KEPT = 200,
    FIVE = 5
};

/* And noise of .7. */
static const double true_cut[FIVE - 1] = {1.5, 2.2, 3.9, 4.5}, true_sd = .7;

static void simulate(uint64_t seed, uint32_t *u, uint32_t *i, float *y)
{
    const struct cf_rng rng = {seed, CF_RNG_TEST, 7};
    struct cf_draws d = cf_draws_of(&rng, 0);
    double b[S_USERS], p[S_USERS], c[S_ITEMS], q[S_ITEMS];

    for (size_t r = 0; r < S_USERS; r++) {
        b[r] = .6 * cf_draw_normal(&d);
        p[r] = cf_draw_normal(&d);
    }
    for (size_t r = 0; r < S_ITEMS; r++) {
        c[r] = 3 + .6 * cf_draw_normal(&d);
        q[r] = .6 * cf_draw_normal(&d);
    }
    for (size_t n = 0, pair = 0; n < S_RATINGS; pair++) {
        if (pair % 3 == 0)
            continue;
        d = cf_draws_of(&rng, pair + 1);
        u[n] = (uint32_t)(pair / S_ITEMS);
        i[n] = (uint32_t)(pair % S_ITEMS);
        double z = b[u[n]] + c[i[n]] + p[u[n]] * q[i[n]] +
                   true_sd * cf_draw_normal(&d);
        size_t j = 0;
        while (j < FIVE - 1 && z > true_cut[j])
            j++;
        y[n++] = (float)(j + 1);
    }
}

static int ascending(const void *a, const void *b)
{
    const float *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Is it in the middle nine tenths of the samples? */
static bool covers(const float *x, double truth)
{
    float v[KEPT];

    memcpy(v, x, sizeof v);
    qsort(v, KEPT, sizeof *v, ascending);
    return (double)v[KEPT / 20] < truth && truth < (double)v[KEPT - KEPT / 20];
}

/* How many of two cuts and of the noise. */
static int covered(uint64_t seed)
{
    static uint32_t u[S_RATINGS], i[S_RATINGS];
    static float y[S_RATINGS];
    struct training t = training_usual(1, 1);
    struct cf_model m;

    simulate(seed, u, i, y);
    t.ratings =
        (struct cf_ratings){.n = S_RATINGS, .user = u, .item = i, .rating = y};
    t.solver = cf_fit_gibbs;
    t.fit.has_range = false;
    t.fit.link = CF_LINK_IDENTITY;
    t.fit.seed = seed;
    t.fit.epochs = 100 + 4 * KEPT;
    t.fit.gibbs = (struct cf_gibbs_opts){.k = 2,
                                         .burn_in = 100,
                                         .samples = 4 * KEPT,
                                         .keep = KEPT,
                                         .probit = true};
    little_model(&m, 2 * KEPT, (struct little_ids){S_USERS, 0},
                 (struct little_ids){S_ITEMS, 0});
    must(training_run(&t, &m), &t.err);
    assert_int_equal(m.stars.n, FIVE);
    size_t fixed[FIVE] = {0}, which = 0;
    int n = 0;
    for (size_t j = 0; j < FIVE - 1; j++)
        if (m.stars.cut[j * KEPT] == m.stars.cut[j * KEPT + KEPT - 1])
            fixed[which++] = j;
    /* The scale is that of the two cuts which stay where stars are. */
    assert_int_equal(which, 2);
    double unit = (double)(fixed[1] - fixed[0]) /
                  (true_cut[fixed[1]] - true_cut[fixed[0]]);
    for (size_t j = 0; j < FIVE - 1; j++)
        if (j != fixed[0] && j != fixed[1])
            n += covers(m.stars.cut + j * KEPT,
                        (double)fixed[0] + 1.5 +
                            unit * (true_cut[j] - true_cut[fixed[0]]));
    n += covers(m.stars.sd, unit * true_sd);
    cf_model_free(&m);
    return n;
}

/* Of 120, nine tenths are 108, with a standard error of 3.3 (more if the three
 * of a set go together). */
static void test_covered(void **state)
{
    int n = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= SETS; seed++)
        n += covered(seed);
    print_message("%d of %d covered\n", n, 3 * SETS);
    assert_in_range(n, 96, 119);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_given_rows),
        cmocka_unit_test(test_joint),
        cmocka_unit_test(test_covered),
    };
    return cmocka_run_group_tests_name("gibbs_probit", tests, NULL, NULL);
}
