/* start.c - the weights that training starts from. */
#include "fit/start.h"

#include <math.h>
#include <string.h>

#include "model/lookup.h"

void cf_fit_draw(float *w, size_t n, uint64_t seed, enum cf_purpose purpose)
{
    const struct cf_rng rng = {.seed = seed, .purpose = (uint32_t)purpose};

    for (size_t i = 0; i < n; i++)
        w[i] = (float)(fmod(cf_rng_normal(&rng, i), 2) * 0.01);
}

static int copy_known(struct cf_side *to, const struct cf_side *from,
                      uint32_t k, struct cf_err *err)
{
    struct cf_lookup old;
    int rc = cf_lookup_open(&old, from, err);

    for (uint64_t row = 0; !rc && row < to->n; row++) {
        uint32_t at = cf_lookup_id(&old, cf_store_str(&to->dict, 0, row));
        if (at == CF_NONE)
            continue;
        memcpy(to->factors + row * k, from->factors + (size_t)at * k,
               k * sizeof(float));
        to->bias[row] = from->bias[at];
    }
    cf_lookup_free(&old);
    return rc;
}

int cf_fit_start(struct cf_model *m, const struct cf_fit_opts *o,
                 struct cf_err *err)
{
    if (o->init && o->init->k != m->k)
        return cf_fail(err, CF_EUSAGE,
                       "the model to start from has %u factors, not %u",
                       o->init->k, m->k);
    cf_fit_draw(m->user.factors, m->user.n * m->k, o->seed, CF_RNG_INIT_USER);
    cf_fit_draw(m->item.factors, m->item.n * m->k, o->seed, CF_RNG_INIT_ITEM);
    cf_fit_draw(m->user.bias, m->user.n, o->seed, CF_RNG_INIT_USER_BIAS);
    cf_fit_draw(m->item.bias, m->item.n, o->seed, CF_RNG_INIT_ITEM_BIAS);
    if (!o->init)
        return 0;
    int rc = copy_known(&m->user, &o->init->user, m->k, err);
    return rc ? rc : copy_known(&m->item, &o->init->item, m->k, err);
}
