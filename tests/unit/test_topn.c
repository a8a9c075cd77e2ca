/* test_topn.c - lists of a model against sorting everything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval/topn.h"
#include "little.h"
#include "made.h"
#include "model/cosine.h"

enum { USERS = 12, ITEMS = 40, K = 21, COLD = 3, ZERO = 5, SEEN = 90 };

static struct cf_model m;
static double lengths[ITEMS]; /* 0: none, or unknown */

static float *factors_of(size_t item)
{
    return m.item.factors + item * K;
}

/* Item COLD and user COLD have no training row, item ZERO has no length, items
 * 7 and 8 are equal. */
static int set_up(void **state)
{
    struct cf_seen seen = {0};
    struct cf_err err;

    (void)state;
    little_model(&m, K, (struct little_ids){USERS, 0},
                 (struct little_ids){ITEMS, 0});
    little_fill(&m, 5);
    for (uint32_t r = 0; r < SEEN; r++) {
        uint32_t u = r * 5 % USERS, i = r * 7 % ITEMS;
        if (u != COLD && i != COLD)
            must(cf_seen_add(&seen, &u, &i, 1, &err), &err);
    }
    must(cf_seen_store(&seen, &m, &err), &err);
    cf_seen_free(&seen);
    cf_model_set_cold(&m);
    memset(factors_of(ZERO), 0, K * sizeof(float));
    memcpy(factors_of(8), factors_of(7), K * sizeof(float));
    m.item.bias[8] = m.item.bias[7];
    cf_cosine_lengths(&m.item, K, lengths);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cf_model_free(&m);
    return 0;
}

static int best_first(const void *a, const void *b)
{
    const struct cf_scored *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->id < y->id ? -1 : 1;
}

/* ---- a list ---- */

static struct cf_reason why[ITEMS * ITEMS];

/* The list that o makes for a; returns how many rows. */
static size_t list(const struct cf_model *model, struct cf_topn_opts o,
                   const struct cf_ask *a, struct cf_scored *out)
{
    struct cf_scored place[ITEMS + USERS] = {{0}};
    struct cf_lists l = {.ask = a, .n = 1, .place = place, .reason = why};
    struct cf_topn *t;
    struct cf_err err;
    size_t count;

    l.count = &count;
    must(cf_pool_open(&o.pool, 1, &err), &err);
    if (!o.vec)
        o.vec = cf_vec_best();
    must(cf_topn_open(&t, model, &o, &err), &err);
    assert_in_range(cf_topn_stride(t), cf_topn_length(t), ITEMS + USERS);
    must(cf_topn_ready(t, &l, 0, &err), &err);
    assert_int_equal(cf_topn_tasks(&l), 1);
    cf_topn_task(t, &l, 0, 0);
    cf_topn_close(t);
    cf_pool_close(o.pool);
    memcpy(out, place, count * sizeof *place);
    return count;
}

static size_t list_for(struct cf_topn_opts o, uint32_t row,
                       struct cf_scored *out)
{
    const struct cf_ask a = {.row = row};
    return list(&m, o, &a, out);
}

/* ---- items for a user, users for an item ---- */

static bool has_seen(uint32_t u, uint32_t i)
{
    for (uint64_t j = m.seen_start[u]; j < m.seen_start[u + 1]; j++)
        if (m.seen_item[j] == i)
            return true;
    return false;
}

static size_t sort_items(uint32_t u, bool keep_seen, struct cf_scored *all)
{
    size_t n = 0;

    for (uint32_t i = 0; i < ITEMS; i++)
        if (m.item.count[i] > 0 && (keep_seen || !has_seen(u, i)))
            all[n++] = (struct cf_scored){little_raw(&m, u, i), i};
    qsort(all, n, sizeof *all, best_first);
    return n;
}

