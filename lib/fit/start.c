/* start.c - the weights that training starts from. */
#include "fit/start.h"

#include <math.h>
#include <string.h>

void cf_fit_draw(float *w, size_t n, uint64_t seed, enum cf_purpose purpose)
{
    const struct cf_rng rng = {.seed = seed, .purpose = (uint32_t)purpose};

    for (size_t i = 0; i < n; i++)
        w[i] = (float)(fmod(cf_rng_normal(&rng, i), 2) * 0.01);
}

/* from[row]: where old has the row. */
static void copy_known(struct cf_side *to, const struct cf_side *old,
                       const uint32_t *from, uint32_t k, bool frozen)
{
    for (uint64_t row = 0; row < to->n; row++) {
        float *factors = to->factors + row * k;
        if (from[row] != CF_NONE) {
            memcpy(factors, old->factors + (size_t)from[row] * k,
                   k * sizeof *factors);
            to->bias[row] = old->bias[from[row]];
        } else if (frozen) {
            memcpy(factors, old->cold_factors, k * sizeof *factors);
            to->bias[row] = old->cold_bias;
        }
    }
}

static bool has_bias(const struct cf_side *side)
{
    for (uint64_t i = 0; i < side->n; i++)
        if (side->bias[i] != 0)
            return true;
    return false;
}

int cf_fit_check(const struct cf_model *m, const struct cf_fit_opts *o,
                 struct cf_err *err)
{
    const struct cf_model *old = o->init ? o->init->model : NULL;

    if (!old)
        return 0;
    if (old->k != m->k)
        return cf_fail(err, CF_EUSAGE,
                       "the model to start from has %u factors, not %u", old->k,
                       m->k);
    if (old->link != o->link)
        return cf_fail(err, CF_EUSAGE,
                       "the model to start from has the link %s, not %s",
                       cf_link_names[old->link], cf_link_names[o->link]);
    if (o->loss == CF_LOSS_BCE && (old->lo != 0 || old->hi != 1))
        return cf_fail(err, CF_EUSAGE,
                       "the model to start from predicts %g to %g, and the "
                       "loss bce is of predictions from 0 to 1",
                       (double)old->lo, (double)old->hi);
    if (o->no_bias && (has_bias(&old->user) || has_bias(&old->item)))
        return cf_fail(err, CF_EUSAGE,
                       "the model to start from has biases, and none are to "
                       "be learnt");
    return 0;
}

void cf_fit_known_users(struct cf_model *m, const struct cf_fit_opts *o)
{
    const struct cf_origin *init = o->init;

    if (init)
        copy_known(&m->user, &init->model->user, init->user, m->k,
                   init->freeze == CF_FREEZE_USERS);
}

void cf_fit_known_items(struct cf_model *m, const struct cf_fit_opts *o)
{
    const struct cf_origin *init = o->init;

    if (init)
        copy_known(&m->item, &init->model->item, init->item, m->k,
                   init->freeze == CF_FREEZE_ITEMS);
}

double cf_fit_spread(const struct cf_ratings *r, double mean)
{
    double sum = 0;

    for (uint64_t i = 0; i < r->n; i++) {
        double off = (double)r->rating[i] - mean;
        sum += off * off;
    }
    /* of equal ratings the mean, too, is rounded */
    double spread = sqrt(sum / (double)r->n);
    return spread > 1e-6 * fabs(mean) ? spread : 1;
}

/* ---- of mini-batch solvers ---- */

int cf_fit_start(struct cf_model *m, const struct cf_fit_opts *o,
                 struct cf_err *err)
{
    int rc = cf_fit_check(m, o, err);

    if (!rc && o->init && o->init->model->mean != 0)
        rc = cf_fail(err, CF_EDATA,
                     "the model to start from has the mean %g, and this "
                     "solver can only go on from models whose mean is 0",
                     o->init->model->mean);
    if (rc)
        return rc;
    cf_fit_draw(m->user.factors, m->user.n * m->k, o->seed, CF_RNG_INIT_USER);
    cf_fit_draw(m->item.factors, m->item.n * m->k, o->seed, CF_RNG_INIT_ITEM);
    if (!o->no_bias) {
        cf_fit_draw(m->user.bias, m->user.n, o->seed, CF_RNG_INIT_USER_BIAS);
        cf_fit_draw(m->item.bias, m->item.n, o->seed, CF_RNG_INIT_ITEM_BIAS);
    }
    cf_fit_known_users(m, o);
    cf_fit_known_items(m, o);
    return 0;
}
