/* bpr.c - solver `bpr`: seen items before others, by sampled pairs.
 *
 *   score(u, i) = b_i + p_u . q_i
 *
 * Minimises, over users u, items i that u has seen and items j that u has not,
 *
 *   the mean of -ln sigmoid(score(u, i) - score(u, j))
 *
 * by stochastic gradients: in an epoch each pair (u, i) has its turn, with a j
 * drawn for it. With x the difference and g = rate * sigmoid(-x), a step is
 *
 *   p_u = keep p_u + g (q_i - q_j)
 *   q_i = keep q_i + g p_u,  q_j = keep q_j - g p_u     (p_u as it was)
 *   b_i = keep b_i + g,      b_j = keep b_j - g
 *
 * with keep = 1 - rate * l2, and a rate that falls in a straight line, epoch by
 * epoch, from lr towards 0. Rendle, Freudenthaler, Gantner and Schmidt-Thieme,
 * BPR: Bayesian personalized ranking from implicit feedback, UAI 2009. The j is
 * of several candidates, drawn uniformly, the one with the highest score:
 * Zhang, Chen, Wang and Yu, Optimizing top-N collaborative filtering via
 * dynamic negative item sampling, SIGIR 2013. Candidates that the user has seen
 * are passed over; a pair for which none is left is left out of the epoch.
 *
 * What ratings say is not looked at, nor how often a pair is there; rows that
 * are made up (cf-batch --negatives) are left out.
 *
 * Scores compare the items of a user. That they mean something by themselves,
 * too, the user's bias takes away the score of the mean item (that of the mean
 * b and q), so a prediction, sigmoid of the sum, is the chance that the user
 * prefers the item to an average one, by the model's own formula. An item that
 * is not known is the mean one.
 *
 * Pairs are learnt in blocks, see deal.h. Memory: the rows and 12 bytes for
 * each pair. An epoch takes rows * k * (candidates + 4) multiplications. */
#include "fit/bpr.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "fit/deal.h"
#include "fit/start.h"
#include "fit/sweep.h"
#include "math/link.h"

enum { DRAWS = 4 /* of a block of the generator */ };

struct bpr {
    struct cf_model *m;
    const struct cf_fit_opts *o;
    struct cf_deal deal;
    uint32_t epoch;
    float rate, keep;
    double loss[CF_DEAL_BLOCKS];     /* sum of each block, */
    uint64_t learnt[CF_DEAL_BLOCKS]; /* of so many pairs */
    float *mean;                     /* (k) mean item */
};

/* The pairs of a user in a block. */
struct turn {
    const struct cf_deal_pair *pair;
    size_t n, block;
    float *p; /* the user's factors */
};

/* An item, and its score for the user at hand. */
struct choice {
    uint32_t item;
    float score;
    bool any;
};

static float *factors(const struct bpr *b, uint32_t item)
{
    return b->m->item.factors + (size_t)item * b->m->k;
}

static float score(const struct bpr *b, const float *p, uint32_t item)
{
    return b->m->item.bias[item] + b->o->vec->dot(p, factors(b, item), b->m->k);
}

/* ---- the other item ---- */

/* Items of a turn are ascending. All that the user has seen in the block's
 * column are among them. */
