/* test_fold.c - new users beside items that stay: matrices, what users are
 * like, the weights of one, and the model that has them. Numbers are those of
 * tests/py/fold.py unit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fit/fold.h"
#include "fit/fold_user.h"
#include "little.h"
#include "made.h"
#include "math/cholesky.h"

enum { K = 2, N = K + 1, ALL = N * N, USERS = 4, ITEMS = 6 };
enum { OLD = USERS * K, NEW = 7 * K };

static const float user_factors[OLD] = {.3F, .1F,  -.2F, .5F,
                                        .6F, -.4F, .1F,  .2F};
static const float user_bias[USERS] = {.2F, -.1F, .05F, .3F};
static const float item_factors[ITEMS * K] = {.5F, -.2F, .1F,  .8F,  -.6F, .3F,
                                              .4F, .4F,  -.3F, -.7F, 9,    9};
static const float item_bias[ITEMS] = {.1F, -.2F, .3F, 0, .05F, 9};

/* Each user has seen items 1 and 2, and user u item u; item 5 has no
 * training row. */
static void make_model(struct cf_model *m, enum cf_link link)
{
    struct cf_seen seen = {0};
    struct cf_err err;

    little_model(m, K, (struct little_ids){USERS, 0},
                 (struct little_ids){ITEMS, 100});
    memcpy(m->user.factors, user_factors, sizeof user_factors);
    memcpy(m->user.bias, user_bias, sizeof user_bias);
    memcpy(m->item.factors, item_factors, sizeof item_factors);
    memcpy(m->item.bias, item_bias, sizeof item_bias);
    for (uint32_t u = 0; u < USERS; u++) {
        uint32_t user[] = {u, u, u}, item[] = {1, 2, 4};
        must(cf_seen_add(&seen, user, item, u == 1 ? 2 : 3, &err), &err);
        user[0] = 0;
        item[0] = u;
        must(cf_seen_add(&seen, user, item, 1, &err), &err);
    }
    must(cf_seen_store(&seen, m, &err), &err);
    cf_seen_free(&seen);
    m->solver = strdup("adam");
    m->epoch = calloc(1, sizeof *m->epoch);
    assert_non_null(m->epoch);
    m->nepochs = 1;
    m->epoch->train_loss = .8;
    m->mean = .25;
    m->link = link;
    m->lo = .5F;
    m->hi = 5.5F;
    cf_model_set_cold(m);
}

static void expect_weights(const double *w, double a, double b, double bias)
{
    expect_near(w[0], a, 1e-5);
    expect_near(w[1], b, 1e-5);
    expect_near(w[2], bias, 1e-5);
}

/* ---- matrices ---- */

static void test_cholesky(void **state)
{
    /* L is {2}, {1, 3}, {-1, 2, 1}; the upper triangle is not looked at. */
    double a[] = {4, 99, 99, 2, 10, 99, -2, 5, 6}, all[9];
    double x[] = {-6, -3, 6};

    (void)state;
    assert_true(cf_cholesky(a, 3));
    static const double l[] = {2, 1, 3, -1, 2, 1};
    for (size_t i = 0, at = 0; i < 3; i++)
        for (size_t j = 0; j <= i; j++)
            expect_near(a[i * 3 + j], l[at++], 1e-15);
    cf_cholesky_solve(a, 3, x);
    /* Put back into the matrix. */
    expect_near(4 * x[0] + 2 * x[1] - 2 * x[2], -6, 1e-12);
    expect_near(2 * x[0] + 10 * x[1] + 5 * x[2], -3, 1e-12);
    expect_near(-2 * x[0] + 5 * x[1] + 6 * x[2], 6, 1e-12);
    cf_cholesky_inverse(a, 3, all);
    static const double full[] = {4, 2, -2, 2, 10, 5, -2, 5, 6};
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++) {
            double sum = 0;
            for (size_t k = 0; k < 3; k++)
                sum += full[i * 3 + k] * all[k * 3 + j];
            expect_near(sum, i == j, 1e-12);
        }
}

static void test_not_definite(void **state)
{
    double singular[] = {1, 0, 2, 4}, negative[] = {-1};
    double nan[] = {(double)NAN}, infinite[] = {(double)INFINITY};

    (void)state;
    assert_false(cf_cholesky(singular, 2));
    assert_false(cf_cholesky(negative, 1));
    assert_false(cf_cholesky(nan, 1));
    assert_false(cf_cholesky(infinite, 1));
    assert_true(cf_cholesky(NULL, 0));
}

