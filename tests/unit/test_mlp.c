/* test_mlp.c - models with layers: scores of pairs, one by one and many at a
 * time, and of rows that are not known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "little.h"
#include "made.h"

enum { USERS = 5, ITEMS = 37, K = 21, COLD = 3 };

static struct cf_model m;

/* User COLD and item COLD have no training row; the others 1, 2, ... */
static int set_up(void **state)
{
    (void)state;
    little_model(&m, K, (struct little_ids){USERS, 0},
                 (struct little_ids){ITEMS, 0});
    little_fill(&m, 5);
    for (uint32_t u = 0; u < USERS; u++)
        m.user.count[u] = u == COLD ? 0 : u + 1;
    for (uint32_t i = 0; i < ITEMS; i++)
        m.item.count[i] = i == COLD ? 0 : i + 1;
    little_layers(&m, 9);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cf_model_free(&m);
    return 0;
}

/* ---- in double, by the definition ---- */

static double factor(const struct cf_side *side, uint32_t id, size_t f)
{
    double sum = 0, rows = 0;

    if (id != CF_NONE && side->count[id] > 0)
        return (double)side->factors[(size_t)id * K + f];
    for (uint32_t j = 0; j < side->n; j++) {
        sum += side->count[j] * (double)side->factors[(size_t)j * K + f];
        rows += side->count[j];
    }
    return sum / rows;
}

static double score(uint32_t u, uint32_t i)
{
    const struct cf_mlp_layer *first = &m.mlp.layer[0], *last = first + 1;
    double z = (double)last->bias[0];

    for (size_t h = 0; h < LITTLE_HIDDEN; h++) {
        double x = (double)first->bias[h];
        for (size_t f = 0; f < K; f++) {
            double sum = factor(&m.user, u, f) + factor(&m.item, i, f);
            if (sum > 0)
                x += (double)first->weight[h * K + f] * sum;
        }
        z += x > 0 ? (double)last->weight[h] * x : 0;
    }
    return z;
}

static void test_score(void **state)
{
    (void)state;
    assert_false(cf_model_is_dot(&m));
    for (uint32_t u = 0; u < USERS; u++)
        for (uint32_t i = 0; i < ITEMS; i++)
            expect_near(little_raw(&m, u, i), score(u, i), 1e-5);
}

static void test_cold(void **state)
{
    (void)state;
    expect_near(little_raw(&m, CF_NONE, 7), score(CF_NONE, 7), 1e-5);
    expect_near(little_raw(&m, 1, CF_NONE), score(1, CF_NONE), 1e-5);
    expect_near(little_raw(&m, CF_NONE, CF_NONE), score(CF_NONE, CF_NONE),
                1e-5);
    expect_near(little_raw(&m, CF_NONE, 7), little_raw(&m, COLD, 7), 0);
    expect_near(little_predict(&m, COLD, COLD),
                cf_link_apply(m.link, m.lo, m.hi, little_raw(&m, COLD, COLD)),
                0);
}

/* Whatever is scored beside it, a pair has the same bits. */
static void test_many(void **state)
{
    const struct cf_vec *vec = cf_vec_best();
    uint32_t u[ITEMS], i[ITEMS];
    float z[ITEMS + 1], y[ITEMS + 1];

    (void)state;
    for (size_t n = 0; n <= ITEMS; n++) {
        for (uint32_t r = 0; r < n; r++) {
            u[r] = r % 7 ? r % USERS : CF_NONE;
            i[r] = (r * 5 + 2) % ITEMS;
        }
        z[n] = y[n] = 7;
        cf_model_raw_pairs(&m, u, i, n, z);
        cf_model_predict_pairs(&m, u, i, n, y);
        for (size_t r = 0; r < n; r++) {
            expect_near(z[r], little_raw(&m, u[r], i[r]), 0);
            expect_near(y[r], little_predict(&m, u[r], i[r]), 0);
        }
        expect_near(z[n], 7, 0);
        expect_near(y[n], 7, 0);
    }
    for (uint32_t who = 0; who <= USERS; who++) {
        uint32_t user = who < USERS ? who : CF_NONE;
        cf_model_raw_items(&m, user, vec, z);
        for (uint32_t r = 0; r < ITEMS; r++)
            expect_near(z[r], little_raw(&m, user, r), 0);
        cf_model_raw_items(&m, user, &cf_vec_scalar, y);
        assert_memory_equal(y, z, ITEMS * sizeof *y);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_score),
        cmocka_unit_test(test_cold),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
