/* learn_start.c - what a mini-batch solver sets before the loop. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "fit/learn.h"

void cf_net_add(struct cf_net *net, const char *name, float *v, size_t n,
                bool state)
{
    struct cf_tensor *t = &net->tensor[net->ntensors++];

    *t = (struct cf_tensor){.v = v, .n = n, .state = state};
    snprintf(t->name, sizeof t->name, "%s", name);
}

void cf_net_add_reals(struct cf_net *net, const char *name, double *v, size_t n)
{
    cf_net_add(net, name, NULL, n, true);
    net->tensor[net->ntensors - 1].real = v;
}

float cf_learn_clip(double norm, double clip)
{
    double scale = clip / (norm + 1e-6);
    return scale < 1 ? (float)scale : 1;
}

struct cf_adam_step cf_learn_step(const struct cf_fit_opts *o,
                                  const struct cf_rates *r)
{
    double t = (double)r->t;

    return (struct cf_adam_step){.decay = (float)(1 - r->lr * o->wd),
                                 .beta1 = (float)r->beta1,
                                 .rest1 = (float)(1 - r->beta1),
                                 .beta2 = (float)o->beta2,
                                 .rest2 = (float)(1 - o->beta2),
                                 .rate =
                                     (float)(r->lr / (1 - pow(r->beta1, t))),
                                 .scale = (float)(1 / (1 - pow(o->beta2, t))),
                                 .eps = (float)o->eps};
}

/* Weights to start from mean something in their own range. */
static void set_range(struct cf_model *m, const struct cf_fit_opts *o,
                      const struct cf_plan *plan)
{
    const struct cf_model *old = o->init ? o->init->model : NULL;

    m->lo = (float)o->lo;
    m->hi = (float)o->hi;
    if (o->has_range)
        return;
    cf_fit_range(o->link, plan->lo, plan->hi, &m->lo, &m->hi);
    if (old && old->lo < m->lo)
        m->lo = old->lo;
    if (old && old->hi > m->hi)
        m->hi = old->hi;
}

/* What cross entropy takes and gives are probabilities. */
static int set_chances(struct cf_model *m, const struct cf_plan *plan,
                       struct cf_err *err)
{
    m->lo = 0;
    m->hi = 1;
    if (plan->lo >= 0 && plan->hi <= 1)
        return 0;
    return cf_fail(err, CF_EDATA,
                   "ratings go from %g to %g, and the loss bce takes 0 to 1",
                   (double)plan->lo, (double)plan->hi);
}

int cf_learn_start(struct cf_model *m, const char *solver,
                   const struct cf_plan *plan, const struct cf_fit_opts *o,
                   struct cf_err *err)
{
    if (plan->rows == 0 || plan->batch == 0)
        return cf_fail(err, CF_EDATA, "no training rows");
    m->solver = strdup(solver);
    if (!m->solver)
        return cf_nomem(err, "model");
    m->mean = 0;
    m->link = o->link;
    m->loss = o->loss;
    if (o->loss == CF_LOSS_BCE)
        return set_chances(m, plan, err);
    set_range(m, o, plan);
    if (m->lo < m->hi && isfinite(m->lo) && isfinite(m->hi))
        return 0;
    return cf_fail(err, CF_EDATA,
                   "predictions would go from %g to %g, which is no range",
                   (double)m->lo, (double)m->hi);
}
