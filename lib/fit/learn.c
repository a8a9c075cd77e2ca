/* learn.c - the loop of mini-batch solvers. */
#include "fit/learn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/progress.h"
#include "fit/learn_impl.h"

/* Of the average of losses that is reported. */
#define SMOOTH 0.98

/* ---- a mini-batch ---- */

static int diverged(const struct cf_learner *l, const char *what,
                    struct cf_err *err)
{
    return cf_fail(err, CF_EDIVERGED,
                   "training diverged in epoch %u: %s is not finite (try a "
                   "lower --lr than %g)",
                   l->epoch, what, l->o->schedule.max);
}

static struct cf_rates rates_now(const struct cf_learner *l)
{
    struct cf_rates r = {.t = l->step + 1};

    if (l->o->find) {
        r.lr = cf_find_rate((size_t)l->step);
        r.beta1 = CF_FLAT_MOMENTUM;
    } else {
        cf_schedule_at(&l->o->schedule, l->step, l->steps, &r.lr, &r.beta1);
    }
    return r;
}

/* The average of losses so far, each counting SMOOTH times as much as the
 * next. */
static double average(const struct cf_learner *l)
{
    return l->smooth / (1 - pow(SMOOTH, (double)l->step));
}

static int settle(struct cf_learner *l, bool predict, struct cf_err *err)
{
    l->unsettled = 0;
    return l->net->settle(l->net->ctx, predict, err);
}

/* A step was taken: is it time to settle, to save, to stop? */
static int stepped(struct cf_learner *l, double loss, struct cf_err *err)
{
    l->step++;
    l->next.n = 0;
    if (l->o->find)
        l->stop = !cf_curve_add(l->o->find, loss, average(l));
    if (++l->unsettled < CF_LEARN_SETTLE)
        return 0;
    int rc = settle(l, false, err);
    return rc ? rc : cf_resume_save(l, err);
}

/* Learns the pending rows. */
static int learn(struct cf_learner *l, struct cf_err *err)
{
    const struct cf_minibatch b = {l->next.n, l->next.user, l->next.item,
                                   l->next.rating};
    const struct cf_rates rates = rates_now(l);
    struct cf_learnt out = {.finite = true};

    int rc = l->net->learn(l->net->ctx, &b, &rates, &out, err);
    if (rc)
        return rc;
    if (l->o->find && !(isfinite(out.loss) && out.finite)) {
        l->stop = true;
        return 0;
    }
    if (!isfinite(out.loss))
        return diverged(l, "the loss", err);
    if (!out.finite)
        return diverged(l, "a gradient", err);
    l->smooth = SMOOTH * l->smooth + (1 - SMOOTH) * out.loss;
    if (l->news && l->news->batch)
        l->news->batch(l->news->ctx, l->step, out.loss);
    return stepped(l, out.loss, err);
}

static int replay_step(struct cf_learner *l, struct cf_err *err)
{
    l->step++;
    l->next.n = 0;
    return cf_resume_arrive(l, err);
}

/* ---- rows ---- */

/* Rows that still come are not learnt from. */
static bool stopped(const struct cf_learner *l)
{
    return l->stop && !l->replay;
}

static int add_pending(struct cf_pending *p, const struct cf_feed_rows *rows,
                       size_t at, size_t n, struct cf_err *err)
{
    size_t need = p->n + n;

    if (!cf_grow(&p->user, &p->cap_user, need, sizeof *p->user) ||
        !cf_grow(&p->item, &p->cap_item, need, sizeof *p->item) ||
        !cf_grow(&p->rating, &p->cap_rating, need, sizeof *p->rating))
        return cf_nomem(err, "mini-batch");
    memcpy(p->user + p->n, rows->user + at, n * sizeof *p->user);
    memcpy(p->item + p->n, rows->item + at, n * sizeof *p->item);
    memcpy(p->rating + p->n, rows->rating + at, n * sizeof *p->rating);
    p->n = need;
    return 0;
}

static int count_some(struct cf_learner *l, const struct cf_feed_rows *rows,
                      size_t at, size_t n, struct cf_err *err)
{
    if (!l->o->no_seen)
        return cf_seen_add(&l->seen, rows->user + at, rows->item + at, n, err);
    cf_model_count(l->m, rows->user + at, rows->item + at, n);
    return 0;
}

/* Who has training rows, and which: negatives are none. */
static int count(struct cf_learner *l, const struct cf_feed_rows *rows,
                 struct cf_err *err)
{
    int rc = 0;

    if (l->epoch > 0 || l->o->find)
        return 0;
    if (!l->negatives)
        return count_some(l, rows, 0, rows->n, err);
    for (size_t r = 0; !rc && r < rows->n; r++)
        if (rows->rating[r] != 0)
            rc = count_some(l, rows, r, 1, err);
    return rc;
}

static int train(struct cf_learner *l, const struct cf_feed_rows *rows,
                 struct cf_err *err)
{
    int rc = count(l, rows, err);

    for (size_t at = 0, n; !rc && !stopped(l) && at < rows->n; at += n) {
        n = l->batch - l->next.n;
        if (n > rows->n - at)
            n = rows->n - at;
        rc = add_pending(&l->next, rows, at, n, err);
        cf_resume_rows(l, rows, at, n);
        if (!rc && l->next.n == l->batch)
            rc = l->replay ? replay_step(l, err) : learn(l, err);
    }
    return rc;
}

static bool finite_weights(const struct cf_net *net)
{
    for (size_t i = 0; i < net->ntensors; i++)
        if (!net->tensor[i].state &&
            !cf_vec_finite(net->tensor[i].v, net->tensor[i].n))
            return false;
    return true;
}

