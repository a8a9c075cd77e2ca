/* test_adam.c - the solver adam: against numbers made elsewhere, against finite
 * differences, and bit for bit against the formulas taken literally. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fit/schedule.h"
#include "fit/start.h"
#include "little.h"
#include "made.h"
#include "math/loss.h"
#include "training.h"

static struct cf_err err;

/* ---- against numpy ---- */

/* What tests/data/parity/make_parity.py 3 4 8 8 2 8 20 gives: 20 epochs of one
 * mini-batch, so that the order of its rows does not matter. */
static const float first_user[] = {0.0168179162F,  -0.00655031437F,
                                   0.00429406529F, 0.015649559F,
                                   0.0168953966F,  0.0145645579F};
static const float first_item[] = {
    0.0152652534F, -0.00408343971F,  -0.00170667027F, 0.00739103742F,
    0.0127931191F, -0.000759005838F, -0.00612492813F, 0.0131224915F};
static const float first_user_bias[] = {-0.00918154139F, -0.00135891803F,
                                        0.00506196637F};
static const float first_item_bias[] = {-0.00443154853F, -0.00213251682F,
                                        -0.00421083486F, 0.00330271455F};
static const float last_user[] = {0.0488762321F, 0.0434001038F, 0.026955744F,
                                  0.0655502843F, 0.067001229F,  0.0646728831F};
static const float last_item[] = {
    -0.00825620859F, -0.0532632152F, 0.0467644463F, 0.0574752241F,
    0.0610028537F,   0.0490290422F,  0.0385376806F, 0.062921469F};
static const float last_user_bias[] = {0.035650879F, 0.0426822831F,
                                       0.0499729457F};
static const float last_item_bias[] = {-0.0497861253F, 0.0428249656F,
                                       0.0399803557F, 0.0482363725F};
static const double losses[] = {
    0.629640207, 0.628901126, 0.626660058, 0.621312358, 0.612601233,
    0.600870661, 0.58727055,  0.572951393, 0.55845051,  0.544238157,
    0.530719212, 0.518229072, 0.507029046, 0.497304841, 0.489169086,
    0.482665908, 0.477773866, 0.474402772, 0.472381293, 0.471438775};

static void expect_all_near(const float *got, const float *want, size_t n)
{
    for (size_t i = 0; i < n; i++)
        expect_near(got[i], want[i], 1e-5);
}

static void test_numbers(void **state)
{
    struct training t = training_usual(FEW, 20);
    struct cf_model first, m;

    (void)state;
    training_few_model(&first);
    training_few_model(&m);
    memcpy(first.user.factors, first_user, sizeof first_user);
    memcpy(first.item.factors, first_item, sizeof first_item);
    memcpy(first.user.bias, first_user_bias, sizeof first_user_bias);
    memcpy(first.item.bias, first_item_bias, sizeof first_item_bias);
    t.ratings = training_few;
    t.from = &first;
    must(training_run(&t, &m), &t.err);
    assert_int_equal(t.batches, 20);
    for (size_t i = 0; i < 20; i++)
        expect_near(t.loss[i], losses[i], 1e-6);
    expect_all_near(m.user.factors, last_user, FEW_U);
    expect_all_near(m.item.factors, last_item, FEW_I);
    expect_all_near(m.user.bias, last_user_bias, FEW_USERS);
    expect_all_near(m.item.bias, last_item_bias, FEW_ITEMS);
    assert_string_equal(m.solver, "adam");
    assert_int_equal(m.link, CF_LINK_SIGMOID);
    expect_near(m.hi, 5.5, 0);
    cf_model_free(&first);
    cf_model_free(&m);
}

/* ---- against finite differences ---- */

static double objective(const struct cf_model *m, const struct cf_ratings *r)
{
    double sum = 0;

    for (uint64_t n = 0; n < r->n; n++) {
        uint32_t u = r->user[n], i = r->item[n];
        double z = (double)m->user.bias[u] + (double)m->item.bias[i];
        for (uint32_t f = 0; f < m->k; f++)
            z += (double)m->user.factors[u * m->k + f] *
                 (double)m->item.factors[i * m->k + f];
        double y = 1 / (1 + exp(-z)) - (double)r->rating[n];
        sum += y * y;
    }
    return sum / (double)r->n;
}

