/* test_gauss.c - kernels for drawing small normal vectors, and sequences of
 * draws. */
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
#include "math/cholesky.h"
#include "math/draws.h"
#include "math/gauss.h"

enum { LANES = CF_GAUSS_LANES, MOST = 35, ENTRIES = 9, ROWS = 5 };

static const char *const tables[] = {"scalar", "sse2", "avx2", "avx512"};

static void each_table(void (*fn)(const struct cf_gauss *g, size_t d))
{
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        const struct cf_vec *vec = cf_vec_find(tables[t]);
        for (size_t d = 1; vec && d <= MOST; d++) {
            assert_string_equal(cf_gauss_of(vec)->name, tables[t]);
            fn(cf_gauss_of(vec), d);
        }
    }
}

static float *drawn(size_t n, uint64_t seed)
{
    float *x = cf_aalloc(n, sizeof *x);

    assert_non_null(x);
    for (size_t i = 0; i < n; i++)
        x[i] = little_draw(seed, i);
    return x;
}

static void assert_same(const float *a, const float *b, size_t n,
                        const struct cf_gauss *g)
{
    if (memcmp(a, b, n * sizeof *a) != 0)
        fail_msg("%s: other bits than scalar", g->name);
}

/* ---- normals ---- */

/* By NormalDist().inv_cdf of Python's statistics. */
static void test_normals(void **state)
{
    static const struct {
        uint32_t bits;
        double x;
    } want[] = {{0x00000000U, -5.2947041}, {0x000001ffU, -5.2947041},
                {0x12345678U, -1.4675655}, {0x40000000U, -0.6744896},
                {0x7fffffffU, -0.0000001}, {0x80000000U, 0.0000001},
                {0xc0000000U, 0.6744899},  {0xfedcba98U, 2.6163001},
                {0xffffffffU, 5.2947041}};
    float x;

    (void)state;
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        cf_gauss_scalar.normals(&want[i].bits, &x, 1);
        expect_near(x, want[i].x, 2e-6 * (1 + fabs(want[i].x)));
    }
}

static void check_normals(const struct cf_gauss *g, size_t n)
{
    uint32_t bits[MOST] = {0};
    float want[MOST], got[MOST];

    for (size_t i = 0; i < n; i++)
        bits[i] = (uint32_t)(i * 2654435761U * n);
    cf_gauss_scalar.normals(bits, want, n);
    g->normals(bits, got, n);
    assert_same(got, want, n, g);
}

/* ---- regressors ---- */

static const uint32_t some_rows[ENTRIES] = {3, 0, 4, 4, 1, 2, 0, 3, 1};

/* Rows of the table end in zeros. */
static float *some_table(size_t d)
{
    float *t = drawn(ROWS * CF_GAUSS_WIDE(d), d);

    for (size_t r = 0; r < ROWS; r++)
        for (size_t j = d; j < CF_GAUSS_WIDE(d); j++)
            t[r * CF_GAUSS_WIDE(d) + j] = 0;
    return t;
}

static float sum_lanes(float lane[16])
{
    for (size_t half = 8; half > 0; half /= 2)
        for (size_t l = 0; l < half; l++)
            lane[l] += lane[l + half];
    return lane[0];
}

static const uint32_t rows_of[CF_GAUSS_TABLES][ENTRIES] = {
    {3, 0, 4, 4, 1, 2, 0, 3, 1}, {0, 1, 4, 2, 2, 3, 0, 1, 3}};
static const float some_root[ROWS] = {1, .5F, 2, 1.25F, 3};

/* What entry e should be: d + 1 numbers. */
static void want_entry(const struct cf_gather *g, size_t e, float *z)
{
    size_t wide = CF_GAUSS_WIDE(g->d);
    float bias = 0, lane[16] = {0};

    z[0] = 1;
    for (size_t t = 0; t < g->tables; t++) {
        uint32_t row = g->from[t].row[e];
        z[0] *= g->from[t].root ? g->from[t].root[row] : 1;
        bias += g->from[t].w[row * wide];
    }
    for (size_t j = 1; j < g->d; j++) {
        float sum = 0;
        for (size_t t = 0; t < g->tables; t++) {
            float x = g->from[t].w[g->from[t].row[e] * wide + j];
            lane[j % 16] += sum * x;
            sum += x;
        }
        z[j] = z[0] * sum;
    }
    z[g->d] = z[0] * (g->y[e] - (bias + sum_lanes(lane)));
}

