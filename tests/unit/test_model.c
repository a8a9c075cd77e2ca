/* test_model.c - what a model predicts, and what its users have seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "little.h"
#include "made.h"
#include "math/vec.h"

#define N(array) (sizeof(array) / sizeof *(array))

static struct cf_err err;

/* ---- predicting ---- */

/* Two users and two items with round numbers; item 1 has no training row. */
static void round_model(struct cf_model *m)
{
    static const float user[] = {1, 2, -0.5F, 0.25F};
    static const float item[] = {0.5F, 0.25F, 4, 8};

    little_model(m, 2, (struct little_ids){2, 10}, (struct little_ids){2, 20});
    memcpy(m->user.factors, user, sizeof user);
    memcpy(m->item.factors, item, sizeof item);
    m->user.bias[0] = 0.5F;
    m->user.bias[1] = 1.5F;
    m->item.bias[0] = -0.25F;
    m->item.bias[1] = 16;
    m->user.count[0] = 3;
    m->user.count[1] = 1;
    m->item.count[0] = 4;
    m->mean = 2;
    m->lo = 0;
    m->hi = 5;
    cf_model_set_cold(m);
}

static void test_raw(void **state)
{
    struct cf_model m;

    (void)state;
    round_model(&m);
    /* 2 + .5 - .25 + (1 * .5 + 2 * .25) */
    expect_near(little_raw(&m, 0, 0), 3.25, 0);
    /* 2 + 1.5 - .25 + (-.5 * .5 + .25 * .25) */
    expect_near(little_raw(&m, 1, 0), 3.0625, 0);
    expect_near(little_predict(&m, 0, 0), 3.25, 0);
    m.link = CF_LINK_SIGMOID;
    /* 5 / (1 + exp(-3.25)) */
    expect_near(little_predict(&m, 0, 0), 4.8133, 1e-4);
    cf_model_free(&m);
}

static void test_cold(void **state)
{
    struct cf_model m;

    (void)state;
    round_model(&m);
    /* (3 * .5 + 1 * 1.5) / 4, and item 0 alone. */
    expect_near(m.user.cold_bias, 0.75, 0);
    expect_near(m.item.cold_bias, -0.25, 0);
    assert_int_equal(cf_model_known(&m, 0, 0), CF_KNOWN_USER | CF_KNOWN_ITEM);
    assert_int_equal(cf_model_known(&m, 0, 1), CF_KNOWN_USER);
    assert_int_equal(cf_model_known(&m, CF_NONE, 0), CF_KNOWN_ITEM);
    assert_int_equal(cf_model_known(&m, CF_NONE, CF_NONE), 0);
    /* The mean user has the factors (3 * 1 - .5) / 4, (3 * 2 + .25) / 4. Of an
     * item without a training row, an unknown user, an unknown pair: */
    expect_near(little_raw(&m, 0, 1), 2 + 0.5 - 0.25, 0);
    expect_near(little_raw(&m, CF_NONE, 0),
                2 + 0.75 - 0.25 + 0.625 * 0.5 + 1.5625 * 0.25, 0);
    expect_near(little_raw(&m, CF_NONE, CF_NONE), 2.5, 0);
    cf_model_free(&m);
}

static void test_no_rows_at_all(void **state)
{
    struct cf_model m;

    (void)state;
    little_model(&m, 3, (struct little_ids){0, 0}, (struct little_ids){1, 0});
    cf_model_set_cold(&m);
    expect_near(m.item.cold_bias, 0, 0);
    expect_near(little_raw(&m, CF_NONE, 0), 0, 0);
    cf_model_free(&m);
}

/* Looking a row of an embedding up is the product of a one-hot vector and the
 * table: by kernels, the sum over rows r of onehot[r] * table[r]. */
static void one_hot_product(const struct cf_side *side, uint32_t k, uint32_t id,
                            float *out)
{
    memset(out, 0, k * sizeof *out);
    for (uint32_t r = 0; r < side->n; r++)
        cf_vec_best()->axpy(r == id ? 1 : 0, side->factors + (size_t)r * k, out,
                            k);
}

