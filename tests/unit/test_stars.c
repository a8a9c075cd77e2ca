/* test_stars.c - models of stars: what they predict against libm's erfc, their
 * files, and users by their stars. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fit/fold_samples.h"
#include "little.h"
#include "made.h"
#include "model/file.h"

/* Two samples of one factor; stars 1, 2.5 and 4. */
enum { SAMPLES = 2, STARS = 3, USERS = 2, ITEMS = 3 };

static struct cf_err err;

static const float cuts[(STARS - 1) * SAMPLES] = {1.75F, 1.5F, 3.25F, 3};

/* User 1 and item 2 have no training row. */
static void make_model(struct cf_model *m, bool own)
{
    little_model(m, SAMPLES, (struct little_ids){USERS, 1},
                 (struct little_ids){ITEMS, 10});
    must(cf_model_add_samples(m, SAMPLES, &err), &err);
    must(cf_model_add_stars(m, STARS, own, &err), &err);
    m->solver = strdup("gibbs");
    m->link = CF_LINK_IDENTITY;
    m->mean = 2;
    m->lo = 1;
    m->hi = 4;
    m->noise = m->user.cold_noise = m->item.cold_noise = 1;
    m->user.count[0] = m->item.count[0] = m->item.count[1] = 1;
    memcpy(m->user.factors, (float[]){1, -2}, 2 * sizeof(float));
    memcpy(m->item.factors, (float[]){.5F, .25F, 0, -.5F}, 4 * sizeof(float));
    memcpy(m->user.sample_bias, (float[]){.25F, .5F}, 2 * sizeof(float));
    memcpy(m->item.sample_bias, (float[]){-.5F, .75F, .125F, -1},
           4 * sizeof(float));
    memcpy(m->item.cold_sample_bias, (float[]){.5F, -.25F}, 2 * sizeof(float));
    memcpy(m->stars.value, (float[]){1, 2.5F, 4}, STARS * sizeof(float));
    memcpy(m->stars.cut, cuts, sizeof cuts);
    memcpy(m->stars.sd, (float[]){.5F, .75F}, 2 * sizeof(float));
    memcpy(m->stars.cold, (float[]){.25F, 1, .5F, 2, .75F, 3},
           6 * sizeof(float));
    for (size_t s = 0; own && s < SAMPLES; s++) {
        m->user.star_sd[s] = 1.5F + (float)s;
        m->user.star_sd[SAMPLES + s] = 9;
        m->user.cold_star_sd[s] = 1.25F;
        m->item.star_sd[s] = .5F;
        m->item.star_sd[SAMPLES + s] =
            m->item.star_sd[(size_t)2 * SAMPLES + s] = 2;
        m->item.cold_star_sd[s] = .75F;
    }
}

/* ---- predictions ---- */

static double phi(double x)
{
    return erfc(-x / sqrt(2)) / 2;
}

/* Of scores z and standard deviations sd of both samples. */
static void expect_chances(const struct cf_model *m, const float *x,
                           const float *y, const double *z, const double *sd)
{
    const struct cf_context_pair p = {x, y, CF_NONE, CF_NONE};
    double below[STARS] = {0, 0, 1}, want[STARS];
    float chance[STARS];

    for (size_t j = 0; j + 1 < STARS; j++)
        for (size_t s = 0; s < SAMPLES; s++)
            below[j] += phi(((double)cuts[j * SAMPLES + s] - z[s]) / sd[s]) / 2;
    cf_model_star_chances(m, &p, chance);
    for (size_t j = 0; j < STARS; j++) {
        want[j] = below[j] - (j > 0 ? below[j - 1] : 0);
        expect_near(chance[j], want[j], 1e-6);
    }
    double mean = want[0] + 2.5 * want[1] + 4 * want[2];
    double square = want[0] + 6.25 * want[1] + 16 * want[2];
    expect_near(cf_stars_mean(&m->stars, chance), mean, 1e-5);
    expect_near(cf_stars_sd(&m->stars, chance), sqrt(square - mean * mean),
                1e-5);
}

/* Scores of user 0 and item 0: 2 + .25 - .5 + 2 (1 * .5) and 2 + .5 + .75 +
 * 2 (-2 * .25); where the user or the item is not known, or neither: 2 - .5 and
 * 2 + .75; 2 + .25 + .5 and 2 + .5 - .25; 2 + .5 and 2 - .25, and what is not
 * known is noise, too. */
