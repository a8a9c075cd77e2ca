/* test_model_file.c - a model as a stream and back, and models that are not
 * sound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "little.h"
#include "made.h"
#include "model/file.h"

enum { USERS = 3, ITEMS = 4, K = 2, SEEN = 5 };

static struct cf_err err;

static void sound_model(struct cf_model *m)
{
    static const uint64_t start[] = {0, 2, 2, 5};
    static const uint32_t item[SEEN] = {1, 3, 0, 1, 2};

    little_model(m, K, (struct little_ids){USERS, 1},
                 (struct little_ids){ITEMS, 1});
    little_fill(m, 1);
    m->solver = strdup("adam");
    m->seen_item = malloc(sizeof item);
    assert_true(m->solver && m->seen_item);
    memcpy(m->seen_start, start, sizeof start);
    memcpy(m->seen_item, item, sizeof item);
}

static char *write_model(const struct cf_model *m, bool none, size_t *n)
{
    struct made made;

    made_init(&made, CF_MODEL);
    must(cf_model_schema(m, true, &made.schema, &err), &err);
    uint32_t seen = (uint32_t)cf_schema_find_part(&made.schema, "seen_item");
    made.schema.column[made.schema.part[seen].col].none = none;
    made_begin(&made, NULL);
    must(cf_model_write(m, &made.schema, made.writer, &err), &err);
    return made_finish(&made, n);
}

/* What reading a stream gives; frees it. */
static int read_back(char *p, size_t n, struct cf_model *m)
{
    struct cf_schema s;
    struct cf_in in;

    must(cf_in_mem(&in, "m.cf", p, n, &err), &err);
    int rc = cf_model_read(m, &s, &in, &err);
    cf_in_close(&in);
    if (!rc)
        cf_schema_free(&s);
    free(p);
    return rc;
}

/* Writes m, which must be refused, and frees it. */
static void refused(struct cf_model *m, const char *why)
{
    struct cf_model back;
    size_t n;
    char *p = write_model(m, false, &n);

    assert_int_equal(read_back(p, n, &back), CF_ESTREAM);
    if (!strstr(err.msg, why))
        fail_msg("'%s' has no '%s'", err.msg, why);
    cf_model_free(m);
}

static void test_sound(void **state)
{
    struct cf_model m, back;
    size_t n;

    (void)state;
    sound_model(&m);
    char *p = write_model(&m, false, &n);
    must(read_back(p, n, &back), &err);
    assert_memory_equal(m.user.factors, back.user.factors,
                        sizeof(float) * USERS * K);
    assert_memory_equal(m.item.bias, back.item.bias, ITEMS * sizeof(float));
    assert_memory_equal(m.seen_item, back.seen_item, SEEN * sizeof(uint32_t));
    cf_model_free(&back);
    cf_model_free(&m);
}

/* One that does not tell is read, too. */
static void test_loss(void **state)
{
    struct cf_model m, back;
    size_t n;

    (void)state;
    sound_model(&m);
    for (int loss = CF_LOSS_MSE; loss <= CF_LOSS_UNKNOWN; loss++) {
        m.loss = (enum cf_loss)loss;
        char *p = write_model(&m, false, &n);
        must(read_back(p, n, &back), &err);
        assert_int_equal(back.loss, loss);
        cf_model_free(&back);
    }
    cf_model_free(&m);
}

/* The items of a user ascend and come once each, all of them items. */
static void test_seen(void **state)
{
    struct cf_model m, back;
    size_t n;

    (void)state;
    sound_model(&m);
    m.seen_item[0] = 3;
    refused(&m, "seen_item");
    sound_model(&m);
    m.seen_item[1] = 2;
    m.seen_item[0] = 3;
    refused(&m, "seen_item");
    sound_model(&m);
    char *p = write_model(&m, true, &n);
    assert_int_equal(read_back(p, n, &back), CF_ESTREAM);
    assert_non_null(strstr(err.msg, "seen_item"));
    cf_model_free(&m);
}