static size_t sort_users(uint32_t i, bool keep_seen, struct cf_scored *all)
{
    size_t n = 0;

    for (uint32_t u = 0; u < USERS; u++)
        if (m.user.count[u] > 0 && (keep_seen || !has_seen(u, i)))
            all[n++] = (struct cf_scored){little_raw(&m, u, i), u};
    qsort(all, n, sizeof *all, best_first);
    return n;
}

static void check_list(struct cf_topn_opts o, uint32_t row)
{
    struct cf_scored want[ITEMS], got[ITEMS + USERS];
    bool users = o.what == CF_TOPN_USERS;

    size_t all = users ? sort_users(row, o.keep_seen, want)
                       : sort_items(row, o.keep_seen, want);
    size_t n = list_for(o, row, got);
    assert_int_equal(n, all < o.n ? all : o.n);
    for (size_t j = 0; j < n; j++) {
        assert_int_equal(got[j].id, want[j].id);
        expect_near(got[j].score,
                    users ? little_predict(&m, got[j].id, row)
                          : little_predict(&m, row, got[j].id),
                    0);
    }
}

static void check_lists(struct cf_topn_opts o)
{
    static const size_t ns[] = {1, 10, ITEMS, ITEMS + 5};
    uint32_t rows = o.what == CF_TOPN_USERS ? ITEMS : USERS;

    for (size_t j = 0; j < 4; j++)
        for (uint32_t row = 0; row < rows; row++) {
            o.n = ns[j];
            if (row == COLD)
                continue;
            o.keep_seen = !o.keep_seen;
            check_list(o, row);
            o.keep_seen = !o.keep_seen;
            check_list(o, row);
        }
}

static void test_user(void **state)
{
    static const char *const tables[] = {"scalar", "sse2", "avx2", "avx512"};

    (void)state;
    for (size_t t = 0; t < 4; t++)
        if (cf_vec_find(tables[t]))
            check_lists((struct cf_topn_opts){.vec = cf_vec_find(tables[t])});
}

static void test_by_item(void **state)
{
    (void)state;
    check_lists((struct cf_topn_opts){.what = CF_TOPN_USERS});
}

/* The tests above would not notice if nothing were seen, or nobody cold. */
static void test_cases(void **state)
{
    const struct cf_topn_opts o = {.n = ITEMS},
                              users = {.what = CF_TOPN_USERS, .n = ITEMS};
    struct cf_scored got[ITEMS + USERS];

    (void)state;
    assert_int_equal(m.user.count[COLD], 0);
    assert_int_equal(m.item.count[COLD], 0);
    size_t seen = (size_t)(m.seen_start[1] - m.seen_start[0]);
    assert_true(seen > 2);
    assert_int_equal(list_for(o, 0, got), ITEMS - 1 - seen);
    assert_true(list_for(users, 0, got) < USERS - 1);
    /* Nothing is known of the item, so that nobody is better for it. */
    assert_int_equal(list_for(users, COLD, got), 0);
    assert_int_equal(list_for(users, ZERO, got) > 0, 1);
}

/* ---- cold users ---- */

/* The score of an item for the mean user. */
static double mean_users(uint32_t item)
{
    double rows = 0, sum = 0;

    for (uint32_t u = 0; u < USERS; u++) {
        double dot = (double)m.user.bias[u];
        for (size_t f = 0; f < K; f++)
            dot += (double)m.user.factors[(size_t)u * K + f] *
                   (double)factors_of(item)[f];
        sum += (double)m.user.count[u] * dot;
        rows += (double)m.user.count[u];
    }
    return m.mean + (double)m.item.bias[item] + sum / rows;
}

static double damped(uint32_t item)
{
    double rows = 0, sum = 0, n = (double)m.item.count[item];

    for (uint32_t i = 0; i < ITEMS; i++) {
        rows += (double)m.item.count[i];
        sum += (double)m.item.count[i] * mean_users(i);
    }
    return sum / rows +
           (mean_users(item) - sum / rows) * n / (n + CF_TOPN_DAMPING);
}

