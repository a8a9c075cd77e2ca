/* test_par.c - parallel for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/par.h"

enum { MANY = 1000 };

struct work {
    size_t threads;
    int count[MANY];       /* how often each task was done */
    atomic_int busy[16];   /* is the worker in a task? */
    atomic_int bad;        /* a wrong worker number, or one used twice */
    atomic_size_t at_once; /* tasks that run now, */
    atomic_size_t most;    /* and at most */
    size_t meet;           /* tasks wait until so many run at once */
};

static void task(void *ctx, size_t number, size_t worker)
{
    struct work *w = ctx;
    if (worker >= w->threads) {
        w->bad++;
        return;
    }
    if (atomic_fetch_add(&w->busy[worker], 1) != 0)
        w->bad++;
    size_t now = atomic_fetch_add(&w->at_once, 1) + 1;
    size_t most = w->most;
    while (now > most && !atomic_compare_exchange_weak(&w->most, &most, now))
        ;
    while (w->most < w->meet)
        ;
    w->count[number]++;
    atomic_fetch_sub(&w->at_once, 1);
    atomic_fetch_sub(&w->busy[worker], 1);
}

static void run(struct cf_pool *pool, size_t n, size_t meet)
{
    struct work *w = cf_zalloc(1, sizeof *w);
    assert_non_null(w);
    w->threads = cf_pool_threads(pool);
    w->meet = meet;
    cf_pool_run(pool, n, task, w);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(w->count[i], i < n);
    assert_int_equal(w->bad, 0);
    assert_true(w->most <= w->threads);
    free(w);
}

static void test_each_once(void **state)
{
    (void)state;
    static const size_t threads[] = {1, 2, 3, 7, 16};
    static const size_t tasks[] = {0, 1, 2, 3, 8, MANY};
    struct cf_err err;

    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        struct cf_pool *pool;
        assert_int_equal(cf_pool_open(&pool, threads[i], &err), 0);
        assert_int_equal(cf_pool_threads(pool), threads[i]);
        for (size_t j = 0; j < sizeof tasks / sizeof *tasks; j++)
            run(pool, tasks[j], 0);
        cf_pool_close(pool);
    }
}

/* Runs that follow each other closely must not mix. */
static void test_many_runs(void **state)
{
    (void)state;
    struct cf_err err;
    struct cf_pool *pool;

    assert_int_equal(cf_pool_open(&pool, 4, &err), 0);
    for (size_t i = 0; i < 2000; i++)
        run(pool, i % 5, 0);
    cf_pool_close(pool);
}

/* Hangs if the tasks are not done side by side. */
static void test_side_by_side(void **state)
{
    (void)state;
    struct cf_err err;
    struct cf_pool *pool;

    assert_int_equal(cf_pool_open(&pool, 3, &err), 0);
    run(pool, 3, 3);
    cf_pool_close(pool);
}

static void test_unused(void **state)
{
    (void)state;
    struct cf_err err;
    struct cf_pool *pool;

    assert_int_equal(cf_pool_open(&pool, 3, &err), 0);
    cf_pool_close(pool);
    cf_pool_close(NULL);
}

static void test_too_many(void **state)
{
    (void)state;
    struct cf_err err;
    struct cf_pool *pool;

    assert_int_equal(cf_pool_open(&pool, SIZE_MAX / 4, &err), CF_EMEM);
    assert_null(pool);
    assert_true(cf_processors() >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_once),    cmocka_unit_test(test_many_runs),
        cmocka_unit_test(test_side_by_side), cmocka_unit_test(test_unused),
        cmocka_unit_test(test_too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