static void test_finite(void **state)
{
    struct cf_model m;

    (void)state;
    sound_model(&m);
    m.user.factors[3] = NAN;
    refused(&m, "user_factors");
    sound_model(&m);
    m.item.factors[ITEMS * K - 1] = INFINITY;
    refused(&m, "item_factors");
    sound_model(&m);
    m.item.bias[0] = -INFINITY;
    refused(&m, "item_bias");
    sound_model(&m);
    m.user.bias[USERS - 1] = NAN;
    refused(&m, "user_bias");
    sound_model(&m);
    m.mean = 1e300;
    refused(&m, "mean");
}

static void test_range(void **state)
{
    struct cf_model m;

    (void)state;
    sound_model(&m);
    m.lo = m.hi;
    refused(&m, "lo");
    sound_model(&m);
    m.lo = 6;
    refused(&m, "lo");
}

/* ---- layers ---- */

static void deep_model(struct cf_model *m)
{
    sound_model(m);
    little_layers(m, 7);
}

static void test_layers(void **state)
{
    struct cf_model m, back;
    size_t n;

    (void)state;
    deep_model(&m);
    char *p = write_model(&m, false, &n);
    must(read_back(p, n, &back), &err);
    assert_int_equal(back.mlp.n, 2);
    for (uint32_t l = 0; l < 2; l++) {
        const struct cf_mlp_layer *x = &m.mlp.layer[l], *y = &back.mlp.layer[l];
        assert_int_equal(x->in, y->in);
        assert_int_equal(x->out, y->out);
        assert_memory_equal(x->weight, y->weight,
                            (size_t)x->in * x->out * sizeof(float));
        assert_memory_equal(x->bias, y->bias, x->out * sizeof(float));
    }
    assert_memory_equal(m.user.cold_factors, back.user.cold_factors,
                        K * sizeof(float));
    expect_near(little_raw(&m, CF_NONE, 1), little_raw(&back, CF_NONE, 1), 0);
    cf_model_free(&back);
    cf_model_free(&m);
}

static void test_layers_finite(void **state)
{
    struct cf_model m;

    (void)state;
    deep_model(&m);
    m.mlp.layer[0].weight[1] = NAN;
    refused(&m, "layer1_weight");
    deep_model(&m);
    m.mlp.layer[1].bias[0] = INFINITY;
    refused(&m, "layer2_bias");
    deep_model(&m);
    m.item.cold_factors[K - 1] = NAN;
    refused(&m, "item_cold_factors");
}

/* Each layer takes what the one before gives, and the last gives one number. */
static void test_layers_fit(void **state)
{
    struct cf_model m;

    (void)state;
    deep_model(&m);
    must(cf_mlp_add(&m.mlp, 1, 2, &err), &err);
    refused(&m, "layer3_weight");
    deep_model(&m);
    must(cf_mlp_add(&m.mlp, 2, 1, &err), &err);
    refused(&m, "layer3_weight");
    deep_model(&m);
    must(cf_mlp_add(&m.mlp, 1, CF_MLP_WIDTH + 1, &err), &err);
    must(cf_mlp_add(&m.mlp, CF_MLP_WIDTH + 1, 1, &err), &err);
    refused(&m, "layer3_weight");
}

/* ---- weights from items to items ---- */

static void weighted_model(struct cf_model *m)
{
    sound_model(m);
    m->item_weights = malloc(sizeof(float) * ITEMS * ITEMS);
    assert_non_null(m->item_weights);
    for (size_t i = 0; i < (size_t)ITEMS * ITEMS; i++)
        m->item_weights[i] = little_draw(9, i);
}