/* ---- what users are like ---- */

static void test_prior(void **state)
{
    static const double penalty[] = {
        13.925091991, 6.874964753,  -2.833855522, 6.874964753,  11.093096931,
        0.276836726,  -2.833855522, 0.276836726,  35.771472492,
    };
    struct cf_prior p;
    struct cf_model m;
    struct cf_err err;
    const double l2 = 3;

    (void)state;
    make_model(&m, CF_LINK_SIGMOID);
    must(cf_prior_init(&p, &m, NULL, &err), &err);
    assert_int_equal(p.n, N);
    expect_weights(p.mean, .2, .1, .1125);
    for (size_t i = 0; i < ALL; i++)
        expect_near(p.penalty[i], penalty[i], 1e-4);
    cf_prior_free(&p);
    must(cf_prior_init(&p, &m, &l2, &err), &err);
    expect_weights(p.mean, .2, .1, .1125);
    for (size_t i = 0; i < ALL; i++)
        expect_near(p.penalty[i], i % (N + 1) == 0 ? 3 : 0, 0);
    cf_prior_free(&p);
    cf_model_free(&m);
}

/* Cross entropy is no squared error: .04 of the squared range, 25, is taken,
 * where above it was .8. */
static void test_prior_loss(void **state)
{
    static const enum cf_loss other[] = {CF_LOSS_BCE, CF_LOSS_UNKNOWN};
    struct cf_prior p, q;
    struct cf_model m;
    struct cf_err err;

    (void)state;
    make_model(&m, CF_LINK_SIGMOID);
    must(cf_prior_init(&p, &m, NULL, &err), &err);
    for (size_t i = 0; i < 2; i++) {
        m.loss = other[i];
        must(cf_prior_init(&q, &m, NULL, &err), &err);
        for (size_t j = 0; j < ALL; j++)
            expect_near(q.penalty[j], p.penalty[j] / .8, 1e-6);
        cf_prior_free(&q);
    }
    cf_prior_free(&p);
    cf_model_free(&m);
}

/* No square of so many factors is asked for. */
static void test_prior_most(void **state)
{
    const struct little_ids single = {1, 0};
    struct cf_prior p;
    struct cf_model m;
    struct cf_err err;
    const double l2 = 1;

    (void)state;
    little_model(&m, CF_SQUARE_MOST + 1, single, single);
    for (int own = 0; own < 2; own++) {
        assert_int_equal(cf_prior_init(&p, &m, own ? &l2 : NULL, &err),
                         CF_EMEM);
        assert_string_equal(err.msg, "folding in with 8193 factors; 8192 are "
                                     "the most");
        cf_prior_free(&p);
    }
    cf_model_free(&m);
}

static bool definite(const struct cf_model *m)
{
    struct cf_prior p;
    struct cf_err err;

    must(cf_prior_init(&p, m, NULL, &err), &err);
    bool ok = cf_cholesky(p.penalty, p.n);
    cf_prior_free(&p);
    return ok;
}

/* One user, none, all alike, no errors, unknown errors. */
static void test_prior_always(void **state)
{
    struct cf_model m;

    (void)state;
    make_model(&m, CF_LINK_IDENTITY);
    m.epoch->train_loss = 0;
    assert_true(definite(&m));
    m.epoch->train_loss = (double)NAN;
    assert_true(definite(&m));
    m.nepochs = 0;
    assert_true(definite(&m));
    memset(m.user.factors, 0, sizeof user_factors);
    assert_true(definite(&m));
    for (uint32_t u = 1; u < USERS; u++)
        m.user.count[u] = 0;
    assert_true(definite(&m));
    m.user.count[0] = 0;
    assert_true(definite(&m));
    cf_model_free(&m);
}

/* ---- one user ---- */

struct folding {
    struct cf_model m;
    struct cf_prior prior;
    struct cf_folder folder;
};

static void start(struct folding *f, enum cf_link link, const double *l2)
{
    struct cf_err err;

    make_model(&f->m, link);
    must(cf_prior_init(&f->prior, &f->m, l2, &err), &err);
    must(cf_folder_init(&f->folder, &f->m, &f->prior, &err), &err);
}