static void check_cold(uint32_t row)
{
    const struct cf_topn_opts o = {.n = ITEMS};
    struct cf_scored got[ITEMS];

    assert_int_equal(list_for(o, row, got), ITEMS - 1);
    for (size_t j = 0; j < ITEMS - 1; j++) {
        double z = damped(got[j].id);
        expect_near(got[j].score, 5 / (1 + exp(-z)), 1e-5);
        assert_true(j == 0 || z <= damped(got[j - 1].id) + 1e-6);
    }
}

static void test_cold(void **state)
{
    (void)state;
    check_cold(CF_NONE);
    check_cold(COLD);
}

/* ---- rules ---- */

static void test_barred(void **state)
{
    bool barred[ITEMS] = {false};
    struct cf_topn_opts o = {.n = 5, .barred = barred};
    struct cf_scored got[ITEMS], all[ITEMS];

    (void)state;
    size_t n = sort_items(1, false, all);
    for (uint32_t u = 0; u < 5; u++)
        barred[all[u].id] = true;
    assert_int_equal(list_for(o, 1, got), 5);
    for (size_t j = 0; j < 5; j++)
        assert_int_equal(got[j].id, all[5 + j].id);
    for (size_t j = 0; j < n - 2; j++)
        barred[all[j].id] = true;
    assert_int_equal(list_for(o, 1, got), 2);
}

static void test_bias(void **state)
{
    const struct cf_topn_opts none = {.n = ITEMS, .no_bias = true},
                              rare = {.n = ITEMS, .penalty = .7};
    struct cf_scored got[ITEMS];

    (void)state;
    size_t n = list_for(none, 2, got);
    for (size_t j = 0; j < n; j++) {
        double z = (double)little_raw(&m, 2, got[j].id) -
                   (double)m.item.bias[got[j].id];
        expect_near(got[j].score, 5 / (1 + exp(-z)), 1e-5);
        assert_true(j == 0 || got[j].score <= got[j - 1].score);
    }
    assert_int_equal(list_for(rare, 2, got), n);
    for (size_t j = 0; j < n; j++) {
        double z = (double)little_raw(&m, 2, got[j].id) -
                   .7 * log((double)m.item.count[got[j].id]);
        expect_near(got[j].score, 5 / (1 + exp(-z)), 1e-5);
        assert_true(j == 0 || got[j].score <= got[j - 1].score);
    }
}

/* ---- groups ---- */

static void test_group(void **state)
{
    const uint32_t rows[] = {1, COLD, 4};
    const struct cf_topn_opts o = {.n = ITEMS};
    struct cf_scored got[ITEMS];
    struct cf_group *g;
    struct cf_err err;

    (void)state;
    must(cf_group_make(&g, &m, rows, 3, &err), &err);
    assert_int_equal(g->n, 2);
    const struct cf_ask a = {.row = CF_NONE, .group = g};
    size_t n = list(&m, o, &a, got), seen = 0;
    for (uint32_t i = 0; i < ITEMS; i++)
        seen += has_seen(1, i) || has_seen(4, i);
    assert_int_equal(n, ITEMS - 1 - seen);
    for (size_t j = 0; j < n; j++) {
        uint32_t i = got[j].id;
        assert_false(has_seen(1, i) || has_seen(4, i));
        double z =
            ((double)little_raw(&m, 1, i) + (double)little_raw(&m, 4, i)) / 2;
        expect_near(got[j].score, 5 / (1 + exp(-z)), 1e-5);
    }
    cf_group_free(g);
}

/* ---- items like an item ---- */

static double cosine(uint32_t i, uint32_t j)
{
    double ij = 0, ii = 0, jj = 0;

    for (size_t f = 0; f < K; f++) {
        double x = (double)factors_of(i)[f];
        double y = (double)factors_of(j)[f];
        ij += x * y;
        ii += x * x;
        jj += y * y;
    }
    return ij / sqrt(ii * jj);
}

