/* test_math.c - kernels, exponential and link, top-n heap. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "little.h"
#include "math/link.h"
#include "math/top.h"
#include "math/vec.h"

/* ---- kernels: every table gives the bits of the plain loops ---- */

enum { MOST = 67, SHIFTS = 4, ROOM = MOST + SHIFTS, ROWS = 3 };

static const char *const tables[] = {"scalar", "sse2", "avx2", "avx512"};

/* Calls fn for each table that this processor runs, each length and each
 * distance from an aligned address. */
static void each_case(void (*fn)(const struct cf_vec *vec, size_t n,
                                 size_t shift))
{
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        const struct cf_vec *vec = cf_vec_find(tables[t]);
        for (size_t n = 0; vec && n <= MOST; n++)
            for (size_t shift = 0; shift < SHIFTS; shift++)
                fn(vec, n, shift);
    }
}

static void draw(float *x, size_t n, uint64_t seed)
{
    for (size_t i = 0; i < n; i++)
        x[i] = little_draw(seed, i);
}

static void assert_same(const float *a, const float *b, size_t n,
                        const struct cf_vec *vec)
{
    if (memcmp(a, b, n * sizeof *a) != 0)
        fail_msg("%s: other bits than scalar", vec->name);
}

static void check_dot(const struct cf_vec *vec, size_t n, size_t shift)
{
    float x[ROOM], y[ROOM];

    draw(x, ROOM, n);
    draw(y, ROOM, n + 100);
    float want = cf_vec_scalar.dot(x + shift, y, n);
    float got = vec->dot(x + shift, y, n);
    assert_same(&got, &want, 1, vec);
    double exact = 0;
    for (size_t i = 0; i < n; i++)
        exact += (double)x[shift + i] * (double)y[i];
    expect_near(got, exact, 1e-5);
}

/* More pairs than are asked for ahead of their turn. */
static void check_dots(const struct cf_vec *vec, size_t n, size_t shift)
{
    enum { PAIRS = 40 };
    float x[ROOM], y[ROOM], got[PAIRS + 1];
    const float *px[PAIRS], *py[PAIRS];
    struct cf_dots p = {px, py, PAIRS, n - n / 2};

    draw(x, ROOM, n);
    draw(y, ROOM, n + 100);
    got[PAIRS] = 7;
    for (size_t j = 0; j < PAIRS; j++) {
        px[j] = x + (j * 7 + shift) % (n / 2 + 1);
        py[j] = y + (j * 5) % (n / 2 + 1);
    }
    vec->dots(&p, got);
    for (size_t j = 0; j < PAIRS; j++) {
        float want = cf_vec_scalar.dot(px[j], py[j], p.n);
        assert_same(&got[j], &want, 1, vec);
    }
    expect_near(got[PAIRS], 7, 0);
}

/* Also where it is 0 or 1, and of what is no number. */
static void check_sigmoids(const struct cf_vec *vec, size_t n, size_t shift)
{
    static const float odd[] = {0,         -0.0F, 1e-42F, NAN,     INFINITY,
                                -INFINITY, 3e38F, -1e30F, -104.5F, -103.9F};
    float want[ROOM], got[ROOM];

    draw(want, ROOM, n);
    for (size_t i = 0; i < ROOM; i++)
        want[i] = i % 3 == 0 ? odd[(i / 3 + n) % 10] : want[i] * 20;
    memcpy(got, want, sizeof got);
    for (size_t i = 0; i < n; i++)
        want[shift + i] = cf_sigmoid(want[shift + i]);
    vec->sigmoid(got + shift, n);
    assert_same(got, want, ROOM, vec);
}

static void check_axpy(const struct cf_vec *vec, size_t n, size_t shift)
{
    float x[ROOM], want[ROOM], got[ROOM];

    draw(x, ROOM, n);
    draw(want, ROOM, n + 100);
    memcpy(got, want, sizeof got);
    cf_vec_scalar.axpy(0.3F, x, want + shift, n);
    vec->axpy(0.3F, x, got + shift, n);
    assert_same(got, want, ROOM, vec);
}

