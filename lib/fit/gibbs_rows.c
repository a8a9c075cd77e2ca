/* gibbs_rows.c - rows and noise scales: 16 rows a task, a row a lane. */
#include <math.h>
#include <string.h>

#include "fit/gibbs_impl.h"

enum { LANES = CF_GAUSS_LANES, CHUNK = CF_GIBBS_CHUNK };

static size_t at_most(size_t n, size_t most)
{
    return n < most ? n : most;
}

/* A draw's number; rows of both modes are told apart. */
static uint64_t number(size_t mode, size_t row)
{
    return (uint64_t)mode << 48 | row;
}

struct rows {
    struct cf_gibbs *g;
    size_t mode;
    bool keep; /* the sums */
};

/* ---- the regression of a row ---- */

void cf_gibbs_gather(const struct cf_gibbs *g, size_t mode, uint64_t at,
                     size_t n, const float *y, float *z)
{
    const struct cf_gibbs_mode *m = &g->mode[mode];
    struct cf_gather gather = {
        .n = n, .d = g->d, .tables = g->modes - 1, .y = y, .z = z};

    for (size_t i = 0; i < gather.tables; i++) {
        const struct cf_gibbs_mode *other = &g->mode[cf_gibbs_other(mode, i)];
        gather.from[i] =
            (struct cf_gather_from){other->w, m->other[i] + at, other->root};
    }
    g->gauss->gather(&gather);
}

/* a: sums of products of the row's regressors and target. */
static void sum_row(const struct rows *t, size_t row,
                    const struct cf_gibbs_scratch *s)
{
    const struct cf_gibbs *g = t->g;
    const struct cf_gibbs_mode *m = &g->mode[t->mode];
    size_t wide = CF_GAUSS_WIDE(g->d + 1);

    memset(s->a, 0, (g->d + 1) * wide * sizeof *s->a);
    for (uint64_t at = m->start[row], n; at < m->start[row + 1]; at += n) {
        n = at_most((size_t)(m->start[row + 1] - at), CHUNK);
        const struct cf_syrk syrk = {(size_t)n, g->d + 1, s->z, s->a};
        cf_gibbs_gather(g, t->mode, at, (size_t)n, m->y + at, s->z);
        g->gauss->syrk(&syrk);
    }
}

/* The sums become those of a lane. */
static void to_lane(const struct cf_gibbs *g, const struct cf_gibbs_scratch *s,
                    size_t lane)
{
    size_t wide = CF_GAUSS_WIDE(g->d + 1);
    float *to = s->sums + lane;

    for (size_t i = 0; i <= g->d; i++)
        for (size_t j = 0; j <= i; j++, to += LANES)
            *to = s->a[i * wide + j];
}

static void set_random(const struct rows *t, size_t row, size_t lane,
                       const struct cf_gibbs_scratch *s)
{
    const struct cf_rng rng = cf_gibbs_rng(t->g, CF_RNG_GIBBS_ROW);
    uint32_t word[4];

    for (size_t j = 0; j < t->g->d; j++) {
        if (j % 4 == 0)
            cf_rng_words(&rng, number(t->mode, row), (uint32_t)(j / 4), word);
        s->bits[j * LANES + lane] = word[j % 4];
    }
}

/* ---- the noise scale of a row ---- */

/* a ~ Gamma((nu + n) / 2, rate (nu + alpha left) / 2). */
static void draw_scale(const struct rows *t, size_t row)
{
    struct cf_gibbs_mode *m = &t->g->mode[t->mode];
    const struct cf_rng rng = cf_gibbs_rng(t->g, CF_RNG_GIBBS_NOISE);
    struct cf_draws d = cf_draws_of(&rng, number(t->mode, row));
    double n = (double)(m->start[row + 1] - m->start[row]);
    double rate = (m->nu + t->g->alpha * (double)m->left[row]) / 2;

    m->root[row] = (float)sqrt(cf_draw_gamma(&d, (m->nu + n) / 2) / rate);
}

/* ---- a task ---- */

/* lam times the prior mean of a row. */
static void set_pull(const struct rows *t, size_t row, size_t lane,
                     const struct cf_gibbs_scratch *s)
{
    const struct cf_gibbs *g = t->g;
    const struct cf_gibbs_mode *m = &g->mode[t->mode];

    for (size_t j = 0; j < g->d; j++) {
        float more = 0;
        if (m->side)
            more = (float)m->lam[j * g->d + j] *
                   m->side->mean[row * CF_GAUSS_WIDE(g->d) + j];
        s->pull[j * LANES + lane] = m->pull[j] + more;
    }
}

/* What weights are drawn from afterwards. */
static void keep_sums(const struct rows *t, size_t row,
                      const struct cf_gibbs_scratch *s)
{
    const struct cf_gibbs *g = t->g;
    size_t d = g->d, wide = CF_GAUSS_WIDE(d), from = CF_GAUSS_WIDE(d + 1);
    float *a = g->mode[t->mode].side->a + row * d * wide;

    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j <= i; j++)
            a[i * wide + j] = a[j * wide + i] = s->a[i * from + j];
    memcpy(g->mode[t->mode].side->g + row * wide, s->a + d * from,
           d * sizeof *a);
}

