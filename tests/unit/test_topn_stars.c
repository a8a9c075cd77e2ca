/* test_topn_stars.c - lists by the prediction of a model with stars, which are
 * chosen by scores side by side, against sorting what cf_model_raw_items says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "eval/topn.h"
#include "little.h"
#include "made.h"

enum { SAMPLES = 5, K = 3 * SAMPLES, STARS = 4, USERS = 9, ITEMS = 400 };

static struct cf_err err;

/* alike: that many items are one, in different rows. */
static void make_model(struct cf_model *m, uint32_t alike)
{
    little_model(m, K, (struct little_ids){USERS, 1},
                 (struct little_ids){ITEMS, 1000});
    little_fill(m, 7);
    must(cf_model_add_samples(m, SAMPLES, &err), &err);
    must(cf_model_add_stars(m, STARS, true, &err), &err);
    m->solver = strdup("gibbs");
    m->link = CF_LINK_IDENTITY;
    m->mean = 2.5;
    m->lo = 1;
    m->hi = 4;
    for (uint32_t j = 0; j < STARS; j++)
        m->stars.value[j] = 1 + (float)j;
    for (size_t s = 0; s < SAMPLES; s++) {
        m->stars.sd[s] = .5F + .1F * (float)s;
        for (uint32_t j = 0; j + 1 < STARS; j++)
            m->stars.cut[(size_t)j * SAMPLES + s] = 1.5F + (float)j;
    }
    for (size_t i = 0; i < (size_t)ITEMS * SAMPLES; i++) {
        m->item.sample_bias[i] = little_draw(8, i);
        m->item.star_sd[i] = 1 + .5F * little_draw(9, i);
    }
    for (size_t i = 0; i < (size_t)USERS * SAMPLES; i++) {
        m->user.sample_bias[i] = little_draw(10, i);
        m->user.star_sd[i] = 1 + .5F * little_draw(11, i);
    }
    for (size_t i = 1; i < alike; i++) {
        memcpy(m->item.factors + i * K, m->item.factors, K * sizeof(float));
        memcpy(m->item.sample_bias + i * SAMPLES, m->item.sample_bias,
               SAMPLES * sizeof(float));
        memcpy(m->item.star_sd + i * SAMPLES, m->item.star_sd,
               SAMPLES * sizeof(float));
    }
}

/* The likes of item 0 are above all. */
static void lift(struct cf_model *m, uint32_t alike)
{
    for (size_t i = 0; i < (size_t)alike * SAMPLES; i++)
        m->item.sample_bias[i] += 3;
}

static void expect_lists(struct cf_model *m, size_t n)
{
    static float z[ITEMS];
    static struct cf_scored all[ITEMS], place[USERS * ITEMS];
    struct cf_ask ask[USERS];
    size_t count[USERS];
    struct cf_lists l = {
        .ask = ask, .n = USERS, .place = place, .count = count};
    struct cf_topn_opts o = {.n = n, .vec = cf_vec_best()};
    struct cf_topn *t;

    for (uint32_t u = 0; u < USERS; u++)
        ask[u] = (struct cf_ask){.row = u};
    must(cf_pool_open(&o.pool, 1, &err), &err);
    must(cf_topn_open(&t, m, &o, &err), &err);
    must(cf_topn_ready(t, &l, 0, &err), &err);
    for (size_t task = 0; task < cf_topn_tasks(&l); task++)
        cf_topn_task(t, &l, task, 0);
    for (uint32_t u = 0; u < USERS; u++) {
        cf_model_raw_items(m, u, o.vec, z);
        for (uint32_t i = 0; i < ITEMS; i++)
            all[i] = (struct cf_scored){z[i], i};
        qsort(all, ITEMS, sizeof *all, cf_scored_order);
        assert_int_equal(count[u], n);
        assert_memory_equal(place + u * n, all, n * sizeof *all);
    }
    cf_topn_close(t);
    cf_pool_close(o.pool);
}

static void test_lists(void **state)
{
    struct cf_model m;

    (void)state;
    make_model(&m, 1);
    for (size_t n = 1; n <= ITEMS; n = 2 * n + 1)
        expect_lists(&m, n);
    cf_model_free(&m);
}

/* More are as good as the last of a list than are kept: all are predicted. */
static void test_ties(void **state)
{
    static const uint32_t alike[] = {2, 60, 70, 200, ITEMS};

    (void)state;
    for (size_t i = 0; i < sizeof alike / sizeof *alike; i++) {
        struct cf_model m;
        make_model(&m, alike[i]);
        expect_lists(&m, 5);
        lift(&m, alike[i]);
        expect_lists(&m, 5);
        cf_model_free(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lists),
                                       cmocka_unit_test(test_ties)};
    return cmocka_run_group_tests_name("lists of stars", tests, NULL, NULL);
}
