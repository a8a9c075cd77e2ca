/* The kernels of ridge.h against their reference, and that by hand. */
#include "math/ridge.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "little.h"
#include "math/half.h"

enum { ROWS = 300, WIDTH = 144, ROW = WIDTH + 16, COPY = 40 };

static float z[ROWS * WIDTH];
static uint16_t half[ROWS * WIDTH];
static const struct cf_halves halves = {half, 0.125F};
static const float *row_at[ROWS];

static int fill(void **state)
{
    (void)state;
    for (size_t i = 0; i < (size_t)ROWS * WIDTH; i++) {
        z[i] = (float)little_draw(1, i) / 3;
        half[i] = cf_half_of(z[i]);
    }
    return 0;
}

/* Rows of w numbers each. */
static void lay_out(size_t w)
{
    for (size_t r = 0; r < ROWS; r++)
        row_at[r] = z + r * w;
}

static const char *const names[] = {"sse2", "avx2", "avx512"};

static void each_kernel(void (*check)(const struct cf_ridge *k))
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct cf_vec *v = cf_vec_find(names[i]);
        if (v) {
            assert_string_equal(cf_ridge_of(v)->name, names[i]);
            check(cf_ridge_of(v));
        }
    }
}

/* x and y are equal, and are to be that after each pass. If rows are kept, the
 * second and the third take them from there. */
static void same_passes(const struct cf_ridge *k,
                        const struct cf_ridge_pass *from, float *x, float *y)
{
    static float copy_a[COPY * WIDTH], copy_b[COPY * WIDTH];
    struct cf_ridge_pass a = *from, b = *from;

    a.copy = copy_a;
    b.copy = copy_b;
    assert_true(cf_ridge_scalar.residual(&a, z + 7, x) ==
                k->residual(&b, z + 7, y));
    assert_memory_equal(x, y, from->w * sizeof *x);
    if (from->keep) {
        assert_memory_equal(copy_a, copy_b, a.n * a.w * sizeof *copy_a);
        a.col = b.col = NULL;
    }
    cf_ridge_scalar.product(&a, z + 7, x);
    k->product(&b, z + 7, y);
    assert_memory_equal(x, y, from->w * sizeof *x);
    assert_true(cf_ridge_scalar.squares(&a, z + 7) == k->squares(&b, z + 7));
}

static void same_sums(const struct cf_ridge *k)
{
    float x[WIDTH], y[WIDTH];
    uint32_t col[ROWS];

    for (size_t i = 0; i < ROWS; i++)
        col[i] = (uint32_t)(i * 11 % ROWS);

    for (size_t w = 16; w <= WIDTH; w += 16) {
        lay_out(w);
        for (size_t n = 0; n < COPY; n++) {
            const struct cf_ridge_pass p = {.z = &halves,
                                            .w = w,
                                            .n = n,
                                            .col = col,
                                            .keep = n % 2,
                                            .weight = n % 3 ? NULL : z + 99,
                                            .ahead = col,
                                            .nahead = n};
            memcpy(x, z + 3, sizeof x);
            memcpy(y, z + 3, sizeof y);
            cf_ridge_scalar.combine(row_at, n, w, z + 8, x);
            k->combine(row_at, n, w, z + 8, y);
            assert_memory_equal(x, y, sizeof x);
            same_passes(k, &p, x, y);
        }
    }
}

static void test_sums(void **state)
{
    (void)state;
    each_kernel(same_sums);
}

/* By hand: one row of z, and one of twice that. */
static void test_passes(void **state)
{
    enum { W = 16 };
    const uint32_t col[] = {0, 1};
    const float weight[] = {1, 3};
    uint16_t own[2 * W] = {0};
    const struct cf_halves few = {own, 0.5F};
    float copy[2 * W], x[W] = {[2] = 3}, out[W] = {0};
    struct cf_ridge_pass p = {&few, W, 2, col, copy, true, weight, NULL, 0};

    (void)state;
    own[2] = cf_half_of(1); /* 1/2 */
    own[W + 2] = cf_half_of(2);
    assert_true(cf_ridge_scalar.residual(&p, x, out) == 0.25 + 3 * 4);
    assert_true(out[2] == 0.5F * -0.5F + 3 * -2);
    assert_true(copy[2] == 1 && copy[W + 2] == 2);
    out[2] = 0;
    cf_ridge_scalar.product(&p, x, out);
    assert_true(out[2] == 1.5F * 0.5F + 3 * 3);
    assert_true(cf_ridge_scalar.squares(&p, x) == 1.5 * 1.5 + 3 * 9);
}

