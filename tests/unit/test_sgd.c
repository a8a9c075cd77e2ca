/* test_sgd.c - steps of descent, and the grid of blocks. What the solver as a
 * whole computes is checked by tests/py/sgd.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fit/grid.h"
#include "little.h"
#include "made.h"
#include "math/sgd.h"

static struct cf_err err;

/* ---- kernels: every one gives the bits of the plain loops ---- */

enum { USERS = 9, ITEMS = 5, WIDEST = 144, ROWS = 40 };

static const char *const tables[] = {"sse2", "avx2", "avx512"};

struct weights {
    float user[USERS * WIDEST], item[ITEMS * WIDEST], user_bias[USERS],
        item_bias[ITEMS];
};

static void draw(float *x, size_t n, uint64_t seed)
{
    for (size_t i = 0; i < n; i++)
        x[i] = little_draw(seed, i) / 4;
}

static struct cf_sgd start(struct weights *w, size_t width)
{
    draw(w->user, (size_t)USERS * WIDEST, 1);
    draw(w->item, (size_t)ITEMS * WIDEST, 2);
    draw(w->user_bias, USERS, 3);
    draw(w->item_bias, ITEMS, 4);
    return (struct cf_sgd){.user = w->user,
                           .item = w->item,
                           .user_bias = w->user_bias,
                           .item_bias = w->item_bias,
                           .width = width,
                           .mean = 0.4F,
                           .rate = 0.05F,
                           .keep = 0.99F,
                           .bias_rate = 0.04F,
                           .bias_keep = 0.98F};
}

/* Rows of a user are neighbours; some users have many, some none. */
static void make_rows(struct cf_sgd_row row[ROWS], size_t n, size_t users)
{
    for (size_t i = 0; i < n; i++)
        row[i] = (struct cf_sgd_row){(uint32_t)(i * users / n),
                                     (uint32_t)(i * 3 % ITEMS), (float)(i % 2)};
}

/* Of floats, for which == would take -0 for 0. */
static bool same_bits(const void *a, const void *b, size_t bytes)
{
    return memcmp(a, b, bytes) == 0;
}

static void compare(cf_sgd_fn *fn, const char *name, size_t width, size_t n)
{
    static struct weights want, got;
    struct cf_sgd_row row[ROWS];

    make_rows(row, n, 1 + n % USERS);
    for (unsigned kind = 0; kind < 4; kind++) {
        struct cf_sgd a = start(&want, width), b = start(&got, width);
        a.nonneg = b.nonneg = kind & 1;
        a.bce = b.bce = kind & 2;
        double plain = cf_sgd_kernel(&cf_vec_scalar)(&a, row, n);
        double loss = fn(&b, row, n);
        if (!same_bits(&want, &got, sizeof want) ||
            !same_bits(&plain, &loss, sizeof loss))
            fail_msg("%s: other bits than scalar, width %zu, %zu rows, kind %u",
                     name, width, n, kind);
    }
}

static void test_kernels(void **state)
{
    (void)state;
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        const struct cf_vec *vec = cf_vec_find(tables[t]);
        if (!vec)
            continue;
        assert_ptr_not_equal(cf_sgd_kernel(vec), cf_sgd_kernel(&cf_vec_scalar));
        for (size_t width = CF_SGD_LANES; width <= WIDEST;
             width += CF_SGD_LANES)
            for (size_t n = 0; n <= ROWS; n++)
                compare(cf_sgd_kernel(vec), vec->name, width, n);
    }
}

/* A step moves down the gradient of half of the loss and the penalty, which is
 * found here by central differences in double. */
static double half(const struct cf_sgd *s, const double *p, const double *q,
                   double l2)
{
    double z = (double)s->mean + (double)s->user_bias[0] +
               (double)s->item_bias[0],
           square = 0;

    for (size_t f = 0; f < s->width; f++) {
        z += p[f] * q[f];
        square += p[f] * p[f] + q[f] * q[f];
    }
    return ((z - 2) * (z - 2) + l2 * square) / 2;
}

static void test_gradient(void **state)
{
    enum { WIDTH = 32 };
    const double l2 = 0.3, lr = 0.125, h = 1e-5;
    static struct weights w;
    struct cf_sgd s = start(&w, WIDTH);
    const struct cf_sgd_row row = {0, 0, 2};
    double p[WIDTH], q[WIDTH], slope[WIDTH];

    (void)state;
    s.rate = (float)lr;
    s.keep = (float)(1 - lr * l2);
    for (size_t f = 0; f < WIDTH; f++) {
        p[f] = (double)w.user[f];
        q[f] = (double)w.item[f];
    }
    for (size_t f = 0; f < WIDTH; f++) {
        double was = p[f];
        p[f] = was + h;
        slope[f] = half(&s, p, q, l2);
        p[f] = was - h;
        slope[f] = (slope[f] - half(&s, p, q, l2)) / (2 * h);
        p[f] = was;
    }
    double loss = 2 * half(&s, p, q, 0);
    expect_near(cf_sgd_kernel(cf_vec_best())(&s, &row, 1), loss, 1e-6);
    for (size_t f = 0; f < WIDTH; f++)
        expect_near(w.user[f], p[f] - lr * slope[f], 1e-7);
}

