/* test_deal.c - pairs in a grid of blocks, anew for each epoch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdatomic.h>
#include <string.h>

#include "fit/deal.h"
#include "little.h"
#include "made.h"

static struct cf_err err;

enum { USERS = 90, ITEMS = 200 };

/* User u has the items of which little_draw says so; the last users and items
 * have nobody. */
static void some_seen(struct cf_model *m)
{
    struct cf_seen s = {0};

    little_model(m, 2, (struct little_ids){USERS, 0},
                 (struct little_ids){ITEMS, 0});
    for (uint32_t u = 0; u + 3 < USERS; u++)
        for (uint32_t i = 0; i + 5 < ITEMS; i++)
            if (little_draw(u, i) > .8F)
                must(cf_seen_add(&s, &u, &i, 1, &err), &err);
    must(cf_seen_store(&s, m, &err), &err);
}

static bool has(const struct cf_model *m, struct cf_deal_pair p)
{
    for (uint64_t i = m->seen_start[p.user]; i < m->seen_start[p.user + 1]; i++)
        if (m->seen_item[i] == p.item)
            return true;
    return false;
}

/* Every pair once, in the block of its user and item, by user, then item. */
static void expect_dealt(const struct cf_deal *d, const struct cf_model *m)
{
    size_t at = 0;

    for (size_t b = 0; b < d->side * d->side; b++) {
        assert_int_equal(d->start[b], at);
        for (size_t from = at; at < d->start[b + 1]; at++) {
            struct cf_deal_pair p = d->pair[at], was = d->pair[at - (at > 0)];
            assert_true(has(m, p));
            assert_int_equal(d->column[p.item], b % d->side);
            assert_in_range(p.user, d->first_user[b / d->side],
                            d->first_user[b / d->side + 1] - 1);
            assert_true(at == from || p.user > was.user ||
                        (p.user == was.user && p.item > was.item));
        }
    }
    assert_int_equal(at, m->seen_start[USERS]);
}

static void test_deal(void **state)
{
    struct cf_model m;
    struct cf_deal d;
    uint32_t first[ITEMS];

    (void)state;
    some_seen(&m);
    must(cf_deal_init(&d, &m, 42, NULL, &err), &err);
    assert_int_equal(d.items, ITEMS - 5);
    assert_int_equal(d.side, (ITEMS - 5) / 32);
    cf_deal_epoch(&d, 0);
    expect_dealt(&d, &m);
    memcpy(first, d.item, d.items * sizeof *first);
    cf_deal_epoch(&d, 1);
    expect_dealt(&d, &m);
    assert_memory_not_equal(first, d.item, d.items * sizeof *first);
    cf_deal_free(&d);
    cf_model_free(&m);
}

/* Who works on a row or a column just now, and how often on a block. */
struct watch {
    const struct cf_deal *d;
    atomic_int row[CF_DEAL_SIDE], column[CF_DEAL_SIDE], block[CF_DEAL_BLOCKS];
};

static void watch(void *ctx, size_t block, size_t worker)
{
    struct watch *w = ctx;
    size_t row = block / w->d->side, column = block % w->d->side;

    (void)worker;
    assert_int_equal(atomic_fetch_add(&w->row[row], 1), 0);
    assert_int_equal(atomic_fetch_add(&w->column[column], 1), 0);
    w->block[block]++;
    for (volatile int i = 0; i < 20000; i++)
        ;
    atomic_fetch_sub(&w->row[row], 1);
    atomic_fetch_sub(&w->column[column], 1);
}

static void test_rounds(void **state)
{
    struct cf_model m;
    struct cf_deal d;
    struct cf_pool *pool;

    (void)state;
    some_seen(&m);
    must(cf_pool_open(&pool, 3, &err), &err);
    must(cf_deal_init(&d, &m, 42, pool, &err), &err);
    cf_deal_epoch(&d, 0);
    struct watch w = {.d = &d};
    cf_deal_run(&d, watch, &w);
    for (size_t b = 0; b < d.side * d.side; b++)
        assert_int_equal(w.block[b], 1);
    cf_deal_free(&d);
    cf_pool_close(pool);
    cf_model_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_deal),
                                       cmocka_unit_test(test_rounds)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