static void check_similar(uint32_t i)
{
    struct cf_topn_opts o = {.what = CF_TOPN_SIMILAR, .n = ITEMS};
    struct cf_scored got[ITEMS], few[4];
    bool there[ITEMS] = {false};

    /* All but i itself, COLD and ZERO. */
    size_t n = list_for(o, i, got);
    assert_int_equal(n, ITEMS - 3);
    for (size_t j = 0; j < n; j++) {
        expect_near(got[j].score, cosine(i, got[j].id), 1e-6);
        assert_true(j == 0 || got[j].score <= got[j - 1].score);
        there[got[j].id] = true;
    }
    assert_false(there[i] || there[COLD] || there[ZERO]);
    o.n = 4;
    assert_int_equal(list_for(o, i, few), 4);
    for (size_t j = 0; j < 4; j++)
        assert_int_equal(few[j].id, got[j].id);
    o.dot = true;
    o.n = ITEMS;
    assert_int_equal(list_for(o, i, got), ITEMS - 2);
    for (size_t j = 0; j < ITEMS - 2; j++) {
        double dot = cosine(i, got[j].id) * lengths[i] * lengths[got[j].id];
        expect_near(got[j].score, got[j].id == ZERO ? 0 : dot, 1e-5);
        assert_true(j == 0 || got[j].score <= got[j - 1].score);
    }
}

static void test_similar(void **state)
{
    struct cf_topn_opts o = {.what = CF_TOPN_SIMILAR, .n = ITEMS};
    struct cf_scored got[ITEMS];

    (void)state;
    for (uint32_t i = 0; i < ITEMS; i++)
        if (i != COLD && i != ZERO)
            check_similar(i);
    assert_true(list_for(o, 7, got) > 0);
    assert_int_equal(got[0].id, 8);
    expect_near(got[0].score, 1, 1e-6);
    assert_true(got[0].score <= 1);
    /* Nothing is like what is not known, or has no direction. */
    assert_int_equal(list_for(o, COLD, got), 0);
    assert_int_equal(list_for(o, ZERO, got), 0);
    assert_int_equal(list_for(o, CF_NONE, got), 0);
}

/* ---- diversity ---- */

/* By the formula in topn_mmr.c, in double. */
static void diverse(double d, size_t n, struct cf_scored *v, size_t count)
{
    double high = (double)v[0].score, low = (double)v[count - 1].score;

    for (size_t at = 0; at < n; at++) {
        size_t best = at;
        double most = -INFINITY;
        for (size_t i = at; i < count; i++) {
            double like = at == 0 ? 0 : -1;
            for (size_t j = 0; j < at; j++)
                like = fmax(like, v[i].id == ZERO || v[j].id == ZERO
                                      ? 0
                                      : cosine(v[i].id, v[j].id));
            double worth =
                (1 - d) * ((double)v[i].score - low) / (high - low) - d * like;
            if (worth > most) {
                most = worth;
                best = i;
            }
        }
        struct cf_scored x = v[best];
        memmove(v + at + 1, v + at, (best - at) * sizeof *v);
        v[at] = x;
    }
}

static void test_diversity(void **state)
{
    struct cf_scored want[ITEMS], got[ITEMS];
    size_t moved = 0;

    (void)state;
    for (uint32_t u = 0; u < USERS; u++) {
        struct cf_topn_opts o = {.n = 3, .diversity = .3, .keep_seen = true};
        if (u == COLD)
            continue;
        sort_items(u, true, want);
        uint32_t second = want[1].id;
        diverse(.3, 3, want, (size_t)3 * CF_TOPN_POOL);
        assert_int_equal(list_for(o, u, got), 3);
        for (size_t j = 0; j < 3; j++)
            assert_int_equal(got[j].id, want[j].id);
        moved += got[1].id != second;
    }
    assert_true(moved > 2);
}

