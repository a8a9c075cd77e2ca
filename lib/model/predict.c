/* predict.c - what a model predicts. */
#include <string.h>

#include "base/mem.h"
#include "model/model.h"

static bool knows(const struct cf_side *side, uint32_t id)
{
    return id != CF_NONE && side->count[id] > 0;
}

unsigned cf_model_known(const struct cf_model *m, uint32_t u, uint32_t i)
{
    return (knows(&m->user, u) ? CF_KNOWN_USER : 0U) |
           (knows(&m->item, i) ? CF_KNOWN_ITEM : 0U);
}

bool cf_model_is_dot(const struct cf_model *m)
{
    return m->mlp.n == 0;
}

/* ---- through layers ---- */

/* The factors that a row of a model with layers is predicted with. */
static const float *factors(const struct cf_side *side, uint32_t k, uint32_t id)
{
    return knows(side, id) ? side->factors + (size_t)id * k
                           : side->cold_factors;
}

static struct cf_mlp_pair pair(const struct cf_model *m, uint32_t u, uint32_t i)
{
    return (struct cf_mlp_pair){factors(&m->user, m->k, u),
                                factors(&m->item, m->k, i)};
}

static size_t portion(size_t left)
{
    return left < CF_MLP_PAIRS ? left : CF_MLP_PAIRS;
}

static void layers_items(const struct cf_model *m, uint32_t u,
                         const struct cf_vec *vec, float *z)
{
    struct cf_mlp_pair p[CF_MLP_PAIRS];

    for (size_t at = 0, n; at < m->item.n; at += n) {
        n = portion(m->item.n - at);
        for (size_t j = 0; j < n; j++)
            p[j] = pair(m, u, (uint32_t)(at + j));
        cf_mlp_score(&m->mlp, vec, p, n, z + at);
    }
}

static void layers_pairs(const struct cf_model *m, const uint32_t *u,
                         const uint32_t *i, size_t rows, float *z)
{
    const struct cf_vec *vec = cf_vec_best();
    struct cf_mlp_pair p[CF_MLP_PAIRS];

    for (size_t at = 0, n; at < rows; at += n) {
        n = portion(rows - at);
        for (size_t j = 0; j < n; j++)
            p[j] = pair(m, u[at + j], i[at + j]);
        cf_mlp_score(&m->mlp, vec, p, n, z + at);
    }
}

/* ---- by dot product ---- */

static float dot(const struct cf_model *m, uint32_t u, uint32_t i)
{
    const struct cf_side *user = &m->user, *item = &m->item;
    unsigned known = cf_model_known(m, u, i);
    bool user_known = known & CF_KNOWN_USER, item_known = known & CF_KNOWN_ITEM;

    float z = (float)m->mean + (user_known ? user->bias[u] : user->cold_bias) +
              (item_known ? item->bias[i] : item->cold_bias);
    if (user_known && item_known)
        z += cf_vec_best()->dot(user->factors + (size_t)u * m->k,
                                item->factors + (size_t)i * m->k, m->k);
    return z;
}

/* In the order of additions of the above. */
static void dot_items(const struct cf_model *m, uint32_t u,
                      const struct cf_vec *vec, float *z)
{
    bool known = knows(&m->user, u);
    float base = (float)m->mean + (known ? m->user.bias[u] : m->user.cold_bias);

    if (known)
        vec->gemv(m->item.factors, m->user.factors + (size_t)u * m->k, z,
                  m->item.n, m->k);
    for (uint64_t i = 0; i < m->item.n; i++)
        z[i] = known ? base + m->item.bias[i] + z[i] : base + m->item.bias[i];
}

/* ---- both ---- */

float cf_model_raw(const struct cf_model *m, uint32_t u, uint32_t i)
{
    float z;

    if (cf_model_is_dot(m))
        return dot(m, u, i);
    layers_pairs(m, &u, &i, 1, &z);
    return z;
}

void cf_model_raw_items(const struct cf_model *m, uint32_t u,
                        const struct cf_vec *vec, float *z)
{
    if (cf_model_is_dot(m))
        dot_items(m, u, vec, z);
    else
        layers_items(m, u, vec, z);
}

float cf_model_predict(const struct cf_model *m, uint32_t u, uint32_t i)
{
    return cf_link_apply(m->link, m->lo, m->hi, cf_model_raw(m, u, i));
}

void cf_model_raw_pairs(const struct cf_model *m, const uint32_t *u,
                        const uint32_t *i, size_t n, float *z)
{
    if (!cf_model_is_dot(m)) {
        layers_pairs(m, u, i, n, z);
        return;
    }
    for (size_t j = 0; j < n; j++)
        z[j] = dot(m, u[j], i[j]);
}

void cf_model_predict_pairs(const struct cf_model *m, const uint32_t *u,
                            const uint32_t *i, size_t n, float *y)
{
    cf_model_raw_pairs(m, u, i, n, y);
    for (size_t j = 0; j < n; j++)
        y[j] = cf_link_apply(m->link, m->lo, m->hi, y[j]);
}

/* ---- rows that are not known ---- */

int cf_model_add_cold(struct cf_model *m, struct cf_err *err)
{
    m->user.cold_factors = cf_aalloc(m->k, sizeof(float));
    m->item.cold_factors = cf_aalloc(m->k, sizeof(float));
    return m->user.cold_factors && m->item.cold_factors
               ? 0
               : cf_nomem(err, "model");
}

/* The mean of one number of each row, over training rows; stride: from a row's
 * to the next's. */
static float mean(const struct cf_side *side, const float *x, size_t stride)
{
    double sum = 0, rows = 0;

    for (uint64_t i = 0; i < side->n; i++) {
        sum += (double)side->count[i] * (double)x[i * stride];
        rows += (double)side->count[i];
    }
    return rows > 0 ? (float)(sum / rows) : 0;
}

static void set_cold(struct cf_side *side, uint32_t k)
{
    side->cold_bias = mean(side, side->bias, 1);
    for (uint32_t f = 0; side->cold_factors && f < k; f++)
        side->cold_factors[f] = mean(side, side->factors + f, k);
}

void cf_model_set_cold(struct cf_model *m)
{
    set_cold(&m->user, m->k);
    set_cold(&m->item, m->k);
}
