/* Ridge regressions: kernels against their reference, solutions against the
 * normal equations in double. */
#include "math/ridge.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/rng.h"
#include "math/cholesky.h"
#include "math/gram.h"
#include "math/half.h"

enum { ROWS = 300, WIDTH = 144, ROW = WIDTH + 16, COPY = 40 };

static float z[ROWS * WIDTH];
static uint16_t half[ROWS * WIDTH]; /* the same, in the unit 1/8 */
static struct cf_halves halves = {half, 0.125F};
static const float *row_at[ROWS];

static float draw(uint64_t i)
{
    const struct cf_rng rng = {.seed = 1, .purpose = CF_RNG_TEST};
    return (float)cf_rng_normal(&rng, i);
}

static int fill(void **state)
{
    (void)state;
    for (size_t i = 0; i < (size_t)ROWS * WIDTH; i++) {
        half[i] = cf_half_of(8 * draw(i));
        z[i] = cf_half_widen(half[i]) / 8;
    }
    return 0;
}

/* Rows of w numbers each. */
static void lay_out(size_t w)
{
    for (size_t r = 0; r < ROWS; r++)
        row_at[r] = z + r * w;
}

/* ---- kernels ---- */

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

/* ---- solutions ---- */

struct problem {
    size_t n, w;
    bool weighted, other; /* targets other than 1 */
    uint32_t col[ROWS];
    float weight[ROWS], target[ROWS], d[WIDTH];
};

static struct problem problem(size_t n, size_t w, bool weighted, bool other)
{
    struct problem p = {.n = n, .w = w, .weighted = weighted, .other = other};

    for (size_t i = 0; i < n; i++) {
        p.col[i] = (uint32_t)(i * 7 % ROWS);
        p.weight[i] = 1 + fabsf(draw(i + 1000));
        p.target[i] = draw(i + 2000);
    }
    for (size_t c = 0; c < w; c++)
        p.d[c] = 0.5F + fabsf(draw(c + 3000));
    return p;
}

/* Cholesky of the normal equations in double; returns f(x). */
static double solve(const struct problem *p, double *x)
{
    double *a = cf_zalloc(p->w, p->w * sizeof *a), f = 0;

    memset(x, 0, p->w * sizeof *x);
    for (size_t c = 0; c < p->w; c++)
        a[c * p->w + c] = (double)p->d[c];
    for (size_t i = 0; i < p->n; i++) {
        const float *q = z + (size_t)p->col[i] * p->w;
        double weight = p->weighted ? (double)p->weight[i] : 1;
        double target = p->other ? (double)p->target[i] : 1;
        f += weight * target * target;
        for (size_t c = 0; c < p->w; c++) {
            x[c] += weight * target * (double)q[c];
            for (size_t e = 0; e < p->w; e++)
                a[c * p->w + e] += weight * (double)q[c] * (double)q[e];
        }
    }
    double *b = cf_zalloc(p->w, sizeof *b);
    memcpy(b, x, p->w * sizeof *b);
    assert_true(cf_cholesky(a, p->w));
    cf_cholesky_solve(a, p->w, x);
    for (size_t c = 0; c < p->w; c++)
        f -= b[c] * x[c];
    free(a);
    free(b);
    return f;
}

static void check_solutions(size_t n, size_t w, bool weighted, bool other)
{
    struct problem p = problem(n, w, weighted, other);
    const struct cf_vec *vec = cf_vec_best();
    const struct cf_ridge_table t = {vec, cf_ridge_of(vec), z, w, &halves};
    const struct cf_ridge_row row = {.n = n,
                                     .col = p.col,
                                     .weight = weighted ? p.weight : NULL,
                                     .target = other ? p.target : NULL,
                                     .d = p.d};
    struct cf_ridge_work work;
    struct cf_err err;
    double right[WIDTH];
    float x[WIDTH], y[WIDTH] = {0};

    double f = solve(&p, right);
    assert_int_equal(cf_ridge_work_init(&work, w, &err), 0);
    double exact = cf_ridge_exact(&t, &row, &work, x);
    double steps = other ? f : cf_ridge_cg(&t, &row, 500, &work, y);
    for (size_t c = 0; c < w; c++) {
        assert_true(fabs((double)x[c] - right[c]) < 5e-5);
        assert_true(other || fabs((double)y[c] - right[c]) < 1e-4);
    }
    assert_true(fabs(exact - f) < 1e-4 * (1 + f));
    assert_true(fabs(steps - f) < 1e-4 * (1 + f));
    cf_ridge_work_free(&work);
}

