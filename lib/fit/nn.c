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
#include "fit/nn.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fit/adam_side.h"
#include "fit/dense.h"
#include "fit/learn.h"
#include "fit/loss.h"
#include "fit/start.h"

#define BETA2 0.99
#define EPS 1e-5

enum { NAME = 24, DENSE_MAX = CF_MLP_LAYERS + 1 };

/* Embeddings of one side. */
struct embedding {
    struct cf_side rows; /* as the optimiser sees them: n, factors, bias */
    struct cf_adam_side adam;
    uint32_t width;
};

struct nn {
    struct cf_model *m;
    const struct cf_fit_opts *o;
    struct embedding user, item;
    struct cf_adam_log log;
    struct cf_dense layer[DENSE_MAX]; /* the last one has one output */
    uint32_t nlayers;
    float *z; /* (rows of a mini-batch) */
    char name[DENSE_MAX][4][NAME];
};

/* ---- a mini-batch ---- */

/* Embeddings of the rows side by side, up to date. */
static void look_up(struct nn *n, const struct cf_minibatch *b)
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
static void forward(struct nn *n, uint64_t step, size_t rows)
{
    for (uint32_t l = 0; l < n->nlayers; l++) {
        struct cf_dense *d = &n->layer[l];
        const struct cf_dense_when when = {n->o->seed, step, l};
        cf_dense_drop(d, &when, rows);
        cf_dense_forward(d, n->o->vec, rows, d->last ? n->z : (d + 1)->x);
    }
}

/* From the derivative by z, in n->z, to all gradients. */
static void backward(struct nn *n, const struct cf_minibatch *b)
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

/* The mean loss; n->z goes from raw scores to its derivatives by them. */
static double find_loss(struct nn *n, const struct cf_minibatch *b)
{
    const struct cf_model *m = n->m;
    double sum = 0;
    float dz;

    for (size_t r = 0; r < b->n; r++) {
        sum += (double)cf_loss_mse_sigmoid(n->z[r], b->rating[r], m->lo, m->hi,
                                           &dz);
        n->z[r] = dz / (float)b->n;
    }
    return sum / (double)b->n;
}

static struct cf_adam_step step_of(const struct nn *n, const struct cf_rates *r)
{
    double t = (double)r->t;

    return (struct cf_adam_step){.decay = (float)(1 - r->lr * n->o->wd),
                                 .beta1 = (float)r->beta1,
                                 .rest1 = (float)(1 - r->beta1),
                                 .beta2 = (float)BETA2,
                                 .rest2 = (float)(1 - BETA2),
                                 .rate =
                                     (float)(r->lr / (1 - pow(r->beta1, t))),
                                 .scale = (float)(1 / (1 - pow(BETA2, t))),
                                 .eps = (float)EPS};
}

static void settle(struct nn *n)
{
    cf_adam_side_settle(&n->user.adam, &n->log, n->o->pool);
    cf_adam_side_settle(&n->item.adam, &n->log, n->o->pool);
    n->log.n = 0;
}

static void take_step(struct nn *n, const struct cf_rates *rates)
{
    const struct cf_adam_step s = step_of(n, rates);

    n->log.step[n->log.n++] = s;
    cf_adam_side_step(&n->user.adam, &n->log);
    cf_adam_side_step(&n->item.adam, &n->log);
    for (uint32_t l = 0; l < n->nlayers; l++)
        cf_dense_step(&n->layer[l], n->o->vec, &s);
    if (n->log.n == CF_ADAM_LOG)
        settle(n);
}

static int learn(void *ctx, const struct cf_minibatch *b,
                 const struct cf_rates *rates, double *loss, struct cf_err *err)
{
    struct nn *n = ctx;

    int rc = cf_adam_side_room(&n->user.adam, b->n, err);
    if (!rc)
        rc = cf_adam_side_room(&n->item.adam, b->n, err);
    if (rc)
        return rc;
    look_up(n, b);
    forward(n, rates->t - 1, b->n);
    *loss = find_loss(n, b);
    if (!isfinite(*loss))
        return 0;
    backward(n, b);
    take_step(n, rates);
    return 0;
}

/* ---- what the model predicts with ---- */

/* What embeddings add to the outputs of the first layer, whose weights for them
 * begin at w; turned: room for width x k numbers. */
static void add_up(const struct nn *n, const struct embedding *e,
                   const float *w, float *turned, float *factors)
{
    const struct cf_dense *first = &n->layer[0];
    uint32_t k = n->m->k;
    const struct cf_gemm g = {.m = e->rows.n,
                              .n = k,
                              .k = e->width,
                              .a = e->rows.factors,
                              .a_row = e->width,
                              .a_col = 1,
                              .b = turned,
                              .b_row = k,
                              .c = factors,
                              .c_row = k};

    for (size_t f = 0; f < k; f++)
        for (size_t j = 0; j < e->width; j++)
            turned[j * k + f] = w[f * first->in + j];
    memset(factors, 0, e->rows.n * k * sizeof *factors);
    n->o->vec->gemm(&g);
}

/* y = W (s x + t) + b becomes y = W' x + b'. */
static void fold(const struct cf_dense *d, const float *affine,
                 struct cf_mlp_layer *to)
{
    const float *w = d->w, *shift = affine + d->in;