static bool seen(const struct turn *t, uint32_t item)
{
    size_t from = 0, n = t->n;

    while (n > 0) {
        size_t half = n / 2;
        if (t->pair[from + half].item < item) {
            from += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return from < t->n && t->pair[from].item == item;
}

/* The best of the candidates for pair number at. Draws are twice as many and
 * some more, for those that are passed over. */
static struct choice choose(const struct bpr *b, const struct turn *t,
                            uint64_t at)
{
    const uint32_t key[2] = {(uint32_t)b->o->seed,
                             (uint32_t)(b->o->seed >> 32)};
    size_t column = t->block % b->deal.side;
    const uint32_t *item = b->deal.item + b->deal.first_item[column];
    uint64_t n = b->deal.first_item[column + 1] - b->deal.first_item[column];
    uint32_t left = b->o->candidates, most = 2 * left + DRAWS, r[DRAWS];
    struct choice best = {0};

    for (uint32_t d = 0; left > 0 && d < most; d++) {
        if (d % DRAWS == 0) {
            const uint32_t counter[4] = {(uint32_t)at, (uint32_t)(at >> 32),
                                         b->epoch,
                                         CF_RNG_PAIR + (d / DRAWS << 16)};
            cf_philox(counter, key, r);
        }
        uint32_t j = item[(r[d % DRAWS] * n) >> 32];
        if (seen(t, j))
            continue;
        float z = score(b, t->p, j);
        if (!best.any || z > best.score)
            best = (struct choice){j, z, true};
        left--;
    }
    return best;
}

/* ---- steps ---- */

static void move(float keep, float g, size_t k, float *restrict p,
                 float *restrict qi, float *restrict qj)
{
    for (size_t f = 0; f < k; f++) {
        float x = p[f], y = qi[f], z = qj[f];
        p[f] = keep * x + g * (y - z);
        qi[f] = keep * y + g * x;
        qj[f] = keep * z - g * x;
    }
}

/* Returns sigmoid of the difference before the step. */
static float step(const struct bpr *b, const struct turn *t, uint32_t i,
                  const struct choice *other)
{
    float right = cf_sigmoid(score(b, t->p, i) - other->score);
    float g = b->rate * (1 - right), *bias = b->m->item.bias;

    move(b->keep, g, b->m->k, t->p, factors(b, i), factors(b, other->item));
    if (!b->o->no_bias) {
        bias[i] = b->keep * bias[i] + g;
        bias[other->item] = b->keep * bias[other->item] - g;
    }
    return right;
}

/* A sum of -ln x for x from 0 to 1, by way of their product, so that there are
 * few logarithms. */
struct logs {
    double product, sum;
};

static void settle(struct logs *l)
{
    l->sum -= log(l->product);
    l->product = 1;
}

static void add_log(struct logs *l, float x)
{
    const double least = 1e-40; /* sigmoid gives no less but 0 */

    l->product *= (double)x < least ? least : (double)x;
    if (l->product < 1e-250)
        settle(l);
}

/* Pairs of one user in a block; first: the number of the first pair. */
static void take_turn(struct bpr *b, const struct turn *t, uint64_t first,
                      struct logs *l)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct choice other = choose(b, t, first + i);
        if (!other.any)
            continue;
        add_log(l, step(b, t, t->pair[i].item, &other));
        b->learnt[t->block]++;
    }
}

static void learn_block(void *ctx, size_t block, size_t worker)
{
    struct bpr *b = ctx;
    uint64_t at = b->deal.start[block], end = b->deal.start[block + 1];
    struct logs l = {.product = 1};

    (void)worker;
    b->learnt[block] = 0;
    while (at < end) {
        struct turn t = {.pair = b->deal.pair + at, .block = block};
        uint32_t u = t.pair->user;
        while (at + t.n < end && t.pair[t.n].user == u)
            t.n++;
        t.p = b->m->user.factors + (size_t)u * b->m->k;
        take_turn(b, &t, at, &l);
        at += t.n;
    }
    settle(&l);
    b->loss[block] = l.sum;
}

static int sweep(void *ctx, uint32_t epoch, double *loss, struct cf_err *err)
{
    struct bpr *b = ctx;
    size_t blocks = b->deal.side * b->deal.side;
    double lr = isnan(b->o->lr) ? CF_BPR_LR : b->o->lr, sum = 0, n = 0;
    double l2 = isnan(b->o->l2) ? CF_BPR_L2 : b->o->l2;

    (void)err;
    lr *= 1 - (double)epoch / b->o->epochs;
    b->epoch = epoch;
    b->rate = (float)lr;
    b->keep = (float)(1 - lr * l2);
    cf_deal_epoch(&b->deal, epoch);
    cf_deal_run(&b->deal, learn_block, b);
    for (size_t i = 0; i < blocks; i++) {
        sum += b->loss[i];
        n += (double)b->learnt[i];
    }
    if (n > 0)
        *loss = isnan(sum) ? (double)INFINITY : sum / n;
    return 0;
}

