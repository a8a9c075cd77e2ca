/* predict.c - what a model predicts. */
#include <string.h>

#include "model/model.h"

enum { COLUMNS = 256 /* whose means are found together */ };

static bool knows(const struct cf_side *side, uint32_t id)
{
    return id != CF_NONE && side->count[id] > 0;
}

static unsigned known_of(bool user, bool item)
{
    return (user ? CF_KNOWN_USER : 0U) | (item ? CF_KNOWN_ITEM : 0U);
}

unsigned cf_model_known(const struct cf_model *m, uint32_t u, uint32_t i)
{
    return known_of(knows(&m->user, u), knows(&m->item, i));
}

bool cf_model_is_dot(const struct cf_model *m)
{
    return m->mlp.n == 0 && !m->item_weights && m->stars.n == 0;
}

bool cf_model_has_seen(const struct cf_model *m)
{
    return m->seen_start[m->user.n] > 0;
}

/* ---- what a row is predicted with ---- */

static struct cf_rep rep(const struct cf_side *side, uint32_t k, uint32_t id)
{
    bool known = knows(side, id);

    if (!known && (!side->drawn || id == CF_NONE))
        return (struct cf_rep){side->cold_factors, side->cold_bias, false};
    return (struct cf_rep){side->factors + (size_t)id * k, side->bias[id],
                           known};
}

struct cf_rep cf_model_user_rep(const struct cf_model *m, uint32_t u)
{
    return rep(&m->user, m->k, u);
}

struct cf_rep cf_model_item_rep(const struct cf_model *m, uint32_t i)
{
    return rep(&m->item, m->k, i);
}

/* ---- some pairs ---- */

enum { SOME = 256, AHEAD = 24 };

/* Factors of both, and the sum of mean and biases. */
struct some {
    const float *x[SOME], *y[SOME];
    float base[SOME];
    size_t n;
};

static size_t portion(size_t left)
{
    return left < SOME ? left : SOME;
}

static void put(struct some *s, const struct cf_model *m, struct cf_rep u,
                struct cf_rep i)
{
    s->x[s->n] = u.factors;
    s->y[s->n] = i.factors;
    s->base[s->n++] = (float)m->mean + u.bias + i.bias;
}

/* The row that has these factors; CF_NONE: it is none that is known. */
static size_t row_of(const struct cf_side *side, uint32_t k, const float *x)
{
    return x == side->cold_factors ? CF_NONE : (size_t)(x - side->factors) / k;
}

/* z and the weights of the items that the user has seen, in their order. */
static float add_weights(const struct cf_model *m, const float *x,
                         const float *y, float z)
{
    size_t u = row_of(&m->user, m->k, x), i = row_of(&m->item, m->k, y);

    if (u == CF_NONE || i == CF_NONE)
        return z;
    for (uint64_t j = m->seen_start[u]; j < m->seen_start[u + 1]; j++)
        z += m->item_weights[m->seen_item[j] * m->item.n + i];
    return z;
}

static void dots(const struct cf_model *m, const struct cf_vec *vec,
                 const struct some *s, float *z)
{
    const struct cf_dots p = {s->x, s->y, s->n, m->k};

    vec->dots(&p, z);
    for (size_t j = 0; j < s->n; j++)
        z[j] = s->base[j] + z[j];
    for (size_t j = 0; m->item_weights && j < s->n; j++)
        z[j] = add_weights(m, s->x[j], s->y[j], z[j]);
}

/* Mean stars of pairs from number `from` on; p NULL: at no time. */
static void stars(const struct cf_model *m, const struct some *s,
                  const struct cf_rep_pairs *p, size_t from, float *z)
{
    static const struct cf_rep_pairs timeless;
    float chance[CF_STARS_MOST];

    for (size_t j = 0; j < s->n; j++) {
        const struct cf_context_pair at =
            cf_pair_context(p ? p : &timeless, s->x[j], s->y[j], from + j);
        cf_model_star_chances(m, &at, chance);
        z[j] = cf_stars_mean(&m->stars, chance);
    }
}

static void score(const struct cf_model *m, const struct cf_vec *vec,
                  const struct some *s, float *z)
{
    if (m->stars.n > 0) {
        stars(m, s, NULL, 0, z);
        return;
    }
    if (m->mlp.n == 0) {
        dots(m, vec, s, z);
        return;
    }
    struct cf_mlp_pair pair[CF_MLP_PAIRS];
    for (size_t at = 0, n; at < s->n; at += n) {
        for (n = 0; n < CF_MLP_PAIRS && at + n < s->n; n++)
            pair[n] = (struct cf_mlp_pair){s->x[at + n], s->y[at + n]};
        cf_mlp_score(&m->mlp, vec, pair, n, z + at);
    }
}

/* ---- pairs ---- */

void cf_model_raw_pairs(const struct cf_model *m, const uint32_t *u,
                        const uint32_t *i, size_t n, float *z)
{
    const struct cf_vec *vec = cf_vec_best();
    struct some s;

    for (size_t at = 0; at < n; at += s.n) {
        size_t end = at + portion(n - at);
        s.n = 0;
        for (size_t j = at; j < end; j++)
            put(&s, m, cf_model_user_rep(m, u[j]), cf_model_item_rep(m, i[j]));
        score(m, vec, &s, z + at);
    }
}

