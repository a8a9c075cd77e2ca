/* validate.c - losses of validation rows. Threads share the rows; the sum is in
 * the order of the rows, so it does not depend on them. */
#include "base/mem.h"
#include "fit/learn_impl.h"

enum { TASK_ROWS = 1024 };

struct work {
    const struct cf_learner *l;
    const struct cf_feed_rows *rows;
    double *loss;
};

/* What is minimised; but squared errors are those of predictions, which are cut
 * to the range. */
static double loss_of(const struct cf_learner *l, float z, float rating)
{
    const struct cf_target t = {.loss = l->o->loss};
    const struct cf_model *m = l->m;
    float unused;

    if (l->o->loss == CF_LOSS_BCE)
        return (double)cf_loss_at(&t, z, rating, &unused);
    double off =
        (double)cf_link_apply(m->link, m->lo, m->hi, z) - (double)rating;
    return off * off;
}

static void task(void *ctx, size_t number, size_t worker)
{
    const struct work *w = ctx;
    const struct cf_feed_rows *rows = w->rows;
    size_t from = number * TASK_ROWS, n = rows->n - from;
    float z[TASK_ROWS];

    (void)worker;
    if (n > TASK_ROWS)
        n = TASK_ROWS;
    cf_model_raw_pairs(w->l->m, rows->user + from, rows->item + from, n, z);
    for (size_t r = 0; r < n; r++)
        w->loss[from + r] = loss_of(w->l, z[r], rows->rating[from + r]);
}

int cf_validate(struct cf_learner *l, const struct cf_feed_rows *rows,
                struct cf_err *err)
{
    struct cf_validation *v = &l->valid;
    size_t tasks = (rows->n + TASK_ROWS - 1) / TASK_ROWS;

    if (!cf_grow(&v->loss, &v->cap, rows->n, sizeof *v->loss))
        return cf_nomem(err, "validation");
    struct work w = {l, rows, v->loss};
    cf_pool_run(l->o->pool, tasks, task, &w);
    for (size_t r = 0; r < rows->n; r++)
        v->sum += v->loss[r];
    v->n += rows->n;
    return 0;
}