    for (size_t f = 0; f < d->out; f++) {
        double sum = d->last ? (double)d->w[(size_t)d->in * d->out + f] : 0;
        for (size_t j = 0; j < d->in; j++, w++) {
            to->weight[f * d->in + j] = *w * affine[j];
            sum += (double)*w * (double)shift[j];
        }
        to->bias[f] = (float)sum;
    }
}

static int update_model(struct nn *n, struct cf_err *err)
{
    struct cf_model *m = n->m;
    const struct cf_dense *first = &n->layer[0];
    float *room = cf_alloc((size_t)first->in + 2, CF_MLP_WIDTH * sizeof *room);

    if (!room)
        return cf_nomem(err, "model");
    add_up(n, &n->user, first->w, room, m->user.factors);
    add_up(n, &n->item, first->w + n->user.width, room, m->item.factors);
    for (uint32_t l = 1; l < n->nlayers; l++) {
        cf_dense_affine(&n->layer[l - 1], room);
        fold(&n->layer[l], room, &m->mlp.layer[l - 1]);
    }
    free(room);
    cf_model_set_cold(m);
    return 0;
}

static int on_settle(void *ctx, bool predict, struct cf_err *err)
{
    settle(ctx);
    return predict ? update_model(ctx, err) : 0;
}

/* ---- the whole ---- */

uint32_t cf_nn_width(uint64_t n)
{
    double width = floor(1.6 * pow((double)n + 1, 0.56) + 0.5);
    return width < 600 ? (uint32_t)width : 600;
}

static int open_embedding(struct nn *n, struct embedding *e,
                          const struct cf_side *side, uint32_t width,
                          struct cf_err *err)
{
    size_t all;

    e->width = width > 0 ? width : cf_nn_width(side->n);
    e->rows.n = side->n;
    if (cf_mul(side->n, e->width, &all))
        e->rows.factors = cf_aalloc(all, sizeof(float));
    e->rows.bias = cf_aalloc(side->n, sizeof(float));
    if (!e->rows.factors || !e->rows.bias)
        return cf_nomem(err, "embeddings");
    return cf_adam_side_init(&e->adam, &e->rows, e->width, n->o->vec, err);
}

static int open_layers(struct nn *n, size_t rows, struct cf_err *err)
{
    const struct cf_nn_opts *o = &n->o->nn;
    uint32_t in = n->user.width + n->item.width;
    int rc = cf_model_add_cold(n->m, err);

    for (uint32_t l = 0; !rc && l <= o->nlayers; l++) {
        bool last = l == o->nlayers;
        uint32_t out = last ? 1 : o->layer[l];
        struct cf_dense *d = &n->layer[n->nlayers++];
        rc = cf_dense_init(d, in, out, last, rows, err);
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

static int open_nn(struct nn *n, const struct cf_plan *plan, struct cf_err *err)
{
    const struct cf_fit_opts *o = n->o;
    size_t rows = plan->rows < plan->batch ? (size_t)plan->rows : plan->batch;

    if (rows < 2)
        return cf_fail(err, CF_EDATA,
                       "solver nn needs mini-batches of at least 2 rows, "
                       "because it takes the mean and variance over them");
    int rc = open_embedding(n, &n->user, &n->m->user, o->nn.emb[0], err);
    if (!rc)
        rc = open_embedding(n, &n->item, &n->m->item, o->nn.emb[1], err);
    if (!rc)
        rc = open_layers(n, rows, err);
    if (rc)
        return rc;
    cf_fit_draw(n->user.rows.factors, n->user.rows.n * n->user.width, o->seed,
                CF_RNG_INIT_USER);
    cf_fit_draw(n->item.rows.factors, n->item.rows.n * n->item.width, o->seed,
                CF_RNG_INIT_ITEM);
    n->z = cf_aalloc(rows, sizeof *n->z);
    return n->z ? 0 : cf_nomem(err, "mini-batch");
}

static void close_embedding(struct embedding *e)
{
    cf_adam_side_free(&e->adam);
    free(e->rows.factors);
    free(e->rows.bias);
}

static void close_nn(struct nn *n)
{
    close_embedding(&n->user);
    close_embedding(&n->item);
    for (uint32_t l = 0; l < n->nlayers; l++)
        cf_dense_free(&n->layer[l]);
    free(n->z);
}

static void add_embedding(struct cf_net *net, const struct embedding *e,
                          const char *const name[3])
{
    size_t n = e->rows.n * e->width;

    cf_net_add(net, name[0], e->rows.factors, n, false);
    cf_net_add(net, name[1], e->adam.m, n, true);
    cf_net_add(net, name[2], e->adam.v, n, true);
}

/* Running means and variances are weights: the model predicts with them. */
static void add_tensors(struct nn *n, struct cf_net *net)
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
            snprintf(n->name[l][i], NAME, "layer%u_%s", l, kind[i]);
            cf_net_add(net, n->name[l][i], v[i], i < 3 ? d->n : 2UL * d->out,
                       i == 1 || i == 2);
        }
    }
}

int cf_fit_nn(struct cf_model *m, struct cf_feed *feed,
              const struct cf_fit_opts *o, const struct cf_fit_news *news,
              struct cf_err *err)
{
    struct nn *n = cf_zalloc(1, sizeof *n);
    struct cf_net net = {.ctx = n, .learn = learn, .settle = on_settle};

    if (!n)
        return cf_nomem(err, "training");
    n->m = m;
    n->o = o;
    int rc = cf_learn_start(m, "nn", cf_feed_plan(feed), o, err);
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
