/* par.c - parallel for over a pool of waiting threads. */
#ifdef __linux__
#define _GNU_SOURCE /* sched_getaffinity */
#endif
#include "base/par.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

struct worker {
    struct cf_pool *pool;
    size_t number;
    pthread_t thread;
};

struct cf_pool {
    size_t threads;
    struct worker *worker; /* [threads - 1], numbers 1 .. threads - 1 */
    pthread_mutex_t lock;
    pthread_cond_t start, done;
    /* Under the lock: */
    uint64_t started; /* runs */
    size_t busy;      /* workers that are not done with this run */
    bool stop;
    /* The run; set while nobody is busy. */
    cf_task_fn *fn;
    void *ctx;
    size_t n;
    atomic_size_t next;
};

static void work(struct cf_pool *pool, size_t number)
{
    size_t task;
    while ((task = atomic_fetch_add(&pool->next, 1)) < pool->n)
        pool->fn(pool->ctx, task, number);
}

/* Waits for the run after *seen; false if there will be none. */
static bool next_run(struct cf_pool *pool, uint64_t *seen)
{
    pthread_mutex_lock(&pool->lock);
    while (pool->started == *seen && !pool->stop)
        pthread_cond_wait(&pool->start, &pool->lock);
    *seen = pool->started;
    bool go = !pool->stop;
    pthread_mutex_unlock(&pool->lock);
    return go;
}

static void *worker_main(void *arg)
{
    struct worker *w = arg;
    struct cf_pool *pool = w->pool;
    uint64_t seen = 0;
    while (next_run(pool, &seen)) {
        work(pool, w->number);
        pthread_mutex_lock(&pool->lock);
        if (--pool->busy == 0)
            pthread_cond_signal(&pool->done);
        pthread_mutex_unlock(&pool->lock);
    }
    return NULL;
}

/* Ends the first n threads of the pool and frees it. */
static void stop(struct cf_pool *pool, size_t n)
{
    pthread_mutex_lock(&pool->lock);
    pool->stop = true;
    pthread_cond_broadcast(&pool->start);
    pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < n; i++)
        pthread_join(pool->worker[i].thread, NULL);
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->start);
    pthread_cond_destroy(&pool->done);
    free(pool->worker);
    free(pool);
}

int cf_pool_open(struct cf_pool **pool, size_t threads, struct cf_err *err)
{
    *pool = NULL;
    struct cf_pool *p = cf_zalloc(1, sizeof *p);
    struct worker *worker = cf_zalloc(threads - 1, sizeof *worker);
    if (!p || !worker) {
        free(p);
        free(worker);
        return cf_nomem(err, "threads");
    }
    p->threads = threads;
    p->worker = worker;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->start, NULL);
    pthread_cond_init(&p->done, NULL);
    atomic_init(&p->next, 0);
    for (size_t i = 0; i < threads - 1; i++) {
        worker[i].pool = p;
        worker[i].number = i + 1;
        if (pthread_create(&worker[i].thread, NULL, worker_main, &worker[i])) {
            stop(p, i);
            return cf_fail(err, CF_EMEM, "cannot start thread %zu of %zu",
                           i + 2, threads);
        }
    }
    *pool = p;
    return 0;
}

size_t cf_pool_threads(const struct cf_pool *pool)
{
    return pool->threads;
}

void cf_pool_run(struct cf_pool *pool, size_t n, cf_task_fn *fn, void *ctx)
{
    if (!pool || pool->threads == 1 || n <= 1) {
        for (size_t task = 0; task < n; task++)
            fn(ctx, task, 0);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->fn = fn;
    pool->ctx = ctx;
    pool->n = n;
    atomic_store(&pool->next, 0);
    pool->busy = pool->threads - 1;
    pool->started++;
    pthread_cond_broadcast(&pool->start);
    pthread_mutex_unlock(&pool->lock);

    work(pool, 0);

    pthread_mutex_lock(&pool->lock);
    while (pool->busy > 0)
        pthread_cond_wait(&pool->done, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

void cf_pool_close(struct cf_pool *pool)
{
    if (pool)
        stop(pool, pool->threads - 1);
}

size_t cf_processors(void)
{
#ifdef __linux__
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return (size_t)CPU_COUNT(&set);
#endif
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (size_t)n : 1;
}
