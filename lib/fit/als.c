/* als.c - solver `als`: the embedding model by alternating least squares.
 *
 * Minimises, over users' and items' factors p, q and biases b,
 *
 *   sum of (mean + b_u + b_i + p_u . q_i - r)^2 over the ratings r
 *   + l2 sum over users of n_u (|p_u|^2 + b_u^2)
 *   + l2 sum over items of n_i (|q_i|^2 + b_i^2),
 *
 * n being the number of ratings of each; mean is that of all ratings. No
 * constraints. With the items as they are this is a ridge regression for each
 * user, of the user's ratings less the mean and the items' biases on the items'
 * factors and a 1, whose coefficient is the user's bias; and the same with
 * users and items changed about. Each is solved exactly, by Cholesky. Users
 * begin at 0, items with factors from a normal distribution.
 *
 * Zhou, Wilkinson, Schreiber and Pan, "Large-scale parallel collaborative
 * filtering for the Netflix Prize", AAIM 2008 (ALS-WR).
 *
 * For n rows, w = k + 1 taken up to a multiple of 16: memory 16 n bytes for the
 * rows by user and by item, 20 n while they are gathered, 4 (users + items)
 * (w + k). An epoch takes for each user and item of m rows the less of
 * m w^2 / 2 + w^3 / 6 and m^2 w / 2 + m^3 / 6 multiplications. */
#include "fit/als.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fit/alternate.h"
#include "fit/learn.h"
#include "fit/start.h"
#include "fit/sweep.h"

struct als {
    struct cf_alternate a;
    double l2;
    uint64_t n;    /* training rows */
    float *target; /* (threads, longest) */
    int side;      /* that is being solved */
};

/* Of x, which the table's rows are multiplied with. */
static double squared_errors(const struct cf_ridge_table *t,
                             const struct cf_ridge_row *r, const float *x)
{
    double sum = 0;

    for (size_t i = 0; i < r->n; i++) {
        const float *z = t->z + (size_t)r->col[i] * t->w;
        double e = (double)(r->target[i] - t->vec->dot(z, x, t->w));
        sum += e * e;
    }
    return sum;
}

/* Returns the squared errors. */
static double regress(void *ctx, size_t row, struct cf_ridge_row *r,
                      size_t worker, float *x)
{
    struct als *s = ctx;
    struct cf_alternate *a = &s->a;
    const struct cf_model *m = a->m;
    const float *rating = r->weight;
    const float *bias = a->side[1 - s->side].side->bias;
    const struct cf_table *other = &a->side[1 - s->side].table;
    const struct cf_ridge_table t = {other->vec, other->ridge, other->v, a->w,
                                     NULL};
    float *d = a->d + worker * a->w, *target = s->target + worker * a->longest;

    for (size_t i = 0; i < r->n; i++)
        target[i] =
            (float)((double)rating[i] - m->mean - (double)bias[r->col[i]]);
    for (size_t c = 0; c < a->w; c++)
        d[c] = (float)(s->l2 * (double)r->n);
    r->weight = NULL;
    r->target = target;
    cf_ridge_exact(&t, r, &a->work[worker], x);
    double errors = squared_errors(&t, r, x);
    if (!a->o->no_bias) {
        a->side[s->side].side->bias[row] = x[m->k];
        x[m->k] = 1;
    }
    return errors;
}

static int sweep(void *ctx, uint32_t epoch, double *loss, struct cf_err *err)
{
    struct als *s = ctx;
    int rc = 0;

    (void)epoch;
    for (s->side = CF_USERS; !rc && s->side <= CF_ITEMS; s->side++)
        if (!s->a.side[s->side].frozen)
            rc = cf_alternate_half(&s->a, s->side, regress, s, loss, err);
    *loss = isfinite(*loss) ? *loss / (double)s->n : (double)INFINITY;
    return rc;
}

static int publish(void *ctx, struct cf_err *err)
{
    struct als *s = ctx;

    (void)err;
    for (int side = 0; side < 2; side++)
        cf_alternate_publish(&s->a, side, s->a.side[side].table.v);
    return 0;
}

static void list(void *ctx, struct cf_net *net)
{
    const struct als *s = ctx;

    cf_alternate_list(&s->a, net);
}

static double mean_of(const struct cf_whole *w)
{
    double sum = 0;

    for (uint64_t i = 0; i < w->train.n; i++)
        sum += (double)w->train.rating[i];
    return sum / (double)w->train.n;
}

static int start(struct als *s, struct cf_err *err)
{
    struct cf_alternate *a = &s->a;
    size_t k = a->m->k;
    int rc = cf_alternate_start(a, 1 / sqrt((double)k), err);

    s->target = cf_alloc(a->threads, a->longest * sizeof *s->target);
    if (!rc && !s->target)
        rc = cf_nomem(err, "normal equations");
    for (int side = 0; !rc && !a->o->no_bias && side < 2; side++)
        for (size_t r = 0; r < a->side[side].table.n; r++)
            a->side[side].table.v[r * a->w + k] = 1;
    return rc;
}

static int learn(struct als *s, struct cf_whole *w, const struct cf_fit_opts *o,
                 const struct cf_fit_news *news, struct cf_err *err)
{
    const struct cf_sweeper sweeper = {.ctx = s,
                                       .sweep = sweep,
                                       .publish = publish,
                                       .advice = "try a higher --l2",
                                       .list = list,
                                       .derived = true,
                                       .rows =
                                           o->keeper ? cf_sweep_rows(w) : 0};
    const struct cf_alternate_how how = {.extra = o->no_bias ? 0 : 1};
    struct cf_model *m = s->a.m;

    cf_whole_drop_negatives(w);
    s->n = w->train.n;
    if (s->n == 0)
        return cf_fail(err, CF_EDATA, "no training rows");
    m->mean = o->init ? o->init->model->mean : o->no_bias ? 0 : mean_of(w);
    if (isnan(s->l2))
        s->l2 = CF_ALS_L2 * cf_fit_spread(&w->train, m->mean);
    int rc = cf_alternate_open(&s->a, m, w, o, &how, err);
    if (!rc)
        rc = start(s, err);
    if (!rc)
        rc = cf_sweep(m, &sweeper, &w->valid, o, news, err);
    if (!rc)
        cf_alternate_seen(&s->a);
    return rc;
}

int cf_fit_als(struct cf_model *m, struct cf_feed *feed,
               const struct cf_fit_opts *o, const struct cf_fit_news *news,
               struct cf_err *err)
{
    struct als s = {.a = {.m = m}, .l2 = o->l2};
    struct cf_whole w = {0};

    int rc = cf_learn_start(m, "als", cf_feed_plan(feed), o, err);
    if (!rc)
        rc = cf_feed_whole(feed, &w, err);
    if (!rc)
        rc = learn(&s, &w, o, news, err);
    cf_whole_free(&w);
    cf_alternate_free(&s.a);
    free(s.target);
    return rc;
}
