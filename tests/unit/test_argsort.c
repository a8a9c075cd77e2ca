/* test_argsort.c - row numbers by key, against the sort of the C library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/rng.h"
#include "data/argsort.h"
#include "data/order.h"

enum { MOST = 70000 };

static uint64_t keys[MOST];

static uint64_t key(const void *ctx, uint32_t row)
{
    return ((const uint64_t *)ctx)[row];
}

static int compare(const void *pa, const void *pb)
{
    const uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
    if (keys[a] != keys[b])
        return keys[a] < keys[b] ? -1 : 1;
    return a < b ? -1 : 1;
}

/* Rows 0 .. n-1, in no order at first. */
static void expect_sorted(size_t n, unsigned bits)
{
    const struct cf_keys k = {key, keys};
    uint64_t *v = calloc(n + 1, sizeof *v), *spare = calloc(n + 1, sizeof *v);
    uint32_t *want = calloc(n + 1, sizeof *want);

    for (size_t i = 0; i < n; i++) {
        v[i] = (i * 7 + 3) % n | (uint64_t)i << 40;
        want[i] = (uint32_t)i;
    }
    cf_argsort(v, spare, n, bits, &k);
    qsort(want, n, sizeof *want, compare);
    for (size_t i = 0; i < n; i++)
        assert_int_equal((uint32_t)v[i], want[i]);
    free(v);
    free(spare);
    free(want);
}

static void fill(uint64_t and_mask, uint64_t or_mask)
{
    const struct cf_rng rng = {1, CF_RNG_TEST, 0};
    for (size_t i = 0; i < MOST; i++)
        keys[i] = (cf_rng_u64(&rng, i) & and_mask) | or_mask;
}

/* Not multiples of 7, which is how rows are mixed. */
static const size_t sizes[] = {0, 1, 2, 15, 16, 17, 300, 16384, 69999};

static void test_sort(void **state)
{
    (void)state;
    static const struct {
        uint64_t and_mask, or_mask;
        unsigned bits;
    } c[] = {
        {UINT64_MAX, 0, 64}, /* random */
        {0, 5, 64},          /* all alike */
        {0, 5, 0},
        {0xf, 0, 4},                        /* few keys */
        {0xff, UINT64_C(1) << 63, 8},       /* the same above */
        {0xffff, UINT64_C(3) << 40, 64},    /* differ below the upper half */
        {UINT64_C(0xf) << 60 | 0x3, 0, 64}, /* ties in the upper half */
        {UINT64_C(0xffffffff), 0, 32},      /* ids of users */
        {UINT64_C(0x1ffffffff), 0, 33},     /* one bit too many */
    };

    for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
        fill(c[i].and_mask, c[i].or_mask);
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
            expect_sorted(sizes[k], c[i].bits);
    }
}

/* ---- the order of an epoch ---- */

static bool is_train(const void *ctx, size_t row)
{
    (void)ctx;
    return row % 5 != 2;
}

static bool all(const void *ctx, size_t row)
{
    (void)ctx;
    return row < SIZE_MAX;
}

/* Each training row once, by key; the others stay. */
static void test_order(void **state)
{
    (void)state;
    struct cf_order o = {.seed = 9, .is_train = is_train, .n = 50000};
    struct cf_err err;

    assert_int_equal(cf_order_open(&o, &err), 0);
    assert_int_equal(o.train, 40000);
    for (uint32_t epoch = 0; epoch < 3; epoch++) {
        char *once = cf_zalloc(o.n, 1);
        uint64_t last = 0;
        cf_order_epoch(&o, epoch);
        for (size_t i = 0; i < o.train; i++) {
            uint32_t row = (uint32_t)o.row[i];
            uint64_t now = cf_order_key(9, epoch, row);
            assert_true(is_train(NULL, row) && now > last && !once[row]);
            once[row] = 1;
            last = now;
        }
        for (size_t i = o.train; i < o.n; i++)
            assert_int_equal((uint32_t)o.row[i], 5 * (i - o.train) + 2);
        free(once);
    }
    cf_order_close(&o);
}

/* All 24 orders of four come up alike: chi-squared with 23 degrees of freedom
 * passes 56.6 once in 10000. */
static void test_order_fair(void **state)
{
    (void)state;
    enum { TIMES = 24000, ORDERS = 24 };
    struct cf_order o = {.seed = 3, .is_train = all, .n = 4};
    double seen[256] = {0}, chi = 0;
    size_t orders = 0;
    struct cf_err err;

    assert_int_equal(cf_order_open(&o, &err), 0);
    for (uint32_t epoch = 0; epoch < TIMES; epoch++) {
        cf_order_epoch(&o, epoch);
        const uint64_t *r = o.row;
        seen[(r[0] & 3) | (r[1] & 3) << 2 | (r[2] & 3) << 4 |
             (r[3] & 3) << 6]++;
    }
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++) {
        const double want = (double)TIMES / ORDERS;
        if (seen[i] == 0)
            continue;
        orders++;
        chi += (seen[i] - want) * (seen[i] - want) / want;
    }
    assert_int_equal(orders, ORDERS);
    assert_true(chi < 56.6);
    cf_order_close(&o);
}

/* Where each of 100 rows comes, by tens, over many epochs: 99 x 9 degrees of
 * freedom, whose chi-squared passes 1053 once in 10000 (normal approximation:
 * 891 + 3.72 x 42.2, and a little for the skew). */
static void test_order_uniform(void **state)
{
    (void)state;
    enum { ROWS = 100, TENS = 10, TIMES = 2000 };
    struct cf_order o = {.seed = 4, .is_train = all, .n = ROWS};
    static double seen[ROWS][TENS];
    const double want = (double)TIMES / TENS;
    double chi = 0;
    struct cf_err err;

    assert_int_equal(cf_order_open(&o, &err), 0);
    for (uint32_t epoch = 0; epoch < TIMES; epoch++) {
        cf_order_epoch(&o, epoch);
        for (size_t i = 0; i < ROWS; i++)
            seen[(uint32_t)o.row[i]][i / TENS]++;
    }
    for (size_t i = 0; i < ROWS; i++)
        for (size_t k = 0; k < TENS; k++)
            chi += (seen[i][k] - want) * (seen[i][k] - want) / want;
    assert_true(chi > 891 - 157 && chi < 1053);
    cf_order_close(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sort),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_order_fair),
        cmocka_unit_test(test_order_uniform),
    };
    return cmocka_run_group_tests_name("argsort", tests, NULL, NULL);
}