/* Of the objective of m by *w, one of its weights. */
static double slope(const struct cf_model *m, const struct cf_ratings *r,
                    float *w)
{
    const float h = 0x1p-8F; /* so that w +- h are exact */
    float kept = *w;

    *w = kept + h;
    double above = objective(m, r), step = (double)*w;
    *w = kept - h;
    double below = objective(m, r);
    step -= (double)*w;
    *w = kept;
    return (above - below) / step;
}

/* The first step of Adam without decay moves a weight by
 * lr/25 * g / (|g| + 1e-5). */
static void check_moved(const struct cf_model *from, const struct cf_ratings *r,
                        float *w, const float *moved, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double g = slope(from, r, &w[i]);
        double q = ((double)w[i] - (double)moved[i]) / 0.1;
        expect_near(q, g / (fabs(g) + 1e-5), 2e-3);
    }
}

/* Ratings near the predictions keep the gradients near 1e-5, where a step
 * tells how large they are. User 1 and item 2 have several rows. */
static void test_gradient(void **state)
{
    struct training t = training_usual(FEW, 1);
    struct cf_model from, m;
    float rating[FEW];

    (void)state;
    training_few_model(&from);
    training_few_model(&m);
    little_fill(&from, 8);
    from.hi = 1;
    for (size_t r = 0; r < FEW; r++)
        rating[r] =
            little_predict(&from, training_few.user[r], training_few.item[r]) +
            (r % 2 ? 3e-4F : -1e-3F);
    t.ratings = training_few;
    t.ratings.rating = rating;
    t.from = &from;
    t.fit.wd = 0;
    t.fit.hi = 1;
    t.fit.schedule.max = 2.5;
    must(training_run(&t, &m), &t.err);
    check_moved(&from, &t.ratings, from.user.factors, m.user.factors, FEW_U);
    check_moved(&from, &t.ratings, from.item.factors, m.item.factors, FEW_I);
    check_moved(&from, &t.ratings, from.user.bias, m.user.bias, FEW_USERS);
    check_moved(&from, &t.ratings, from.item.bias, m.item.bias, FEW_ITEMS);
    cf_model_free(&from);
    cf_model_free(&m);
}

/* ---- against the formulas taken literally ---- */

/* An array of weights with gradients and moments of the same size. */
struct dense {
    float *w;
    float g[MANY_I], m[MANY_I], v[MANY_I];
    size_t n;
    bool learnt;
};
struct literal {
    struct dense p, q, b, c;
};

static void literal_row(struct cf_model *m, struct literal *l,
                        const struct training *t,
                        const struct cf_feed_rows *rows, size_t r)
{
    const struct cf_vec *vec = &cf_vec_scalar;
    const struct cf_target target = {t->fit.loss, t->fit.link, 0, 5.5F};
    uint32_t u = rows->user[r], i = rows->item[r];
    size_t at_p = (size_t)u * MANY_K, at_q = (size_t)i * MANY_K;
    const float *p = m->user.factors + at_p, *q = m->item.factors + at_q;
    float dz;

    float z = m->user.bias[u] + m->item.bias[i] + vec->dot(p, q, MANY_K);
    cf_loss_at(&target, z, rows->rating[r], &dz);
    dz /= (float)t->order.batch;
    vec->axpy(dz, q, l->p.g + at_p, MANY_K);
    vec->axpy(dz, p, l->q.g + at_q, MANY_K);
    l->b.g[u] += dz;
    l->c.g[i] += dz;
}

static double square(const struct dense *d, size_t width)
{
    double sum = 0;

    for (size_t i = 0; d->learnt && i < d->n; i += width)
        sum += width == 1
                   ? (double)d->g[i] * (double)d->g[i]
                   : (double)cf_vec_scalar.dot(d->g + i, d->g + i, width);
    return sum;
}

