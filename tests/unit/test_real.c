/* test_real.c - kernels on doubles: the same bits from every table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "little.h"
#include "math/real.h"
#include "math/vec.h"

enum { MOST = 70, VECTORS = 9, PART = VECTORS * CF_TURN_WIDTH };

struct arrays {
    double x[MOST], y[MOST], z[MOST], part[PART];
    double row[CF_REAL_ROWS * MOST], pair[CF_REAL_PAIR * MOST];
    double product[CF_REAL_PAIR][CF_REAL_ROWS];
};

static struct arrays made(void)
{
    struct arrays a = {.product = {{0}}};

    for (uint64_t i = 0; i < MOST; i++) {
        a.x[i] = (double)little_draw(1, i);
        a.y[i] = (double)little_draw(2, i) / 3;
        a.z[i] = (double)little_draw(3, i) / 7;
    }
    for (uint64_t i = 0; i < PART; i++)
        a.part[i] = (double)little_draw(4, i) / 11;
    for (uint64_t i = 0; i < sizeof a.row / sizeof *a.row; i++)
        a.row[i] = (double)little_draw(5, i) / 13;
    for (uint64_t i = 0; i < sizeof a.pair / sizeof *a.pair; i++)
        a.pair[i] = (double)little_draw(6, i) / 17;
    return a;
}

/* Also up the vectors, twice the same, and one apart from the one before. */
static const struct cf_turn turns[] = {{7, .6, .8}, {6, .8, -.6}, {5, .28, .96},
                                       {5, .6, .8}, {6, -.8, .6}, {2, .96, .28},
                                       {1, 0, 1},   {0, .6, -.8}, {7, 1, 0}};
enum { TURNS = sizeof turns / sizeof *turns };

/* Products of rows and a pair of vectors, which are then added. */
static void many(const struct cf_real *r, struct arrays *a, size_t n)
{
    struct cf_reals p = {
        .u = a->row, .x = a->pair, .u_row = MOST, .x_row = MOST, .n = n};

    r->dots(&p);
    memcpy(a->product, p.product, sizeof a->product);
    r->axpys(&p);
}

static void check_table(const struct cf_real *r)
{
    for (size_t n = 0; n <= MOST; n++) {
        struct arrays a = made(), b = made();
        const struct cf_real *plain = &cf_real_scalar;
        double da = r->dot(a.x, a.y, n), db = plain->dot(b.x, b.y, n);
        assert_memory_equal(&da, &db, sizeof da);
        r->axpy(.3, a.x, a.y, n);
        plain->axpy(.3, b.x, b.y, n);
        r->axpy2(-.7, a.x, .9, a.y, a.z, n);
        plain->axpy2(-.7, b.x, .9, b.y, b.z, n);
        many(r, &a, n);
        many(plain, &b, n);
        r->turn(a.part, turns, n < TURNS ? n : TURNS);
        plain->turn(b.part, turns, n < TURNS ? n : TURNS);
        assert_memory_equal(&a, &b, sizeof a);
    }
}

static void test_same_bits(void **state)
{
    static const char *const names[] = {"sse2", "avx2", "avx512"};
    (void)state;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (cf_vec_find(names[i]))
            check_table(cf_real_of(names[i]));
        else
            print_message("%s: this processor has none\n", names[i]);
}

/* By hand. */
static void test_plain(void **state)
{
    const struct cf_real *r = &cf_real_scalar;
    double x[] = {1, 2, 3}, y[] = {4, 5, 6}, z[] = {1, 1, 1};
    double part[2 * CF_TURN_WIDTH] = {[0] = 1, [CF_TURN_WIDTH] = 2};
    const struct cf_turn quarter = {0, 0, 1};
    (void)state;

    assert_true(r->dot(x, y, 3) == 32);
    r->axpy(2, x, y, 3); /* 6 9 12 */
    assert_true(y[0] == 6 && y[1] == 9 && y[2] == 12);
    r->axpy2(10, x, -1, y, z, 3);
    assert_true(z[0] == 5 && z[1] == 12 && z[2] == 19);
    const double u[] = {1, 2, 3, 0, 0, 1, 0, 1, 1, 0, -1, 4};
    double v[] = {1, 1, 2, 5, 7, 9};
    struct cf_reals p = {.u = u, .x = v, .u_row = 3, .x_row = 3, .n = 3};
    r->dots(&p);
    assert_true(p.product[0][0] == 9 && p.product[0][3] == 7);
    assert_true(p.product[1][2] == 16 && p.product[1][1] == 9);
    r->axpys(&p); /* v0: 9 u0 + 2 u1 + 3 u2 + 7 u3 */
    assert_true(p.product[0][1] == 2 && p.product[0][2] == 3);
    assert_true(v[0] == 1 + 9 && v[1] == 1 + 18 + 3 - 7);
    assert_true(v[2] == 2 + 27 + 2 + 3 + 28);
    r->turn(part, &quarter, 1); /* x' = -y, y' = x */
    assert_true(part[0] == -2 && part[CF_TURN_WIDTH] == 1);
    assert_ptr_equal(cf_real_of("scalar"), &cf_real_scalar);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
