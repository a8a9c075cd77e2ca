/* sgd.c - solver `sgd`: the embedding model by plain stochastic gradients.
 *
 * Minimises, over users' and items' factors p, q and biases b,
 *
 *   sum over the ratings r of users u for items i of
 *     (z - r)^2 + l2 (|p_u|^2 + |q_i|^2 + b_u^2 + b_i^2),
 *   z = mean + b_u + b_i + p_u . q_i,
 *
 * with the mean of the ratings; so what has more ratings is penalised more. The
 * loss may be the cross entropy of sigmoid(z) instead, where the mean is the
 * score of the mean chance; factors may be constrained to be at least 0; and
 * biases and mean may be left out (0).
 *
 * A step for each rating, in which e = r - z, or r - sigmoid(z):
 *
 *   b_u, b_i = b_u + lr (e - l2 b_u), b_i + lr (e - l2 b_i)
 *   p_u, q_i = p_u + lr (e q_i - l2 p_u), q_i + lr (e p_u - l2 q_i)
 *
 * where lr = lr0 / (1 + decay t) in epoch t = 0, 1, ...; with the constraint
 * max(0, .) of the factors comes after that. Funk, "Netflix update: try this
 * at home", 2006; Koren, Bell and Volinsky, "Matrix factorization techniques
 * for recommender systems", Computer 2009, equation 5 ff. Rates for each row by
 * its past gradients (Duchi et al. 2011; as LIBMF has them, Chin et al. 2015)
 * take two more numbers and roots a rating, and were no better: on 18 M
 * synthetic ratings, k = 32, l2 = .03, the test RMSE after 15 epochs was .7518
 * at the best of four rates, and .7511 with these; after 20, .7522 and .7492.
 *
 * Biases start at 0, factors as uniform numbers of +-0.4 / sqrt(k), or their
 * absolute values; without biases around sqrt(mean / k).
 *
 * The order of the steps: users and items are renumbered at random and cut into
 * 16 parts, so that the ratings lie in 16 x 16 blocks, see grid.h. An epoch has
 * 16 rounds of 16 blocks that have no part in common, so that threads do not
 * meet, whatever their number; in a block the ratings of a user follow each
 * other. The working copies of factors are in float32, their rows as wide as a
 * multiple of 16; losses are added up in double.
 *
 * Memory for n rows: 28 n bytes while blocks are made, 16 n after that, of
 * which 4 n are for seen items; and 8 (k + 1) (users + items) for the model and
 * its working copy, half of that while blocks are made. An epoch takes about 12
 * k n operations. */
#include "fit/sgd.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fit/grid.h"
#include "fit/learn.h"
#include "fit/sgd_start.h"
#include "fit/start.h"
#include "fit/sweep.h"

struct sgd {
    struct cf_model *m;
    const struct cf_fit_opts *o;
    double lr, decay, l2;
    struct cf_grid grid;
    struct cf_sgd step; /* its tables are in the order of places */
    cf_sgd_fn *kernel;
    uint32_t block[CF_GRID_BLOCKS]; /* the order of this epoch */
    size_t round;
    double loss[CF_GRID_BLOCKS];
};

static void run(struct cf_pool *pool, size_t n, cf_task_fn *fn, void *ctx)
{
    if (pool)
        cf_pool_run(pool, n, fn, ctx);
    else
        for (size_t task = 0; task < n; task++)
            fn(ctx, task, 0);
}

/* ---- the working copy ---- */

enum { MOVE_ROWS = 4096 };

/* Rows of a side of the model, and where they are in the working copy. */
struct move {
    struct cf_side *side;
    const uint32_t *place;
    float *table, *bias;
    size_t k, width;
    bool back; /* into the model */
};

static void move_rows(void *ctx, size_t task, size_t worker)
{
    const struct move *v = ctx;
    size_t row = task * MOVE_ROWS, left = (size_t)v->side->n - row;
    size_t end = row + (left < MOVE_ROWS ? left : MOVE_ROWS);

    (void)worker;
    for (; row < end; row++) {
        float *own = v->side->factors + row * v->k;
        float *work = v->table + v->place[row] * v->width;
        memcpy(v->back ? own : work, v->back ? work : own, v->k * sizeof *own);
        if (v->back)
            v->side->bias[row] = v->bias[v->place[row]];
        else
            v->bias[v->place[row]] = v->side->bias[row];
    }
}

static void move_all(struct sgd *s, bool back)
{
    struct cf_model *m = s->m;
    struct move user = {
        &m->user, s->grid.user_place, s->step.user, s->step.user_bias,
        m->k,     s->step.width,      back};
    struct move item = {
        &m->item, s->grid.item_place, s->step.item, s->step.item_bias,
        m->k,     s->step.width,      back};

    run(s->o->pool, (size_t)m->user.n / MOVE_ROWS + 1, move_rows, &user);
    run(s->o->pool, (size_t)m->item.n / MOVE_ROWS + 1, move_rows, &item);
}

static int publish(void *ctx, struct cf_err *err)
{
    (void)err;
    move_all(ctx, true);
    return 0;
}

static int open_tables(struct sgd *s, struct cf_err *err)
{
    const struct cf_model *m = s->m;
    struct cf_sgd *t = &s->step;
    size_t users, items;

    t->width = ((size_t)m->k + CF_SGD_LANES - 1) / CF_SGD_LANES * CF_SGD_LANES;
    if (cf_mul((size_t)m->user.n, t->width, &users) &&
        cf_mul((size_t)m->item.n, t->width, &items)) {
        t->user = cf_aalloc(users, sizeof *t->user);
        t->item = cf_aalloc(items, sizeof *t->item);
        t->user_bias = cf_aalloc((size_t)m->user.n, sizeof *t->user_bias);
        t->item_bias = cf_aalloc((size_t)m->item.n, sizeof *t->item_bias);
    }
    if (t->user && t->item && t->user_bias && t->item_bias)
        return 0;
    return cf_nomem(err, "factors");
}

