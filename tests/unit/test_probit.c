/* test_probit.c - kernels for normals of which an interval is known: every
 * table against the plain loops, and these against libm's erfc. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "little.h"
#include "math/probit.h"

enum { MOST = 83 };

static float f[MOST], root[MOST], cut[3 * MOST];
static uint32_t word[MOST];

static void fill(void)
{
    const struct cf_rng rng = {3, CF_RNG_TEST, 0};

    for (size_t i = 0; i < MOST; i++) {
        f[i] = 4 * (float)cf_rng_normal(&rng, i);
        root[i] = .2F + (float)cf_rng_real(&rng, MOST + i);
        word[i] = (uint32_t)cf_rng_u64(&rng, (uint64_t)2 * MOST + i);
        for (size_t j = 0; j < 3; j++)
            cut[j * MOST + i] =
                6 * (float)cf_rng_normal(&rng, 1000 + j * MOST + i);
    }
}

/* Ends of all kinds; the last are far out. */
static const float ends[][2] = {{-INFINITY, -1}, {-INFINITY, 2}, {-1, .5F},
                                {.25F, .75F},    {2, INFINITY},  {-5, -4},
                                {12, 13},        {-40, -30},     {60, INFINITY},
                                {-INFINITY, -80}};
enum { ENDS = sizeof ends / sizeof *ends };

static void compare(const struct cf_probit *p, const struct cf_between *b)
{
    float want[MOST], got[MOST], sum = p->chance(b),
                                 plain = cf_probit_scalar.chance(b);

    assert_memory_equal(&sum, &plain, sizeof sum);
    cf_probit_scalar.draw(b, word, want);
    p->draw(b, word, got);
    assert_memory_equal(got, want, b->n * sizeof *want);
}

static void compare_below(const struct cf_probit *p, size_t n)
{
    const struct cf_below b = {n, 3, f, root, cut, MOST};
    float want[3], got[3];

    cf_probit_scalar.below(&b, want);
    p->below(&b, got);
    assert_memory_equal(got, want, sizeof want);
}

static void compare_above(const struct cf_probit *p, size_t n)
{
    const struct cf_above a = {n, 3, f, root, cut, MOST, (float[]){1, .5F, 2}};
    float want[MOST], got[MOST];

    cf_probit_scalar.above(&a, want);
    p->above(&a, got);
    assert_memory_equal(got, want, n * sizeof *want);
}

/* The scalar words are those of cf_rng_words, one by one. */
static void compare_words(const struct cf_probit *p, size_t n)
{
    const struct cf_rng rng = {0x123456789abcdef0, CF_RNG_TEST, 77};
    uint32_t want[4 * MOST], got[4 * MOST];
    /* The lower half of the number runs over. */
    uint64_t index = UINT64_C(0x7fffffff8) * 2 - n / 2;

    cf_probit_scalar.words(&rng, index, n, want);
    p->words(&rng, index, n, got);
    assert_memory_equal(got, want, n * 4 * sizeof *want);
}

static void test_tables(void **state)
{
    static const char *const names[] = {"sse2", "avx2", "avx512"};

    (void)state;
    fill();
    for (size_t t = 0; t < 3; t++) {
        const struct cf_vec *vec = cf_vec_find(names[t]);
        if (!vec)
            continue;
        const struct cf_probit *p = cf_probit_of(vec);
        assert_string_equal(p->name, names[t]);
        for (size_t n = 0; n <= MOST; n++) {
            for (size_t e = 0; e < ENDS; e++)
                for (int own = 0; own < 2; own++) {
                    const struct cf_between b = {
                        n, f, own ? root : NULL, 1.5F, ends[e][0], ends[e][1]};
                    compare(p, &b);
                }
            compare_below(p, n);
            compare_above(p, n);
            compare_words(p, n);
        }
    }
}

/* ---- against libm ---- */

static double phi(double x)
{
    return erfc(-x / sqrt(2)) / 2;
}

/* P(lo < x < hi), for lo < hi, without cancelling. */
static double mass(double lo, double hi)
{
    return lo > 0 ? phi(-lo) - phi(-hi) : phi(hi) - phi(lo);
}

static void test_chance(void **state)
{
    (void)state;
    for (int step = -224; step < 224; step++)
        for (int size = -3; size <= 5; size += 2)
            for (int open = 0; open < 2; open++) {
                float z = 0, at = (float)step / 16;
                float hi = open ? INFINITY : at + ldexpf(1, size);
                const struct cf_between b = {1, &z, NULL, 1, at, hi};
                double want = log(mass((double)at, (double)hi));
                expect_near(cf_probit_scalar.chance(&b), want,
                            4e-6 + 2e-7 * fabs(want));
            }
}

/* Beyond what a double has: log P(x > 60) by the asymptotic series, and of an
 * interval as narrow as a rating that nobody else gave. */