/* User 2 has seen the items 0, 1 and 2, user 1 none. */
static void expect_weighted(const struct cf_model *m)
{
    struct cf_model plain = *m;
    const float *w = m->item_weights;
    float z[ITEMS];

    plain.item_weights = NULL;
    for (uint32_t i = 0; i < ITEMS; i++) {
        float sum = w[i] + w[ITEMS + i] + w[2 * ITEMS + i];
        expect_near(little_raw(m, 2, i), little_raw(&plain, 2, i) + sum, 1e-6);
        expect_near(little_raw(m, 1, i), little_raw(&plain, 1, i), 0);
        expect_near(little_raw(m, CF_NONE, i), little_raw(&plain, CF_NONE, i),
                    0);
    }
    expect_near(little_raw(m, 2, CF_NONE), little_raw(&plain, 2, CF_NONE), 0);
    for (uint32_t u = 0; u < USERS; u++) {
        cf_model_raw_items(m, u, cf_vec_best(), z);
        for (uint32_t i = 0; i < ITEMS; i++)
            expect_near(z[i], little_raw(m, u, i), 0);
    }
}

static void test_weights(void **state)
{
    struct cf_model m, back;
    size_t n;

    (void)state;
    weighted_model(&m);
    assert_false(cf_model_is_dot(&m));
    expect_weighted(&m);
    char *p = write_model(&m, false, &n);
    must(read_back(p, n, &back), &err);
    assert_memory_equal(m.item_weights, back.item_weights,
                        sizeof(float) * ITEMS * ITEMS);
    expect_weighted(&back);
    cf_model_free(&back);
    m.item_weights[ITEMS + 2] = NAN;
    refused(&m, "item_weights");
}

/* A part of that name that holds something else. */
static void test_other_weights(void **state)
{
    struct cf_model m, back;
    struct made made;
    size_t n;

    (void)state;
    weighted_model(&m);
    made_init(&made, CF_MODEL);
    must(cf_model_schema(&m, true, &made.schema, &err), &err);
    uint32_t part = (uint32_t)cf_schema_find_part(&made.schema, "item_weights");
    made.schema.column[made.schema.part[part].col].type = CF_U32;
    made_begin(&made, NULL);
    must(cf_model_write(&m, &made.schema, made.writer, &err), &err);
    char *p = made_finish(&made, &n);
    assert_int_equal(read_back(p, n, &back), CF_ESTREAM);
    assert_non_null(strstr(err.msg, "item_weights"));
    cf_model_free(&m);
}

/* More epochs than a block holds. */
static void test_epochs(void **state)
{
    enum { EPOCHS = 3000 };
    struct cf_model m, back;
    size_t n;

    (void)state;
    sound_model(&m);
    m.epoch = calloc(EPOCHS, sizeof *m.epoch);
    assert_non_null(m.epoch);
    m.nepochs = EPOCHS;
    for (uint32_t i = 0; i < EPOCHS; i++)
        m.epoch[i] = (struct cf_epoch){i, i + 0.5, i + 0.25, i + 0.125};
    char *p = write_model(&m, false, &n);
    /* 28 bytes each, and little for frames. */
    assert_true(n < EPOCHS * 28 + 4096);
    must(read_back(p, n, &back), &err);
    assert_int_equal(back.nepochs, EPOCHS);
    for (uint32_t i = 0; i < EPOCHS; i++) {
        assert_int_equal(back.epoch[i].epoch, i);
        expect_near(back.epoch[i].train_loss, i + 0.5, 0);
        expect_near(back.epoch[i].valid_loss, i + 0.25, 0);
    }
    cf_model_free(&back);
    cf_model_free(&m);
}

/* ---- some users ---- */

/* Ids enough for several blocks; the hashes of 50446 and 129050 are alike:
 * xxhash.xxh3_64_intdigest() & 0xffffffff is 0xf9b56aa5 of both. */
enum { MANY = 80000, FIRST = 50000, ITEM_LIST = 2 };