static void end(struct folding *f)
{
    cf_folder_free(&f->folder);
    cf_prior_free(&f->prior);
    cf_model_free(&f->m);
}

static const struct cf_rated some[] = {{0, 4}, {1, 2}, {3, 5}};
static const struct cf_rated one[] = {{2, 1}};
static const struct cf_rated equal[] = {{0, 3}, {1, 3}, {2, 3}, {3, 3}};
static const struct cf_rated twice[] = {{0, 1}, {0, 4}, {1, 2}};

static void test_identity(void **state)
{
    struct folding f;
    double w[N];

    (void)state;
    start(&f, CF_LINK_IDENTITY, NULL);
    cf_fold_user(&f.folder, CF_NONE, some, 3, w);
    expect_weights(w, .485458271, .113953761, .376048736);
    cf_fold_user(&f.folder, CF_NONE, one, 1, w);
    expect_weights(w, .170673677, .128589657, .120938772);
    cf_fold_user(&f.folder, CF_NONE, NULL, 0, w);
    expect_weights(w, .2, .1, .1125);
    cf_fold_user(&f.folder, CF_NONE, equal, 4, w);
    expect_weights(w, .192083412, .358064301, .356740565);
    cf_fold_user(&f.folder, CF_NONE, twice, 3, w);
    expect_weights(w, .400047587, .028054795, .268492238);
    end(&f);
}

static void test_sigmoid(void **state)
{
    struct folding f;
    double w[N];

    (void)state;
    start(&f, CF_LINK_SIGMOID, NULL);
    cf_fold_user(&f.folder, CF_NONE, some, 3, w);
    expect_weights(w, .311043856, -.025588719, .132139841);
    cf_fold_user(&f.folder, CF_NONE, one, 1, w);
    expect_weights(w, .417650092, -.112182805, .049870275);
    cf_fold_user(&f.folder, CF_NONE, NULL, 0, w);
    expect_weights(w, .2, .1, .1125);
    cf_fold_user(&f.folder, CF_NONE, equal, 4, w);
    expect_weights(w, .194616723, .058294326, .048980979);
    cf_fold_user(&f.folder, CF_NONE, twice, 3, w);
    expect_weights(w, .076297333, .114818769, -.002677717);
    end(&f);
}

static void test_l2(void **state)
{
    const double half = .5, none = 1e-9;
    struct folding f;
    double w[N];

    (void)state;
    start(&f, CF_LINK_IDENTITY, &half);
    cf_fold_user(&f.folder, CF_NONE, some, 3, w);
    expect_weights(w, 1.660974318, .046299974, 2.485421631);
    end(&f);
    start(&f, CF_LINK_SIGMOID, &half);
    cf_fold_user(&f.folder, CF_NONE, some, 3, w);
    expect_near(w[0], .884816364, 2e-4);
    expect_near(w[1], -.505180947, 2e-4);
    expect_near(w[2], .206791214, 2e-4);
    end(&f);
    /* Fewer ratings than weights, and nearly nothing that holds them. */
    start(&f, CF_LINK_IDENTITY, &none);
    cf_fold_user(&f.folder, CF_NONE, one, 1, w);
    expect_near(.25 + .3 - .6 * w[0] + .3 * w[1] + w[2], 1, 1e-6);
    end(&f);
}

/* User 1 has seen items 0 .. 3 of which 0 and 3 are rated again. */
static void test_known(void **state)
{
    static const struct cf_rated again[] = {{0, 4}, {3, 5}};
    static const double sigmoid[] = {-.080745806, .465900142, -.016044873};
    static const uint32_t items[] = {0, 1, 2, 3};
    struct folding f;
    double w[N], as_new[N];

    (void)state;
    for (int link = 0; link < 2; link++) {
        start(&f, link ? CF_LINK_SIGMOID : CF_LINK_IDENTITY, NULL);
        uint64_t from = f.m.seen_start[1];
        assert_int_equal(f.m.seen_start[2] - from, 2);
        f.m.seen_item = realloc(f.m.seen_item, (from + 4) * sizeof *items);
        assert_non_null(f.m.seen_item);
        memcpy(f.m.seen_item + from, items, sizeof items);
        f.m.seen_start[2] = from + 4;
        cf_fold_user(&f.folder, 1, again, 2, w);
        if (link)
            for (size_t i = 0; i < N; i++)
                expect_near(w[i], sigmoid[i], 5e-5);
        else
            expect_weights(w, .175643812, .345668004, .147353656);
        cf_fold_user(&f.folder, 1, equal, 4, w);
        cf_fold_user(&f.folder, CF_NONE, equal, 4, as_new);
        assert_memory_equal(w, as_new, sizeof w);
        end(&f);
    }
}

