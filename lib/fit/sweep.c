/* sweep.c - the loop of solvers that hold all rows. */
#include "fit/sweep.h"

#include <math.h>
#include <stdlib.h>

#include "base/progress.h"
#include "base/sum.h"
#include "fit/learn_impl.h"

/* ---- who has rows ---- */

void cf_sweep_count(struct cf_model *m, const struct cf_whole *w,
                    const struct cf_fit_opts *o)
{
    const struct cf_ratings *r = &w->train;

    for (uint64_t i = 0; i < r->n; i++)
        if (!w->negatives || r->rating[i] != 0)
            cf_model_count(m, r->user + i, r->item + i, 1);
    if (o->init)
        cf_origin_count(o->init, m);
}

double cf_sweep_live(const struct cf_side *side)
{
    double n = 0;

    for (uint64_t i = 0; i < side->n; i++)
        n += side->count[i] > 0;
    return n;
}

static int seen_but_negatives(struct cf_model *m, const struct cf_ratings *r,
                              struct cf_err *err)
{
    struct cf_seen seen = {0};
    int rc = 0;

    for (uint64_t i = 0; !rc && i < r->n; i++)
        if (r->rating[i] != 0)
            rc = cf_seen_add(&seen, r->user + i, r->item + i, 1, err);
    if (!rc)
        rc = cf_seen_list(&seen, m, err);
    cf_seen_free(&seen);
    return rc;
}

int cf_sweep_seen(struct cf_model *m, const struct cf_whole *w,
                  const struct cf_fit_opts *o, struct cf_err *err)
{
    const struct cf_ratings *r = &w->train;
    const struct cf_entries all = {r->n, r->user, r->item, NULL};
    struct cf_csr by_user = {0};

    if (o->no_seen)
        return 0;
    if (w->negatives)
        return seen_but_negatives(m, r, err);
    int rc = cf_csr_build(&by_user, (size_t)m->user.n, &all, err);
    if (!rc)
        cf_seen_take(m, &by_user);
    cf_csr_free(&by_user);
    return rc;
}

uint64_t cf_sweep_sum(const struct cf_ratings *r, uint64_t seed)
{
    uint64_t sum = seed;

    sum = cf_sum(&r->n, sizeof r->n, sum);
    sum = cf_sum(r->user, r->n * sizeof *r->user, sum);
    sum = cf_sum(r->item, r->n * sizeof *r->item, sum);
    sum = cf_sum(r->rating, r->n * sizeof *r->rating, sum);
    return r->time ? cf_sum(r->time, r->n * sizeof *r->time, sum) : sum;
}

uint64_t cf_sweep_rows(const struct cf_whole *w)
{
    return cf_sweep_sum(&w->valid, cf_sweep_sum(&w->train, 0));
}

/* ---- a sweep ---- */

static int diverged(const struct cf_learner *l, const struct cf_sweeper *s,
                    const char *what, struct cf_err *err)
{
    return cf_fail(err, CF_EDIVERGED,
                   "training diverged in epoch %u: %s is not finite (%s)",
                   l->epoch, what, s->advice);
}

static bool finite_weights(const struct cf_net *net)
{
    for (size_t i = 0; i < net->ntensors; i++)
        if (!net->tensor[i].state &&
            !cf_vec_finite(net->tensor[i].v, net->tensor[i].n))
            return false;
    return true;
}

/* The model, as it is to predict. */
static int publish(struct cf_learner *l, const struct cf_sweeper *s,
                   struct cf_err *err)
{
    int rc = s->publish ? s->publish(s->ctx, err) : 0;

    if (rc)
        return rc;
    if (l->o->init)
        cf_origin_restore(l->o->init, l->m);
    if (!s->own_cold)
        cf_model_set_cold(l->m);
    if (l->o->init)
        cf_origin_cold(l->o->init, l->m);
    return finite_weights(l->net) ? 0 : diverged(l, s, "a weight", err);
}

