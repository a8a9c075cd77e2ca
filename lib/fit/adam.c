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

#include "fit/adam_side.h"
#include "fit/learn.h"
#include "fit/loss.h"
#include "fit/start.h"

#define BETA2 0.99
#define EPS 1e-5

struct dot_net {
    struct cf_model *m;
    const struct cf_fit_opts *o;
    struct cf_adam_side user, item;
    struct cf_adam_log log;
};

/* ---- a mini-batch ---- */

static void add_step(struct dot_net *d, const struct cf_rates *r)
{
    double t = (double)r->t;

    d->log.step[d->log.n++] =
        (struct cf_adam_step){.decay = (float)(1 - r->lr * d->o->wd),
                              .beta1 = (float)r->beta1,
                              .rest1 = (float)(1 - r->beta1),
                              .beta2 = (float)BETA2,
                              .rest2 = (float)(1 - BETA2),
                              .rate = (float)(r->lr / (1 - pow(r->beta1, t))),
                              .scale = (float)(1 / (1 - pow(BETA2, t))),
                              .eps = (float)EPS};
}

/* Adds the gradient of row number r of the mini-batch; returns its loss. */
static float add_row(struct dot_net *d, const struct cf_minibatch *b, size_t r)
{
    const struct cf_model *m = d->m;
    uint32_t u = b->user[r], i = b->item[r];
    float *user_grad = cf_adam_side_touch(&d->user, &d->log, u);
    float *item_grad = cf_adam_side_touch(&d->item, &d->log, i);
    const float *p = m->user.factors + (size_t)u * m->k;
    const float *q = m->item.factors + (size_t)i * m->k;
    float dz;

    float z = m->user.bias[u] + m->item.bias[i] + d->o->vec->dot(p, q, m->k);
    float loss = cf_loss_mse_sigmoid(z, b->rating[r], m->lo, m->hi, &dz);
    dz /= (float)b->n;
    d->o->vec->axpy(dz, q, user_grad, m->k);
    d->o->vec->axpy(dz, p, item_grad, m->k);
    d->user.bias_g[u] += dz;
    d->item.bias_g[i] += dz;
    return loss;
}

static void settle(struct dot_net *d)
{
    cf_adam_side_settle(&d->user, &d->log, d->o->pool);
    cf_adam_side_settle(&d->item, &d->log, d->o->pool);
    d->log.n = 0;
}

static int learn(void *ctx, const struct cf_minibatch *b,
                 const struct cf_rates *rates, double *loss, struct cf_err *err)
{
    struct dot_net *d = ctx;
    double sum = 0;

    int rc = cf_adam_side_room(&d->user, b->n, err);
    if (!rc)
        rc = cf_adam_side_room(&d->item, b->n, err);
    if (rc)
        return rc;
    for (size_t r = 0; r < b->n; r++)
        sum += (double)add_row(d, b, r);
    *loss = sum / (double)b->n;
    if (!isfinite(*loss))
        return 0;
    add_step(d, rates);
    cf_adam_side_step(&d->user, &d->log);
    cf_adam_side_step(&d->item, &d->log);
    if (d->log.n == CF_ADAM_LOG)
        settle(d);
    return 0;
}

static int on_settle(void *ctx, bool predict, struct cf_err *err)
{
    struct dot_net *d = ctx;

    (void)err;
    settle(d);
    if (predict)
        cf_model_set_cold(d->m);
    return 0;
}

/* ---- the whole ---- */

static void add_side(struct cf_net *net, const struct cf_adam_side *a,
                     const char *const name[6])
{
    size_t n = a->side->n;

    cf_net_add(net, name[0], a->side->factors, n * a->k, false);
    cf_net_add(net, name[1], a->side->bias, n, false);
    cf_net_add(net, name[2], a->m, n * a->k, true);
    cf_net_add(net, name[3], a->v, n * a->k, true);
    cf_net_add(net, name[4], a->bias_m, n, true);
    cf_net_add(net, name[5], a->bias_v, n, true);
}

static const char *const user_names[] = {"user_factors",   "user_bias",
                                         "user_factors_m", "user_factors_v",
                                         "user_bias_m",    "user_bias_v"};
static const char *const item_names[] = {"item_factors",   "item_bias",
                                         "item_factors_m", "item_factors_v",
                                         "item_bias_m",    "item_bias_v"};

int cf_fit_adam(struct cf_model *m, struct cf_feed *feed,
                const struct cf_fit_opts *o, const struct cf_fit_news *news,
                struct cf_err *err)
{
    struct dot_net d = {.m = m, .o = o};
    struct cf_net net = {.ctx = &d, .learn = learn, .settle = on_settle};

    int rc = cf_learn_start(m, "adam", cf_feed_plan(feed), o, err);
    if (!rc)
        rc = cf_fit_start(m, o, err);
    if (!rc)
        rc = cf_adam_side_init(&d.user, &m->user, m->k, o->vec, err);
    if (!rc)
        rc = cf_adam_side_init(&d.item, &m->item, m->k, o->vec, err);
    if (!rc) {
        add_side(&net, &d.user, user_names);
        add_side(&net, &d.item, item_names);
        rc = cf_learn(m, &net, feed, o, news, err);
    }
    cf_adam_side_free(&d.user);
    cf_adam_side_free(&d.item);
    return rc;
}