static void same_products(const struct cf_ridge *k)
{
    for (size_t m = 1; m < 18; m++)
        for (size_t n = 1; n < 40; n += n < 18 ? 1 : 7) {
            float a[40 * 40], b[40 * 40];
            struct cf_gemm g = {m, n, 21, z, 23, 1, z + 99, 41, a, 40};
            memcpy(a, z + 5, sizeof a);
            memcpy(b, z + 5, sizeof b);
            cf_ridge_scalar.gemm(&g);
            g.c = b;
            k->gemm(&g);
            assert_memory_equal(a, b, sizeof a);
        }
}

static void test_products(void **state)
{
    (void)state;
    each_kernel(same_products);
}

/* Of all sizes that a half has, halfway cases among them. */
static void same_halves(const struct cf_ridge *k)
{
    enum { N = 64 };
    float x[N];
    uint16_t a[N], b[N];

    for (uint32_t at = 0; at < 0x10000; at += N) {
        for (uint32_t i = 0; i < N; i++) {
            uint32_t bits = (at + i) << 12 & 0x0fffffff;
            bits += 0x38000000 - 0x02000000 + (at & 3) - 1;
            bits = (bits & 0x7fffffff) | (at + i) >> 15 << 31;
            memcpy(&x[i], &bits, sizeof bits);
            if (!(fabsf(x[i]) < CF_HALF_END))
                x[i] = 1;
        }
        cf_ridge_scalar.narrow(x, 0.5F, a, N);
        k->narrow(x, 0.5F, b, N);
        assert_memory_equal(a, b, sizeof a);
    }
}

static void test_halves(void **state)
{
    (void)state;
    each_kernel(same_halves);
    /* Every half is what it is narrowed to again. */
    for (uint32_t h = 0; h < 0x10000; h++)
        if ((h & 0x7c00) != 0x7c00)
            assert_int_equal(cf_half_of(cf_half_widen((uint16_t)h)), h);
    /* IEEE 754: 1, the least, the largest; ties. */
    assert_true(cf_half_widen(0x3c00) == 1 && cf_half_widen(1) == 0x1p-24F);
    assert_true(cf_half_widen(0xfbff) == -65504);
    assert_int_equal(cf_half_of(1 + 0x1p-11F), 0x3c00);
    assert_int_equal(cf_half_of(1 + 0x3p-11F), 0x3c02);
    assert_int_equal(cf_half_of(1 + 0x1p-11F + 0x1p-20F), 0x3c01);
    assert_int_equal(cf_half_of(0x1p-25F), 0);
    assert_int_equal(cf_half_of(0x3p-25F), 2);
    assert_int_equal(cf_half_of(65519), 0x7bff);
    assert_true(cf_half_unit(65519) == 1 && cf_half_unit(CF_HALF_END) == 2);
    assert_true(cf_half_unit(0) == 1 && cf_half_unit((double)INFINITY) == 1);
    assert_true(cf_half_unit(2) == 0x1p-14F && cf_half_unit(1e99) == 0x1p100F);
}

static float upper_a[WIDTH * ROW], upper_b[WIDTH * ROW];

static void assert_same_upper(size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_memory_equal(upper_a + i * ROW + i, upper_b + i * ROW + i,
                            (n - i) * sizeof(float));
}

static void same_squares(const struct cf_ridge *k)
{
    float inverse_a[16], inverse_b[16], least[16];

    for (size_t n = 16; n <= WIDTH; n += 16)
        for (size_t m = 0; m < 40; m += 13) {
            memset(upper_a, 0, sizeof upper_a);
            memset(upper_b, 0, sizeof upper_b);
            for (size_t i = 0; i < n; i++)
                upper_a[i * ROW + i] = upper_b[i * ROW + i] = 1;
            cf_ridge_scalar.syrk(z, WIDTH, m, upper_a, ROW, n);
            k->syrk(z, WIDTH, m, upper_b, ROW, n);
            assert_same_upper(n);
            for (size_t i = 0; i < 16; i++)
                least[i] = i == 5 ? 1e9F : 0;
            cf_ridge_scalar.panel(upper_a, ROW, n, least, inverse_a);
            k->panel(upper_b, ROW, n, least, inverse_b);
            assert_same_upper(n);
            assert_memory_equal(inverse_a, inverse_b, sizeof inverse_a);
            assert_true(inverse_a[5] == 0 && inverse_a[4] > 0);
        }
}

static void test_squares(void **state)
{
    (void)state;
    each_kernel(same_squares);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums),   cmocka_unit_test(test_squares),
        cmocka_unit_test(test_passes), cmocka_unit_test(test_products),
        cmocka_unit_test(test_halves),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
