/* fold_samples.c - a row in each sample for users by their ratings. */
#include "fit/fold_samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/cholesky.h"

enum { STEPS = 20 /* of stars */ };

/* A thread's own. */
struct room {
    double *a;                /* (d, d) */
    double *held;             /* (d, d) what holds a user that is known */
    double *mean, *w, *right; /* (d) */
    double *x;                /* (d) regressors: an item's factors, and 1 */
};

struct job {
    struct cf_model *m;
    const struct cf_fold_given *g;
    const double *l2;
    size_t d;              /* numbers of a row in a sample, the bias the last */
    double *mean, *spread; /* (samples, d) of the model's users: variances */
    struct room *room;
};

/* A sample of a user. */
struct task {
    const struct job *j;
    struct room *r;
    size_t s;
    uint32_t user;
    const struct cf_rated *rated;
    size_t n;
};

/* ---- rows of samples ---- */

static double number(const struct cf_model *m, const struct cf_side *side,
                     size_t row, size_t s, size_t j)
{
    size_t k = m->k / m->samples;

    return (double)(j < k ? side->factors[row * m->k + s * k + j]
                          : side->sample_bias[row * m->samples + s]);
}

static void set_spread(struct job *j, size_t s)
{
    const struct cf_side *users = &j->m->user;
    double n = 0, *mean = j->mean + s * j->d, *spread = j->spread + s * j->d;

    for (size_t u = 0; u < users->n; u++) {
        n += users->count[u] > 0;
        for (size_t i = 0; users->count[u] > 0 && i < j->d; i++) {
            double x = number(j->m, users, u, s, i);
            mean[i] += x;
            spread[i] += x * x;
        }
    }
    for (size_t i = 0; i < j->d; i++) {
        mean[i] = n > 0 ? mean[i] / n : 0;
        spread[i] = n > 0 ? spread[i] / n - mean[i] * mean[i] : 0;
        spread[i] = spread[i] > 1e-9 ? spread[i] : 1e-9;
    }
}

/* ---- one rating ---- */

/* The standard deviation of a rating around its score. */
static double sd_of(const struct task *t, uint32_t item)
{
    const struct cf_model *m = t->j->m;

    if (m->stars.n == 0)
        return sqrt((double)m->noise * (double)m->user.noise[t->user] *
                    (double)m->item.noise[item]);
    double sd = (double)m->stars.sd[t->s];
    if (m->user.star_sd)
        sd *= (double)m->user.star_sd[t->user * (size_t)m->samples + t->s];
    if (m->item.star_sd)
        sd *= (double)m->item.star_sd[item * (size_t)m->samples + t->s];
    return sd;
}

/* Loads x; the score without the user. */
static double load(const struct task *t, uint32_t item)
{
    const struct cf_model *m = t->j->m;
    size_t k = t->j->d - 1;

    for (size_t i = 0; i < k; i++)
        t->r->x[i] = (double)m->samples * number(m, &m->item, item, t->s, i);
    t->r->x[k] = 1;
    return m->mean + number(m, &m->item, item, t->s, k);
}

static double density(double x)
{
    return exp(-x * x / 2) / sqrt(2 * acos(-1.));
}

static double below(double x)
{
    return erfc(-x / sqrt(2)) / 2;
}

/* The star that is nearest to a rating. */
static uint32_t star_of(const struct cf_stars *s, float rating)
{
    uint32_t j = 0;

    while (j + 1 < s->n && s->value[j] + s->value[j + 1] < 2 * rating)
        j++;
    return j;
}

/* The mean of what stands behind a star, given the score f; a rating that is
 * none is that itself. */
static double behind(const struct task *t, float rating, double f, double sd)
{
    const struct cf_model *m = t->j->m;

    if (m->stars.n == 0)
        return (double)rating;
    uint32_t j = star_of(&m->stars, rating);
    double lo = -INFINITY, hi = INFINITY;

    if (j > 0)
        lo = (double)m->stars.cut[(j - 1) * (size_t)m->samples + t->s];
    if (j + 1 < m->stars.n)
        hi = (double)m->stars.cut[j * (size_t)m->samples + t->s];
    double a = (lo - f) / sd, b = (hi - f) / sd;
    double mass = a > 0 ? below(-a) - below(-b) : below(b) - below(a);
    double z = f + sd * (density(a) - density(b)) / mass;
    return mass > 1e-200 ? fmin(fmax(z, lo), hi) : a > 0 ? lo : hi;
}

/* a += weight x x'. */
static void add_square(const struct task *t, double weight, double *a)
{
    size_t d = t->j->d;

    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j <= i; j++)
            a[i * d + j] += weight * t->r->x[i] * t->r->x[j];
}

/* ---- a sample ---- */

/* What of the items seen holds a user that is known; how many do. */
static size_t hold(const struct task *t, uint32_t user)
{
    const struct cf_model *m = t->j->m;
    size_t at = 0, left = 0;

    for (uint64_t i = m->seen_start[user]; i < m->seen_start[user + 1]; i++) {
        uint32_t item = m->seen_item[i];
        while (at < t->n && t->rated[at].item < item)
            at++;
        if (at < t->n && t->rated[at].item == item)
            continue;
        load(t, item);
        double sd = sd_of(t, item);
        add_square(t, 1 / (sd * sd), t->r->held);
        left++;
    }
    return left;
}

/* The mean and the variances of users; of one that is known what it has, unless
 * all that it has seen is rated again. */
