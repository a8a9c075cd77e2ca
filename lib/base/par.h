/* par.h - parallel for. Tasks are independent and numbered, so what they
 * compute cannot depend on the number of threads. */
#ifndef CF_BASE_PAR_H
#define CF_BASE_PAR_H

#include <stddef.h>

#include "base/err.h"

/* Does task number `task` on worker number `worker` (0 <= worker < threads,
 * for scratch memory of its own). */
typedef void cf_task_fn(void *ctx, size_t task, size_t worker);

/* Threads that wait for work. */
struct cf_pool;

/* threads >= 1, the caller's own included. *pool is NULL after an error. */
int cf_pool_open(struct cf_pool **pool, size_t threads, struct cf_err *err);
size_t cf_pool_threads(const struct cf_pool *pool);
/* Runs fn for tasks 0..n-1 and returns when all are done. Not reentrant. pool
 * NULL: the caller's thread does all, as worker 0. */
void cf_pool_run(struct cf_pool *pool, size_t n, cf_task_fn *fn, void *ctx);
void cf_pool_close(struct cf_pool *pool);

/* Processors this process may run on, at least 1. */
size_t cf_processors(void);

#endif