static int validate(struct cf_learner *l, const struct cf_sweeper *s,
                    const struct cf_ratings *valid, struct cf_err *err)
{
    int rc = 0;

    l->valid.sum = 0;
    l->valid.n = 0;
    if (s->validate && valid->n > 0) {
        l->valid.sum = s->validate(s->ctx);
        l->valid.n = valid->n;
        return 0;
    }
    for (size_t at = 0, n; !rc && at < valid->n; at += n) {
        n = (size_t)valid->n - at;
        n = n < CF_FRAME_ROWS ? n : CF_FRAME_ROWS;
        const struct cf_feed_rows rows = {n, valid->user + at, valid->item + at,
                                          valid->rating + at, NULL};
        rc = cf_validate(l, &rows, err);
    }
    if (s->more && valid->n > 0)
        l->valid.sum += s->more(s->ctx) * (double)valid->n;
    return rc;
}

static int epoch(struct cf_learner *l, const struct cf_sweeper *s,
                 const struct cf_ratings *valid, struct cf_err *err)
{
    bool last = l->epoch + 1 == l->o->epochs;
    double loss = (double)NAN;

    int rc = s->sweep(s->ctx, l->epoch, &loss, err);
    if (rc)
        return rc;
    if (isinf(loss))
        return diverged(l, s, "the loss", err);
    if (last || (valid->n > 0 && !s->validate))
        rc = publish(l, s, err);
    if (!rc)
        rc = validate(l, s, valid, err);
    if (!rc)
        rc = cf_learn_epoch(l, loss, err);
    if (!rc)
        rc = cf_best_judge(l, err);
    if (!rc)
        rc = cf_best_keep(l, err);
    return rc ? rc : cf_resume_save(l, err);
}

/* ---- the whole ---- */

static void list(struct cf_net *net, struct cf_model *m,
                 const struct cf_sweeper *s)
{
    cf_net_add(net, "user_factors", m->user.factors, m->user.n * m->k, false);
    cf_net_add(net, "item_factors", m->item.factors, m->item.n * m->k, false);
    net->tensor[0].derived = net->tensor[1].derived = s->derived;
    cf_net_add(net, "user_bias", m->user.bias, m->user.n, false);
    cf_net_add(net, "item_bias", m->item.bias, m->item.n, false);
    if (s->list)
        s->list(s->ctx, net);
}

/* Takes up the run where the keeper's checkpoint was taken; what is done at the
 * end may be all that is left of it. */
static int resume(struct cf_learner *l, const struct cf_sweeper *s,
                  struct cf_err *err)
{
    uint32_t begun = l->epoch; /* the epochs of a model to go on from */

    l->rows = s->rows;
    int rc = cf_resume_start(l, err);
    if (rc || !l->replay)
        return rc;
    l->epoch = l->replay_epoch;
    rc = l->epoch < begun || l->epoch > l->o->epochs ? cf_resume_short(l, err)
                                                     : cf_resume_arrive(l, err);
    if (rc)
        return rc;
    for (size_t e = begun; l->news && l->news->epoch && e < l->m->nepochs; e++)
        l->news->epoch(l->news->ctx, &l->m->epoch[e]);
    if (s->resume)
        s->resume(s->ctx, l->epoch);
    return l->stop || l->epoch == l->o->epochs ? publish(l, s, err) : 0;
}

int cf_sweep(struct cf_model *m, const struct cf_sweeper *s,
             const struct cf_ratings *valid, const struct cf_fit_opts *o,
             const struct cf_fit_news *news, struct cf_err *err)
{
    struct cf_net net = {0};
    struct cf_learner l = {.m = m,
                           .net = &net,
                           .o = o,
                           .news = news,
                           .epoch = (uint32_t)m->nepochs,
                           .cap_epoch = m->nepochs};

    list(&net, m, s);
    int rc = resume(&l, s, err);
    l.start = cf_now();
    while (!rc && !l.stop && l.epoch < o->epochs)
        rc = epoch(&l, s, valid, err);
    if (!rc && l.best.weights) {
        cf_best_take(&l);
        cf_model_set_cold(m);
        if (o->init)
            cf_origin_cold(o->init, m);
    }
    free(l.valid.loss);
    free(l.best.weights);
    return rc;
}