static void test_chances(void **state)
{
    (void)state;
    for (int own = 0; own < 2; own++) {
        struct cf_model m;
        make_model(&m, own);
        expect_chances(&m, m.user.factors, m.item.factors,
                       (double[]){2.75, 2.25},
                       own ? (double[]){.5 * 1.5 * .5, .75 * 2.5 * .5}
                           : (double[]){.5, .75});
        const double u[2] = {own ? 1.25 : 1, own ? 1.25 : 1},
                     i[2] = {own ? .75 : 1, own ? .75 : 1};
        expect_chances(&m, m.user.cold_factors, m.item.factors,
                       (double[]){1.5, 2.75},
                       (double[]){hypot(.5 * u[0] * (own ? .5 : 1), .5),
                                  hypot(.75 * u[1] * (own ? .5 : 1), 1)});
        expect_chances(
            &m, m.user.factors, m.item.cold_factors, (double[]){2.75, 2.25},
            (double[]){hypot(.5 * (own ? 1.5 : 1) * i[0], sqrt(.5)),
                       hypot(.75 * (own ? 2.5 : 1) * i[1], sqrt(2))});
        expect_chances(&m, m.user.cold_factors, m.item.cold_factors,
                       (double[]){2.5, 1.75},
                       (double[]){hypot(.5 * u[0] * i[0], sqrt(.75)),
                                  hypot(.75 * u[1] * i[1], sqrt(3))});
        cf_model_free(&m);
    }
}

/* Every way to a prediction gives the same. */
static void test_ways(void **state)
{
    static const uint32_t zeros[ITEMS] = {0, 0, 0}, items[ITEMS] = {0, 1, 2};
    struct cf_model m;
    struct cf_rep user, item[ITEMS];
    const struct cf_rep_pairs pairs = {&user, item, zeros, items,
                                       ITEMS, NULL, NULL};
    unsigned char known[ITEMS];
    float a[ITEMS], b[ITEMS], c[ITEMS];

    (void)state;
    make_model(&m, true);
    assert_false(cf_model_is_dot(&m));
    user = cf_model_user_rep(&m, 0);
    for (uint32_t i = 0; i < ITEMS; i++)
        item[i] = cf_model_item_rep(&m, i);
    cf_model_predict_reps(&m, &pairs, a, known);
    cf_model_predict_pairs(&m, zeros, items, ITEMS, b);
    cf_model_raw_items(&m, 0, cf_vec_best(), c);
    assert_memory_equal(a, b, sizeof a);
    assert_memory_equal(a, c, sizeof a);
    assert_true(a[0] != a[1] && a[1] != a[2]);
    cf_model_free(&m);
}

/* A day moves the scores of samples before they become stars: 2.75 + .5 - .25 +
 * 2 (1 - 0 + .5) (1 - 0), and 2.25 + 1 - .5 + 2 (-2 - 1 + .25) (2 - 1). */
static void test_day(void **state)
{
    struct cf_model m;

    (void)state;
    make_model(&m, false);
    must(cf_model_add_days(&m, 1, &err), &err);
    memcpy(m.days.row.factors, (float[]){1, 2}, 2 * sizeof(float));
    memcpy(m.days.user.factors, (float[]){0, 1}, 2 * sizeof(float));
    memcpy(m.days.row.sample_bias, (float[]){.5F, 1}, 2 * sizeof(float));
    memcpy(m.days.user.sample_bias, (float[]){.25F, .5F}, 2 * sizeof(float));
    const struct cf_context_pair p = {m.user.factors, m.item.factors, 0,
                                      CF_NONE};
    float chance[STARS];
    cf_model_star_chances(&m, &p, chance);
    expect_near(chance[0],
                (phi((1.75 - 6) / .5) + phi((1.5 - -2.75) / .75)) / 2, 1e-6);
    cf_model_free(&m);
}

static void expect_interval(const struct cf_stars *s, const float *chance,
                            double share, float low, float high)
{
    float got[2];

    cf_stars_interval(s, chance, share, &got[0], &got[1]);
    assert_true(got[0] == low && got[1] == high);
}

static void test_interval(void **state)
{
    static float value[4] = {1, 2, 3.5F, 5};
    const struct cf_stars s = {.n = 4, .value = value};

    (void)state;
    expect_interval(&s, (float[]){.1F, .5F, .25F, .15F}, 0, 2, 2);
    expect_interval(&s, (float[]){.1F, .5F, .25F, .15F}, .5, 2, 2);
    expect_interval(&s, (float[]){.1F, .5F, .25F, .15F}, .55, 2, 3.5F);
    expect_interval(&s, (float[]){.1F, .5F, .25F, .15F}, .8, 2, 5);
    expect_interval(&s, (float[]){.1F, .5F, .25F, .15F}, .95, 1, 5);
    /* What rounding leaves out is all of it. */
    expect_interval(&s, (float[]){.1F, .5F, .25F, .1F}, .99, 1, 5);
}

/* ---- files ---- */

static void test_file(void **state)
{
    (void)state;
    for (int own = 0; own < 2; own++) {
        struct cf_model m, back;
        make_model(&m, own);
        must(little_again(&m, NULL, &back, &err), &err);
        assert_int_equal(back.stars.n, STARS);
        assert_int_equal(back.link, CF_LINK_IDENTITY);
        assert_memory_equal(back.stars.value, m.stars.value,
                            STARS * sizeof(float));
        assert_memory_equal(back.stars.cut, cuts, sizeof cuts);
        assert_memory_equal(back.stars.sd, m.stars.sd, SAMPLES * sizeof(float));
        assert_memory_equal(back.stars.cold, m.stars.cold,
                            sizeof(float) * CF_STARS_COLD * SAMPLES);
        assert_int_equal(back.user.star_sd != NULL, own);
        if (own) {
            assert_memory_equal(back.user.star_sd, m.user.star_sd,
                                (size_t)USERS * SAMPLES * sizeof(float));
            assert_memory_equal(back.item.star_sd, m.item.star_sd,
                                (size_t)ITEMS * SAMPLES * sizeof(float));
            assert_memory_equal(back.item.cold_star_sd, m.item.cold_star_sd,
                                SAMPLES * sizeof(float));
        }
        cf_model_free(&back);
        cf_model_free(&m);
    }
}