/* clip_grad_norm_ of PyTorch. */
static void literal_clip(struct literal *l, double most)
{
    struct dense *d[] = {&l->p, &l->q, &l->b, &l->c};
    double norm = sqrt(square(&l->p, MANY_K) + square(&l->q, MANY_K) +
                       square(&l->b, 1) + square(&l->c, 1));

    assert_true(norm > most);
    for (size_t a = 0; a < 4; a++)
        for (size_t i = 0; i < d[a]->n; i++)
            d[a]->g[i] *= (float)(most / (norm + 1e-6));
}

static void literal_step(struct dense *d, const struct training *t,
                         uint64_t step, uint64_t all)
{
    double lr, b1, n = (double)step + 1, b2 = t->fit.beta2;

    cf_schedule_at(&t->fit.schedule, step, all, &lr, &b1);
    const struct cf_adam_step s = {.decay = (float)(1 - lr * t->fit.wd),
                                   .beta1 = (float)b1,
                                   .beta2 = (float)b2,
                                   .rest1 = (float)(1 - b1),
                                   .rest2 = (float)(1 - b2),
                                   .rate = (float)(lr / (1 - pow(b1, n))),
                                   .scale = (float)(1 / (1 - pow(b2, n))),
                                   .eps = (float)t->fit.eps};
    if (d->learnt)
        cf_vec_scalar.adam(&s, d->g, d->w, d->m, d->v, d->n);
    memset(d->g, 0, sizeof d->g);
}

static void literal_open(struct literal *l, struct cf_model *m,
                         const struct training *t)
{
    bool users = t->freeze != CF_FREEZE_USERS;
    bool items = t->freeze != CF_FREEZE_ITEMS;

    memset(l, 0, sizeof *l);
    l->p.w = m->user.factors, l->q.w = m->item.factors;
    l->b.w = m->user.bias, l->c.w = m->item.bias;
    l->p.n = MANY_U, l->q.n = MANY_I, l->b.n = MANY_USERS, l->c.n = MANY_ITEMS;
    l->p.learnt = users, l->q.learnt = items;
    l->b.learnt = users && !t->fit.no_bias;
    l->c.learnt = items && !t->fit.no_bias;
}

/* Starts as training does, from t->from if there is one. */
static void literal_start(struct cf_model *m, const struct training *t)
{
    struct cf_fit_opts o = t->fit;
    struct cf_origin origin = {0};

    if (t->from) {
        must(cf_origin_open(&origin, t->from, t->freeze, m, &err), &err);
        o.init = &origin;
    }
    must(cf_fit_start(m, &o, &err), &err);
    cf_origin_free(&origin);
}

/* Every weight at every step, in the order of a feed. */
static void literal_fit(struct cf_model *m, const struct training *t)
{
    static struct literal l;
    struct dense *d[] = {&l.p, &l.q, &l.b, &l.c};
    enum cf_event event = CF_FEED_TRAIN;
    struct cf_feed_rows rows;
    struct cf_feed *feed;
    uint64_t step = 0, batches = MANY / t->order.batch;

    literal_open(&l, m, t);
    literal_start(m, t);
    must(cf_feed_memory(&feed, &t->ratings, &t->order, &err), &err);
    while (event != CF_FEED_END) {
        must(cf_feed_next(feed, &event, &rows, &err), &err);
        if (event != CF_FEED_TRAIN)
            continue;
        assert_int_equal(rows.n, MANY);
        for (size_t r = 0; r < batches * t->order.batch; r++) {
            literal_row(m, &l, t, &rows, r);
            if ((r + 1) % t->order.batch)
                continue;
            if (t->fit.clip > 0)
                literal_clip(&l, t->fit.clip);
            for (size_t i = 0; i < 4; i++)
                literal_step(d[i], t, step, batches * t->order.epochs);
            step++;
        }
    }
    cf_feed_close(feed);
}

static void expect_bits(struct training *t, const struct cf_model *want)
{
    struct cf_model m;

    training_many_model(&m);
    must(training_run(t, &m), &t->err);
    assert_memory_equal(m.user.factors, want->user.factors,
                        MANY_U * sizeof(float));
    assert_memory_equal(m.item.factors, want->item.factors,
                        MANY_I * sizeof(float));
    assert_memory_equal(m.user.bias, want->user.bias,
                        MANY_USERS * sizeof(float));
    assert_memory_equal(m.item.bias, want->item.bias,
                        MANY_ITEMS * sizeof(float));
    cf_model_free(&m);
}

