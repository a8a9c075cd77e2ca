/* nn.c - solver `nn`: embeddings through a small neural network.
 *
 * Minimises, over users' and items' embeddings p, q and the network's weights,
 *
 *   mean of (y(u, i) - r)^2 over the ratings r of users u for items i,
 *   y(u, i) = lo + (hi - lo) sigmoid(z),  z = W x_h + b,
 *   x_l = norm_l(max(W_l x_(l-1), 0)) for the h hidden layers, x_0 = [p_u;
 * q_i],
 *
 * where norm_l takes each number to mean 0 and variance 1 over the mini-batch,
 * then to a scale and a shift that are learnt; after learning, running means
 * and variances stand for the mini-batch's. Decoupled weight decay, not of
 * scales, shifts and bias, instead of a penalty; dropout, if asked for, of x_0
 * and of the others. Steps, schedule and defaults are those of solver adam.
 *
 * W_1 [p_u; q_i] is a sum of a number of vectors that depend on u or on i
 * alone: these are the factors of the model, and the other layers, with what
 * norm does worked into their weights, its layers (model/mlp.h).
 *
 * Guo and Berkhahn, "Entity embeddings of categorical variables", 2016; He,
 * Liao, Zhang, Nie, Hu and Chua, "Neural collaborative filtering", WWW 2017;
 * Ioffe and Szegedy, "Batch normalization", ICML 2015; Srivastava, Hinton,
 * Krizhevsky, Sutskever and Salakhutdinov, "Dropout", JMLR 15, 2014. Layers,
 * order of operations, first weights and results are those of collab_learner
 * with use_nn=True (EmbeddingNN) of fastai 2.7.
 *
 * For n rows, w weights of embeddings and v of layers, mini-batches of b:
 * memory 12 w + 16 v + 24 b (widths of layers) bytes, 8 n for the seen items;
 * an epoch takes 6 n v multiplications and additions, and n/b (w + v) updates
 * with a square root and a division each. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fit/learn.h"
#include "fit/nn_impl.h"
#include "fit/start.h"

/* ---- a mini-batch ---- */

/* Embeddings of the rows side by side, up to date. */
static void look_up(struct cf_nn *n, const struct cf_minibatch *b)
{
    struct cf_dense *first = &n->layer[0];
    uint32_t p = n->user.width, q = n->item.width;

    for (size_t r = 0; r < b->n; r++) {
        float *x = first->by_row + r * first->in;
        size_t u = b->user[r], i = b->item[r];
        cf_adam_side_touch(&n->user.adam, &n->log, b->user[r]);
        cf_adam_side_touch(&n->item.adam, &n->log, b->item[r]);
        memcpy(x, n->user.rows.factors + u * p, p * sizeof *x);
        memcpy(x + p, n->item.rows.factors + i * q, q * sizeof *x);
    }
    cf_transpose(first->by_row, b->n, first->in, first->x);
}

/* The raw scores, in n->z. */
static void forward(struct cf_nn *n, uint64_t step, size_t rows)
{
    for (uint32_t l = 0; l < n->nlayers; l++) {
        struct cf_dense *d = &n->layer[l];
        const struct cf_dense_when when = {n->o->seed, step, l};
        cf_dense_drop(d, &when, rows);
        cf_dense_forward(d, n->o->vec, rows, d->last ? n->z : (d + 1)->x);
    }
}

/* From the derivative by z, in n->z, to all gradients. */
static void backward(struct cf_nn *n, const struct cf_minibatch *b)
{
    struct cf_dense *first = &n->layer[0];
    uint32_t p = n->user.width, q = n->item.width;
    float *dy = n->z;

    for (uint32_t l = n->nlayers; l-- > 0;) {
        cf_dense_backward(&n->layer[l], n->o->vec, b->n, dy);
        dy = n->layer[l].x;
    }
    cf_transpose(first->x, first->in, b->n, first->by_row);
    for (size_t r = 0; r < b->n; r++) {
        const float *x = first->by_row + r * first->in;
        n->o->vec->axpy(
            1, x, cf_adam_side_touch(&n->user.adam, &n->log, b->user[r]), p);
        n->o->vec->axpy(1, x + p,
                        cf_adam_side_touch(&n->item.adam, &n->log, b->item[r]),
                        q);
    }
}

/* Finds the losses; n->z goes from raw scores to derivatives of their mean by
 * them. Returns the sum of these without signs, which is finite if they are. */
