/* test_shortest.c - floats as their shortest text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/num.h"

/* The least digits with which printf's rounding reads back, which for a float
 * that is no power of two are the shortest there are. */
static void check_shortest(float v)
{
    char text[CF_NUM_MAX], want[64];
    int digits = 0, p = 1;

    cf_format_f32(v, text);
    do
        snprintf(want, sizeof want, "%.*e", p - 1, (double)v);
    while ((float)strtod(want, NULL) != v && p++ < 9);
    if (strtod(text, NULL) != strtod(want, NULL))
        fail_msg("%a: %s, not %s", (double)v, text, want);
    for (const char *c = text; *c && *c != 'e'; c++)
        digits += *c >= '1' && *c <= '9';
    assert_true(digits <= p);
}

/* What is printed most, scores and ratings, and what is large or small. */
static void test_shortest(void **state)
{
    (void)state;
    uint64_t bits = 1;
    for (int i = 0; i < 100000; i++) {
        bits = bits * 6364136223846793005u + 1442695040888963407u;
        float score = (float)(bits >> 40) * 0x1p-24F * 5.5F;
        check_shortest(score + 0x1p-24F);
        check_shortest((float)(1 + (bits >> 45)) / 8);
        check_shortest(-(float)(1 + (bits >> 50)) / 100);
        check_shortest(ldexpf(1 + (float)(1 + (bits >> 42)) * 0x1p-23F,
                              (int)(bits >> 20) % 80 - 40));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shortest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