static void check_gemv(const struct cf_vec *vec, size_t n, size_t shift)
{
    float m[ROWS * MOST + SHIFTS], x[ROOM], out[ROWS + 1] = {0};

    draw(m, sizeof m / sizeof *m, n);
    draw(x, ROOM, n + 100);
    out[ROWS] = 7;
    vec->gemv(m + shift, x, out, ROWS, n);
    for (size_t r = 0; r < ROWS; r++) {
        float want = cf_vec_scalar.dot(m + shift + r * n, x, n);
        assert_same(&out[r], &want, 1, vec);
    }
    expect_near(out[ROWS], 7, 0);
}

/* C is m x n in rows that are longer, A turned in every second case; each
 * element is its k products added in order, in float, and near the sum in
 * double. */
static void check_gemm(const struct cf_vec *vec, size_t n, size_t shift)
{
    enum { M = 14, DEEP = 131, WIDE = MOST + 2 };
    static float a[M * DEEP], b[DEEP * WIDE + SHIFTS], c[M * WIDE + SHIFTS],
        was[M * WIDE + SHIFTS];
    bool turned = n % 2;
    struct cf_gemm g = {.m = n % (M + 1),
                        .n = n,
                        .k = n == 40 ? DEEP : n % 9,
                        .a = a,
                        .b = b + shift,
                        .b_row = WIDE,
                        .c = c + shift,
                        .c_row = WIDE};

    g.a_row = turned ? 1 : DEEP;
    g.a_col = turned ? M : 1;
    draw(a, (size_t)M * DEEP, n);
    draw(b, DEEP * WIDE + SHIFTS, n + 100);
    draw(was, M * WIDE + SHIFTS, n + 200);
    memcpy(c, was, sizeof c);
    vec->gemm(&g);
    for (size_t i = 0; i < g.m; i++)
        for (size_t j = 0; j < n; j++) {
            float *old = &was[i * WIDE + j + shift], want = *old;
            double exact = (double)want;
            for (size_t p = 0; p < g.k; p++) {
                float x = a[i * g.a_row + p * g.a_col];
                float y = b[p * WIDE + j + shift];
                want += x * y;
                exact += (double)x * (double)y;
            }
            *old = want;
            expect_near(want, exact, 1e-4);
        }
    assert_same(c, was, M * WIDE + SHIFTS, vec);
}

/* Products are fused with additions or not, but no further from the sum. */
static void check_product(const struct cf_vec *vec, size_t n, size_t shift)
{
    enum { M = 7, DEEP = 33 };
    static float a[M * DEEP], b[DEEP * MOST + SHIFTS], c[M * MOST];
    const struct cf_gemm g = {.m = M,
                              .n = n,
                              .k = DEEP,
                              .a = a,
                              .a_row = DEEP,
                              .a_col = 1,
                              .b = b + shift,
                              .b_row = n,
                              .c = c,
                              .c_row = n};

    draw(a, (size_t)M * DEEP, n);
    draw(b, DEEP * MOST + SHIFTS, n + 1);
    memset(c, 0, sizeof c);
    vec->product(&g);
    for (size_t i = 0; i < M; i++)
        for (size_t j = 0; j < n; j++) {
            double exact = 0, size = 0;
            for (size_t p = 0; p < DEEP; p++) {
                double x =
                    (double)a[i * DEEP + p] * (double)b[p * n + j + shift];
                exact += x;
                size += fabs(x);
            }
            expect_near(c[i * n + j], exact, DEEP * size * 0x1p-24);
        }
}

static void check_above(const struct cf_vec *vec, size_t n, size_t shift)
{
    float x[MOST + SHIFTS + 1];

    draw(x, MOST + SHIFTS + 1, n);
    assert_int_equal(vec->above(x + shift, 2, n), n);
    assert_int_equal(vec->above(x + shift, -INFINITY, n), 0);
    for (size_t i = 0; i < n; i++) {
        float was = x[i + shift];
        x[i + shift] = 2;
        assert_int_equal(vec->above(x + shift, 2, n), i);
        x[i + shift] = NAN;
        assert_int_equal(vec->above(x + shift, -INFINITY, n), i == 0);
        x[i + shift] = was;
    }
}