/* ---- an epoch ---- */

static void learn_block(void *ctx, size_t task, size_t worker)
{
    struct sgd *s = ctx;
    size_t b = s->block[s->round * CF_GRID_SIDE + task];
    uint64_t from = s->grid.start[b];

    (void)worker;
    s->loss[b] = s->kernel(&s->step, s->grid.row + from,
                           (size_t)(s->grid.start[b + 1] - from));
}

static int sweep(void *ctx, uint32_t epoch, double *loss, struct cf_err *err)
{
    struct sgd *s = ctx;
    double lr = s->lr / (1 + s->decay * (double)epoch), sum = 0;

    (void)err;
    s->step.rate = (float)lr;
    s->step.keep = (float)(1 - lr * s->l2);
    s->step.bias_rate = s->o->no_bias ? 0 : s->step.rate;
    s->step.bias_keep = s->step.keep;
    cf_grid_order(s->o->seed, epoch, s->block);
    for (s->round = 0; s->round < CF_GRID_SIDE; s->round++)
        run(s->o->pool, CF_GRID_SIDE, learn_block, s);
    for (size_t b = 0; b < CF_GRID_BLOCKS; b++)
        sum += s->loss[b];
    *loss = sum / (double)s->grid.start[CF_GRID_BLOCKS];
    if (!isfinite(*loss))
        *loss = (double)INFINITY;
    return 0;
}

static void list(void *ctx, struct cf_net *net)
{
    const struct sgd *s = ctx;
    const struct cf_sgd *t = &s->step;
    size_t users = (size_t)s->m->user.n, items = (size_t)s->m->item.n;

    cf_net_add(net, "user_table", t->user, users * t->width, true);
    cf_net_add(net, "item_table", t->item, items * t->width, true);
    cf_net_add(net, "user_table_bias", t->user_bias, users, true);
    cf_net_add(net, "item_table_bias", t->item_bias, items, true);
}

/* ---- the whole ---- */

static double usual(double given, double own)
{
    return isnan(given) ? own : given;
}

static int check_link(const struct cf_fit_opts *o, struct cf_err *err)
{
    if (o->loss == CF_LOSS_BCE || o->link == CF_LINK_IDENTITY)
        return 0;
    return cf_fail(err, CF_EUSAGE,
                   "the model to start from has the link %s, and solver sgd "
                   "learns squared errors of the score itself",
                   cf_link_names[o->link]);
}

/* Errors, and with them steps, are in proportion to the spread of ratings; the
 * gradient of the cross entropy is not. */
static void set_rates(struct sgd *s, const struct cf_ratings *r)
{
    const struct cf_fit_opts *o = s->o;
    double spread = o->loss == CF_LOSS_MSE ? cf_fit_spread(r, s->m->mean) : 1;

    s->lr = usual(o->lr, CF_SGD_LR / spread);
    s->decay = usual(o->decay, CF_SGD_DECAY);
    s->l2 = usual(o->l2, CF_SGD_L2 * spread);
}

/* Everything until the first epoch; train loses its rows. */
static int begin(struct sgd *s, struct cf_whole *w, const struct cf_plan *plan,
                 struct cf_err *err)
{
    struct cf_model *m = s->m;

    int rc = check_link(s->o, err);
    if (!rc)
        rc = cf_learn_start(m, "sgd", plan, s->o, err);
    if (!rc)
        rc = cf_sgd_start(m, &w->train, s->o, err);
    if (rc)
        return rc;
    set_rates(s, &w->train);
    cf_sweep_count(m, w, s->o);
    rc = cf_sweep_seen(m, w, s->o, err);
    if (!rc)
        rc = cf_grid_build(&s->grid, &w->train, (size_t)m->user.n,
                           (size_t)m->item.n, s->o->seed, s->o->pool, err);
    if (!rc)
        rc = open_tables(s, err);
    if (!rc)
        move_all(s, false);
    return rc;
}

int cf_fit_sgd(struct cf_model *m, struct cf_feed *feed,
               const struct cf_fit_opts *o, const struct cf_fit_news *news,
               struct cf_err *err)
{
    const struct cf_plan plan = *cf_feed_plan(feed);
    struct sgd s = {
        .m = m,
        .o = o,
        .step = {.nonneg = o->nonneg, .bce = o->loss == CF_LOSS_BCE},
        .kernel = cf_sgd_kernel(o->vec)};
    struct cf_sweeper how = {.ctx = &s,
                             .sweep = sweep,
                             .publish = publish,
                             .advice = "try a lower --lr",
                             .list = list,
                             .derived = true};
    struct cf_whole w = {0};

    int rc = cf_feed_whole(feed, &w, err);
    how.rows = o->keeper ? cf_sweep_rows(&w) : 0;
    if (!rc)
        rc = begin(&s, &w, &plan, err);
    s.step.mean = (float)m->mean;
    if (!rc)
        rc = cf_sweep(m, &how, &w.valid, o, news, err);
    cf_whole_free(&w);
    cf_grid_free(&s.grid);
    free(s.step.user);
    free(s.step.item);
    free(s.step.user_bias);
    free(s.step.item_bias);
    return rc;
}