static double find_loss(struct cf_nn *n, const struct cf_minibatch *b,
                        double *loss)
{
    double sum = 0, size = 0;
    float dz;

    for (size_t r = 0; r < b->n; r++) {
        sum += (double)cf_loss_at(&n->target, n->z[r], b->rating[r], &dz);
        n->z[r] = dz / (float)b->n;
        size += fabs((double)n->z[r]);
    }
    *loss = sum / (double)b->n;
    return size;
}

/* Scales the gradient if it is too long; returns its length. */
static double clip(struct cf_nn *n)
{
    double sum =
        cf_adam_side_square(&n->user.adam) + cf_adam_side_square(&n->item.adam);

    for (uint32_t l = 0; l < n->nlayers; l++)
        sum += cf_dense_square(&n->layer[l], n->o->vec);
    double norm = sqrt(sum);
    float scale = cf_learn_clip(norm, n->o->clip);
    if (scale < 1) {
        cf_adam_side_scale(&n->user.adam, scale);
        cf_adam_side_scale(&n->item.adam, scale);
        for (uint32_t l = 0; l < n->nlayers; l++)
            cf_dense_scale(&n->layer[l], scale);
    }
    return norm;
}

static void take_step(struct cf_nn *n, const struct cf_rates *rates)
{
    const struct cf_adam_step s = cf_learn_step(n->o, rates);

    n->log.step[n->log.n++] = s;
    cf_adam_side_step(&n->user.adam, &n->log);
    cf_adam_side_step(&n->item.adam, &n->log);
    for (uint32_t l = 0; l < n->nlayers; l++)
        cf_dense_step(&n->layer[l], n->o->vec, &s);
}

/* For the rows that have come: not for those that a stream promises. */
static int make_room(struct cf_nn *n, size_t rows, struct cf_err *err)
{
    int rc = cf_adam_side_room(&n->user.adam, rows, err);

    if (!rc)
        rc = cf_adam_side_room(&n->item.adam, rows, err);
    for (uint32_t l = 0; !rc && l < n->nlayers; l++)
        rc = cf_dense_room(&n->layer[l], rows, err);
    if (!rc && !cf_grow(&n->z, &n->cap_z, rows, sizeof *n->z))
        rc = cf_nomem(err, "mini-batch");
    return rc;
}

static int learn(void *ctx, const struct cf_minibatch *b,
                 const struct cf_rates *rates, struct cf_learnt *out,
                 struct cf_err *err)
{
    struct cf_nn *n = ctx;

    int rc = make_room(n, b->n, err);
    if (rc)
        return rc;
    look_up(n, b);
    forward(n, rates->t - 1, b->n);
    double size = find_loss(n, b, &out->loss);
    backward(n, b);
    if (n->o->clip > 0)
        size += clip(n);
    out->finite = isfinite(size);
    if (isfinite(out->loss) && out->finite)
        take_step(n, rates);
    return 0;
}

static int settle(void *ctx, bool predict, struct cf_err *err)
{
    struct cf_nn *n = ctx;

    cf_adam_side_settle(&n->user.adam, &n->log, n->o->pool);
    cf_adam_side_settle(&n->item.adam, &n->log, n->o->pool);
    n->log.n = 0;
    return predict ? cf_nn_update_model(n, err) : 0;
}

/* ---- the whole ---- */

uint32_t cf_nn_width(uint64_t n)
{
    double width = floor(1.6 * pow((double)n + 1, 0.56) + 0.5);
    return width < 600 ? (uint32_t)width : 600;
}

static int open_embedding(struct cf_nn *n, struct cf_embedding *e,
                          const struct cf_side *side, uint32_t width,
                          struct cf_err *err)
{
    size_t all;

    e->width = width > 0 ? width : cf_nn_width(side->n);
    e->rows.n = side->n;
    if (cf_mul(side->n, e->width, &all))
        e->rows.factors = cf_aalloc(all, sizeof(float));
    if (!e->rows.factors)
        return cf_nomem(err, "embeddings");
    e->adam = (struct cf_adam_side){
        .side = &e->rows, .k = e->width, .vec = n->o->vec, .no_bias = true};
    return cf_adam_side_init(&e->adam, err);
}