static void check_gather_of(const struct cf_gauss *g, struct cf_gather *how)
{
    size_t zwide = CF_GAUSS_WIDE(how->d + 1);
    float want[MOST + 1];

    g->gather(how);
    for (size_t e = 0; e < ENTRIES; e++) {
        want_entry(how, e, want);
        assert_same(how->z + e * zwide, want, how->d + 1, g);
    }
}

/* Of one or two tables, each with roots or without. */
static void check_gather(const struct cf_gauss *g, size_t d)
{
    float *y = drawn(ENTRIES, 9), *z = drawn(ENTRIES * CF_GAUSS_WIDE(d + 1), 1);
    float *w[CF_GAUSS_TABLES];
    struct cf_gather how = {.n = ENTRIES, .d = d, .y = y, .z = z};

    for (size_t t = 0; t < CF_GAUSS_TABLES; t++) {
        w[t] = some_table(d);
        for (size_t i = 0; i < ROWS * CF_GAUSS_WIDE(d); i++)
            w[t][i] *= 1 + .25F * (float)t;
    }
    for (how.tables = 1; how.tables <= CF_GAUSS_TABLES; how.tables++)
        for (size_t own = 0; own < 8; own++) {
            for (size_t t = 0; t < how.tables; t++)
                how.from[t] = (struct cf_gather_from){
                    w[t], rows_of[t], own >> t & 1 ? some_root : NULL};
            check_gather_of(g, &how);
        }
    for (size_t t = 0; t < CF_GAUSS_TABLES; t++)
        free(w[t]);
    free(y);
    free(z);
}

static void check_syrk(const struct cf_gauss *g, size_t d)
{
    size_t wide = CF_GAUSS_WIDE(d);
    float *z = drawn(ENTRIES * wide, d);
    float *want = drawn(d * wide, 3), *got = drawn(d * wide, 3);
    const struct cf_syrk a = {ENTRIES, d, z, want}, b = {ENTRIES, d, z, got};

    cf_gauss_scalar.syrk(&a);
    g->syrk(&b);
    for (size_t i = 0; i < d; i++) {
        assert_same(got + i * wide, want + i * wide, i + 1, g);
        for (size_t j = 0; j <= i; j++) {
            double exact = (double)little_draw(3, i * wide + j);
            for (size_t e = 0; e < ENTRIES; e++)
                exact += (double)z[e * wide + i] * (double)z[e * wide + j];
            expect_near(want[i * wide + j], exact, 1e-5);
        }
    }
    free(z);
    free(want);
    free(got);
}

static void check_dots(const struct cf_gauss *g, size_t d)
{
    size_t wide = CF_GAUSS_WIDE(d);
    float *table = some_table(d), want[ENTRIES], got[ENTRIES];
    struct cf_row_dots how = {ENTRIES, d, table, table, some_rows, .25F, want};

    cf_gauss_scalar.dots(&how);
    how.out = got;
    g->dots(&how);
    assert_same(got, want, ENTRIES, g);
    for (size_t e = 0; e < ENTRIES; e++) {
        double exact = .25;
        for (size_t j = 0; j < d; j++)
            exact += (double)table[j] * (double)table[some_rows[e] * wide + j];
        expect_near(want[e], exact, 1e-5);
    }
    free(table);
}

/* ---- draws ---- */

/* 16 regressions on sums that are at least the identity. */
struct drawing {
    struct cf_draw16 how;
    float *sums, *prec, *pull, *eps, *s, *x, left[LANES];
};

static const float some_beta[LANES] = {1,   .5F, 2,   0, 1, 1, .25F, 3,
                                       1.5, 1,   .1F, 1, 4, 1, 1,    2};

