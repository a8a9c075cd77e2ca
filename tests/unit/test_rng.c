/* test_rng.c - counter-based random numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/rng.h"

#define N(array) (sizeof(array) / sizeof *(array))

/* The known answers that come with the paper's own code: kat_vectors of
 * Random123, philox4x32 10. */
static void test_philox(void **state)
{
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } c[] = {{{0, 0, 0, 0},
              {0, 0},
              {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
             {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
              {0xffffffff, 0xffffffff},
              {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
             {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
              {0xa4093822, 0x299f31d0},
              {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}};

    for (size_t i = 0; i < N(c); i++) {
        uint32_t out[4];
        cf_philox(c[i].counter, c[i].key, out);
        assert_memory_equal(out, c[i].out, sizeof out);
    }
}

/* Numbers of the next tests: what rng.h says, computed apart in Python, whose
 * integers have no width. A change breaks the promise that a seed gives the
 * same bytes. */
static const struct cf_rng rng = {0x0123456789abcdef, CF_RNG_TEST, 3};

static void test_draws(void **state)
{
    (void)state;
    static const struct {
        uint64_t index, bits;
        double real, normal;
    } c[] = {
        {0, 0x3aee584c2329ca2f, 0x1.d772c261194e4p-3, -0.33163003551637926},
        {1, 0x5f9b2b89ade26950, 0x1.7e6cae26b789ap-2, 0.9027842010382855},
        {UINT64_C(1) << 32, 0x4fcb39858d3af4af, 0x1.3f2ce61634ebcp-2,
         -0.792406161110739},
        {UINT64_MAX, 0x8c007250917ee2f5, 0x1.1800e4a122fdcp-1,
         1.0155144411641748}};

    for (size_t i = 0; i < N(c); i++) {
        assert_true(cf_rng_u64(&rng, c[i].index) == c[i].bits);
        assert_true(cf_rng_real(&rng, c[i].index) == c[i].real);
        /* The mathematical library may differ in a last bit. */
        double normal = cf_rng_normal(&rng, c[i].index);
        assert_true(fabs(normal - c[i].normal) < 1e-14);
    }
}

static void test_below(void **state)
{
    (void)state;
    static const uint64_t die[] = {1, 2, 4, 1, 0, 1, 0, 4, 0, 5};
    static const uint64_t large[] = {230199354732, 373461457360, 757173020012};

    for (size_t i = 0; i < N(die); i++)
        assert_true(cf_rng_below(&rng, i, 6) == die[i]);
    for (size_t i = 0; i < N(large); i++)
        assert_true(cf_rng_below(&rng, i, 1000000000000) == large[i]);
    for (uint64_t i = 0; i < 100; i++)
        assert_true(cf_rng_below(&rng, i, 1) == 0);
}

/* Just above half of 2^64, half of all candidates are rejected; draws 1, 3, 4
 * and 7 go to blocks 2, 1, 1 and 3. */
static void test_below_rejects(void **state)
{
    (void)state;
    static const uint64_t v[] = {2123214291343828247, 92060844099592877,
                                 6983688459843961558, 518389405306535372,
                                 2846277416759508268, 2966709361813117750,
                                 820590796654902470,  5681161375792787029};

    for (size_t i = 0; i < N(v); i++)
        assert_true(cf_rng_below(&rng, i, (UINT64_C(1) << 63) + 1) == v[i]);
}

static void test_apart(void **state)
{
    (void)state;
    struct cf_rng seed = rng, high = rng, purpose = rng, epoch = rng;
    seed.seed++;
    high.seed ^= UINT64_C(1) << 63;
    purpose.purpose++;
    epoch.epoch++;

    uint64_t v = cf_rng_u64(&rng, 5);
    assert_true(cf_rng_u64(&rng, 5) == v);
    assert_true(cf_rng_u64(&seed, 5) != v);
    assert_true(cf_rng_u64(&high, 5) != v);
    assert_true(cf_rng_u64(&purpose, 5) != v);
    assert_true(cf_rng_u64(&epoch, 5) != v);
    assert_true(cf_rng_u64(&rng, 6) != v);
}

/* Chi-squared with 9 degrees of freedom passes 33.7 once in 10000 seeds. */
static void test_uniform(void **state)
{
    (void)state;
    enum { DRAWS = 100000, BINS = 10 };
    double real[BINS] = {0}, below[BINS] = {0}, chi_real = 0, chi_below = 0;

    for (uint64_t i = 0; i < DRAWS; i++) {
        double u = cf_rng_real(&rng, i);
        assert_true(u >= 0 && u < 1);
        real[(size_t)(u * BINS)]++;
        uint64_t b = cf_rng_below(&rng, i, BINS);
        assert_true(b < BINS);
        below[b]++;
    }
    for (size_t i = 0; i < BINS; i++) {
        const double want = (double)DRAWS / BINS;
        chi_real += (real[i] - want) * (real[i] - want) / want;
        chi_below += (below[i] - want) * (below[i] - want) / want;
    }
    assert_true(chi_real < 33.7);
    assert_true(chi_below < 33.7);
}

/* Mean, variance and fourth moment of the standard normal are 0, 1 and 3;
 * the bounds are four standard errors of each. */
static void test_normal(void **state)
{
    (void)state;
    enum { DRAWS = 100000 };
    double m1 = 0, m2 = 0, m4 = 0;

    for (uint64_t i = 0; i < DRAWS; i++) {
        double v = cf_rng_normal(&rng, i);
        m1 += v / DRAWS;
        m2 += v * v / DRAWS;
        m4 += v * v * v * v / DRAWS;
    }
    assert_true(fabs(m1) < 4 * sqrt(1.0 / DRAWS));
    assert_true(fabs(m2 - 1) < 4 * sqrt(2.0 / DRAWS));
    assert_true(fabs(m4 - 3) < 4 * sqrt(96.0 / DRAWS));
}

static void test_shuffle(void **state)
{
    (void)state;
    static const uint32_t want[] = {3, 11, 2, 5, 7, 1, 9, 6, 10, 8, 0, 4};
    uint32_t perm[N(want)];

    for (uint32_t i = 0; i < N(perm); i++)
        perm[i] = i;
    cf_rng_shuffle(&rng, perm, N(perm));
    assert_memory_equal(perm, want, sizeof want);
    cf_rng_shuffle(&rng, NULL, 0);
}

/* All 24 orders of four come up alike: chi-squared with 23 degrees of freedom
 * passes 56.6 once in 10000. */
static void test_shuffle_fair(void **state)
{
    (void)state;
    enum { TIMES = 24000, ORDERS = 24 };
    struct cf_rng r = rng;
    double seen[256] = {0}, chi = 0;
    size_t orders = 0;

    for (r.epoch = 0; r.epoch < TIMES; r.epoch++) {
        uint32_t p[] = {0, 1, 2, 3};
        cf_rng_shuffle(&r, p, 4);
        seen[p[0] | p[1] << 2 | p[2] << 4 | p[3] << 6]++;
    }
    for (size_t i = 0; i < N(seen); i++) {
        const double want = (double)TIMES / ORDERS;
        if (seen[i] == 0)
            continue;
        orders++;
        chi += (seen[i] - want) * (seen[i] - want) / want;
    }
    assert_int_equal(orders, ORDERS);
    assert_true(chi < 56.6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_philox),
        cmocka_unit_test(test_draws),
        cmocka_unit_test(test_below),
        cmocka_unit_test(test_below_rejects),
        cmocka_unit_test(test_apart),
        cmocka_unit_test(test_uniform),
        cmocka_unit_test(test_normal),
        cmocka_unit_test(test_shuffle),
        cmocka_unit_test(test_shuffle_fair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