/* Whatever the kernels, the number of threads and the portions that rows come
 * in, with a last mini-batch that is short. */
static void check_bits(struct training *t)
{
    static const char *const tables[] = {"scalar", "sse2", "avx2", "avx512"};
    struct cf_model want;

    training_many_model(&want);
    literal_fit(&want, t);
    for (size_t i = 0; i < 4; i++)
        for (size_t threads = 0; threads <= 3; threads++) {
            t->fit.vec = cf_vec_find(tables[i]);
            t->fit.pool = NULL;
            if (!t->fit.vec)
                continue;
            if (threads)
                must(cf_pool_open(&t->fit.pool, threads, &err), &err);
            t->portion = threads * threads; /* 0, 1, 4, 9 */
            expect_bits(t, &want);
            cf_pool_close(t->fit.pool);
        }
    cf_model_free(&want);
    t->fit.vec = cf_vec_best();
    t->fit.pool = NULL;
    t->portion = 0;
}

static struct training many(void)
{
    struct training t = training_usual(7, 3);

    t.ratings = training_many();
    return t;
}

static void test_bits(void **state)
{
    struct training t = many();

    (void)state;
    check_bits(&t);
}

static void test_bits_optimiser(void **state)
{
    struct training t = many();

    (void)state;
    t.fit.schedule.course = CF_FLAT_COS;
    t.fit.schedule.moms[0] = 0.5;
    t.fit.beta2 = 0.9;
    t.fit.eps = CF_EPS_MIN;
    check_bits(&t);
    t.fit.schedule.course = CF_FLAT;
    t.fit.schedule.moms[0] = 0;
    t.fit.beta2 = 0;
    t.fit.eps = 1e-3;
    check_bits(&t);
}

static void test_bits_clip(void **state)
{
    struct training t = many();

    (void)state;
    t.fit.clip = 1e-3;
    check_bits(&t);
    t.fit.no_bias = true;
    check_bits(&t);
}

static void test_bits_losses(void **state)
{
    struct training t = many();

    (void)state;
    t.fit.link = CF_LINK_IDENTITY;
    check_bits(&t);
    for (size_t r = 0; r < MANY; r++)
        t.ratings.rating[r] /= 8;
    t.fit.link = CF_LINK_SIGMOID;
    t.fit.loss = CF_LOSS_BCE;
    check_bits(&t);
}

/* The same as before of the frozen side, and the literal run's of the other.
 * User 0 and item 0 have rows; what has none would be given back. */
static void check_frozen(enum cf_freeze freeze, double clip)
{
    struct training t = many();
    struct cf_model from, m;

    training_many_model(&from);
    little_fill(&from, 8);
    from.hi = 5.5;
    t.from = &from;
    t.freeze = freeze;
    t.fit.clip = clip;
    t.fit.wd = 0;
    check_bits(&t);
    training_many_model(&m);
    must(training_run(&t, &m), &t.err);
    const struct cf_side *still = freeze == CF_FREEZE_USERS ? &m.user : &m.item;
    const struct cf_side *was =
        freeze == CF_FREEZE_USERS ? &from.user : &from.item;
    assert_memory_equal(still->factors, was->factors,
                        was->n * MANY_K * sizeof(float));
    assert_memory_equal(still->bias, was->bias, was->n * sizeof(float));
    assert_memory_not_equal(
        m.user.factors == still->factors ? m.item.factors : m.user.factors,
        still == &m.user ? from.item.factors : from.user.factors,
        MANY_K * sizeof(float));
    cf_model_free(&from);
    cf_model_free(&m);
}

static void test_bits_frozen(void **state)
{
    (void)state;
    check_frozen(CF_FREEZE_USERS, 0);
    check_frozen(CF_FREEZE_ITEMS, 0);
    check_frozen(CF_FREEZE_ITEMS, 1e-3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_gradient),
        cmocka_unit_test(test_bits),
        cmocka_unit_test(test_bits_optimiser),
        cmocka_unit_test(test_bits_clip),
        cmocka_unit_test(test_bits_losses),
        cmocka_unit_test(test_bits_frozen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
