/* ials.c - solver `ials`: implicit feedback by alternating least squares.
 *
 * A row says that a user had to do with an item. Minimises, over users' and
 * items' factors p, q, with y(u, i) = p_u . q_i and c the weight of a row,
 *
 *   sum of c (1 - y)^2 over the rows + alpha0 sum of y^2 over all pairs
 *   + l2 sum over users of (n_u + alpha0 items)^nu |p_u|^2
 *   + l2 sum over items of (n_i + alpha0 users)^nu |q_i|^2,
 *
 * n being the number of rows of each, users and items how many have any. No
 * constraints. c is 1, or 1 + alpha r
 * for the rating r. With the items as they are this is a ridge regression for
 * each user, with the dense part alpha0 Q'Q; and the same with users and items
 * changed about. For each half of an epoch
 *
 *   alpha0 Q'Q = V D V';  Q and P become Q V and P V, which changes no y,
 *
 * after which the dense part is the diagonal D: a product with a row's matrix
 * takes no k x k numbers, D and the penalty are a good preconditioner for
 * conjugate gradients, and a row with few entries can be solved exactly by way
 * of a matrix of just these.
 *
 * Hu, Koren and Volinsky, "Collaborative filtering for implicit feedback
 * datasets", ICDM 2008; Takacs, Pilaszy and Tikk, "Applications of the
 * conjugate gradient method for implicit feedback collaborative filtering",
 * RecSys 2011; the penalty: Rendle, Krichene, Zhang and Koren, "Revisiting the
 * performance of iALS on item recommendation benchmarks", RecSys 2022.
 *
 * Factors and entries are float32; sums of Gram matrices, eigenvalues and the
 * loss are double. Steps read the other side's factors as half floats.
 *
 * For n rows: memory 8 n bytes for the rows by user and by item (16 n with
 * weights), 8 n while they are gathered, 4 (users + items) k for the factors,
 * 2 k for each of the larger side, 32 to 128 k^2. An epoch takes 4 n k (steps +
 * 1) multiplications, and (users + items) k^2 * 2.5 for the dense part. */
#include "fit/ials.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fit/alternate.h"
#include "fit/ials_rows.h"
#include "fit/learn.h"
#include "fit/start.h"
#include "fit/sweep.h"
#include "math/eigen.h"
#include "math/half.h"

struct ials {
    struct cf_alternate a;
    double l2;
    struct cf_ials_opts o;
    uint64_t n;     /* training rows */
    double live[2]; /* users, items that have some: the others have zeros, and
                       make no penalty higher */
    double *gram, *vector; /* (k, k) */
    double *value;         /* (k) eigenvalues of the dense part */
    double *turn;          /* (k, k) all rotations so far; NULL: not kept */
    float *d;              /* (w) the dense part of all rows */
    struct cf_halves half; /* the other side's table, if it is read so */
    bool blank;            /* users' factors are still all 0 */
    int side;              /* that is being solved */
};

struct cf_ials_opts cf_ials_usual(void)
{
    return (struct cf_ials_opts){.alpha0 = 0.1, .nu = 1, .steps = 2};
}

/* ---- the penalty ---- */

/* By how much a row of that side with n entries is penalised. */
static double ridge(const struct ials *s, int side, uint64_t n)
{
    double others = s->live[1 - side];

    return s->l2 * pow((double)n + s->o.alpha0 * others, s->o.nu);
}

/* The default: the penalties of a user and an item with as many rows as they
 * have on average multiply to the square of CF_IALS_RIDGE. */
static double usual_l2(const struct ials *s)
{
    double users = s->live[CF_USERS], items = s->live[CF_ITEMS];
    double rows = (double)s->n;
    double both = pow(rows / users + s->o.alpha0 * items, s->o.nu) *
                  pow(rows / items + s->o.alpha0 * users, s->o.nu);

    return CF_IALS_RIDGE * sqrt(fmin(1, rows / CF_IALS_ROWS) / both);
}

static double penalty(const struct ials *s, int side)
{
    const struct cf_alternate_side *p = &s->a.side[side];
    double sum = 0;

    for (size_t r = 0; r < p->table.n; r++) {
        const float *x = p->table.v + r * s->a.w;
        float square = p->table.vec->dot(x, x, s->a.w);
        uint64_t n = p->entry.start[r + 1] - p->entry.start[r];
        if (square > 0)
            sum += ridge(s, side, n) * (double)square;
    }
    return sum;
}

/* ---- the dense part ---- */

/* turn = turn vector'. */
static int turn_on(struct ials *s, struct cf_err *err)
{
    size_t k = s->a.m->k;
    double *next = cf_zalloc(k, k * sizeof *next);

    if (!next)
        return cf_nomem(err, "rotation");
    for (size_t i = 0; i < k; i++)
        for (size_t c = 0; c < k; c++) {
            double sum = 0;
            for (size_t p = 0; p < k; p++)
                sum += s->turn[i * k + p] * s->vector[c * k + p];
            next[i * k + c] = sum;
        }
    memcpy(s->turn, next, k * k * sizeof *next);
    free(next);
    return 0;
}

