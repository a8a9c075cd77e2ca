/* Ridge regressions: solutions against the normal equations in double. */
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

enum { ROWS = 300, WIDTH = 144 };

static float z[ROWS * WIDTH];
static uint16_t half[ROWS * WIDTH]; /* the same, in the unit 1/8 */
static struct cf_halves halves = {half, 0.125F};

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
        cmocka_unit_test(test_solutions),
        cmocka_unit_test(test_singular),
        cmocka_unit_test(test_no_penalty),
        cmocka_unit_test(test_gram),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
