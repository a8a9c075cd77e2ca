/* learn.c - the loop of mini-batch solvers. */
#include "fit/learn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/progress.h"
#include "fit/schedule.h"

/* Of the average of losses that is reported. */
#define SMOOTH 0.98

/* Rows of the next mini-batch, as far as they have come. */
struct pending {
    uint32_t *user, *item;
    float *rating;
    size_t n, cap_user, cap_item, cap_rating;
};

struct learner {
    struct cf_model *m;
    struct cf_net *net;
    const struct cf_fit_opts *o;
    const struct cf_fit_news *news;
    struct pending next;
    size_t batch; /* rows of a mini-batch */
    uint64_t step, steps;
    double smooth; /* average of losses, not debiased */
    struct cf_seen seen;
    uint32_t epoch;
    bool settled;  /* this epoch's training rows are done with */
    double start;  /* of this epoch */
    double square; /* sum of squared errors of validation rows */
    uint64_t nvalid;
    size_t cap_epoch;
};

void cf_net_add(struct cf_net *net, const char *name, float *v, size_t n,
                bool state)
{
    net->tensor[net->ntensors++] = (struct cf_tensor){name, v, n, state};
}

/* ---- a mini-batch ---- */

static int diverged(const struct learner *l, const char *what,
                    struct cf_err *err)
{
    return cf_fail(err, CF_EDIVERGED,
                   "training diverged in epoch %u: %s is not finite (try a "
                   "lower --lr than %g)",
                   l->epoch, what, l->o->lr);
}

/* Learns the pending rows. */
static int learn(struct learner *l, struct cf_err *err)
{
    const struct cf_minibatch b = {l->next.n, l->next.user, l->next.item,
                                   l->next.rating};
    struct cf_rates rates = {.t = l->step + 1};
    double loss = 0;

    cf_one_cycle(l->o->lr, l->step, l->steps, &rates.lr, &rates.beta1);
    int rc = l->net->learn(l->net->ctx, &b, &rates, &loss, err);
    if (rc)
        return rc;
    if (!isfinite(loss))
        return diverged(l, "the loss", err);
    l->smooth = SMOOTH * l->smooth + (1 - SMOOTH) * loss;
    if (l->news && l->news->batch)
        l->news->batch(l->news->ctx, l->step, loss);
    l->step++;
    l->next.n = 0;
    return 0;
}

/* ---- rows ---- */

static int add_pending(struct pending *p, const struct cf_rows *rows, size_t at,
                       size_t n, struct cf_err *err)
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

static int train(struct learner *l, const struct cf_rows *rows,
                 struct cf_err *err)
{
    int rc = 0;