/* No number is beyond the root of the sum of squares, that of eigenvalues. */
static float unit(const struct ials *s)
{
    double sum = 0;

    for (size_t c = 0; c < s->a.m->k; c++)
        sum += s->value[c];
    return cf_half_unit(sqrt(sum));
}

/* Both tables to the eigenvectors of the other side's Gram matrix. The rows'
 * own is where the steps go on from: what they have not got to by then
 * generalises better than what more steps from 0 find. Exact solving does not
 * look at it. */
static int rotate(struct ials *s, struct cf_err *err)
{
    size_t k = s->a.m->k;
    const struct cf_table *other = &s->a.side[1 - s->side].table;
    int rc = cf_gram(other, k, s->gram, err);

    if (!rc)
        rc = cf_eigen(s->gram, k, k, s->value, s->vector, err);
    for (size_t c = 0; c < k; c++)
        for (size_t p = 0; p < k; p++)
            s->gram[p * k + c] = s->vector[c * k + p];
    s->half.unit = unit(s);
    if (!rc)
        rc = cf_rotate(other, k, s->gram, s->o.steps ? &s->half : NULL, err);
    if (!rc && s->o.steps > 0 && !s->blank)
        rc = cf_rotate(&s->a.side[s->side].table, k, s->gram, NULL, err);
    if (!rc && s->turn)
        rc = turn_on(s, err);
    return rc;
}

static void set_dense(struct ials *s)
{
    double most = s->o.alpha0 * s->value[0], least = most * 1e-7 + 1e-30;

    for (size_t c = 0; c < s->a.w; c++) {
        double d = c < s->a.m->k ? s->o.alpha0 * s->value[c] : 0;
        s->d[c] = (float)(d > least ? d : least);
    }
}

/* ---- an epoch ---- */

static double regress(void *ctx, size_t row, struct cf_ridge_row *r,
                      size_t worker, float *x)
{
    struct ials *s = ctx;
    struct cf_alternate *a = &s->a;
    const struct cf_table *other = &a->side[1 - s->side].table;
    const struct cf_ridge_table t = {other->vec, other->ridge, other->v, a->w,
                                     &s->half};
    float *d = a->d + worker * a->w, p = (float)ridge(s, s->side, r->n);

    (void)row;
    for (size_t c = 0; c < a->w; c++)
        d[c] = s->d[c] + p;
    return s->o.steps > 0 ? cf_ridge_cg(&t, r, s->o.steps, &a->work[worker], x)
                          : cf_ridge_exact(&t, r, &a->work[worker], x);
}

static int half(struct ials *s, double *loss, struct cf_err *err)
{
    int rc = rotate(s, err);
    if (rc)
        return rc;
    set_dense(s);
    rc = cf_alternate_half(&s->a, s->side, regress, s, loss, err);
    s->blank = false;
    *loss = (*loss + penalty(s, 1 - s->side)) / (double)s->n;
    return rc;
}

static int sweep(void *ctx, uint32_t epoch, double *loss, struct cf_err *err)
{
    struct ials *s = ctx;
    int rc = 0;

    (void)epoch;
    for (int side = CF_USERS; !rc && side <= CF_ITEMS; side++) {
        if (s->a.side[side].frozen)
            continue;
        s->side = side;
        rc = half(s, loss, err);
    }
    if (!isfinite(*loss))
        *loss = (double)INFINITY;
    return rc;
}

/* What all pairs add to the mean loss of a row. */
static double dense_loss(void *ctx)
{
    const struct ials *s = ctx;
    const struct cf_table *t = &s->a.side[s->side].table;
    double sum = 0;

    for (size_t r = 0; r < t->n; r++)
        for (size_t c = 0; c < s->a.m->k; c++) {
            double x = (double)t->v[r * t->w + c];
            sum += s->value[c] * x * x;
        }
    return s->o.alpha0 * sum / (double)s->n;
}

/* The model gets a table with all rotations undone. */
static int turn_back(const struct ials *s, int side, struct cf_err *err)
{
    const struct cf_alternate *a = &s->a;
    struct cf_table t = a->side[side].table;
    const float *turned = t.v;
    size_t k = a->m->k;

    t.v = cf_aalloc(t.n, t.w * sizeof *t.v);
    if (!t.v)
        return cf_nomem(err, "factors");
    memcpy(t.v, turned, t.n * t.w * sizeof *t.v);
    for (size_t i = 0; i < k; i++)
        for (size_t c = 0; c < k; c++)
            s->gram[c * k + i] = s->turn[i * k + c];
    int rc = cf_rotate(&t, k, s->gram, NULL, err);
    if (!rc)
        cf_alternate_publish(a, side, t.v);
    free(t.v);
    return rc;
}

/* What has no row now keeps what the model to start from has, in its axes, so
 * all is turned back to these; and what is frozen is put back to the bit. */