static void open_drawing(struct drawing *w, size_t d)
{
    w->sums = drawn(CF_GAUSS_TRI(d + 1) * LANES, d);
    w->prec = drawn(CF_GAUSS_TRI(d), d + 1);
    w->pull = drawn(d * LANES, d + 2);
    w->eps = drawn(d * LANES, d + 3);
    w->s = drawn(CF_GAUSS_TRI(d) * LANES, 0);
    w->x = drawn(d * LANES, 0);
    for (size_t i = 0; i <= d; i++)
        for (size_t l = 0; l < LANES; l++)
            w->sums[(CF_GAUSS_TRI(i) + i) * LANES + l] += (float)d + 2;
    for (size_t i = 0; i < d; i++)
        w->prec[CF_GAUSS_TRI(i) + i] += (float)d + 2;
    w->how = (struct cf_draw16){.d = d,
                                .sums = w->sums,
                                .beta = some_beta,
                                .prec = w->prec,
                                .pull = w->pull,
                                .eps = w->eps,
                                .s = w->s,
                                .x = w->x,
                                .left = w->left};
}

static void close_drawing(struct drawing *w)
{
    free(w->sums);
    free(w->prec);
    free(w->pull);
    free(w->eps);
    free(w->s);
    free(w->x);
}

/* Of lane l in double: what L' (x - mean) must be is eps. */
static void check_lane(const struct drawing *w, size_t l)
{
    size_t d = w->how.d;
    double s[MOST * MOST], mean[MOST], left = 0, x[MOST];
    const float *g = w->sums + CF_GAUSS_TRI(d) * LANES + l;

    for (size_t i = 0; i < d; i++) {
        double beta = (double)some_beta[l];
        x[i] = (double)w->x[i * LANES + l];
        mean[i] = beta * (double)g[i * LANES] + (double)w->pull[i * LANES + l];
        left += -2 * x[i] * (double)g[i * LANES];
        for (size_t j = 0; j <= i; j++) {
            double a = (double)w->sums[(CF_GAUSS_TRI(i) + j) * LANES + l];
            s[i * d + j] = beta * a + (double)w->prec[CF_GAUSS_TRI(i) + j];
            left += (i == j ? 1 : 2) * a * x[i] * x[j];
        }
    }
    left += (double)g[d * LANES];
    assert_true(cf_cholesky(s, d));
    cf_cholesky_solve(s, d, mean);
    for (size_t j = 0; j < d; j++) {
        double eps = 0;
        for (size_t i = j; i < d; i++)
            eps += s[i * d + j] * (x[i] - mean[i]);
        expect_near(eps, w->eps[j * LANES + l], 2e-5);
    }
    expect_near(w->left[l], left > 0 ? left : 0, 1e-4 * (1 + fabs(left)));
}

static void check_draw16(const struct cf_gauss *g, size_t d)
{
    struct drawing want, got;

    open_drawing(&want, d);
    open_drawing(&got, d);
    cf_gauss_scalar.draw16(&want.how);
    g->draw16(&got.how);
    assert_same(got.x, want.x, d * LANES, g);
    assert_same(got.left, want.left, LANES, g);
    for (size_t l = 0; l < LANES; l++)
        check_lane(&want, l);
    close_drawing(&want);
    close_drawing(&got);
}

/* ---- bundles ---- */

static void check_bundle(const struct cf_gauss *g, size_t d)
{
    size_t wide = CF_GAUSS_WIDE(d), n = ROWS * wide;
    float *x = drawn(ENTRIES, 1), *v = drawn(wide, 2);
    float *want = drawn(n, 3), *got = drawn(n, 3), *a = drawn(n * d, 4);
    struct cf_bundle one = {ENTRIES, wide, want, some_rows, x}, two = one;
    float *sum = drawn(wide, 5), *again = drawn(wide, 5);

    two.table = got;
    cf_gauss_scalar.collect(&one, sum);
    g->collect(&two, again);
    assert_same(again, sum, wide, g);
    double exact = (double)little_draw(5, d - 1);
    for (size_t e = 0; e < ENTRIES; e++)
        exact += (double)x[e] * (double)want[some_rows[e] * wide + d - 1];
    expect_near(sum[d - 1], exact, 1e-5);
    cf_gauss_scalar.spread(&one, v);
    g->spread(&two, v);
    assert_same(got, want, n, g);
    exact = (double)little_draw(3, 2 * wide) +
            (double)x[5] * (double)v[0]; /* only entry 5 has row 2 */
    expect_near(want[2 * wide], exact, 1e-6);
    cf_gauss_scalar.follow(&one, a, d, v);
    g->follow(&two, a, d, v);
    assert_same(got, want, n, g);
    for (size_t i = 0; i < d; i++)
        exact +=
            (double)x[5] * (double)v[i] * (double)a[2 * d * wide + i * wide];
    expect_near(want[2 * wide], exact, 1e-5);
    free(x);
    free(v);
    free(want);
    free(got);
    free(a);
    free(sum);
    free(again);
}