static int open_layers(struct cf_nn *n, struct cf_err *err)
{
    const struct cf_nn_opts *o = &n->o->nn;
    uint32_t in = n->user.width + n->item.width;
    int rc = 0;

    for (uint32_t l = 0; !rc && l <= o->nlayers; l++) {
        bool last = l == o->nlayers;
        uint32_t out = last ? 1 : o->layer[l];
        struct cf_dense *d = &n->layer[n->nlayers++];
        rc = cf_dense_init(d, in, out, last, err);
        if (rc)
            return rc;
        d->drop = l > 0 ? o->dropout : o->emb_dropout;
        cf_dense_start(d, n->o->seed, l);
        if (l > 0)
            rc = cf_mlp_add(&n->m->mlp, in, out, err);
        in = out;
    }
    return rc;
}

static int open_nn(struct cf_nn *n, const struct cf_plan *plan,
                   struct cf_err *err)
{
    const struct cf_fit_opts *o = n->o;

    if (plan->rows < 2 || plan->batch < 2)
        return cf_fail(err, CF_EDATA,
                       "solver nn needs mini-batches of at least 2 rows, "
                       "because it takes the mean and variance over them");
    int rc = open_embedding(n, &n->user, &n->m->user, o->nn.emb[0], err);
    if (!rc)
        rc = open_embedding(n, &n->item, &n->m->item, o->nn.emb[1], err);
    if (!rc)
        rc = open_layers(n, err);
    if (rc)
        return rc;
    cf_fit_draw(n->user.rows.factors, n->user.rows.n * n->user.width, o->seed,
                CF_RNG_INIT_USER);
    cf_fit_draw(n->item.rows.factors, n->item.rows.n * n->item.width, o->seed,
                CF_RNG_INIT_ITEM);
    return 0;
}

static void close_embedding(struct cf_embedding *e)
{
    cf_adam_side_free(&e->adam);
    free(e->rows.factors);
}

static void close_nn(struct cf_nn *n)
{
    close_embedding(&n->user);
    close_embedding(&n->item);
    for (uint32_t l = 0; l < n->nlayers; l++)
        cf_dense_free(&n->layer[l]);
    free(n->z);
}

static void add_embedding(struct cf_net *net, const struct cf_embedding *e,
                          const char *const name[3])
{
    size_t n = e->rows.n * e->width;

    cf_net_add(net, name[0], e->rows.factors, n, false);
    cf_net_add(net, name[1], e->adam.m, n, true);
    cf_net_add(net, name[2], e->adam.v, n, true);
}

/* Running means and variances are weights: the model predicts with them. */
static void add_tensors(struct cf_nn *n, struct cf_net *net)
{
    static const char *const user[] = {"user_embedding", "user_embedding_m",
                                       "user_embedding_v"};
    static const char *const item[] = {"item_embedding", "item_embedding_m",
                                       "item_embedding_v"};
    static const char *const kind[] = {"weights", "m", "v", "stats"};

    add_embedding(net, &n->user, user);
    add_embedding(net, &n->item, item);
    for (uint32_t l = 0; l < n->nlayers; l++) {
        const struct cf_dense *d = &n->layer[l];
        float *const v[] = {d->w, d->m, d->v, d->stats};
        for (size_t i = 0; i < (d->last ? 3U : 4U); i++) {
            snprintf(n->name[l][i], sizeof n->name[l][i], "layer%u_%s", l,
                     kind[i]);
            cf_net_add(net, n->name[l][i], v[i], i < 3 ? d->n : 2UL * d->out,
                       i == 1 || i == 2);
        }
    }
}

int cf_fit_nn(struct cf_model *m, struct cf_feed *feed,
              const struct cf_fit_opts *o, const struct cf_fit_news *news,
              struct cf_err *err)
{
    struct cf_nn *n = cf_zalloc(1, sizeof *n);
    struct cf_net net = {.ctx = n, .learn = learn, .settle = settle};

    if (!n)
        return cf_nomem(err, "training");
    n->m = m;
    n->o = o;
    int rc = cf_learn_start(m, "nn", cf_feed_plan(feed), o, err);
    n->target = (struct cf_target){o->loss, o->link, m->lo, m->hi};
    if (!rc)
        rc = open_nn(n, cf_feed_plan(feed), err);
    if (!rc) {
        add_tensors(n, &net);
        rc = cf_learn(m, &net, feed, o, news, err);
    }
    close_nn(n);
    free(n);
    return rc;
}