static void many_users(struct cf_model *m)
{
    little_model(m, K, (struct little_ids){MANY, FIRST},
                 (struct little_ids){ITEMS, 1});
    little_fill(m, 3);
    m->solver = strdup("adam");
    m->seen_item = calloc((size_t)MANY * ITEM_LIST, sizeof *m->seen_item);
    assert_true(m->solver && m->seen_item);
    for (uint64_t u = 0; u < MANY; u++) {
        m->user.count[u] = (uint32_t)u;
        m->seen_item[ITEM_LIST * u] = u % 2;
        m->seen_item[ITEM_LIST * u + 1] = 2 + u % 2;
        m->seen_start[u + 1] = ITEM_LIST * (u + 1);
    }
}

static void read_some(const char *p, size_t n,
                      const struct cf_users_wanted *ids, struct cf_model *m)
{
    struct cf_schema s;
    struct cf_in in;

    must(cf_in_mem(&in, "m.cf", p, n, &err), &err);
    must(cf_model_read_users(m, &s, &in, ids, &err), &err);
    cf_in_close(&in);
    cf_schema_free(&s);
}

/* Row u of some is row `from` of m. */
static void same_user(const struct cf_model *some, uint32_t u,
                      const struct cf_model *m, uint32_t from)
{
    struct cf_str id = cf_store_str(&some->user.dict, 0, u);

    assert_true(cf_str_eq(id, cf_store_str(&m->user.dict, 0, from)));
    assert_memory_equal(some->user.factors + (size_t)u * K,
                        m->user.factors + (size_t)from * K, K * sizeof(float));
    assert_memory_equal(&some->user.bias[u], &m->user.bias[from],
                        sizeof(float));
    assert_int_equal(some->user.count[u], m->user.count[from]);
    assert_int_equal(some->seen_start[u + 1] - some->seen_start[u], ITEM_LIST);
    assert_memory_equal(some->seen_item + some->seen_start[u],
                        m->seen_item + m->seen_start[from],
                        ITEM_LIST * sizeof(uint32_t));
}

static void test_some_users(void **state)
{
    const struct cf_str id[] = {cf_cstr("129050"), cf_cstr("60001"),
                                cf_cstr("nobody"), cf_cstr("129050"),
                                cf_cstr("50446"),  cf_cstr("49999")};
    const struct cf_users_wanted ids = {id, sizeof id / sizeof *id};
    struct cf_model m, some;
    size_t n;

    (void)state;
    many_users(&m);
    char *p = write_model(&m, false, &n);
    read_some(p, n, &ids, &some);
    assert_int_equal(some.user.n, 3);
    same_user(&some, 0, &m, 129050 - FIRST);
    same_user(&some, 1, &m, 60001 - FIRST);
    same_user(&some, 2, &m, 50446 - FIRST);
    assert_int_equal(some.item.n, ITEMS);
    assert_memory_equal(some.item.factors, m.item.factors,
                        sizeof(float) * ITEMS * K);
    cf_model_free(&some);
    free(p);
    cf_model_free(&m);
}

static void test_no_users(void **state)
{
    const struct cf_str id = cf_cstr("nobody");
    const struct cf_users_wanted ids = {&id, 1};
    struct cf_model m, some;
    size_t n;

    (void)state;
    sound_model(&m);
    char *p = write_model(&m, false, &n);
    read_some(p, n, &ids, &some);
    assert_int_equal(some.user.n, 0);
    assert_int_equal(some.seen_start[0], 0);
    expect_near(little_raw(&some, CF_NONE, 1), little_raw(&m, CF_NONE, 1), 0);
    cf_model_free(&some);
    free(p);
    cf_model_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sound),         cmocka_unit_test(test_loss),
        cmocka_unit_test(test_seen),          cmocka_unit_test(test_finite),
        cmocka_unit_test(test_range),         cmocka_unit_test(test_layers),
        cmocka_unit_test(test_layers_finite), cmocka_unit_test(test_layers_fit),
        cmocka_unit_test(test_epochs),        cmocka_unit_test(test_some_users),
        cmocka_unit_test(test_no_users),      cmocka_unit_test(test_weights),
        cmocka_unit_test(test_other_weights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