static void start(const struct task *t)
{
    const struct cf_model *m = t->j->m;
    size_t d = t->j->d, u = t->user;
    double noise = m->stars.n > 0
                       ? (double)m->stars.sd[t->s] * (double)m->stars.sd[t->s]
                       : (double)m->noise;

    memset(t->r->held, 0, d * d * sizeof *t->r->held);
    for (size_t i = 0; i < d; i++) {
        t->r->mean[i] = t->j->mean[t->s * d + i];
        t->r->held[i * d + i] =
            t->j->l2 ? *t->j->l2 / noise : 1 / t->j->spread[t->s * d + i];
    }
    if (m->user.count[u] == 0)
        return;
    bool listed = m->seen_start[u] < m->seen_start[u + 1];
    if (hold(t, t->user) == 0 && listed)
        return;
    for (size_t i = 0; i < d; i++)
        t->r->mean[i] = number(m, &m->user, u, t->s, i);
}

static double dot(const double *x, const double *y, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

/* right: held (mean) and the ratings' part, for deviations from the mean. */
static void step(const struct task *t)
{
    size_t d = t->j->d;
    struct room *r = t->r;

    memset(r->right, 0, d * sizeof *r->right);
    for (size_t i = 0; i < t->n; i++) {
        double base = load(t, t->rated[i].item),
               sd = sd_of(t, t->rated[i].item);
        double z = behind(t, t->rated[i].rating, base + dot(r->x, r->w, d), sd);
        double off = (z - base - dot(r->x, r->mean, d)) / (sd * sd);
        for (size_t f = 0; f < d; f++)
            r->right[f] += off * r->x[f];
    }
    cf_cholesky_solve(r->a, d, r->right);
    for (size_t f = 0; f < d; f++)
        r->w[f] = r->mean[f] + r->right[f];
}

static void fold_sample(const struct task *t)
{
    size_t d = t->j->d;
    struct room *r = t->r;

    start(t);
    memcpy(r->a, r->held, d * d * sizeof *r->a);
    memcpy(r->w, r->mean, d * sizeof *r->w);
    for (size_t i = 0; i < t->n; i++) {
        load(t, t->rated[i].item);
        double sd = sd_of(t, t->rated[i].item);
        add_square(t, 1 / (sd * sd), r->a);
    }
    if (!cf_cholesky(r->a, d))
        return;
    for (int i = 0; i < (t->j->m->stars.n > 0 ? STEPS : 1); i++)
        step(t);
}

/* ---- a user ---- */

static void fold_user(void *ctx, size_t task, size_t worker)
{
    const struct job *j = ctx;
    struct cf_model *m = j->m;
    size_t k = j->d - 1, u = j->g->row[task], from = j->g->start[task];
    struct task t = {.j = j,
                     .r = &j->room[worker],
                     .user = (uint32_t)u,
                     .rated = j->g->rated + from,
                     .n = j->g->start[task + 1] - from};
    double bias = 0;

    if (t.n == 0)
        return;
    if (m->user.count[u] == 0)
        m->user.noise[u] = m->user.cold_noise;
    if (m->user.star_sd && m->user.count[u] == 0)
        memcpy(m->user.star_sd + u * m->samples, m->user.cold_star_sd,
               m->samples * sizeof *m->user.star_sd);
    for (t.s = 0; t.s < m->samples; t.s++) {
        fold_sample(&t);
        for (size_t i = 0; i < k; i++)
            m->user.factors[u * m->k + t.s * k + i] = (float)t.r->w[i];
        m->user.sample_bias[u * m->samples + t.s] = (float)t.r->w[k];
        bias += t.r->w[k];
    }
    m->user.bias[u] = (float)(bias / m->samples);
}

/* ---- memory ---- */

static bool open_room(struct room *r, size_t d)
{
    r->a = cf_alloc(2 * d * d + 4 * d, sizeof *r->a);
    if (!r->a)
        return false;
    r->held = r->a + d * d;
    r->mean = r->held + d * d;
    r->w = r->mean + d;
    r->right = r->w + d;
    r->x = r->right + d;
    return true;
}

int cf_fold_samples(struct cf_model *m, const struct cf_fold_given *g,
                    const double *l2, struct cf_pool *pool, struct cf_err *err)
{
    size_t threads = cf_pool_threads(pool), d = m->k / m->samples + 1;
    struct job j = {.m = m, .g = g, .l2 = l2, .d = d};

    j.mean = cf_zalloc(m->samples * d, sizeof *j.mean);
    j.spread = cf_zalloc(m->samples * d, sizeof *j.spread);
    j.room = cf_zalloc(threads, sizeof *j.room);
    bool ok = j.mean && j.spread && j.room;
    for (size_t i = 0; ok && i < threads; i++)
        ok = open_room(&j.room[i], d);
    for (size_t s = 0; ok && s < m->samples; s++)
        set_spread(&j, s);
    if (ok)
        cf_pool_run(pool, g->users, fold_user, &j);
    for (size_t i = 0; j.room && i < threads; i++)
        free(j.room[i].a);
    free(j.room);
    free(j.mean);
    free(j.spread);
    return ok ? 0 : cf_nomem(err, "new users");
}

bool cf_fold_grow(float **v, size_t old, size_t more, size_t width)
{
    size_t n, add, cap;

    if (!cf_mul(old, width, &n) || !cf_mul(more, width, &add) ||
        add > SIZE_MAX - n)
        return false;
    cap = n;
    if (!cf_grow(v, &cap, n + add, sizeof **v))
        return false;
    memset(*v + n, 0, add * sizeof **v);
    return true;
}

int cf_fold_grow_samples(struct cf_model *m, size_t old, size_t more,
                         struct cf_err *err)
{
    struct cf_side *u = &m->user;
    bool ok = cf_fold_grow(&u->noise, old, more, 1) &&
              cf_fold_grow(&u->sample_bias, old, more, m->samples) &&
              (!u->star_sd || cf_fold_grow(&u->star_sd, old, more, m->samples));

    return ok ? 0 : cf_nomem(err, "new users");
}
