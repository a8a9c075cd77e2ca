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

/* What the day adds to sample s, with its factors of user and item. */
static double day_sample(const struct cf_model *m, uint32_t day, size_t s,
                         const float *u, const float *i)
{
    const struct cf_vec *vec = cf_vec_best();
    size_t k = m->k / m->samples;

    if (day == CF_NONE)
        return 0;
    const float *t = m->days.factors + (size_t)day * m->k + s * k;
    return (double)m->days.sample_bias[(size_t)day * m->samples + s] +
           (double)m->samples *
               ((double)vec->dot(u, t, k) + (double)vec->dot(i, t, k));
}

static float sd_of(const struct cf_model *m, struct cf_rep user,
                   struct cf_rep item, uint32_t day)
{
    const struct sampled u = sampled(m, &m->user, user),
                         i = sampled(m, &m->item, item);
    const struct cf_vec *vec = cf_vec_best();
    size_t k = m->k / m->samples;
    double sum = 0, squares = 0, n = m->samples;

    for (size_t s = 0; s < m->samples; s++) {
        double z =
            (double)u.bias[s] + (double)i.bias[s] +
            n * (double)vec->dot(u.factors + s * k, i.factors + s * k, k) +
            day_sample(m, day, s, u.factors + s * k, i.factors + s * k);
        sum += z;
        squares += z * z;
    }
    double spread = squares / n - sum / n * (sum / n);
    return (float)sqrt((spread > 0 ? spread : 0) +
                       (double)m->noise * u.noise * i.noise);
}

void cf_model_sd_reps(const struct cf_model *m, const struct cf_rep_pairs *p,
                      float *sd)
{
    for (size_t j = 0; j < p->n; j++)
        sd[j] = sd_of(m, p->user[p->u[j]], p->item[p->i[j]],
                      p->day ? p->day[j] : CF_NONE);
}