static const struct cf_adam_step steps[] = {
    {0.9F, 0.95F, 0.99F, 0.05F, 0.01F, 0.1F, 100, 1e-5F},
    {0.99F, 0.9F, 0.99F, 0.1F, 0.01F, 0.02F, 50.25F, 1e-5F},
    {0.999F, 0.85F, 0.99F, 0.15F, 0.01F, 0.01F, 33.6F, 1e-5F}};
enum { STEPS = sizeof steps / sizeof *steps };

struct weights {
    float w[ROOM], m[ROOM], v[ROOM];
};

/* Ordinary numbers, and moments that are zero, denormal, infinite or NaN. */
static void draw_weights(struct weights *a, uint64_t seed)
{
    static const float odd[] = {0, -0.0F, 1e-30F, -9e-31F, 1e-42F, NAN, 3e38F};

    draw(a->w, ROOM, seed);
    draw(a->m, ROOM, seed + 1);
    draw(a->v, ROOM, seed + 2);
    for (size_t i = 0; i < ROOM; i++) {
        a->v[i] *= a->v[i];
        if (i % 5 == 0 && seed % 2 == 0)
            a->m[i] = odd[(i + seed) % 7];
        if (seed % 3 == 0)
            a->m[i] = 0;
        if (i % 7 == 0)
            a->w[i] = 0;
    }
}

static void check_adam(const struct cf_vec *vec, size_t n, size_t shift)
{
    struct weights want, got;
    float g[ROOM];

    draw(g, ROOM, n + 200);
    draw_weights(&want, n);
    got = want;
    cf_vec_scalar.adam(steps, g, want.w + shift, want.m + shift, want.v + shift,
                       n);
    vec->adam(steps, g, got.w + shift, got.m + shift, got.v + shift, n);
    assert_same(got.w, want.w, ROOM, vec);
    assert_same(got.m, want.m, ROOM, vec);
    assert_same(got.v, want.v, ROOM, vec);
}

static void check_idle(const struct cf_vec *vec, size_t n, size_t shift)
{
    struct weights want, got;

    draw_weights(&want, n);
    got = want;
    cf_vec_scalar.adam_idle(steps, STEPS, want.w + shift, want.m + shift,
                            want.v + shift, n);
    vec->adam_idle(steps, STEPS, got.w + shift, got.m + shift, got.v + shift,
                   n);
    assert_same(got.w, want.w, ROOM, vec);
    assert_same(got.m, want.m, ROOM, vec);
    assert_same(got.v, want.v, ROOM, vec);
}

static void test_kernels_agree(void **state)
{
    (void)state;
    each_case(check_dot);
    each_case(check_dots);
    each_case(check_sigmoids);
    each_case(check_axpy);
    each_case(check_gemv);
    each_case(check_gemm);
    each_case(check_product);
    each_case(check_above);
    each_case(check_adam);
    each_case(check_idle);
}

/* Putting steps without a gradient off changes no bit. */
static void check_put_off(const struct cf_vec *vec, size_t n, size_t shift)
{
    static const float zeros[ROOM];
    struct weights at_once, later;

    draw_weights(&at_once, 2 * n + 1);
    later = at_once;
    for (size_t t = 0; t < STEPS; t++)
        vec->adam(&steps[t], zeros, at_once.w + shift, at_once.m + shift,
                  at_once.v + shift, n);
    vec->adam_idle(steps, STEPS, later.w + shift, later.m + shift,
                   later.v + shift, n);
    assert_same(later.w, at_once.w, ROOM, vec);
    assert_same(later.m, at_once.m, ROOM, vec);
    assert_same(later.v, at_once.v, ROOM, vec);
}

static void test_idle_is_adam_of_zeros(void **state)
{
    (void)state;
    each_case(check_put_off);
}

/* Python: w, m, v, g = .5, .2, .04, .3; m = .95*m + .05*g; v = .99*v +
 * .01*g*g; .9*w - .1*m/(math.sqrt(100*v) + 1e-5) */