static void resume(void *ctx, uint32_t epochs)
{
    struct bpr *b = ctx;

    cf_deal_skip(&b->deal, epochs);
}

/* ---- scores that mean something ---- */

/* The mean item, of those that somebody has seen; returns its bias. */
static float find_mean(const struct bpr *b)
{
    const struct cf_model *m = b->m;
    float share = 1 / (float)b->deal.items, bias = 0;

    memset(b->mean, 0, m->k * sizeof *b->mean);
    for (uint64_t i = 0; i < m->item.n; i++) {
        if (m->item.count[i] == 0)
            continue;
        bias += share * m->item.bias[i];
        b->o->vec->axpy(share, factors(b, (uint32_t)i), b->mean, m->k);
    }
    return bias;
}

static int publish(void *ctx, struct cf_err *err)
{
    struct bpr *b = ctx;
    struct cf_side *user = &b->m->user;
    size_t k = b->m->k;

    (void)err;
    if (b->o->no_bias)
        return 0;
    float bias = find_mean(b);
    for (uint64_t u = 0; u < user->n; u++)
        user->bias[u] =
            -(bias + b->o->vec->dot(user->factors + u * k, b->mean, k));
    return 0;
}

/* ---- the whole ---- */

/* Each row says the same, whatever its rating. */
static void forget_ratings(struct cf_ratings *r, bool negatives)
{
    for (uint64_t i = 0; i < r->n; i++)
        if (!negatives || r->rating[i] != 0)
            r->rating[i] = 1;
}

static int start(struct bpr *b, struct cf_whole *w, struct cf_err *err)
{
    struct cf_model *m = b->m;

    forget_ratings(&w->valid, w->negatives);
    cf_whole_drop_negatives(w);
    if (w->train.n == 0)
        return cf_fail(err, CF_EDATA, "no training rows");
    m->link = CF_LINK_SIGMOID;
    m->loss = CF_LOSS_BCE;
    m->hi = 1;
    cf_sweep_count(m, w, b->o);
    int rc = cf_sweep_seen(m, w, b->o, err);
    if (!rc)
        rc = cf_fit_start(m, b->o, err);
    memset(m->user.bias, 0, m->user.n * sizeof *m->user.bias);
    b->mean = cf_alloc(m->k, sizeof *b->mean);
    if (!rc && !b->mean)
        rc = cf_nomem(err, "mean item");
    return rc ? rc : cf_deal_init(&b->deal, m, b->o->seed, b->o->pool, err);
}

static void forget_seen(struct cf_model *m)
{
    memset(m->seen_start, 0, (m->user.n + 1) * sizeof *m->seen_start);
}

static int fit(struct bpr *b, struct cf_whole *w,
               const struct cf_fit_news *news, struct cf_err *err)
{
    const struct cf_sweeper s = {.ctx = b,
                                 .sweep = sweep,
                                 .publish = publish,
                                 .advice = "try a lower --lr",
                                 .resume = resume,
                                 .rows = b->o->keeper ? cf_sweep_rows(w) : 0};
    struct cf_side *item = &b->m->item;

    int rc = start(b, w, err);
    if (!rc)
        rc = cf_sweep(b->m, &s, &w->valid, b->o, news, err);
    if (!rc) {
        item->cold_bias = find_mean(b);
        memcpy(item->cold_factors, b->mean, b->m->k * sizeof *b->mean);
    }
    cf_deal_free(&b->deal);
    free(b->mean);
    return rc;
}

int cf_fit_bpr(struct cf_model *m, struct cf_feed *feed,
               const struct cf_fit_opts *o, const struct cf_fit_news *news,
               struct cf_err *err)
{
    struct cf_fit_opts own = *o; /* the pairs are by the seen items */
    struct bpr b = {.m = m, .o = &own};
    struct cf_whole w = {0};

    own.no_seen = false;
    own.loss = CF_LOSS_BCE;
    m->solver = strdup("bpr");
    int rc = m->solver ? cf_feed_whole(feed, &w, err) : cf_nomem(err, "model");
    if (!rc)
        rc = fit(&b, &w, news, err);
    if (!rc && o->no_seen)
        forget_seen(m);
    cf_whole_free(&w);
    return rc;
}