/* One number of a model of own scales is x instead. */
static void refuse(size_t which, float x, const char *why)
{
    struct cf_model m, back;

    make_model(&m, true);
    float *all[] = {&m.stars.value[1],       &m.stars.cut[2],
                    &m.stars.sd[1],          &m.user.star_sd[3],
                    &m.item.star_sd[0],      &m.user.cold_star_sd[0],
                    &m.item.cold_star_sd[1], &m.stars.cold[4]};
    *all[which] = x;
    assert_int_equal(little_again(&m, NULL, &back, &err), CF_ESTREAM);
    if (!strstr(err.msg, why))
        fail_msg("'%s' has no '%s'", err.msg, why);
    cf_model_free(&m);
}

static void test_unsound(void **state)
{
    static const char *const parts[] = {"star",
                                        "star_cut",
                                        "star_sd",
                                        "user_star_sd",
                                        "item_star_sd",
                                        "user_cold_star_sd",
                                        "item_cold_star_sd",
                                        "star_cold"};

    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        refuse(i, (float)NAN, parts[i]);
        refuse(i, INFINITY, parts[i]);
    }
    refuse(0, 1, "star");        /* not above the one before */
    refuse(1, 1.5F, "star_cut"); /* below the one before, in one sample */
    for (size_t i = 2; i < sizeof parts / sizeof *parts; i++) {
        if (i != 7)
            refuse(i, 0, parts[i]);
        refuse(i, -1, parts[i]);
    }
}

/* ---- users by their stars ---- */

/* The logarithm of the posterior of user 1 in sample s, with row w. */
static double posterior(const struct cf_model *m, size_t s, const double *w,
                        const double *mean, const double *held)
{
    static const size_t item[] = {0, 1, 1}, star[] = {2, 0, 1};
    double sum = 0;

    for (size_t n = 0; n < 3; n++) {
        double z = m->mean + (double)m->item.sample_bias[item[n] * SAMPLES + s];
        z += SAMPLES * (double)m->item.factors[item[n] * SAMPLES + s] * w[0];
        z += w[1];
        double lo = star[n] ? (double)cuts[(star[n] - 1) * SAMPLES + s] : -1e9;
        double hi =
            star[n] < STARS - 1 ? (double)cuts[star[n] * SAMPLES + s] : 1e9;
        double sd = (double)m->stars.sd[s];
        sum += log(phi((hi - z) / sd) - phi((lo - z) / sd));
    }
    for (size_t i = 0; i < 2; i++)
        sum -= held[i] * (w[i] - mean[i]) * (w[i] - mean[i]) / 2;
    return sum;
}

/* It has gone up as far as it goes: a step either way is not higher, and less
 * so by its square. */
static void expect_top(const struct cf_model *m, size_t s, const double *mean,
                       const double *held)
{
    double w[2] = {(double)m->user.factors[SAMPLES + s],
                   (double)m->user.sample_bias[SAMPLES + s]};
    double top = posterior(m, s, w, mean, held);

    for (size_t i = 0; i < 2; i++)
        for (int way = -1; way < 2; way += 2) {
            double to[2] = {w[0], w[1]};
            to[i] += way * .02;
            assert_true(posterior(m, s, to, mean, held) < top);
        }
}

static void test_fold(void **state)
{
    static const uint32_t row = 1;
    static const size_t start[2] = {0, 3};
    static const struct cf_rated rated[3] = {{0, 4}, {1, 1}, {1, 2.3F}};
    const struct cf_fold_given g = {1, &row, start, rated};
    const double l2 = .5;
    struct cf_pool *pool;
    struct cf_model m;

    (void)state;
    make_model(&m, false);
    must(cf_pool_open(&pool, 2, &err), &err);
    must(cf_fold_samples(&m, &g, &l2, pool, &err), &err);
    cf_pool_close(pool);
    for (size_t s = 0; s < SAMPLES; s++) {
        double sd = (double)m.stars.sd[s], held = l2 / (sd * sd);
        /* The mean of users is that of user 0. */
        expect_top(&m, s,
                   (double[]){(double)m.user.factors[s],
                              (double)m.user.sample_bias[s]},
                   (double[]){held, held});
    }
    expect_near(m.user.bias[1],
                (m.user.sample_bias[2] + m.user.sample_bias[3]) / 2, 1e-6);
    cf_model_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chances), cmocka_unit_test(test_ways),
        cmocka_unit_test(test_day),     cmocka_unit_test(test_interval),
        cmocka_unit_test(test_file),    cmocka_unit_test(test_unsound),
        cmocka_unit_test(test_fold),
    };
    return cmocka_run_group_tests_name("stars", tests, NULL, NULL);
}
