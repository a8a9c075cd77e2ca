/* test_spd.c - the inverse of large matrices. */
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
#include "math/spd.h"

static struct cf_err err;

/* x'x + n/4 I for draws x, of which no eigenvalue is below n/4. */
static void fill(float *a, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = i == j ? (double)n / 4 : 0;
            for (size_t r = 0; r < 7; r++)
                sum += (double)little_draw(r, i) * (double)little_draw(r, j);
            a[i * n + j] = (float)sum;
            if (i != j)
                a[j * n + i] = NAN; /* is not looked at */
        }
}

static float lower(const float *a, size_t n, size_t i, size_t j)
{
    return i < j ? a[j * n + i] : a[i * n + j];
}

/* The product of both is minus the identity, element by element. */
static void expect_inverse(const float *was, const float *is, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = 0;
            for (size_t p = 0; p < n; p++)
                sum += (double)lower(was, n, i, p) * (double)lower(is, n, p, j);
            expect_near(sum, i == j ? -1 : 0, 2e-5);
        }
}

static size_t told;

static void on_rows(void *ctx, size_t rows)
{
    (void)ctx;
    assert_true(rows > told);
    told = rows;
}

/* Less than a block, whole blocks, and what is between. */
static void test_inverse(void **state)
{
    static const size_t sizes[] = {1, 2, 17, 95, 96, 97, 192, 250};

    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        size_t n = sizes[s];
        float *was = malloc(n * n * sizeof *was), *is = malloc(n * n * 4);
        assert_true(was && is);
        fill(was, n);
        memcpy(is, was, n * n * sizeof *was);
        const struct cf_spd all = {
            .a = is, .n = n, .vec = cf_vec_best(), .done = on_rows};
        told = 0;
        must(cf_spd_negate_inverse(&all, &err), &err);
        assert_int_equal(told, n);
        expect_inverse(was, is, n);
        free(was);
        free(is);
    }
}

/* With any number of threads and any kernels: the lower triangles are equal to
 * the bit. */
static void test_same(void **state)
{
    enum { N = 300, WAYS = 6 };
    static const char *const kernels[WAYS] = {"scalar", "sse2", "avx2",
                                              "avx512", NULL,   NULL};
    static const size_t threads[WAYS] = {1, 1, 1, 1, 2, 7};
    static float first[N * N], a[N * N];

    (void)state;
    for (size_t w = 0; w < WAYS; w++) {
        const struct cf_vec *vec =
            kernels[w] ? cf_vec_find(kernels[w]) : cf_vec_best();
        struct cf_pool *pool;
        if (!vec)
            continue;
        must(cf_pool_open(&pool, threads[w], &err), &err);
        fill(a, N);
        const struct cf_spd all = {.a = a, .n = N, .vec = vec, .pool = pool};
        must(cf_spd_negate_inverse(&all, &err), &err);
        if (w == 0)
            memcpy(first, a, sizeof a);
        for (size_t i = 0; i < N; i++)
            assert_memory_equal(a + i * N, first + i * N, (i + 1) * sizeof *a);
        cf_pool_close(pool);
    }
}

/* A matrix that has no inverse, or is not positive definite, or no matrix. */
static void test_none(void **state)
{
    enum { N = 120 };
    static const float wrong[] = {0, -1, NAN, INFINITY};
    static float a[N * N];

    (void)state;
    for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++) {
        const struct cf_spd all = {.a = a, .n = N, .vec = cf_vec_best()};
        fill(a, N);
        a[100 * N + 100] = wrong[w];
        assert_int_equal(cf_spd_negate_inverse(&all, &err), CF_EDIVERGED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_inverse),
                                       cmocka_unit_test(test_same),
                                       cmocka_unit_test(test_none)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
