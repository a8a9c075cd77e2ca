/* test_panel.c - rows beside each other, sample by sample: by hand, and the
 * same bits from every table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "little.h"
#include "math/panel.h"
#include "math/vec.h"

enum { SAMPLES = 5, K = 7, ROWS = 9 };

struct arrays {
    float x[ROWS][SAMPLES * K], y[SAMPLES * K * CF_PANEL];
    float x_bias[SAMPLES], y_bias[SAMPLES * CF_PANEL];
    float dot[ROWS * SAMPLES * CF_PANEL], sum[CF_PANEL], sd[CF_PANEL];
};

static void fill(float *x, size_t n, uint64_t seed)
{
    for (size_t i = 0; i < n; i++)
        x[i] = little_draw(seed, i) / 3;
}

static void run(const struct cf_panel_kernels *t, struct arrays *a,
                size_t samples, size_t k, size_t rows)
{
    const float *x[ROWS];

    *a = (struct arrays){.dot = {0}};
    fill(&a->x[0][0], sizeof a->x / sizeof(float), 1);
    fill(a->y, sizeof a->y / sizeof(float), 2);
    fill(a->x_bias, SAMPLES, 3);
    fill(a->y_bias, sizeof a->y_bias / sizeof(float), 4);
    for (size_t r = 0; r < ROWS; r++)
        x[r] = a->x[r];
    const struct cf_panel_dots d = {samples, k, rows, x, a->y, a->dot};
    const struct cf_panel_spread p = {samples,   3,      a->dot, a->x_bias,
                                      a->y_bias, a->sum, a->sd};
    t->dots(&d);
    t->spread(&p);
}

static void test_same_bits(void **state)
{
    static const char *const names[] = {"sse2", "avx2", "avx512"};
    static struct arrays a, b;
    (void)state;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t rows = 1; cf_vec_find(names[i]) && rows <= ROWS; rows++)
            for (size_t samples = 1; samples <= SAMPLES; samples++)
                for (size_t k = 1; k <= K; k++) {
                    run(cf_panel_of(names[i]), &a, samples, k, rows);
                    run(&cf_panel_scalar, &b, samples, k, rows);
                    assert_memory_equal(&a, &b, sizeof a);
                }
}

/* Two samples of one factor: z are 2 * 3 * 4 + (1 + 10) and 2 * 5 * 2 +
 * (2 + 20), 35 and 42. */
static void test_plain(void **state)
{
    const float one[] = {3, 5}, *x = one;
    float y[2 * CF_PANEL] = {[0] = 4, [CF_PANEL] = 2};
    float bias[2 * CF_PANEL] = {[0] = 10, [CF_PANEL] = 20};
    const float x_bias[] = {1, 2};
    float dot[2 * CF_PANEL], sum[CF_PANEL], sd[CF_PANEL];
    const struct cf_panel_dots d = {2, 1, 1, &x, y, dot};
    const struct cf_panel_spread p = {2, 2, dot, x_bias, bias, sum, sd};
    (void)state;

    cf_panel_scalar.dots(&d);
    assert_true(dot[0] == 12 && dot[CF_PANEL] == 10 && dot[1] == 0);
    cf_panel_scalar.spread(&p);
    assert_true(sum[0] == 22 && sd[0] == 3.5F);
    assert_true(sum[1] == 0 && sd[1] == .5F);
    assert_ptr_equal(cf_panel_of("scalar"), &cf_panel_scalar);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