static void test_solutions(void **state)
{
    static const size_t n[] = {1, 2, 15, 16, 17, 40, 128, 129, 300};

    (void)state;
    for (size_t i = 0; i < sizeof n / sizeof *n; i++)
        for (size_t w = 16; w <= WIDTH; w += 32) {
            check_solutions(n[i], w, false, false);
            check_solutions(n[i], w, true, false);
            check_solutions(n[i], w, true, true);
        }
}

/* Two rows, equal, and no penalty to speak of: the shortest x that has no error
 * is one of many; what matters is that there is one. */
static void test_singular(void **state)
{
    const struct cf_vec *vec = cf_vec_best();
    const struct cf_ridge_table t = {vec, cf_ridge_of(vec), z, 16, NULL};
    const uint32_t col[] = {3, 3};
    const float d[16] = {0};
    const struct cf_ridge_row row = {.n = 2, .col = col, .d = d};
    struct cf_ridge_work work;
    struct cf_err err;
    float x[16];

    (void)state;
    assert_int_equal(cf_ridge_work_init(&work, 16, &err), 0);
    double f = cf_ridge_exact(&t, &row, &work, x);
    assert_true(fabs(f) < 1e-5);
    assert_true(fabsf(vec->dot(z + (size_t)3 * 16, x, 16) - 1) < 1e-5F);
    cf_ridge_work_free(&work);
}

/* Fewer rows than columns and no penalty: of all x without error the shortest,
 * whose square has the mean n / (w - n - 1) for rows from a normal distribution
 * (that of an inverse Wishart matrix), here 0.46. */
static void test_no_penalty(void **state)
{
    enum { N = 40, W = 128 };
    const struct cf_vec *vec = cf_vec_best();
    const struct cf_ridge_table t = {vec, cf_ridge_of(vec), z, W, NULL};
    const struct problem p = problem(N, W, false, false);
    const float d[W] = {0};
    const struct cf_ridge_row row = {.n = N, .col = p.col, .d = d};
    struct cf_ridge_work work;
    struct cf_err err;
    float x[W];

    (void)state;
    assert_int_equal(cf_ridge_work_init(&work, W, &err), 0);
    cf_ridge_exact(&t, &row, &work, x);
    for (size_t i = 0; i < N; i++)
        assert_true(fabsf(vec->dot(z + (size_t)p.col[i] * W, x, W) - 1) <
                    1e-4F);
    assert_true(vec->dot(x, x, W) < 2 * 0.46F);
    cf_ridge_work_free(&work);
}

/* ---- tall tables ---- */

static void test_gram(void **state)
{
    enum { N = 290, K = 37 };
    struct cf_table t = {.vec = cf_vec_best(), .n = N, .w = 48};
    struct cf_halves out = {NULL, 1 / 16.0F};
    double gram[K * K], a[K * K], want;
    struct cf_err err;

    (void)state;
    t.ridge = cf_ridge_of(t.vec);
    t.v = cf_aalloc(N, 48 * sizeof *t.v);
    for (size_t r = 0; r < N; r++)
        memcpy(t.v + r * 48, z + r * K, K * sizeof *z);
    assert_int_equal(cf_gram(&t, K, gram, &err), 0);
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < K; j++) {
            want = 0;
            for (size_t r = 0; r < N; r++)
                want += (double)z[r * K + i] * (double)z[r * K + j];
            assert_true(fabs(gram[i * K + j] - want) < 1e-3);
            a[i * K + j] = (double)draw(i * K + j);
        }
    out.v = cf_alloc((size_t)N * 48, sizeof *out.v);
    assert_int_equal(cf_rotate(&t, K, a, &out, &err), 0);
    for (size_t r = 0; r < N; r++)
        for (size_t j = 0; j < 48; j++) {
            want = 0;
            for (size_t p = 0; j < K && p < K; p++)
                want += (double)z[r * K + p] * a[p * K + j];
            assert_true(fabs((double)t.v[r * 48 + j] - want) < 1e-4);
            assert_int_equal(out.v[r * 48 + j],
                             cf_half_of(16 * t.v[r * 48 + j]));
        }
    free(out.v);
    free(t.v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums),       cmocka_unit_test(test_squares),
        cmocka_unit_test(test_passes),     cmocka_unit_test(test_products),
        cmocka_unit_test(test_halves),
        cmocka_unit_test(test_solutions),  cmocka_unit_test(test_singular),
        cmocka_unit_test(test_no_penalty), cmocka_unit_test(test_gram),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
