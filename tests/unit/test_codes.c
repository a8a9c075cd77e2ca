/* test_codes.c - codes are below the rows of their dictionary. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "stream/frame.h"

enum { MOST = 70 };

/* Codes of `size` bytes; the column may have none. */
static bool sound(const uint32_t *code, uint32_t n, size_t size, uint64_t count,
                  bool none)
{
    const struct cf_column col = {.none = none};
    unsigned char bytes[4 * MOST + 1];

    /* At an odd address, as columns in a stream may be. */
    for (uint32_t i = 0; i < n; i++)
        memcpy(bytes + 1 + size * i, &code[i], size);
    const struct cf_chunk c = {.data = (const char *)bytes + 1,
                               .size = size * n};
    return cf_codes_sound(&col, &c, n, count);
}

/* Of a dictionary of count rows, one code is too high, or stands for none. */
static void check_place(size_t size, uint32_t count, uint32_t n, uint32_t at)
{
    uint32_t code[MOST], none = size == 1 ? UINT8_MAX : CF_NONE;

    for (uint32_t i = 0; i < n; i++)
        code[i] = count - 1 - i % count;
    assert_true(sound(code, n, size, count, false));
    code[at] = count;
    assert_int_equal(sound(code, n, size, count, false), false);
    assert_int_equal(sound(code, n, size, count, true), count == none);
    code[at] = none;
    assert_false(sound(code, n, size, count, false));
    assert_true(sound(code, n, size, count, true));
}

static void test_places(void **state)
{
    static const uint32_t narrow[] = {1, 4, 128, 255};
    static const uint32_t wide[] = {1, 4, 0x80000000, CF_NONE};

    (void)state;
    for (uint32_t n = 1; n <= MOST; n++)
        for (uint32_t at = 0; at < n; at++)
            for (size_t k = 0; k < 4; k++) {
                check_place(1, narrow[k], n, at);
                check_place(4, wide[k], n, at);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_places)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
