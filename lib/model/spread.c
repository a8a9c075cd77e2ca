/* spread.c - how sure a model is that has samples. */
#include <math.h>

#include "model/model.h"

/* What there is of samples for a user or an item. */
struct sampled {
    const float *factors, *bias;
    double noise;
};

/* Which row it is follows from where its factors are. */
static struct sampled sampled(const struct cf_model *m,
                              const struct cf_side *side, struct cf_rep r)
{
    if (r.factors == side->cold_factors)
        return (struct sampled){r.factors, side->cold_sample_bias,
                                (double)side->cold_noise};
    size_t row = (size_t)(r.factors - side->factors) / m->k;
    return (struct sampled){
        r.factors, side->sample_bias + row * m->samples,
        (double)(r.known ? side->noise[row] : side->cold_noise)};
}

static float sd_of(const struct cf_model *m, struct cf_rep user,
                   struct cf_rep item, const struct cf_context_pair *at)
{
    const struct sampled u = sampled(m, &m->user, user),
                         i = sampled(m, &m->item, item);
    const struct cf_vec *vec = cf_vec_best();
    size_t k = m->k / m->samples;
    double sum = 0, squares = 0, n = m->samples;

    for (size_t s = 0; s < m->samples; s++) {
        double z =
            (double)u.bias[s] + (double)i.bias[s] +
            n * (double)vec->dot(u.factors + s * k, i.factors + s * k, k);
        z += cf_model_day_sample(m, at, s) + cf_model_session_sample(m, at, s);
        sum += z;
        squares += z * z;
    }
    double spread = squares / n - sum / n * (sum / n);
    if (at->session != CF_NONE)
        spread += (double)m->sessions.variance[at->session];
    return (float)sqrt((spread > 0 ? spread : 0) +
                       (double)m->noise * u.noise * i.noise);
}

void cf_model_sd_reps(const struct cf_model *m, const struct cf_rep_pairs *p,
                      float *sd)
{
    for (size_t j = 0; j < p->n; j++) {
        const struct cf_rep u = p->user[p->u[j]], i = p->item[p->i[j]];
        const struct cf_context_pair at =
            cf_pair_context(p, u.factors, i.factors, j);
        sd[j] = sd_of(m, u, i, &at);
    }
}
