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
    draw(a, M * DEEP, n);
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

    draw(a, M * DEEP, n);
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

static void test_find(void **state)
{
    (void)state;
    assert_ptr_equal(cf_vec_find("scalar"), &cf_vec_scalar);
    assert_null(cf_vec_find("mmx"));
    assert_ptr_equal(cf_vec_find(cf_vec_best()->name), cf_vec_best());
}

/* ---- exponential, sigmoid, link ---- */

static float from_bits(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Numbers in the order of the floats. */
static int64_t rank(float x)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits < 0 ? (int64_t)INT32_MIN - bits : bits;
}

enum { STRIDE = 4999 };

/* Against exp of the C library in double, over all floats; sign: 1 or -1. */
static void check_sigmoid(float sign)
{
    float before = 0.5F;

    for (uint32_t bits = 0; bits <= 0x7f800000; bits += STRIDE) {
        float x = sign * from_bits(bits), y = cf_sigmoid(x);
        float want = (float)(1 / (1 + exp(-(double)x)));
        assert_true(x < -103 ? y < 1e-44F : llabs(rank(y) - rank(want)) <= 1);
        assert_true(sign * y >= sign * before && y >= 0 && y <= 1);
        before = y;
    }
}

static void test_sigmoid_near(void **state)
{
    (void)state;
    check_sigmoid(1);
    check_sigmoid(-1);
}

static void test_sigmoid(void **state)
{
    float before = 0;

    (void)state;
    for (int i = -11000; i <= 11000; i++) {
        float x = (float)i / 100, y = cf_sigmoid(x);
        float want = (float)(1 / (1 + exp(-(double)x)));
        assert_true(llabs(rank(y) - rank(want)) <= 1);
        assert_true(y >= before && y <= 1);
        before = y;
    }
    assert_true(cf_sigmoid(0) == 0.5F);
    assert_true(cf_sigmoid(INFINITY) == 1 && cf_sigmoid(-INFINITY) == 0);
    assert_true(cf_sigmoid(3e38F) == 1 && cf_sigmoid(-3e38F) == 0);
    assert_true(isnan(cf_sigmoid(NAN)));
}

static void test_link(void **state)
{
    (void)state;
    expect_near(cf_link_apply(CF_LINK_IDENTITY, 1, 5, 3.25F), 3.25, 0);
    expect_near(cf_link_apply(CF_LINK_IDENTITY, 1, 5, 0.5F), 1, 0);
    expect_near(cf_link_apply(CF_LINK_IDENTITY, 1, 5, 9), 5, 0);
    /* 0.5 + 4.5 / (1 + exp(-1)) */
    expect_near(cf_link_apply(CF_LINK_SIGMOID, 0.5F, 5, 1), 3.78976360, 1e-6);
    assert_true(cf_link_apply(CF_LINK_SIGMOID, 0.05F, 5.45F, 99) <= 5.45F);
    assert_true(cf_link_apply(CF_LINK_SIGMOID, 0.05F, 5.45F, -199) >= 0.05F);
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
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_sigmoid_near),
        cmocka_unit_test(test_sigmoid),
        cmocka_unit_test(test_link),
        cmocka_unit_test(test_top),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