static void test_adam_numbers(void **state)
{
    float w = 0.5F, m = 0.2F, v = 0.04F, g = 0.3F;

    (void)state;
    cf_vec_best()->adam(steps, &g, &w, &m, &v, 1);
    expect_near(m, 0.205, 1e-7);
    expect_near(v, 0.0405, 1e-8);
    expect_near(w, 0.4398135187, 1e-7);
}

static void test_small_moments_vanish(void **state)
{
    float w[2] = {1, 1}, m[2] = {1e-30F, NAN}, v[2] = {1e-37F, NAN};

    (void)state;
    for (size_t i = 0; i < 2; i++)
        cf_vec_best()->adam_idle(steps, 1, &w[i], &m[i], &v[i], 1);
    assert_true(m[0] == 0 && v[0] == 0);
    assert_true(isnan(m[1]) && isnan(v[1]) && isnan(w[1]));
}

/* At every place of every length. */
static void test_finite(void **state)
{
    static const float odd[] = {NAN, -NAN, INFINITY, -INFINITY};
    float x[MOST] = {0, -0.0F, 1e-42F, 3.4e38F, -3.4e38F};

    (void)state;
    for (size_t n = 0; n <= MOST; n++) {
        assert_true(cf_vec_finite(x, n));
        for (size_t i = 0; i < n; i++) {
            float was = x[i];
            x[i] = odd[(i + n) % 4];
            assert_true(!cf_vec_finite(x, n) && cf_vec_finite(x, i));
            x[i] = was;
        }
    }
}

static void test_find(void **state)
{
    (void)state;
    assert_ptr_equal(cf_vec_find("scalar"), &cf_vec_scalar);
    assert_null(cf_vec_find("mmx"));
    assert_ptr_equal(cf_vec_find(cf_vec_best()->name), cf_vec_best());
}

/* All at once are as one by one. */
static void check_all(const struct cf_vec *vec, size_t n, size_t shift)
{
    const struct cf_range r[] = {{CF_LINK_IDENTITY, 0.5F, 5},
                                 {CF_LINK_SIGMOID, -1, 5.5F}};
    float want[ROOM], got[ROOM];

    for (size_t k = 0; k < 2; k++) {
        draw(want, ROOM, n);
        for (size_t i = 0; i < ROOM; i++)
            want[i] *= 8;
        memcpy(got, want, sizeof got);
        for (size_t i = shift; i < shift + n; i++)
            want[i] = cf_link_apply(r[k].link, r[k].lo, r[k].hi, want[i]);
        cf_link_apply_all(&r[k], vec, got + shift, n);
        assert_same(got, want, ROOM, vec);
    }
}

static void test_link_all(void **state)
{
    (void)state;
    each_case(check_all);
}

/* ---- the n best ---- */

static int best_first(const void *a, const void *b)
{
    const struct cf_scored *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

enum { SCORED = 50 };

static void check_top(size_t n, uint64_t seed)
{
    struct cf_scored all[SCORED], best[SCORED + 1];
    struct cf_top top;

    cf_top_init(&top, best, n);
    for (uint32_t i = 0; i < SCORED; i++) {
        /* A few values, so that there are ties; ids in no order. */
        float score = floorf(4 * little_draw(seed, i));
        all[i] = (struct cf_scored){score, i * 7 % SCORED};
        cf_top_add(&top, score, all[i].id);
        cf_top_add(&top, NAN, i);
    }
    qsort(all, SCORED, sizeof *all, best_first);
    cf_top_sort(&top);
    assert_int_equal(top.count, n < SCORED ? n : SCORED);
    for (size_t j = 0; j < top.count; j++) {
        expect_near(best[j].score, all[j].score, 0);
        assert_int_equal(best[j].id, all[j].id);
    }
}

static void test_top(void **state)
{
    (void)state;
    for (size_t n = 0; n <= SCORED + 1; n++)
        for (uint64_t seed = 0; seed < 10; seed++)
            check_top(n, seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kernels_agree),
        cmocka_unit_test(test_idle_is_adam_of_zeros),
        cmocka_unit_test(test_adam_numbers),
        cmocka_unit_test(test_small_moments_vanish),
        cmocka_unit_test(test_finite),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_link_all),
        cmocka_unit_test(test_top),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
