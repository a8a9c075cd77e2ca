/* sgd_start.c - the weights that solver sgd starts from. */
#include "fit/sgd_start.h"

#include <math.h>

#include "base/rng.h"
#include "fit/start.h"

/* ---- the mean ---- */

static double mean_rating(const struct cf_ratings *r)
{
    double sum = 0;

    for (uint64_t i = 0; i < r->n; i++)
        sum += (double)r->rating[i];
    return sum / (double)r->n;
}

/* Under cross entropy the score whose chance is the mean, as if there were one
 * more row of 0 and one of 1: all may be alike. */
static double mean_score(const struct cf_ratings *r, enum cf_loss loss)
{
    double mean = mean_rating(r), n = (double)r->n;

    return loss == CF_LOSS_BCE ? log((n * mean + 1) / (n - n * mean + 1))
                               : mean;
}

/* ---- factors ---- */

enum { TASK_NUMBERS = 1 << 16 };

struct drawing {
    float *w;
    size_t n;
    struct cf_rng rng;
    float middle, span;
    bool nonneg;
};

static float number(const struct drawing *d, uint32_t bits)
{
    float x = (float)(bits >> 8) * 0x1p-24F - 0.5F;
    float w = d->middle + d->span * x;

    return d->nonneg ? fabsf(w) : w;
}

/* Two numbers for each draw of 64 bits. */
static void draw_task(void *ctx, size_t task, size_t worker)
{
    const struct drawing *d = ctx;
    size_t end = d->n / TASK_NUMBERS > task ? (task + 1) * TASK_NUMBERS : d->n;

    (void)worker;
    for (size_t i = task * TASK_NUMBERS; i < end; i += 2) {
        uint64_t bits = cf_rng_u64(&d->rng, i / 2);
        d->w[i] = number(d, (uint32_t)bits);
        if (i + 1 < end)
            d->w[i + 1] = number(d, (uint32_t)(bits >> 32));
    }
}

static void draw(struct cf_side *side, uint32_t k, struct drawing *d,
                 struct cf_pool *pool)
{
    size_t tasks;

    d->w = side->factors;
    d->n = (size_t)side->n * k;
    tasks = d->n / TASK_NUMBERS + 1;
    if (pool)
        cf_pool_run(pool, tasks, draw_task, d);
    else
        for (size_t t = 0; t < tasks; t++)
            draw_task(d, t, 0);
}

/* Without biases and mean the dot product is all there is, and begins near what
 * the mean would be. */
static void draw_factors(struct cf_model *m, double mean,
                         const struct cf_fit_opts *o)
{
    double k = (double)m->k;
    bool alone = o->no_bias && mean > 0 && o->loss == CF_LOSS_MSE;
    struct drawing d = {.rng = {.seed = o->seed, .purpose = CF_RNG_INIT_USER},
                        .middle = alone ? (float)sqrt(mean / k) : 0,
                        .span = (float)(0.8 / sqrt(k)),
                        .nonneg = o->nonneg};

    draw(&m->user, m->k, &d, o->pool);
    d.rng.purpose = CF_RNG_INIT_ITEM;
    draw(&m->item, m->k, &d, o->pool);
}

/* ---- the model to go on from ---- */

static bool has_negative(const struct cf_side *side, uint32_t k)
{
    for (size_t i = 0; i < side->n * k; i++)
        if (side->factors[i] < 0)
            return true;
    return false;
}

static int check_init(const struct cf_model *m, const struct cf_fit_opts *o,
                      struct cf_err *err)
{
    const struct cf_model *old = o->init->model;
    int rc = cf_fit_check(m, o, err);

    if (rc || !o->nonneg)
        return rc;
    if (has_negative(&old->user, m->k) || has_negative(&old->item, m->k))
        return cf_fail(err, CF_EUSAGE,
                       "the model to start from has factors below 0, and none "
                       "are to be learnt");
    return 0;
}

int cf_sgd_start(struct cf_model *m, const struct cf_ratings *r,
                 const struct cf_fit_opts *o, struct cf_err *err)
{
    double mean = mean_score(r, o->loss);
    int rc = o->init ? check_init(m, o, err) : 0;

    if (rc)
        return rc;
    draw_factors(m, mean, o);
    m->mean = o->no_bias ? 0 : mean;
    if (o->init) {
        m->mean = o->init->model->mean;
        cf_fit_known_users(m, o);
        cf_fit_known_items(m, o);
    }
    return 0;
}
