/* test_eigen.c - eigenvalues and vectors of symmetric matrices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "little.h"
#include "made.h"
#include "math/eigen.h"

enum { MOST = 128 };

/* ---- properties that hold whatever the matrix ---- */

struct found {
    double value[MOST], vector[MOST * MOST];
};

static double product(const double *x, const double *y, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

/* The norm that errors are relative to. */
static double largest(const double *a, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t j = 0; j < n; j++)
            sum += fabs(a[i * n + j]);
        most = fmax(most, sum);
    }
    return most;
}

/* A x = value x, and the vectors are orthogonal and of length 1. */
static void check_found(const double *a, size_t n, size_t want,
                        const struct found *f)
{
    double near = 1e-14 * (double)(n + 10), norm = largest(a, n);

    for (size_t v = 0; v < want; v++) {
        const double *x = f->vector + v * n;
        assert_true(v == 0 || f->value[v] <= f->value[v - 1]);
        for (size_t i = 0; i < n; i++) {
            double rest = product(a + i * n, x, n) - f->value[v] * x[i];
            assert_true(fabs(rest) <= near * norm);
        }
        for (size_t w = 0; w <= v; w++) {
            double cosine = product(x, f->vector + w * n, n);
            assert_true(fabs(cosine - (v == w)) <= near);
        }
    }
}

static void solve(const double *a, size_t n, size_t want, struct found *f)
{
    struct cf_err err;
    double *copy = cf_alloc(n * n, sizeof *copy);

    assert_non_null(copy);
    memcpy(copy, a, n * n * sizeof *copy);
    /* Only the lower triangle may be looked at. */
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            copy[i * n + j] = NAN;
    must(cf_eigen(copy, n, want, f->value, f->vector, &err), &err);
    check_found(a, n, want, f);
    free(copy);
}

static void set(double *a, size_t n, size_t i, size_t j, double v)
{
    a[i * n + j] = a[j * n + i] = v;
}

/* ---- matrices whose eigenvalues are known ---- */

/* 2 on the diagonal, -1 beside it: 2 - 2 cos(i pi / (n + 1)), i = 1 .. n. */
static void test_differences(void **state)
{
    static struct found f;
    static double a[MOST * MOST];
    const double pi = 3.14159265358979323846;
    (void)state;

    for (size_t n = 1; n <= MOST; n += n < 5 ? 1 : 41) {
        memset(a, 0, sizeof a);
        for (size_t i = 0; i < n; i++) {
            set(a, n, i, i, 2);
            if (i)
                set(a, n, i, i - 1, -1);
        }
        solve(a, n, n, &f);
        for (size_t i = 0; i < n; i++) {
            double angle = (double)(n - i) * pi / (double)(n + 1);
            assert_true(fabs(f.value[i] - (2 - 2 * cos(angle))) < 1e-14);
        }
    }
}

/* Wilkinson's W21+: ten pairs, the first equal to 14 digits. numpy 1.24,
 * eigvalsh: 10.746194182903393, 10.746194182903322, 9.210678647361332,
 * 9.210678647304919, 8.038941122829023 ... -1.1254415221199854. */
static void test_wilkinson(void **state)
{
    enum { N = 21 };
    static const double most[] = {10.746194182903393, 10.746194182903322,
                                  9.210678647361332, 9.210678647304919,
                                  8.038941122829023};
    static struct found f;
    double a[N * N] = {0};
    (void)state;

    for (size_t i = 0; i < N; i++) {
        set(a, N, i, i, fabs((double)i - 10));
        if (i)
            set(a, N, i, i - 1, 1);
    }
    solve(a, N, N, &f);
    for (size_t i = 0; i < sizeof most / sizeof *most; i++)
        assert_true(fabs(f.value[i] - most[i]) < 1e-13);
    assert_true(fabs(f.value[N - 1] + 1.1254415221199854) < 1e-13);
}

/* All equal; none; one row alone; a matrix of rank one. */
static void test_degenerate(void **state)
{
    enum { N = 9 };
    static struct found f;
    double a[N * N] = {0};
    (void)state;

    solve(a, N, N, &f);
    assert_true(f.value[0] == 0 && f.value[N - 1] == 0);
    for (size_t i = 0; i < N; i++)
        set(a, N, i, i, -3);
    solve(a, N, N, &f);
    assert_true(fabs(f.value[0] + 3) < 1e-14);
    for (size_t i = 0; i < sizeof a / sizeof *a; i++)
        a[i] = 1;
    solve(a, N, N, &f);
    assert_true(fabs(f.value[0] - 9) < 1e-13 && fabs(f.value[1]) < 1e-13);
    a[0] = 1e-80;
    solve(a, 1, 1, &f);
    assert_true(fabs(f.value[0] - 1e-80) < 1e-95);
}

/* ---- any matrix ---- */

/* Sums of `rank` products of random vectors, times scale. */
static void random_matrix(double *a, size_t n, size_t rank, double scale)
{
    memset(a, 0, n * n * sizeof *a);
    for (size_t r = 0; r < rank; r++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                a[i * n + j] += scale * (double)little_draw(r, i) *
                                (double)little_draw(r, j);
}

static void test_random(void **state)
{
    static struct found f;
    static double a[MOST * MOST];
    (void)state;

    for (size_t n = 1; n < 40; n++) {
        random_matrix(a, n, n / 2 + 1, 1);
        solve(a, n, n, &f);
        random_matrix(a, n, n + 3, 1e-60);
        solve(a, n, n < 3 ? n : 3, &f);
    }
    random_matrix(a, MOST, (size_t)2 * MOST, 1e20);
    solve(a, MOST, MOST, &f);
}

/* Blocks that are all alike, joined by next to nothing. */
static void test_glued(void **state)
{
    enum { BLOCKS = 5, SIDE = 8, N = BLOCKS * SIDE };
    static struct found f;
    static double a[N * N];
    (void)state;

    for (size_t b = 0; b < BLOCKS; b++) {
        for (size_t i = 0; i < SIDE; i++)
            for (size_t j = 0; j <= i; j++)
                set(a, N, b * SIDE + i, b * SIDE + j,
                    (double)little_draw(i, j));
        if (b)
            set(a, N, b * SIDE, b * SIDE - 1, 1e-15);
    }
    solve(a, N, N, &f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_differences), cmocka_unit_test(test_wilkinson),
        cmocka_unit_test(test_degenerate),  cmocka_unit_test(test_random),
        cmocka_unit_test(test_glued),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