/* The model does not tell what user 1 has seen; so all is new, beside what it
 * has. */
static void test_unlisted(void **state)
{
    static const struct cf_rated again[] = {{0, 4}, {3, 5}};
    static const double want[][N] = {{.171993214, .358562143, .150634229},
                                     {-.084374917, .475145473, -.013666383}};
    struct folding f;
    double w[N];

    (void)state;
    for (int link = 0; link < 2; link++) {
        start(&f, link ? CF_LINK_SIGMOID : CF_LINK_IDENTITY, NULL);
        memset(f.m.seen_start, 0, (USERS + 1) * sizeof *f.m.seen_start);
        cf_fold_user(&f.folder, 1, again, 2, w);
        for (size_t i = 0; i < N; i++)
            expect_near(w[i], want[link][i], 5e-5);
        end(&f);
    }
}

/* ---- the model ---- */

struct row {
    const char *user, *item;
    float rating;
};

static void give(struct cf_given *g, const struct row *row, size_t n)
{
    struct cf_err err;
    bool fresh;

    *g = (struct cf_given){.rows = {.has_rating = true}};
    cf_dict_init(&g->users, 1);
    cf_dict_init(&g->items, 2);
    must(cf_rows_room(&g->rows, n, &err), &err);
    for (size_t i = 0; i < n; i++) {
        must(cf_dict_add(&g->users, cf_cstr(row[i].user), &g->rows.user[i],
                         &fresh, &err),
             &err);
        must(cf_dict_add(&g->items, cf_cstr(row[i].item), &g->rows.item[i],
                         &fresh, &err),
             &err);
        g->rows.rating[i] = row[i].rating;
    }
    g->rows.n = n;
}

static void fold(struct cf_model *m, const struct cf_given *g, size_t threads,
                 uint32_t *row, struct cf_fold_report *r)
{
    struct cf_fold_opts how = {0};
    struct cf_err err;

    must(cf_pool_open(&how.pool, threads, &err), &err);
    must(cf_fold(m, g, &how, row, r, &err), &err);
    cf_pool_close(how.pool);
}

static void expect_seen(const struct cf_model *m, uint32_t u, const char *want)
{
    char got[32] = "";
    size_t n = 0;

    for (uint64_t i = m->seen_start[u]; i < m->seen_start[u + 1]; i++)
        got[n++] = (char)('0' + m->seen_item[i]);
    assert_string_equal(got, want);
}

static const struct row rows[] = {
    {"a", "103", 5}, {"1", "103", 5}, {"b", "nothing", 1}, {"a", "100", 4},
    {"a", "105", 1}, {"a", "101", 2}, {"c", "100", 4},     {"c", "101", 2},
    {"1", "100", 3}, {"c", "100", 1}, {"1", "102", 3},
};
enum { ROWS = sizeof rows / sizeof *rows };

static void check_new(const struct cf_model *m)
{
    const float *a = m->user.factors + (size_t)4 * K;
    const float *c = m->user.factors + (size_t)6 * K;

    expect_near(a[0], .311043856, 1e-5);
    expect_near(a[1], -.025588719, 1e-5);
    expect_near(m->user.bias[4], .132139841, 1e-5);
    expect_near(c[0], .076297333, 1e-5);
    expect_near(m->user.bias[6], -.002677717, 1e-5);
    assert_int_equal(m->user.count[4], 3);
    assert_int_equal(m->user.count[5], 0);
    assert_int_equal(m->user.count[6], 3);
    expect_seen(m, 4, "013");
    expect_seen(m, 5, "");
    expect_seen(m, 6, "01");
}