/* After the first epoch's training rows. */
static int finish_counts(struct cf_learner *l, struct cf_err *err)
{
    int rc = 0;

    if (l->epoch > 0)
        return 0;
    if (!l->o->no_seen)
        rc = cf_seen_store(&l->seen, l->m, err);
    if (!rc && l->o->init)
        cf_origin_count(l->o->init, l->m);
    return rc;
}

/* What the model predicts with follows from the weights. */
static int predicting(struct cf_learner *l, struct cf_err *err)
{
    int rc = settle(l, true, err);

    if (!rc && l->o->init)
        cf_origin_cold(l->o->init, l->m);
    return rc;
}

/* The model as it is to be validated. */
static int finish_weights(struct cf_learner *l, struct cf_err *err)
{
    int rc = settle(l, false, err);

    if (!rc && l->o->init)
        cf_origin_restore(l->o->init, l->m);
    if (!rc)
        rc = predicting(l, err);
    if (!rc && !finite_weights(l->net))
        rc = diverged(l, "a weight", err);
    return rc;
}

/* After the training rows of an epoch. What is left of them is shorter than a
 * mini-batch and dropped. */
static int finish_training(struct cf_learner *l, struct cf_err *err)
{
    if (l->settled)
        return 0;
    l->next.n = 0;
    if (l->o->find)
        return 0;
    l->settled = true;
    int rc = finish_counts(l, err);
    return rc || l->replay ? rc : finish_weights(l, err);
}

static int validate(struct cf_learner *l, const struct cf_feed_rows *rows,
                    struct cf_err *err)
{
    int rc = finish_training(l, err);

    cf_resume_rows(l, rows, 0, rows->n);
    return rc || l->replay || l->o->find ? rc : cf_validate(l, rows, err);
}

/* ---- epochs ---- */

static void tell_epoch(const struct cf_learner *l, uint32_t epoch)
{
    if (l->news && l->news->epoch)
        l->news->epoch(l->news->ctx, &l->m->epoch[epoch]);
}

/* The next epoch begins. */
static void start_epoch(struct cf_learner *l, double now)
{
    l->epoch++;
    l->settled = false;
    l->start = now;
    l->valid.sum = 0;
    l->valid.n = 0;
}

int cf_learn_epoch(struct cf_learner *l, double loss, struct cf_err *err)
{
    struct cf_model *m = l->m;
    const struct cf_validation *v = &l->valid;
    double now = cf_now();

    if (!cf_grow(&m->epoch, &l->cap_epoch, m->nepochs + 1, sizeof *m->epoch))
        return cf_nomem(err, "epochs");
    m->epoch[m->nepochs++] = (struct cf_epoch){
        .epoch = l->epoch,
        .train_loss = loss,
        .valid_loss = v->n ? v->sum / (double)v->n : (double)NAN,
        .seconds = now - l->start};
    tell_epoch(l, l->epoch);
    start_epoch(l, now);
    return 0;
}

static int end_epoch(struct cf_learner *l, struct cf_err *err)
{

    int rc = finish_training(l, err);
    if (rc || l->o->find)
        return rc;
    /* A checkpoint that says more than its rows can come to. */
    if (l->replay && l->epoch >= l->replay_epoch)
        return cf_resume_short(l, err);
    if (l->replay) {
        tell_epoch(l, l->epoch);
        start_epoch(l, cf_now());
        return cf_resume_arrive(l, err);
    }
    rc = cf_learn_epoch(l, average(l), err);
    if (!rc)
        rc = cf_best_judge(l, err);
    if (!rc)
        rc = cf_best_keep(l, err);
    return rc ? rc : cf_resume_save(l, err);
}

/* ---- the whole ---- */

static int run(struct cf_learner *l, struct cf_feed *feed, struct cf_err *err)
{
    enum cf_event event = CF_FEED_TRAIN;
    int rc = cf_resume_start(l, err);

    while (!rc && event != CF_FEED_END) {
        struct cf_feed_rows rows = {0};
        rc = cf_feed_next(feed, &event, &rows, err);
        if (rc)
            return rc;
        if (stopped(l))
            continue;
        if (event == CF_FEED_TRAIN)
            rc = train(l, &rows, err);
        else if (event == CF_FEED_VALID)
            rc = validate(l, &rows, err);
        else if (event == CF_FEED_EPOCH)
            rc = end_epoch(l, err);
    }
    if (!rc && l->replay)
        rc = cf_resume_short(l, err);
    return rc;
}

int cf_learn(struct cf_model *m, struct cf_net *net, struct cf_feed *feed,
             const struct cf_fit_opts *o, const struct cf_fit_news *news,
             struct cf_err *err)
{
    const struct cf_plan *plan = cf_feed_plan(feed);
    struct cf_learner l = {.m = m, .net = net, .o = o, .news = news};
    uint64_t left;

    l.negatives = plan->negatives;
    l.batch = plan->rows < plan->batch ? plan->rows : plan->batch;
    if (!cf_mul(cf_fit_batches(plan, &left), plan->epochs, &l.steps))
        return cf_fail(err, CF_EMEM, "too many mini-batches");
    l.start = cf_now();
    int rc = run(&l, feed, err);
    if (!rc) {
        cf_best_take(&l);
        rc = predicting(&l, err);
    }
    cf_seen_free(&l.seen);
    free(l.next.user);
    free(l.next.item);
    free(l.next.rating);
    free(l.valid.loss);
    free(l.best.weights);
    return rc;
}