static void predict(const struct cf_model *m, size_t n, float *y)
{
    const struct cf_range r = {m->link, m->lo, m->hi};

    cf_link_apply_all(&r, cf_vec_best(), y, n);
}

void cf_model_predict_pairs(const struct cf_model *m, const uint32_t *u,
                            const uint32_t *i, size_t n, float *y)
{
    cf_model_raw_pairs(m, u, i, n, y);
    predict(m, n, y);
}

/* Pair j is for later. */
static inline void expect(const struct cf_rep_pairs *p, size_t j)
{
    if (j < p->n) {
        __builtin_prefetch(&p->user[p->u[j]]);
        __builtin_prefetch(&p->item[p->i[j]]);
    }
}

/* What days and sessions add to the scores of pairs from number `from` on. */
static void add_contexts(const struct cf_model *m, const struct some *s,
                         const struct cf_rep_pairs *p, size_t from, float *z)
{
    for (size_t j = 0; j < s->n; j++) {
        const struct cf_context_pair at =
            cf_pair_context(p, s->x[j], s->y[j], from + j);
        z[j] += cf_model_day_score(m, &at) + cf_model_session_score(m, &at);
    }
}

void cf_model_predict_reps(const struct cf_model *m,
                           const struct cf_rep_pairs *p, float *y,
                           unsigned char *known)
{
    const struct cf_vec *vec = cf_vec_best();
    struct some s;

    for (size_t at = 0; at < p->n; at += s.n) {
        size_t end = at + portion(p->n - at);
        s.n = 0;
        for (size_t j = at; j < end; j++) {
            expect(p, j + AHEAD);
            const struct cf_rep u = p->user[p->u[j]], i = p->item[p->i[j]];
            put(&s, m, u, i);
            known[j] = (unsigned char)known_of(u.known, i.known);
        }
        if ((p->day || p->session) && m->stars.n > 0) {
            stars(m, &s, p, at, y + at);
        } else {
            score(m, vec, &s, y + at);
            if (p->day || p->session)
                add_contexts(m, &s, p, at, y + at);
        }
        predict(m, s.n, y + at);
    }
}

/* ---- a user with every item ---- */

static void pair_items(const struct cf_model *m, uint32_t u,
                       const struct cf_vec *vec, float *z)
{
    const struct cf_rep user = cf_model_user_rep(m, u);
    struct some s;

    for (size_t at = 0; at < m->item.n; at += s.n) {
        size_t end = at + portion(m->item.n - at);
        s.n = 0;
        for (size_t i = at; i < end; i++)
            put(&s, m, user, cf_model_item_rep(m, (uint32_t)i));
        score(m, vec, &s, z + at);
    }
}

/* In the order of additions of the above. */
static void dot_items(const struct cf_model *m, uint32_t u,
                      const struct cf_vec *vec, float *z)
{
    const struct cf_rep user = cf_model_user_rep(m, u);
    float base = (float)m->mean + user.bias;

    vec->gemv(m->item.factors, user.factors, z, m->item.n, m->k);
    for (uint64_t i = 0; i < m->item.n; i++)
        z[i] = base + m->item.bias[i] + z[i];
}

static void add_all_weights(const struct cf_model *m, uint32_t u,
                            const struct cf_vec *vec, float *z)
{
    if (!knows(&m->user, u))
        return;
    for (uint64_t j = m->seen_start[u]; j < m->seen_start[u + 1]; j++)
        vec->axpy(1, m->item_weights + m->seen_item[j] * m->item.n, z,
                  m->item.n);
}

void cf_model_raw_items(const struct cf_model *m, uint32_t u,
                        const struct cf_vec *vec, float *z)
{
    if (m->mlp.n > 0 || m->stars.n > 0)
        pair_items(m, u, vec, z);
    else
        dot_items(m, u, vec, z);
    if (m->item_weights)
        add_all_weights(m, u, vec, z);
}

/* ---- rows that are not known ---- */

/* out[f], f < width: the mean of column f of x (n, width), over training rows,
 * added up in double, row after row. */
static void mean(const struct cf_side *side, const float *x, uint32_t width,
                 float *out)
{
    double sum[COLUMNS], rows = 0;

    for (uint64_t i = 0; i < side->n; i++)
        rows += (double)side->count[i];
    for (uint32_t from = 0, n; from < width; from += n) {
        n = width - from < COLUMNS ? width - from : COLUMNS;
        memset(sum, 0, sizeof sum);
        for (uint64_t i = 0; i < side->n; i++)
            for (uint32_t f = 0; f < n; f++)
                sum[f] +=
                    (double)side->count[i] * (double)x[i * width + from + f];
        for (uint32_t f = 0; f < n; f++)
            out[from + f] = rows > 0 ? (float)(sum[f] / rows) : 0;
    }
}

static void set_cold(struct cf_side *side, uint32_t k)
{
    mean(side, side->bias, 1, &side->cold_bias);
    mean(side, side->factors, k, side->cold_factors);
}

void cf_model_set_cold(struct cf_model *m)
{
    set_cold(&m->user, m->k);
    set_cold(&m->item, m->k);
    /* The mean over ratings is that of the popular ones; items without any are
     * predicted better without it (on MovieLens, RMSE .97 against 1.08; users
     * are the other way round, .91 against 1.02). */
    if (cf_model_is_dot(m))
        memset(m->item.cold_factors, 0, m->k * sizeof(float));
}
