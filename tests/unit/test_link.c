/* test_link.c - exponential, sigmoid, link. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sigmoid_near),
        cmocka_unit_test(test_sigmoid),
        cmocka_unit_test(test_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
