/* test_sorter.c - piles and sorters, in memory and with temporary files. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/rng.h"
#include "data/sorter.h"
#include "made.h"

enum { ROWS = 20000, LITTLE = 1 << 16, LOTS = 1 << 24 };

static struct cf_err err;
static struct cf_rec rows[ROWS];
static enum cf_sort_by how;

static int setup(void **state)
{
    const struct cf_rng rng = {2, CF_RNG_TEST, 0};

    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        uint64_t x = cf_rng_u64(&rng, i);
        rows[i] = (struct cf_rec){.id = x % 50000 << 40,
                                  .time = (int64_t)(x >> 20) % 900 - 450,
                                  .user = (uint32_t)(x >> 40) % 77,
                                  .item = (uint32_t)i, /* tells them apart */
                                  .rating = 3};
    }
    return 0;
}

/* By key, then in the order in which they came. */
static int compare(const void *pa, const void *pb)
{
    const struct cf_rec *a = pa, *b = pb;
    int by = how == CF_BY_USER   ? (a->user > b->user) - (a->user < b->user)
             : how == CF_BY_TIME ? (a->time > b->time) - (a->time < b->time)
                                 : (a->id > b->id) - (a->id < b->id);
    return by ? by : (a->item > b->item) - (a->item < b->item);
}

static void expect(struct cf_sorter *s, const struct cf_rec *want, size_t n)
{
    const struct cf_rec *r;

    for (size_t i = 0; i < n; i++)
        must(cf_sorter_add(s, &rows[i], &err), &err);
    must(cf_sorter_sort(s, &err), &err);
    for (size_t i = 0; i < n; i++) {
        must(cf_sorter_next(s, &r, &err), &err);
        assert_non_null(r);
        assert_memory_equal(r, &want[i], sizeof *r);
    }
    for (int k = 0; k < 2; k++) {
        must(cf_sorter_next(s, &r, &err), &err);
        assert_null(r);
    }
}

static void sorts(uint64_t memory)
{
    static const size_t sizes[] = {0, 1, 1365, 1366, 3000, ROWS};
    struct cf_rec *want = calloc(ROWS, sizeof *want);
    struct cf_sorter *s;

    for (how = CF_BY_ID; how <= CF_BY_TIME; how++) {
        must(cf_sorter_open(&s, how, memory, &err), &err);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            memcpy(want, rows, sizes[i] * sizeof *want);
            qsort(want, sizes[i], sizeof *want, compare);
            expect(s, want, sizes[i]);
            cf_sorter_clear(s);
        }
        cf_sorter_close(s);
    }
    free(want);
}

static void test_in_memory(void **state)
{
    (void)state;
    sorts(LOTS);
}

/* 65,536 bytes are 1,365 rows of 48. */
static void test_spilled(void **state)
{
    (void)state;
    sorts(LITTLE);
}

static void test_pile(void **state)
{
    (void)state;
    static const size_t limits[] = {0, 1, 2048, 5000, ROWS, (size_t)2 * ROWS};

    for (size_t k = 0; k < sizeof limits / sizeof *limits; k++) {
        struct cf_pile p = {.limit = limits[k]};
        struct cf_cursor a = {.pile = &p}, b = {.pile = &p};
        const struct cf_rec *r;
        for (size_t i = 0; i < ROWS; i++)
            must(cf_pile_add(&p, &rows[i], &err), &err);
        must(cf_pile_seal(&p, &err), &err);
        assert_int_equal(p.spilled > 0, limits[k] < ROWS);
        for (size_t i = 0; i < (size_t)2 * ROWS; i++) {
            if (i % ROWS == 0)
                cf_cursor_rewind(&a);
            must(cf_cursor_next(&a, &r, &err), &err);
            assert_memory_equal(r, &rows[i % ROWS], sizeof *r);
            if (i % 3 > 0)
                continue;
            must(cf_cursor_next(&b, &r, &err), &err);
            assert_memory_equal(r, &rows[i / 3], sizeof *r);
        }
        must(cf_cursor_next(&a, &r, &err), &err);
        assert_null(r);
        cf_cursor_close(&a);
        cf_cursor_close(&b);
        cf_pile_clear(&p);
        assert_int_equal(p.n, 0);
    }
}

/* ---- the file itself ---- */

static size_t entries(const char *path)
{
    DIR *d = opendir(path);
    size_t n = 0;

    assert_non_null(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

static void test_no_name(void **state)
{
    (void)state;
    char dir[] = "/tmp/cf-test-XXXXXX", back[6];
    struct cf_spill s = {0};

    assert_non_null(mkdtemp(dir));
    setenv("TMPDIR", dir, 1);
    must(cf_spill_write(&s, 3, "world", 5, &err), &err);
    must(cf_spill_write(&s, 0, "he", 2, &err), &err);
    must(cf_spill_read(&s, 3, back, 5, &err), &err);
    assert_memory_equal(back, "world", 5);
    assert_int_equal(entries(dir), 2);
    assert_int_equal(cf_spill_read(&s, 4, back, 5, &err), CF_EIO);
    cf_spill_close(&s);
    assert_int_equal(rmdir(dir), 0);
}

/* Descriptor 0 is not the spill's. */
static void test_nothing_written(void **state)
{
    (void)state;
    struct cf_spill s = {0};
    struct cf_in in;

    assert_int_equal(cf_spill_in(&s, 0, "nothing", &in, &err), CF_EIO);
    cf_in_close(&in);
    cf_spill_close(&s);
}

static void test_no_directory(void **state)
{
    (void)state;
    struct cf_spill s = {0};

    setenv("TMPDIR", "/nowhere/at/all", 1);
    assert_int_equal(cf_spill_write(&s, 0, "x", 1, &err), CF_EIO);
    assert_string_equal(err.msg, "cannot make a temporary file in "
                                 "/nowhere/at/all: no such file or directory");
    cf_spill_close(&s);
    unsetenv("TMPDIR");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_memory),
        cmocka_unit_test(test_spilled),
        cmocka_unit_test(test_pile),
        cmocka_unit_test(test_no_name),
        cmocka_unit_test(test_nothing_written),
        cmocka_unit_test(test_no_directory),
    };
    return cmocka_run_group_tests_name("sorter", tests, setup, NULL);
}
