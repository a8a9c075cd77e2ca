/* best.c - early stopping, and the weights of the best epoch. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "fit/learn_impl.h"

static int no_validation(struct cf_err *err)
{
    return cf_fail(err, CF_EUSAGE,
                   "no validation rows, so no epoch is the best (cf-batch "
                   "--valid sets some aside)");
}

int cf_best_judge(struct cf_learner *l, struct cf_err *err)
{
    const struct cf_epoch *e = &l->m->epoch[l->m->nepochs - 1];
    struct cf_best *b = &l->best;

    if (!l->o->patience && !l->o->keep_best)
        return 0;
    if (isnan(e->valid_loss))
        return no_validation(err);
    b->since++;
    if (!b->any || e->valid_loss < b->loss) {
        b->any = true;
        b->since = 0;
        b->epoch = e->epoch;
        b->loss = e->valid_loss;
    }
    l->stop = l->o->patience && b->since >= l->o->patience;
    return 0;
}

/* Copies the net's weights to one array, or back. */
static void copy_weights(struct cf_net *net, float *all, bool back)
{
    for (size_t i = 0; i < net->ntensors; i++) {
        const struct cf_tensor *t = &net->tensor[i];
        if (t->state)
            continue;
        if (back)
            memcpy(t->v, all, t->n * sizeof *all);
        else
            memcpy(all, t->v, t->n * sizeof *all);
        all += t->n;
    }
}

int cf_best_keep(struct cf_learner *l, struct cf_err *err)
{
    size_t n = 0;

    if (!l->o->keep_best || l->best.since > 0)
        return 0;
    for (size_t i = 0; i < l->net->ntensors; i++)
        n += l->net->tensor[i].state ? 0 : l->net->tensor[i].n;
    if (!l->best.weights)
        l->best.weights = cf_alloc(n, sizeof *l->best.weights);
    if (!l->best.weights)
        return cf_nomem(err, "best weights");
    copy_weights(l->net, l->best.weights, false);
    return 0;
}

void cf_best_take(struct cf_learner *l)
{
    if (!l->best.weights)
        return;
    l->m->has_kept = true;
    l->m->kept = l->best.epoch;
    copy_weights(l->net, l->best.weights, true);
}
