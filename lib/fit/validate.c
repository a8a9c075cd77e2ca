/* validate.c - losses of validation rows. Threads share the rows; the sum is in
 * the order of the rows, so it does not depend on them. */
#include "base/mem.h"
#include "fit/learn_impl.h"

enum { TASK_ROWS = 1024 };

struct work {
    const struct cf_learner *l;
    const struct cf_rows *rows;
    double *loss;
};

/* What is minimised; but squared errors are those of predictions, which are cut
 * to the range. */
static double loss_of(const struct cf_learner *l, const struct cf_rows *rows,
                      size_t r)
{
    uint32_t u = rows->user[r], i = rows->item[r];
    const struct cf_target t = {.loss = l->o->loss};
    float unused;

    if (l->o->loss == CF_LOSS_BCE)
        return (double)cf_loss_at(&t, cf_model_raw(l->m, u, i), rows->rating[r],
                                  &unused);
    double off = (double)cf_model_predict(l->m, u, i) - (double)rows->rating[r];
    return off * off;
}

static void task(void *ctx, size_t number, size_t worker)
{
    const struct work *w = ctx;
    size_t from = number * TASK_ROWS, end = from + TASK_ROWS;

    (void)worker;
    for (size_t r = from; r < end && r < w->rows->n; r++)
        w->loss[r] = loss_of(w->l, w->rows, r);
}

int cf_validate(struct cf_learner *l, const struct cf_rows *rows,
                struct cf_err *err)
{
    struct cf_validation *v = &l->valid;
    size_t tasks = (rows->n + TASK_ROWS - 1) / TASK_ROWS;

    if (!cf_grow(&v->loss, &v->cap, rows->n, sizeof *v->loss))
        return cf_nomem(err, "validation");
    struct work w = {l, rows, v->loss};
    if (l->o->pool)
        cf_pool_run(l->o->pool, tasks, task, &w);
    else
        for (size_t t = 0; t < tasks; t++)
            task(&w, t, 0);
    for (size_t r = 0; r < rows->n; r++)
        v->sum += v->loss[r];
    v->n += rows->n;
    return 0;
}