/* ---- reasons ---- */

/* An item equal to one that the user has is listed because of it, and of what
 * has nothing to do with it nothing is told. */
static void test_why(void **state)
{
    struct cf_topn_opts o = {.n = ITEMS, .why = 3};
    struct cf_scored got[ITEMS];
    double sum;

    (void)state;
    for (uint32_t u = 0; u < USERS; u++) {
        size_t n = list_for(o, u, got);
        for (size_t j = 0; u != COLD && j < n; j++) {
            const struct cf_reason *r = &why[j * 3];
            sum = 0;
            for (size_t i = 0; i < 3 && r[i].item != CF_NONE; i++) {
                assert_true(has_seen(u, r[i].item));
                assert_true(r[i].share > 0);
                assert_true(i == 0 || r[i].share <= r[i - 1].share);
                sum += (double)r[i].share;
            }
            assert_true(sum <= 1 + 1e-6);
            if (got[j].id == ZERO)
                assert_int_equal(r[0].item, CF_NONE);
        }
        if (u == COLD)
            assert_int_equal(why[0].item, CF_NONE);
    }
}

/* ---- layers ---- */

static void test_layers(void **state)
{
    struct cf_model layers;
    struct cf_scored got[ITEMS], all[ITEMS];
    struct cf_topn *t;
    struct cf_err err;
    const struct cf_ask a = {.row = 2};
    struct cf_topn_opts o = {.n = 4}, users = {.what = CF_TOPN_USERS, .n = 4},
                        why_opts = {.n = 4, .why = 1, .vec = cf_vec_best()};

    (void)state;
    little_model(&layers, 6, (struct little_ids){USERS, 0},
                 (struct little_ids){ITEMS, 0});
    little_fill(&layers, 9);
    little_layers(&layers, 3);
    for (uint32_t i = 0; i < ITEMS; i++)
        all[i] = (struct cf_scored){little_raw(&layers, 2, i), i};
    qsort(all, ITEMS, sizeof *all, best_first);
    /* The best one has no training row. */
    layers.item.count[all[0].id] = 0;
    memmove(all, all + 1, 4 * sizeof *all);
    assert_int_equal(list(&layers, o, &a, got), 4);
    for (size_t j = 0; j < 4; j++)
        assert_int_equal(got[j].id, all[j].id);
    layers.item.count[2] = 1;
    for (uint32_t u = 0; u < USERS; u++)
        all[u] = (struct cf_scored){little_raw(&layers, u, 2), u};
    qsort(all, USERS, sizeof *all, best_first);
    assert_int_equal(list(&layers, users, &a, got), 4);
    for (size_t j = 0; j < 4; j++)
        assert_int_equal(got[j].id, all[j].id);
    must(cf_pool_open(&why_opts.pool, 1, &err), &err);
    assert_int_equal(cf_topn_open(&t, &layers, &why_opts, &err), CF_EUSAGE);
    cf_topn_close(t);
    cf_pool_close(why_opts.pool);
    free(layers.solver);
    layers.solver = NULL;
    cf_model_free(&layers);
}

/* inf - inf is no cosine of 1. */
static void test_overflow(void **state)
{
    (void)state;
    assert_true(isnan(cf_cosine(NAN, 1, 1)));
    assert_true(isnan(cf_cosine(INFINITY, 1e30, 1e30)));
    expect_near(cf_cosine(3e38F, 1e19, 1e19), 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_user),      cmocka_unit_test(test_by_item),
        cmocka_unit_test(test_cases),     cmocka_unit_test(test_cold),
        cmocka_unit_test(test_barred),    cmocka_unit_test(test_bias),
        cmocka_unit_test(test_group),     cmocka_unit_test(test_similar),
        cmocka_unit_test(test_diversity), cmocka_unit_test(test_why),
        cmocka_unit_test(test_layers),    cmocka_unit_test(test_overflow),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