static void test_one_hot(void **state)
{
    enum { USERS = 7, ITEMS = 5, K = 19 };
    struct cf_model m;
    float p[K], q[K];

    (void)state;
    little_model(&m, K, (struct little_ids){USERS, 0},
                 (struct little_ids){ITEMS, 0});
    little_fill(&m, 1);
    for (uint32_t u = 0; u < USERS; u++)
        for (uint32_t i = 0; i < ITEMS; i++) {
            one_hot_product(&m.user, K, u, p);
            one_hot_product(&m.item, K, i, q);
            assert_memory_equal(p, m.user.factors + (size_t)u * K, sizeof p);
            float z =
                m.user.bias[u] + m.item.bias[i] + cf_vec_best()->dot(p, q, K);
            expect_near(little_raw(&m, u, i), z, 0);
        }
    cf_model_free(&m);
}

/* ---- dictionaries ---- */

static void test_dictionaries_move(void **state)
{
    struct cf_model m;

    (void)state;
    little_model(&m, 2, (struct little_ids){3, 10}, (struct little_ids){2, 20});
    struct cf_str id = cf_store_str(&m.item.dict, 0, 1);
    assert_true(cf_str_eq(id, cf_cstr("21")));
    assert_int_equal(m.user.dict.rows, 3);
    assert_int_equal(m.user.dict_schema.nparts, 1);
    assert_string_equal(m.user.dict_schema.part[0].name, "user");
    assert_string_equal(m.user.dict_schema.column[0].name, "id");
    cf_model_free(&m);
}

/* Codes would need a third dictionary, which a model has no room for; and ids
 * are texts. */
static void refuse(enum cf_type type, bool code)
{
    struct made made;
    struct cf_store users = {0}, items = {0};
    struct cf_model m;

    made_init(&made, CF_RATINGS);
    made_part(&made, "user");
    made_column(&made, "id", type, CF_USER);
    if (code)
        made_code(&made, "city", CF_NO_ROLE, "user", false);
    must(cf_store_init(&users, &made.schema, 0, &err), &err);
    assert_int_equal(
        cf_model_init(&m, 2, &made.schema, 0, &users, 0, &items, &err),
        CF_EDATA);
    assert_non_null(strstr(err.msg, code ? "city" : "id"));
    cf_store_free(&users);
    cf_schema_free(&made.schema);
}

static void test_dictionaries_refused(void **state)
{
    (void)state;
    refuse(CF_STR, true);
    refuse(CF_U32, false);
}

/* ---- seen items ---- */

static void test_seen(void **state)
{
    static const uint32_t user[] = {2, 0, 2, 2, 0, 2, 3, 2};
    static const uint32_t item[] = {4, 1, 0, 4, 0, 3, 2, 0};
    static const uint64_t start[] = {0, 2, 2, 5, 6};
    static const uint32_t list[] = {0, 1, 0, 3, 4, 2};
    static const uint32_t users[] = {2, 0, 5, 1}, items[] = {3, 1, 1, 1, 2, 0};
    struct cf_model m;
    struct cf_seen seen = {0};

    (void)state;
    little_model(&m, 2, (struct little_ids){4, 0}, (struct little_ids){6, 0});
    must(cf_seen_add(&seen, user, item, 3, &err), &err);
    must(cf_seen_add(&seen, NULL, NULL, 0, &err), &err);
    must(cf_seen_add(&seen, user + 3, item + 3, N(user) - 3, &err), &err);
    cf_model_count(&m, user, item, 2); /* storing starts afresh */
    must(cf_seen_store(&seen, &m, &err), &err);
    assert_memory_equal(m.seen_start, start, sizeof start);
    assert_memory_equal(m.seen_item, list, sizeof list);
    assert_memory_equal(m.user.count, users, sizeof users);
    assert_memory_equal(m.item.count, items, sizeof items);
    cf_seen_free(&seen);
    cf_model_free(&m);
}

static void test_seen_nothing(void **state)
{
    struct cf_model m;
    struct cf_seen seen = {0};

    (void)state;
    little_model(&m, 2, (struct little_ids){2, 0}, (struct little_ids){0, 0});
    must(cf_seen_store(&seen, &m, &err), &err);
    assert_int_equal(m.seen_start[2], 0);
    cf_model_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_raw),
        cmocka_unit_test(test_cold),
        cmocka_unit_test(test_no_rows_at_all),
        cmocka_unit_test(test_one_hot),
        cmocka_unit_test(test_dictionaries_move),
        cmocka_unit_test(test_dictionaries_refused),
        cmocka_unit_test(test_seen),
        cmocka_unit_test(test_seen_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
