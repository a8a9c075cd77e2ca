/* spread.c - what the samples of a model say of a pair, and how sure it is. */
#include <math.h>

#include "model/model.h"

enum { SOME = 64 /* samples at a time */ };

static bool is_cold(const struct cf_side *side, const float *factors)
{
    return factors == side->cold_factors;
}

/* Which row it is follows from where its factors are. */
static size_t row_of(const struct cf_model *m, const struct cf_side *side,
                     const float *factors)
{
    return (size_t)(factors - side->factors) / m->k;
}

static const float *biases(const struct cf_model *m, const struct cf_side *side,
                           const float *factors)
{
    return is_cold(side, factors)
               ? side->cold_sample_bias
               : side->sample_bias + row_of(m, side, factors) * m->samples;
}

void cf_model_sample_scores(const struct cf_model *m,
                            const struct cf_context_pair *p, size_t from,
                            size_t n, float *z)
{
    const float *u = biases(m, &m->user, p->x) + from,
                *i = biases(m, &m->item, p->y) + from;
    size_t k = m->k / m->samples;
    double session = (double)cf_model_session_score(m, p);

    for (size_t s = 0; s < n; s++) {
        size_t at = (from + s) * k;
        double sum =
            (double)u[s] + (double)i[s] +
            (double)m->samples * (double)m->vec->dot(p->x + at, p->y + at, k);
        sum += cf_model_day_sample(m, p, from + s) + session;
        z[s] = (float)sum;
    }
}

/* The variance of a rating around a sample, but for the model's. */
static double noise(const struct cf_model *m, const struct cf_side *side,
                    const float *factors)
{
    size_t row = is_cold(side, factors) ? 0 : row_of(m, side, factors);
    bool known = !is_cold(side, factors) && side->count[row] > 0;

    return (double)(known ? side->noise[row] : side->cold_noise);
}

static float sd_of(const struct cf_model *m, const struct cf_context_pair *p)
{
    double sum = 0, squares = 0, n = m->samples;
    float z[SOME];

    for (size_t at = 0, some; at < m->samples; at += some) {
        some = m->samples - at < SOME ? m->samples - at : SOME;
        cf_model_sample_scores(m, p, at, some, z);
        for (size_t s = 0; s < some; s++) {
            sum += (double)z[s];
            squares += (double)z[s] * (double)z[s];
        }
    }
    double spread = squares / n - sum / n * (sum / n);
    return (float)sqrt(
        (spread > 0 ? spread : 0) + (double)cf_model_session_variance(m, p) +
        (double)m->noise * noise(m, &m->user, p->x) * noise(m, &m->item, p->y));
}

void cf_model_sd_reps(const struct cf_model *m, const struct cf_rep_pairs *p,
                      float *sd)
{
    for (size_t j = 0; j < p->n; j++) {
        const struct cf_context_pair pair = cf_pair_context(
            p, p->user[p->u[j]].factors, p->item[p->i[j]].factors, j);
        sd[j] = sd_of(m, &pair);
    }
}

/* ---- of a row that is not known ---- */

struct moments {
    double variance[SOME], square[SOME]; /* the mean square */
};

/* Of columns from .. from + n of x (side->n, width), among rows with training
 * rows. */
static void find_moments(const struct cf_side *side, const float *x,
                         size_t width, size_t from, size_t n, struct moments *o)
{
    double sum[SOME] = {0}, squares[SOME] = {0}, rows = 0;

    for (uint64_t r = 0; r < side->n; r++) {
        if (side->count[r] == 0)
            continue;
        rows++;
        for (size_t f = 0; f < n; f++) {
            double v = (double)x[r * width + from + f];
            sum[f] += v;
            squares[f] += v * v;
        }
    }
    for (size_t f = 0; f < n; f++) {
        double mean = rows > 0 ? sum[f] / rows : 0;
        o->square[f] = rows > 0 ? squares[f] / rows : 0;
        o->variance[f] = fmax(o->square[f] - mean * mean, 0);
    }
}

struct cf_cold_variance cf_model_cold_variance(const struct cf_model *m)
{
    struct cf_cold_variance v = {0};
    double samples = m->samples, either = 0;
    struct moments u, i;

    for (size_t from = 0, n; from < m->samples; from += n) {
        n = m->samples - from < SOME ? m->samples - from : SOME;
        find_moments(&m->user, m->user.sample_bias, m->samples, from, n, &u);
        find_moments(&m->item, m->item.sample_bias, m->samples, from, n, &i);
        for (size_t f = 0; f < n; f++) {
            v.user += u.variance[f] / samples;
            v.item += i.variance[f] / samples;
        }
    }
    for (size_t from = 0, n; from < m->k; from += n) {
        n = m->k - from < SOME ? m->k - from : SOME;
        find_moments(&m->user, m->user.factors, m->k, from, n, &u);
        find_moments(&m->item, m->item.factors, m->k, from, n, &i);
        for (size_t f = 0; f < n; f++) {
            v.user += samples * u.variance[f] * i.square[f];
            v.item += samples * i.variance[f] * u.square[f];
            either += samples * u.variance[f] * i.variance[f];
        }
    }
    v.both = v.user + v.item - either;
    return v;
}