    if (l->epoch == 0)
        rc = cf_seen_add(&l->seen, rows->user, rows->item, rows->n, err);
    for (size_t at = 0, n; !rc && at < rows->n; at += n) {
        n = l->batch - l->next.n;
        if (n > rows->n - at)
            n = rows->n - at;
        rc = add_pending(&l->next, rows, at, n, err);
        if (!rc && l->next.n == l->batch)
            rc = learn(l, err);
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

/* After the training rows of an epoch: the model as it is to be validated.
 * What is left of the rows is shorter than a mini-batch and dropped. */
static int finish_training(struct learner *l, struct cf_err *err)
{
    int rc = 0;

    if (l->settled)
        return 0;
    l->settled = true;
    l->next.n = 0;
    if (l->epoch == 0) {
        rc = cf_seen_store(&l->seen, l->m, err);
        cf_seen_free(&l->seen);
    }
    if (!rc)
        rc = l->net->settle(l->net->ctx, true, err);
    if (!rc && !finite_weights(l->net))
        rc = diverged(l, "a weight", err);
    return rc;
}

static int validate(struct learner *l, const struct cf_rows *rows,
                    struct cf_err *err)
{
    int rc = finish_training(l, err);

    for (size_t r = 0; !rc && r < rows->n; r++) {
        float y = cf_model_predict(l->m, rows->user[r], rows->item[r]);
        double off = (double)y - (double)rows->rating[r];
        l->square += off * off;
        l->nvalid++;
    }
    return rc;
}

static int end_epoch(struct learner *l, struct cf_err *err)
{
    struct cf_model *m = l->m;
    double now = cf_now();

    int rc = finish_training(l, err);
    if (rc)
        return rc;
    if (!cf_grow(&m->epoch, &l->cap_epoch, m->nepochs + 1, sizeof *m->epoch))
        return cf_nomem(err, "epochs");
    m->epoch[m->nepochs++] = (struct cf_epoch){
        .epoch = l->epoch,
        .train_loss = l->smooth / (1 - pow(SMOOTH, (double)l->step)),
        .valid_loss = l->nvalid ? l->square / (double)l->nvalid : (double)NAN,
        .seconds = now - l->start};
    if (l->news && l->news->epoch)
        l->news->epoch(l->news->ctx, &m->epoch[m->nepochs - 1]);
    l->epoch++;
    l->settled = false;
    l->start = now;
    l->square = 0;
    l->nvalid = 0;
    return 0;
}

/* ---- the whole ---- */

/* Weights to start from mean something in their own range. */
static void set_range(struct cf_model *m, const struct cf_fit_opts *o,
                      const struct cf_plan *plan)
{
    m->lo = (float)o->lo;
    m->hi = (float)o->hi;
    if (o->has_range)
        return;
    cf_fit_range(plan->lo, plan->hi, &m->lo, &m->hi);
    if (o->init && o->init->lo < m->lo)
        m->lo = o->init->lo;
    if (o->init && o->init->hi > m->hi)
        m->hi = o->init->hi;
}

int cf_learn_start(struct cf_model *m, const char *solver,
                   const struct cf_plan *plan, const struct cf_fit_opts *o,
                   struct cf_err *err)
{
    if (plan->rows == 0 || plan->batch == 0)
        return cf_fail(err, CF_EDATA, "no training rows");
    m->solver = strdup(solver);
    if (!m->solver)
        return cf_nomem(err, "model");
    m->mean = 0;
    m->link = CF_LINK_SIGMOID;
    set_range(m, o, plan);
    if (m->lo < m->hi && isfinite(m->lo) && isfinite(m->hi))
        return 0;
    return cf_fail(err, CF_EDATA,
                   "predictions would go from %g to %g, which is no range",
                   (double)m->lo, (double)m->hi);
}

static int run(struct learner *l, struct cf_feed *feed, struct cf_err *err)
{
    enum cf_event event = CF_FEED_TRAIN;
    int rc = 0;

    while (!rc && event != CF_FEED_END) {
        struct cf_rows rows = {0};
        rc = cf_feed_next(feed, &event, &rows, err);
        if (rc)
            return rc;
        if (event == CF_FEED_TRAIN)
            rc = train(l, &rows, err);
        else if (event == CF_FEED_VALID)
            rc = validate(l, &rows, err);
        else if (event == CF_FEED_EPOCH)
            rc = end_epoch(l, err);
    }
    return rc;
}

int cf_learn(struct cf_model *m, struct cf_net *net, struct cf_feed *feed,
             const struct cf_fit_opts *o, const struct cf_fit_news *news,
             struct cf_err *err)
{
    const struct cf_plan *plan = cf_feed_plan(feed);
    struct learner l = {.m = m, .net = net, .o = o, .news = news};
    uint64_t left;

    l.batch = plan->rows < plan->batch ? plan->rows : plan->batch;
    if (!cf_mul(cf_fit_batches(plan, &left), plan->epochs, &l.steps))
        return cf_fail(err, CF_EMEM, "too many mini-batches");
    l.start = cf_now();
    int rc = run(&l, feed, err);
    cf_seen_free(&l.seen);
    free(l.next.user);
    free(l.next.item);
    free(l.next.rating);
    return rc;
}