static void test_model(void **state)
{
    struct cf_fold_report r;
    struct cf_given g;
    struct cf_model m;
    uint32_t row[4];

    (void)state;
    make_model(&m, CF_LINK_SIGMOID);
    expect_seen(&m, 1, "12");
    uint32_t before = m.user.count[1];
    give(&g, rows, ROWS);
    fold(&m, &g, 3, row, &r);
    assert_int_equal(m.user.n, 7);
    static const uint32_t want[] = {4, 1, 5, 6};
    assert_memory_equal(row, want, sizeof want);
    check_new(&m);
    assert_int_equal(m.user.count[1], before + 3);
    expect_seen(&m, 0, "01234");
    expect_seen(&m, 1, "0123");
    expect_seen(&m, 2, "124");
    expect_seen(&m, 3, "124");
    /* The others are as they were, and so is the name of the last. */
    assert_memory_equal(m.user.factors, user_factors, 2 * sizeof(float));
    assert_memory_equal(m.user.factors + 4, user_factors + 4,
                        4 * sizeof(float));
    struct cf_str c = cf_store_str(&m.user.dict, 0, 6);
    assert_true(cf_str_eq(c, cf_cstr("c")));
    assert_int_equal(r.rows, ROWS);
    assert_int_equal(r.no_item, 2);
    assert_int_equal(r.users, 4);
    assert_int_equal(r.known, 1);
    assert_int_equal(r.unlisted, 0);
    assert_int_equal(r.cold, 1);
    expect_near(r.lowest, 1, 0);
    expect_near(r.highest, 5, 0);
    cf_given_free(&g);
    cf_model_free(&m);
}

static void test_threads(void **state)
{
    struct cf_model m[2];
    struct cf_fold_report r;
    struct cf_given g;
    uint32_t row[4];

    (void)state;
    give(&g, rows, ROWS);
    for (size_t i = 0; i < 2; i++) {
        make_model(&m[i], CF_LINK_SIGMOID);
        fold(&m[i], &g, i ? 7 : 1, row, &r);
    }
    assert_memory_equal(m[0].user.factors, m[1].user.factors,
                        NEW * sizeof(float));
    assert_memory_equal(m[0].user.bias, m[1].user.bias, 7 * sizeof(float));
    cf_given_free(&g);
    cf_model_free(&m[0]);
    cf_model_free(&m[1]);
}

static void test_nobody(void **state)
{
    struct cf_fold_report r;
    struct cf_given g;
    struct cf_model m;
    uint32_t row[1];

    (void)state;
    make_model(&m, CF_LINK_IDENTITY);
    give(&g, NULL, 0);
    fold(&m, &g, 2, row, &r);
    assert_int_equal(m.user.n, USERS);
    assert_int_equal(r.users, 0);
    expect_seen(&m, 3, "124");
    cf_given_free(&g);
    cf_model_free(&m);
}

static void expect_failure(struct cf_model *m, float rating, const char *msg)
{
    const struct row bad[] = {{"a", "100", rating}};
    struct cf_fold_opts how = {0};
    struct cf_fold_report r;
    struct cf_given g;
    struct cf_err err;
    uint32_t row[1];

    give(&g, bad, 1);
    must(cf_pool_open(&how.pool, 1, &err), &err);
    assert_int_equal(cf_fold(m, &g, &how, row, &r, &err), CF_EDATA);
    assert_string_equal(err.msg, msg);
    cf_pool_close(how.pool);
    cf_given_free(&g);
    cf_model_free(m);
}

static void test_failures(void **state)
{
    struct cf_model m;
    struct cf_err err;

    (void)state;
    make_model(&m, CF_LINK_SIGMOID);
    must(cf_mlp_add(&m.mlp, K, 1, &err), &err);
    expect_failure(&m, 3,
                   "the model has layers (solver adam): new users can be "
                   "folded into one of factors only");
    make_model(&m, CF_LINK_IDENTITY);
    for (size_t i = 0; i < sizeof item_factors / sizeof *item_factors; i++)
        m.item.factors[i] *= 1e-6F;
    for (size_t i = 0; i < OLD; i++)
        m.user.factors[i] = i < USERS ? 1e9F : -1e9F;
    expect_failure(&m, 3e38F, "a rating is too large to fold its user in");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cholesky),   cmocka_unit_test(test_not_definite),
        cmocka_unit_test(test_prior),      cmocka_unit_test(test_prior_loss),
        cmocka_unit_test(test_prior_most), cmocka_unit_test(test_prior_always),
        cmocka_unit_test(test_identity),   cmocka_unit_test(test_sigmoid),
        cmocka_unit_test(test_l2),         cmocka_unit_test(test_known),
        cmocka_unit_test(test_unlisted),   cmocka_unit_test(test_model),
        cmocka_unit_test(test_threads),    cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
