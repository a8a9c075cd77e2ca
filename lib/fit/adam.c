/* adam.c - solver `adam`: the embedding model by stochastic gradients.
 *
 * Minimises, over users' and items' factors p, q and biases b,
 *
 *   mean of (y(u, i) - r)^2 over the ratings r of users u for items i,
 *   y(u, i) = lo + (hi - lo) sigmoid(p_u . q_i + b_u + b_i),
 *
 * with decoupled weight decay instead of a penalty. No constraints; the range
 * is wider than the ratings, whose ends a sigmoid does not reach.
 *
 * For mini-batch t = 1, 2, ... of T, in the order in which they come, with g
 * the gradient of the mini-batch's mean, every weight w (also those that no
 * row of the mini-batch touches) goes through
 *
 *   m = b1 m + (1 - b1) g
 *   v = b2 v + (1 - b2) g^2
 *   w = (1 - lr wd) w - lr / (1 - b1^t) m / (sqrt(v / (1 - b2^t)) + eps)
 *
 * with b2 = .99, eps = 1e-5, and lr and b1 from the one-cycle schedule.
 *
 * Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015;
 * Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019;
 * Smith, "A disciplined approach to neural network hyper-parameters", 2018.
 * Defaults, order of operations and results are those of collab_learner of
 * fastai 2.7.
 *
 * For n rows, w weights, mini-batches of b: memory 12 w bytes, 8 n for the seen
 * items; an epoch takes n/b w updates with a square root and a division each,
 * and n (6 k + 40) other operations. */
#include "fit/adam.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/progress.h"
#include "fit/adam_side.h"
#include "fit/loss.h"
#include "fit/schedule.h"
#include "fit/start.h"

#define BETA2 0.99
#define EPS 1e-5
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
    const struct cf_fit_opts *o;
    const struct cf_fit_news *news;
    struct cf_adam_side user, item;
    struct cf_adam_log log;
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

/* ---- a mini-batch ---- */

static void add_step(struct learner *l)
{
    double lr, beta1, t = (double)(l->step + 1);

    cf_one_cycle(l->o->lr, l->step, l->steps, &lr, &beta1);
    l->log.step[l->log.n++] =
        (struct cf_adam_step){.decay = (float)(1 - lr * l->o->wd),
                              .beta1 = (float)beta1,
                              .rest1 = (float)(1 - beta1),
                              .beta2 = (float)BETA2,
                              .rest2 = (float)(1 - BETA2),
                              .rate = (float)(lr / (1 - pow(beta1, t))),
                              .scale = (float)(1 / (1 - pow(BETA2, t))),
                              .eps = (float)EPS};
}

/* Adds the gradient of row number r of the mini-batch; returns its loss. */
static float add_row(struct learner *l, size_t r)
{
    const struct cf_model *m = l->m;
    uint32_t u = l->next.user[r], i = l->next.item[r];
    float *user_grad = cf_adam_side_touch(&l->user, &l->log, u);
    float *item_grad = cf_adam_side_touch(&l->item, &l->log, i);
    const float *p = m->user.factors + (size_t)u * m->k;
    const float *q = m->item.factors + (size_t)i * m->k;
    float dz;

    float z = m->user.bias[u] + m->item.bias[i] + l->o->vec->dot(p, q, m->k);
    float loss = cf_loss_mse_sigmoid(z, l->next.rating[r], m->lo, m->hi, &dz);
    dz /= (float)l->next.n;
    l->o->vec->axpy(dz, q, user_grad, m->k);
    l->o->vec->axpy(dz, p, item_grad, m->k);
    l->user.bias_g[u] += dz;
    l->item.bias_g[i] += dz;
    return loss;
}

static void settle(struct learner *l)
{
    cf_adam_side_settle(&l->user, &l->log, l->o->pool);
    cf_adam_side_settle(&l->item, &l->log, l->o->pool);
    l->log.n = 0;
}

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
    double sum = 0;
    size_t n = l->next.n;

    int rc = cf_adam_side_room(&l->user, n, err);
    if (!rc)
        rc = cf_adam_side_room(&l->item, n, err);
    if (rc)
        return rc;
    for (size_t r = 0; r < n; r++)
        sum += (double)add_row(l, r);
    double loss = sum / (double)n;
    if (!isfinite(loss))
        return diverged(l, "the loss", err);
    l->smooth = SMOOTH * l->smooth + (1 - SMOOTH) * loss;
    add_step(l);
    cf_adam_side_step(&l->user, &l->log);
    cf_adam_side_step(&l->item, &l->log);
    if (l->log.n == CF_ADAM_LOG)
        settle(l);
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

/* After the training rows of an epoch: the model as it is to be validated.
 * What is left of the rows is shorter than a mini-batch and dropped. */
static int finish_training(struct learner *l, struct cf_err *err)
{
    struct cf_model *m = l->m;
    int rc = 0;

    if (l->settled)
        return 0;
    l->settled = true;
    l->next.n = 0;
    settle(l);
    if (!cf_vec_finite(m->user.factors, m->user.n * m->k) ||
        !cf_vec_finite(m->item.factors, m->item.n * m->k) ||
        !cf_vec_finite(m->user.bias, m->user.n) ||
        !cf_vec_finite(m->item.bias, m->item.n))
        return diverged(l, "a weight", err);
    if (l->epoch == 0) {
        rc = cf_seen_store(&l->seen, m, err);
        cf_seen_free(&l->seen);
    }
    cf_model_set_cold(m);
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

static int check_range(const struct cf_model *m, struct cf_err *err)
{
    if (m->lo < m->hi && isfinite(m->lo) && isfinite(m->hi))
        return 0;
    return cf_fail(err, CF_EDATA,
                   "predictions would go from %g to %g, which is no range",
                   (double)m->lo, (double)m->hi);
}

static int start(struct learner *l, const struct cf_plan *plan,
                 struct cf_err *err)
{
    struct cf_model *m = l->m;
    uint64_t left;

    if (plan->rows == 0 || plan->batch == 0)
        return cf_fail(err, CF_EDATA, "no training rows");
    l->batch = plan->rows < plan->batch ? plan->rows : plan->batch;
    if (!cf_mul(cf_fit_batches(plan, &left), plan->epochs, &l->steps))
        return cf_fail(err, CF_EMEM, "too many mini-batches");
    m->solver = strdup("adam");
    if (!m->solver)
        return cf_nomem(err, "model");
    m->mean = 0;
    m->link = CF_LINK_SIGMOID;
    set_range(m, l->o, plan);
    int rc = check_range(m, err);
    if (!rc)
        rc = cf_fit_start(m, l->o, err);
    if (!rc)
        rc = cf_adam_side_init(&l->user, &m->user, m->k, l->o->vec, err);
    if (!rc)
        rc = cf_adam_side_init(&l->item, &m->item, m->k, l->o->vec, err);
    l->start = cf_now();
    return rc;
}

static int run(struct learner *l, struct cf_feed *feed, struct cf_err *err)
{
    enum cf_event event = CF_FEED_TRAIN;
    int rc = start(l, cf_feed_plan(feed), err);

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

int cf_fit_adam(struct cf_model *m, struct cf_feed *feed,
                const struct cf_fit_opts *o, const struct cf_fit_news *news,
                struct cf_err *err)
{
    struct learner l = {.m = m, .o = o, .news = news};
    int rc = run(&l, feed, err);

    cf_adam_side_free(&l.user);
    cf_adam_side_free(&l.item);
    cf_seen_free(&l.seen);
    free(l.next.user);
    free(l.next.item);
    free(l.next.rating);
    return rc;
}