/* What is not a number is found, even where nothing is to be below 0. */
static void test_nan(void **state)
{
    static struct weights w;
    const struct cf_sgd_row row = {0, 0, 2};

    (void)state;
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        const struct cf_vec *vec = cf_vec_find(tables[t]);
        struct cf_sgd s = start(&w, CF_SGD_LANES);
        if (!vec)
            continue;
        s.nonneg = true;
        w.user[3] = NAN;
        assert_true(isnan(cf_sgd_kernel(vec)(&s, &row, 1)));
        assert_true(isnan(w.user[3]) && isnan(w.item[0]));
    }
}

/* ---- the grid ---- */

enum { MANY = 5000, MANY_USERS = 300, MANY_ITEMS = 90 };

static struct cf_ratings many(void)
{
    struct cf_ratings r = {0};

    must(cf_ratings_room(&r, MANY, false, &err), &err);
    r.n = MANY;
    for (uint32_t i = 0; i < MANY; i++) {
        r.user[i] = i * 7919 % 1000 * MANY_USERS / 1000;
        r.item[i] = i * 104729 % 977 * MANY_ITEMS / 977;
        r.rating[i] = (float)i;
    }
    return r;
}

/* Every row is in the block of its user and item, by user, then as it came. */
static void check_block(const struct cf_grid *g, size_t b,
                        const struct cf_ratings *was)
{
    for (uint64_t i = g->start[b]; i < g->start[b + 1]; i++) {
        const struct cf_sgd_row *row = &g->row[i];
        size_t r = (size_t)row->rating;
        assert_int_equal(row->user, g->user_place[was->user[r]]);
        assert_int_equal(row->item, g->item_place[was->item[r]]);
        assert_int_equal(row->user * CF_GRID_SIDE / MANY_USERS,
                         b / CF_GRID_SIDE);
        assert_int_equal(row->item * CF_GRID_SIDE / MANY_ITEMS,
                         b % CF_GRID_SIDE);
        if (i > g->start[b])
            assert_true(
                row->user > row[-1].user ||
                (row->user == row[-1].user && row->rating > row[-1].rating));
    }
}

static void test_grid(void **state)
{
    struct cf_ratings was = many();
    struct cf_grid one;

    (void)state;
    for (size_t threads = 0; threads < 4; threads += 3) {
        struct cf_ratings r = many();
        struct cf_pool *pool = NULL;
        struct cf_grid g;
        if (threads)
            must(cf_pool_open(&pool, threads, &err), &err);
        must(cf_grid_build(&g, &r, MANY_USERS, MANY_ITEMS, 5, pool, &err),
             &err);
        assert_null(r.user);
        assert_int_equal(g.start[CF_GRID_BLOCKS], MANY);
        for (size_t b = 0; b < CF_GRID_BLOCKS; b++)
            check_block(&g, b, &was);
        if (threads) {
            assert_memory_equal(g.row, one.row, MANY * sizeof *g.row);
            cf_grid_free(&g);
        } else {
            one = g;
        }
        cf_pool_close(pool);
    }
    cf_grid_free(&one);
    cf_ratings_free(&was);
}

/* An epoch has every block once, and blocks of a round share neither a row nor
 * a column of the grid. */
static void test_order(void **state)
{
    uint32_t block[CF_GRID_BLOCKS], other[CF_GRID_BLOCKS];
    bool had[CF_GRID_BLOCKS] = {false};

    (void)state;
    cf_grid_order(3, 7, block);
    for (size_t i = 0; i < CF_GRID_BLOCKS; i += CF_GRID_SIDE) {
        unsigned rows = 0, columns = 0;
        for (size_t j = i; j < i + CF_GRID_SIDE; j++) {
            assert_false(had[block[j]]);
            had[block[j]] = true;
            rows |= 1U << block[j] / CF_GRID_SIDE;
            columns |= 1U << block[j] % CF_GRID_SIDE;
        }
        assert_int_equal(rows, (1U << CF_GRID_SIDE) - 1);
        assert_int_equal(columns, rows);
    }
    cf_grid_order(3, 8, other);
    assert_memory_not_equal(block, other, sizeof block);
}

/* Fewer users and items than the grid has rows and columns; and none. */
static void test_little_grid(void **state)
{
    struct cf_ratings r = {0};
    struct cf_grid g;

    (void)state;
    must(cf_ratings_room(&r, 2, false, &err), &err);
    r.n = 2;
    memset(r.user, 0, 2 * sizeof *r.user);
    r.item[0] = 1;
    r.item[1] = 0;
    r.rating[0] = r.rating[1] = 1;
    must(cf_grid_build(&g, &r, 1, 2, 5, NULL, &err), &err);
    assert_int_equal(g.start[CF_GRID_BLOCKS], 2);
    cf_grid_free(&g);
    must(cf_grid_build(&g, &r, 0, 0, 5, NULL, &err), &err);
    assert_int_equal(g.start[CF_GRID_BLOCKS], 0);
    cf_grid_free(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kernels), cmocka_unit_test(test_gradient),
        cmocka_unit_test(test_nan),     cmocka_unit_test(test_grid),
        cmocka_unit_test(test_order),   cmocka_unit_test(test_little_grid),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
