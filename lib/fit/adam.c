/* adam.c - solver `adam`: the embedding model by stochastic gradients.
 *
 * Minimises, over users' and items' factors p, q and biases b,
 *
 *   mean of (y(u, i) - r)^2 over the ratings r of users u for items i,
 *   y(u, i) = lo + (hi - lo) sigmoid(p_u . q_i + b_u + b_i),
 *
 * with decoupled weight decay instead of a penalty. No constraints; the range
 * is wider than the ratings, whose ends a sigmoid does not reach. Other losses
 * and the identity link are in loss.h; biases may be left out, and the users'
 * or the items' weights may stay as they are.
 *
 * For mini-batch t = 1, 2, ... of T, in the order in which they come, with g
 * the gradient of the mini-batch's mean, every weight w (also those that no
 * row of the mini-batch touches) goes through
 *
 *   m = b1 m + (1 - b1) g
 *   v = b2 v + (1 - b2) g^2
 *   w = (1 - lr wd) w - lr / (1 - b1^t) m / (sqrt(v / (1 - b2^t)) + eps)
 *
 * with b2 = .99, eps = 1e-5, and lr and b1 from the schedule. Before that, all
 * of g is scaled by min(1, clip / (|g| + 1e-6)) if there is a clip, |g| being
 * the L2 norm over all weights that are learnt, as clip_grad_norm_ of PyTorch.
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
#include "fit/start.h"
#include "math/loss.h"

struct dot_net {
    struct cf_model *m;
    const struct cf_fit_opts *o;
    struct cf_target target;
    struct cf_adam_side user, item;
    struct cf_adam_log log;
};

/* ---- a mini-batch ---- */

/* Adds the gradient of row number r of the mini-batch, whose derivative by z
 * goes to *dz; returns its loss. */
static float add_row(struct dot_net *d, const struct cf_minibatch *b, size_t r,
                     float *dz)
{
    const struct cf_model *m = d->m;
    uint32_t u = b->user[r], i = b->item[r];
    float *user_grad = cf_adam_side_touch(&d->user, &d->log, u);
    float *item_grad = cf_adam_side_touch(&d->item, &d->log, i);
    const float *p = m->user.factors + (size_t)u * m->k;
    const float *q = m->item.factors + (size_t)i * m->k;

    float z = m->user.bias[u] + m->item.bias[i] + d->o->vec->dot(p, q, m->k);
    float loss = cf_loss_at(&d->target, z, b->rating[r], dz);
    *dz /= (float)b->n;
    if (user_grad) {
        d->o->vec->axpy(*dz, q, user_grad, m->k);
        d->user.bias_g[u] += *dz;
    }
    if (item_grad) {
        d->o->vec->axpy(*dz, p, item_grad, m->k);
        d->item.bias_g[i] += *dz;
    }
    return loss;
}

/* Scales the gradient if it is too long; returns its length. */
static double clip(struct dot_net *d)
{
    double norm =
        sqrt(cf_adam_side_square(&d->user) + cf_adam_side_square(&d->item));
    float scale = cf_learn_clip(norm, d->o->clip);

    if (scale < 1) {
        cf_adam_side_scale(&d->user, scale);
        cf_adam_side_scale(&d->item, scale);
    }
    return norm;
}

static int learn(void *ctx, const struct cf_minibatch *b,
                 const struct cf_rates *rates, struct cf_learnt *out,
                 struct cf_err *err)
{
    struct dot_net *d = ctx;
    double loss = 0, size = 0;
    float dz;

    int rc = cf_adam_side_room(&d->user, b->n, err);
    if (!rc)
        rc = cf_adam_side_room(&d->item, b->n, err);
    if (rc)
        return rc;
    for (size_t r = 0; r < b->n; r++) {
        loss += (double)add_row(d, b, r, &dz);
        size += fabs((double)dz);
    }
    if (d->o->clip > 0)
        size += clip(d);
    out->loss = loss / (double)b->n;
    out->finite = isfinite(size);
    if (!isfinite(out->loss) || !out->finite)
        return 0;
    d->log.step[d->log.n++] = cf_learn_step(d->o, rates);
    cf_adam_side_step(&d->user, &d->log);
    cf_adam_side_step(&d->item, &d->log);
    return 0;
}

static int settle(void *ctx, bool predict, struct cf_err *err)
{
    struct dot_net *d = ctx;

    (void)err;
    cf_adam_side_settle(&d->user, &d->log, d->o->pool);
    cf_adam_side_settle(&d->item, &d->log, d->o->pool);
    d->log.n = 0;
    if (predict)
        cf_model_set_cold(d->m);
    return 0;
}

/* ---- the whole ---- */

static void add_side(struct cf_net *net, const struct cf_adam_side *a,
                     const char *const name[6])
{
    size_t n = a->side->n;

    if (a->frozen)
        return;
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
    struct cf_net net = {.ctx = &d, .learn = learn, .settle = settle};
    enum cf_freeze freeze = o->init ? o->init->freeze : CF_FREEZE_NONE;

    int rc = cf_learn_start(m, "adam", cf_feed_plan(feed), o, err);
    if (!rc)
        rc = cf_fit_start(m, o, err);
    d.target = (struct cf_target){o->loss, o->link, m->lo, m->hi};
    d.user = (struct cf_adam_side){.side = &m->user,
                                   .frozen = freeze == CF_FREEZE_USERS};
    d.item = (struct cf_adam_side){.side = &m->item,
                                   .frozen = freeze == CF_FREEZE_ITEMS};
    d.user.k = d.item.k = m->k;
    d.user.vec = d.item.vec = o->vec;
    d.user.no_bias = d.item.no_bias = o->no_bias;
    if (!rc)
        rc = cf_adam_side_init(&d.user, err);
    if (!rc)
        rc = cf_adam_side_init(&d.item, err);
    if (!rc) {
        add_side(&net, &d.user, user_names);
        add_side(&net, &d.item, item_names);
        rc = cf_learn(m, &net, feed, o, news, err);
    }
    cf_adam_side_free(&d.user);
    cf_adam_side_free(&d.item);
    return rc;
}
