/* adam_side.c - the users' or the items' weights under Adam. */
#include "fit/adam_side.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Weights that a task of the settling goes through. */
enum { TASK_WEIGHTS = 16 * 1024 };

int cf_adam_side_init(struct cf_adam_side *a, struct cf_err *err)
{
    size_t n = a->side->n, all = n * a->k; /* the factors have as many */

    if (a->frozen)
        return 0;
    a->m = cf_aalloc(all, sizeof *a->m);
    a->v = cf_aalloc(all, sizeof *a->v);
    a->bias_m = cf_aalloc(n, sizeof *a->bias_m);
    a->bias_v = cf_aalloc(n, sizeof *a->bias_v);
    a->bias_g = cf_aalloc(n, sizeof *a->bias_g);
    a->done = cf_zalloc(n, sizeof *a->done);
    a->slot = cf_zalloc(n, sizeof *a->slot);
    if (a->m && a->v && a->bias_m && a->bias_v && a->bias_g && a->done &&
        a->slot)
        return 0;
    return cf_nomem(err, "training");
}

void cf_adam_side_free(struct cf_adam_side *a)
{
    free(a->m);
    free(a->v);
    free(a->bias_m);
    free(a->bias_v);
    free(a->bias_g);
    free(a->done);
    free(a->slot);
    free(a->touched);
    free(a->grad);
    memset(a, 0, sizeof *a);
}

int cf_adam_side_room(struct cf_adam_side *a, size_t n, struct cf_err *err)
{
    size_t all;

    if (a->frozen)
        return 0;
    if (n > a->side->n)
        n = a->side->n;
    if (!cf_mul(n, a->k, &all) ||
        !cf_grow(&a->touched, &a->cap_touched, n, sizeof *a->touched) ||
        !cf_grow(&a->grad, &a->cap_grad, all, sizeof *a->grad))
        return cf_nomem(err, "mini-batch");
    return 0;
}

/* Takes rows from .. from + n - 1, all as far behind, through the log. */
static void catch_up(struct cf_adam_side *a, const struct cf_adam_log *log,
                     size_t from, size_t n)
{
    size_t at = from * a->k;
    uint8_t done = a->done[from];

    if (done == log->n)
        return;
    a->vec->adam_idle(log->step + done, (size_t)log->n - done,
                      a->side->factors + at, a->m + at, a->v + at, n * a->k);
    memset(a->done + from, log->n, n);
}

float *cf_adam_side_touch(struct cf_adam_side *a, const struct cf_adam_log *log,
                          uint32_t row)
{
    if (a->frozen)
        return NULL;
    if (a->slot[row])
        return a->grad + (size_t)(a->slot[row] - 1) * a->k;
    float *grad = a->grad + a->ntouched * a->k;
    catch_up(a, log, row, 1);
    memset(grad, 0, a->k * sizeof *grad);
    a->touched[a->ntouched++] = row;
    a->slot[row] = (uint32_t)a->ntouched;
    return grad;
}

double cf_adam_side_square(const struct cf_adam_side *a)
{
    double sum = 0;

    for (size_t j = 0; j < a->ntouched; j++) {
        const float *g = a->grad + j * a->k;
        double bias = a->no_bias ? 0 : (double)a->bias_g[a->touched[j]];
        sum += (double)a->vec->dot(g, g, a->k) + bias * bias;
    }
    return sum;
}

void cf_adam_side_scale(struct cf_adam_side *a, float by)
{
    for (size_t j = 0; j < a->ntouched; j++) {
        float *g = a->grad + j * a->k;
        for (size_t f = 0; f < a->k; f++)
            g[f] *= by;
        a->bias_g[a->touched[j]] *= by;
    }
}

void cf_adam_side_step(struct cf_adam_side *a, const struct cf_adam_log *log)
{
    const struct cf_adam_step *s = &log->step[log->n - 1];

    if (a->frozen)
        return;
    if (!a->no_bias)
        a->vec->adam(s, a->bias_g, a->side->bias, a->bias_m, a->bias_v,
                     a->side->n);
    for (size_t j = 0; j < a->ntouched; j++) {
        uint32_t row = a->touched[j];
        size_t at = (size_t)row * a->k;
        a->vec->adam(s, a->grad + j * a->k, a->side->factors + at, a->m + at,
                     a->v + at, a->k);
        a->done[row] = log->n;
        a->slot[row] = 0;
        a->bias_g[row] = 0;
    }
    a->ntouched = 0;
}

/* ---- settling ---- */

struct settle {
    struct cf_adam_side *a;
    const struct cf_adam_log *log;
    size_t rows; /* of a task */
};

static void settle_task(void *ctx, size_t task, size_t worker)
{
    const struct settle *s = ctx;
    const uint8_t *done = s->a->done;
    size_t from = task * s->rows, end = from + s->rows;

    (void)worker;
    if (end > s->a->side->n)
        end = s->a->side->n;
    for (size_t n; from < end; from += n) {
        n = 1;
        while (from + n < end && done[from + n] == done[from])
            n++;
        catch_up(s->a, s->log, from, n);
    }
    memset(s->a->done + task * s->rows, 0, end - task * s->rows);
}

void cf_adam_side_settle(struct cf_adam_side *a, const struct cf_adam_log *log,
                         struct cf_pool *pool)
{
    struct settle s = {a, log, TASK_WEIGHTS / a->k + 1};
    size_t tasks = (a->side->n + s.rows - 1) / s.rows;

    if (a->frozen)
        return;
    if (pool)
        cf_pool_run(pool, tasks, settle_task, &s);
    else
        for (size_t task = 0; task < tasks; task++)
            settle_task(&s, task, 0);
}