static void test_chance_far(void **state)
{
    float z = 0;
    struct cf_between b = {1, &z, NULL, 1, 60, INFINITY};

    (void)state;
    double x = 60, want = -x * x / 2 - log(x * sqrt(2 * acos(-1.))) +
                          log(1 - 1 / (x * x) + 3 / (x * x * x * x));
    expect_near(cf_probit_scalar.chance(&b), want, 1e-3);
    b.lo = .5F;
    b.hi = .5F + 0x1p-12F;
    want = log(exp(-.125) / sqrt(2 * acos(-1.)) * 0x1p-12);
    expect_near(cf_probit_scalar.chance(&b), want, 1e-3);
}

/* The share of (lo, hi) that is below a draw is the u it was made from. */
static void check_inverse(double lo, double hi)
{
    float z = 0, x;
    const struct cf_between b = {1, &z, NULL, 1, (float)lo, (float)hi};

    for (uint32_t i = 0; i < 512; i++) {
        uint32_t bits = i << 23 | 1 << 22;
        double u = ((double)(bits >> 9) + .5) / 8388608, share;
        cf_probit_scalar.draw(&b, &bits, &x);
        assert_true((double)x >= lo && (double)x <= hi);
        /* What is above 0 is drawn as what is below. */
        share = lo > 0 ? mass((double)x, hi) / mass(lo, hi)
                       : mass(lo, (double)x) / mass(lo, hi);
        expect_near(share, u, 5e-5);
    }
}

static void test_inverse(void **state)
{
    (void)state;
    for (int step = -48; step < 48; step++) {
        double at = step / 4.;
        check_inverse(at, INFINITY);
        check_inverse(-INFINITY, at);
        check_inverse(at, at + .5);
        check_inverse(at, at + 3);
    }
    check_inverse(-INFINITY, -30);
    check_inverse(20, 21);
}

/* Mean and variance by the closed forms (Johnson, Kotz, Balakrishnan 1994,
 * 13.10), with phi the density: mean = (phi(lo) - phi(hi)) / mass, variance =
 * 1 + (lo phi(lo) - hi phi(hi)) / mass - mean^2. */
static double density(double x)
{
    return isinf(x) ? 0 : exp(-x * x / 2) / sqrt(2 * acos(-1.));
}

static void check_moments(double lo, double hi)
{
    enum { N = 1 << 13 };
    static float zero[MOST], x[MOST];
    const struct cf_rng rng = {5, CF_RNG_TEST, 1};
    struct cf_between b = {MOST, zero, NULL, 1, (float)lo, (float)hi};
    double m = mass(lo, hi), sum = 0, squares = 0;
    double mean = (density(lo) - density(hi)) / m;
    double var = 1 +
                 ((isinf(lo) ? 0 : lo * density(lo)) -
                  (isinf(hi) ? 0 : hi * density(hi))) /
                     m -
                 mean * mean;

    for (size_t i = 0; i < N; i++) {
        uint32_t w[MOST];
        for (size_t j = 0; j < MOST; j++)
            w[j] = (uint32_t)cf_rng_u64(&rng, i * MOST + j);
        cf_probit_scalar.draw(&b, w, x);
        for (size_t j = 0; j < MOST; j++) {
            double off = (double)x[j] - mean;
            sum += off;
            squares += off * off;
        }
    }
    double n = (double)N * MOST;
    expect_near(sum / n, 0, 5 * sqrt(var / n) + 1e-6);
    expect_near(squares / n / var, 1, .012);
}

static void test_moments(void **state)
{
    static const double pairs[][2] = {{-INFINITY, 8}, {-1, 1},  {0, 2},
                                      {2, INFINITY},  {3.5, 4}, {-INFINITY, -5},
                                      {8, INFINITY},  {-9, -8}};

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        check_moments(pairs[i][0], pairs[i][1]);
}

static void test_below(void **state)
{
    const struct cf_below b = {MOST, 3, f, root, cut, MOST};
    float out[3];

    (void)state;
    fill();
    cf_probit_scalar.below(&b, out);
    for (size_t j = 0; j < 3; j++) {
        double want = 0;
        for (size_t i = 0; i < MOST; i++)
            want += phi(((double)cut[j * MOST + i] - (double)f[i]) *
                        (double)root[i]);
        expect_near(out[j], want, 1e-4);
    }
}

static void test_above(void **state)
{
    static const float gap[3] = {1, .5F, 2};
    const struct cf_above a = {MOST, 3, f, root, cut, MOST, gap};
    float out[MOST];

    (void)state;
    fill();
    cf_probit_scalar.above(&a, out);
    for (size_t i = 0; i < MOST; i++) {
        double want = 0;
        for (size_t j = 0; j < 3; j++)
            want +=
                (double)gap[j] *
                phi(((double)f[i] - (double)cut[j * MOST]) * (double)root[i]);
        expect_near(out[i], want, 2e-6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),  cmocka_unit_test(test_chance),
        cmocka_unit_test(test_inverse), cmocka_unit_test(test_chance_far),
        cmocka_unit_test(test_moments), cmocka_unit_test(test_below),
        cmocka_unit_test(test_above),
    };
    return cmocka_run_group_tests_name("probit", tests, NULL, NULL);
}
