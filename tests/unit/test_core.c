/* test_core.c - the k-core, against taking away by hand until nothing changes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "data/core.h"
#include "made.h"
#include "stream/schema.h"

enum { SIDE = 40 };

static void add(struct cf_rows *r, uint32_t user, uint32_t item)
{
    struct cf_err err;

    must(cf_rows_room(r, r->n + 1, &err), &err);
    r->user[r->n] = user;
    r->item[r->n++] = item;
}

/* A round of the obvious way; false if nothing changed. */
static bool naive_round(struct cf_rows *r, const struct cf_core *c)
{
    uint64_t user[SIDE] = {0}, item[SIDE] = {0};
    bool changed = false;

    for (size_t i = 0; i < r->n; i++)
        if (r->user[i] != CF_NONE) {
            user[r->user[i]]++;
            item[r->item[i]]++;
        }
    for (size_t i = 0; i < r->n; i++)
        if (r->user[i] != CF_NONE && (user[r->user[i]] < c->min_user ||
                                      item[r->item[i]] < c->min_item)) {
            r->user[i] = CF_NONE;
            changed = true;
        }
    return changed;
}

static uint64_t alive(const struct cf_rows *r)
{
    uint64_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        n += r->user[i] != CF_NONE;
    return n;
}

/* Rows with repetitions and people without rows. */
static void make_rows(struct cf_rows *a, struct cf_rows *b, uint64_t seed)
{
    const struct cf_rng rng = {.seed = seed, .purpose = CF_RNG_TEST};
    uint64_t n = 20 + seed % 200;

    for (uint64_t i = 0; i < n; i++) {
        double u = cf_rng_real(&rng, 2 * i), v = cf_rng_real(&rng, 2 * i + 1);
        uint32_t user = (uint32_t)(u * u * SIDE), item = (uint32_t)(v * SIDE);
        add(a, user, item);
        add(b, user, item);
    }
}

static void test_random(void **state)
{
    struct cf_err err;

    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct cf_rows got = {0}, want = {0};
        struct cf_core c = {.min_user = seed % 6, .min_item = seed / 6 % 5};
        uint64_t rounds = 0;
        make_rows(&got, &want, seed);
        while (naive_round(&want, &c))
            rounds++;
        must(cf_core_run(&c, &got, SIDE, SIDE, &err), &err);
        assert_memory_equal(got.user, want.user, got.n * sizeof *got.user);
        assert_int_equal(c.rows, got.n - alive(&got));
        assert_int_equal(c.rounds, rounds);
        cf_rows_free(&got);
        cf_rows_free(&want);
    }
}

/* u0 - i0 - u1 - i1 - ...: only the ends have too few rows, round by round. A
 * pass over all rows a round would take 2^34 steps here. */
static void test_chain(void **state)
{
    enum { LONG = 1 << 17 };
    struct cf_core c = {.min_user = 2, .min_item = 2};
    struct cf_rows r = {0};
    struct cf_err err;

    (void)state;
    for (uint32_t i = 0; i < LONG; i++) {
        add(&r, i, i);
        add(&r, i + 1, i);
    }
    must(cf_core_run(&c, &r, LONG + 1, LONG, &err), &err);
    assert_int_equal(alive(&r), 0);
    assert_int_equal(c.users, LONG + 1);
    assert_int_equal(c.items, LONG);
    assert_int_equal(c.rows, 2 * LONG);
    /* A row at each end a round. */
    assert_int_equal(c.rounds, LONG);
    cf_rows_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