static int publish(void *ctx, struct cf_err *err)
{
    struct ials *s = ctx;
    int rc = 0;

    for (int side = 0; !rc && side < 2; side++)
        if (s->turn)
            rc = turn_back(s, side, err);
        else
            cf_alternate_publish(&s->a, side, s->a.side[side].table.v);
    if (s->a.side[CF_USERS].frozen)
        cf_fit_known_users(s->a.m, s->a.o);
    if (s->a.side[CF_ITEMS].frozen)
        cf_fit_known_items(s->a.m, s->a.o);
    return rc;
}

static void list(void *ctx, struct cf_net *net)
{
    const struct ials *s = ctx;
    size_t k = s->a.m->k;

    cf_alternate_list(&s->a, net);
    if (s->turn)
        cf_net_add_reals(net, "turn", s->turn, k * k);
}

/* The users' factors are those of the checkpoint. */
static void resume(void *ctx, uint32_t sweeps)
{
    struct ials *s = ctx;

    (void)sweeps;
    s->blank = false;
}

/* ---- the whole ---- */

static int make_room(struct ials *s, struct cf_err *err)
{
    size_t k = s->a.m->k, users = s->a.side[CF_USERS].table.n;
    size_t items = s->a.side[CF_ITEMS].table.n,
           n = users > items ? users : items;

    s->gram = cf_aalloc(k, k * sizeof *s->gram);
    s->vector = cf_aalloc(k, k * sizeof *s->vector);
    s->value = cf_zalloc(k, sizeof *s->value);
    s->d = cf_zalloc(s->a.w, sizeof *s->d);
    s->half.v = cf_room(s->o.steps > 0 ? n : 0, s->a.w * sizeof *s->half.v);
    if (!s->gram || !s->vector || !s->value || !s->d || !s->half.v)
        return cf_nomem(err, "Gram matrix");
    s->blank = !s->a.o->init;
    if (!s->a.o->init)
        return 0;
    s->turn = cf_zalloc(k, k * sizeof *s->turn);
    if (!s->turn)
        return cf_nomem(err, "rotation");
    for (size_t i = 0; i < k; i++)
        s->turn[i * k + i] = 1;
    return 0;
}

static int learn(struct ials *s, struct cf_whole *w,
                 const struct cf_fit_opts *o, const struct cf_fit_news *news,
                 struct cf_err *err)
{
    const struct cf_sweeper sweeper = {.ctx = s,
                                       .sweep = sweep,
                                       .publish = publish,
                                       .more = dense_loss,
                                       .advice = "try a higher --l2",
                                       .list = list,
                                       .resume = resume,
                                       .derived = true,
                                       .rows =
                                           o->keeper ? cf_sweep_rows(w) : 0};
    const struct cf_alternate_how how = {.plain = !(s->o.alpha > 0),
                                         .in_place = true};
    struct cf_model *m = s->a.m;
    int rc = 0;

    cf_ials_positives(&w->valid, w->negatives);
    cf_whole_drop_negatives(w);
    s->n = w->train.n;
    if (s->n == 0)
        return cf_fail(err, CF_EDATA, "no training rows");
    if (o->init && o->init->model->mean != 0)
        return cf_fail(err, CF_EUSAGE,
                       "the model to start from has the mean %g, and none is "
                       "to be learnt",
                       o->init->model->mean);
    if (!how.plain)
        rc = cf_ials_weigh(&w->train, s->o.alpha, err);
    if (!rc)
        rc = cf_alternate_open(&s->a, m, w, o, &how, err);
    s->live[CF_USERS] = cf_sweep_live(&m->user);
    s->live[CF_ITEMS] = cf_sweep_live(&m->item);
    if (isnan(s->l2))
        s->l2 = usual_l2(s);
    if (!rc)
        rc = make_room(s, err);
    if (!rc)
        rc = cf_alternate_start(&s->a, 0.1 / sqrt((double)m->k), err);
    if (!rc)
        rc = cf_sweep(m, &sweeper, &w->valid, o, news, err);
    if (!rc)
        cf_alternate_seen(&s->a);
    return rc;
}

int cf_fit_ials(struct cf_model *m, struct cf_feed *feed,
                const struct cf_fit_opts *o, const struct cf_fit_news *news,
                struct cf_err *err)
{
    struct ials s = {.a = {.m = m}, .o = o->ials, .l2 = o->l2};
    struct cf_fit_opts own = *o;
    struct cf_whole w = {0};

    own.no_bias = true;
    if (s.o.steps >= m->k) /* would end there, but take longer */
        s.o.steps = 0;
    int rc = cf_learn_start(m, "ials", cf_feed_plan(feed), o, err);
    m->lo = 0;
    m->hi = 1;
    if (!rc)
        rc = cf_feed_whole(feed, &w, err);
    if (!rc)
        rc = learn(&s, &w, &own, news, err);
    cf_whole_free(&w);
    cf_alternate_free(&s.a);
    free(s.gram);
    free(s.vector);
    free(s.value);
    free(s.turn);
    free(s.d);
    free(s.half.v);
    return rc;
}