static void take_row(const struct rows *t, size_t row, size_t lane,
                     const struct cf_gibbs_scratch *s, const float *left)
{
    const struct cf_gibbs *g = t->g;
    const struct cf_gibbs_mode *m = &g->mode[t->mode];

    for (size_t j = 0; j < g->d; j++)
        m->w[row * CF_GAUSS_WIDE(g->d) + j] = s->x[j * LANES + lane];
    m->left[row] = left[lane];
    if (m->root)
        draw_scale(t, row);
}

static void draw_rows(void *ctx, size_t task, size_t worker)
{
    const struct rows *t = ctx;
    const struct cf_gibbs *g = t->g;
    const struct cf_gibbs_mode *m = &g->mode[t->mode];
    const struct cf_gibbs_scratch *s = &g->scratch[worker];
    size_t first = task * LANES, n = at_most(m->n - first, LANES);
    float beta[LANES] = {0}, left[LANES];

    for (size_t l = 0; l < n; l++) {
        float root = m->root ? m->root[first + l] : 1;
        beta[l] = (float)g->alpha * root * root;
        sum_row(t, first + l, s);
        if (t->keep && first + l < m->side->live)
            keep_sums(t, first + l, s);
        to_lane(g, s, l);
        set_pull(t, first + l, l, s);
        set_random(t, first + l, l, s);
    }
    g->gauss->normals(s->bits, s->eps, g->d * LANES);
    const struct cf_draw16 draw = {.d = g->d,
                                   .sums = s->sums,
                                   .beta = beta,
                                   .prec = m->prec,
                                   .pull = s->pull,
                                   .eps = s->eps,
                                   .s = s->s,
                                   .x = s->x,
                                   .left = left};
    g->gauss->draw16(&draw);
    for (size_t l = 0; l < n; l++)
        take_row(t, first + l, l, s, left);
}

/* Will rows without a rating be looked at after this sweep? So if it is the
 * first sample, or its factors will be in the model. */
static bool asked_for(const struct cf_gibbs *g)
{
    uint32_t slot;

    return g->sweep >= g->o.burn_in &&
           (g->kept == g->before || cf_gibbs_place(g, g->o.keep, &slot));
}

void cf_gibbs_rows(struct cf_gibbs *g, size_t mode)
{
    struct rows t = {g, mode, cf_gibbs_by_ratings(g, mode)};
    const struct cf_gibbs_mode *m = &g->mode[mode];
    size_t rows = asked_for(g) ? m->n : cf_gibbs_live(m);
    size_t tasks = (rows + LANES - 1) / LANES;

    if (g->pool)
        cf_pool_run(g->pool, tasks, draw_rows, &t);
    else
        for (size_t i = 0; i < tasks; i++)
            draw_rows(&t, i, 0);
}

/* ---- noise that all share ---- */

/* nu given the scales a of all rows: from the values it may have, each with a
 * chance in proportion to the product of Gamma(a; nu / 2, rate nu / 2). */
static void draw_nu(struct cf_gibbs *g, size_t mode)
{
    struct cf_gibbs_mode *m = &g->mode[mode];
    const struct cf_rng rng = cf_gibbs_rng(g, CF_RNG_GIBBS_HYPER);
    struct cf_draws d = cf_draws_of(&rng, number(mode, (size_t)1 << 32));
    size_t live = cf_gibbs_live(m);
    double logs = 0, sum = 0, n = (double)live, p[CF_GIBBS_NU],
           most = -INFINITY, total = 0;

    for (size_t r = 0; r < live; r++) {
        double a = (double)m->root[r] * (double)m->root[r];
        logs += log(a);
        sum += a;
    }
    for (size_t i = 0; i < CF_GIBBS_NU; i++) {
        double v = g->nu[i] / 2;
        p[i] = n * (v * log(v) - g->lgamma_nu[i]) + (v - 1) * logs - v * sum;
        most = p[i] > most ? p[i] : most;
    }
    for (size_t i = 0; i < CF_GIBBS_NU; i++)
        total += p[i] = exp(p[i] - most);
    double left = cf_draw_unit(&d) * total;
    size_t i = 0;
    while (i + 1 < CF_GIBBS_NU && (left -= p[i]) > 0)
        i++;
    m->nu = g->nu[i];
}

void cf_gibbs_noise(struct cf_gibbs *g)
{
    const struct cf_gibbs_mode *items = &g->mode[CF_GIBBS_ITEMS];
    const struct cf_rng rng = cf_gibbs_rng(g, CF_RNG_GIBBS_NOISE);
    struct cf_draws d = cf_draws_of(&rng, number(CF_GIBBS_SIDES, 0));
    double sum = 0;

    for (size_t r = 0; r < items->n; r++) {
        double root = items->root ? (double)items->root[r] : 1;
        sum += root * root * (double)items->left[r];
    }
    if (!g->probit || cf_gibbs_has_noise(g))
        g->alpha = cf_draw_gamma(&d, g->shape + (double)g->ratings / 2) /
                   (g->rate + sum / 2);
    for (size_t s = 0; s < CF_GIBBS_MODES; s++)
        if (g->mode[s].root)
            draw_nu(g, s);
    g->loss = items->root || g->probit
                  ? (double)NAN
                  : g->unit * g->unit * sum / (double)g->ratings;
}