/* U (x - a^-1 r) is eps, with U' the lower factor. */
static void check_draw1(const struct cf_gauss *g, size_t d)
{
    size_t wide = CF_GAUSS_WIDE(d);
    float *want = drawn(d * wide, 0), *got = drawn(d * wide, 0);
    float *x = drawn(wide, 7), *y = drawn(wide, 7), *eps = drawn(d, 8);
    double l[MOST * MOST], mean[MOST];

    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j <= i; j++) {
            float v = little_draw(6, i * d + j) + (i == j ? (float)d + 1 : 0);
            want[i * wide + j] = want[j * wide + i] = v;
            got[i * wide + j] = got[j * wide + i] = v;
            l[i * d + j] = (double)v;
        }
    for (size_t i = 0; i < d; i++)
        mean[i] = (double)x[i];
    assert_true(cf_cholesky(l, d));
    cf_cholesky_solve(l, d, mean);
    cf_gauss_scalar.draw1(&(struct cf_draw1){d, want, x, eps});
    g->draw1(&(struct cf_draw1){d, got, y, eps});
    assert_same(y, x, d, g);
    for (size_t j = 0; j < d; j++) {
        double sum = 0;
        for (size_t i = j; i < d; i++)
            sum += l[i * d + j] * ((double)x[i] - mean[i]);
        expect_near(sum, eps[j], 2e-5);
    }
    free(want);
    free(got);
    free(x);
    free(y);
    free(eps);
}

static void test_kernels(void **state)
{
    (void)state;
    each_table(check_bundle);
    each_table(check_draw1);
    each_table(check_normals);
    each_table(check_gather);
    each_table(check_syrk);
    each_table(check_dots);
    each_table(check_draw16);
}

/* ---- sequences ---- */

enum { MANY = 200000 };

/* Mean and variance of many, within 4.5 standard errors; kurtosis: of the
 * distribution, fourth moment by squared variance. */
static void check_moments(const double *x, double mean, double variance,
                          double kurtosis)
{
    double sum = 0, squares = 0;

    for (size_t i = 0; i < MANY; i++)
        sum += x[i];
    for (size_t i = 0; i < MANY; i++)
        squares += (x[i] - mean) * (x[i] - mean);
    expect_near(sum / MANY, mean, 4.5 * sqrt(variance / MANY));
    expect_near(squares / MANY, variance,
                4.5 * variance * sqrt((kurtosis - 1) / MANY));
}

/* Uniform, normal, and gamma of shape a: mean a, variance a, kurtosis 3 + 6 / a
 * (Johnson, Kotz and Balakrishnan, 1994). */
static void test_draws(void **state)
{
    const struct cf_rng rng = {1, CF_RNG_TEST, 0};
    static const double shapes[] = {.3, .5, 1, 2.5, 400};
    struct cf_draws d = cf_draws_of(&rng, 5);
    double *x = malloc(MANY * sizeof *x);

    (void)state;
    assert_non_null(x);
    for (size_t i = 0; i < MANY; i++)
        x[i] = cf_draw_unit(&d);
    check_moments(x, .5, 1. / 12, 1.8);
    d = cf_draws_of(&rng, 6);
    for (size_t i = 0; i < MANY / 2; i++)
        x[i] = cf_draw_normal(&d);
    d = cf_draws_of(&rng, 7);
    for (size_t i = MANY / 2; i < MANY; i++)
        x[i] = cf_draw_normal(&d);
    check_moments(x, 0, 1, 3);
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        for (size_t i = 0; i < MANY; i++) {
            d = cf_draws_of(&rng, 100 + i);
            x[i] = cf_draw_gamma(&d, shapes[s]);
        }
        check_moments(x, shapes[s], shapes[s], 3 + 6 / shapes[s]);
    }
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normals),
        cmocka_unit_test(test_kernels),
        cmocka_unit_test(test_draws),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
