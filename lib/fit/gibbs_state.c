/* gibbs_state.c - the sampler's memory, and the state it starts from. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fit/gibbs_impl.h"

struct cf_rng cf_gibbs_rng(const struct cf_gibbs *g, enum cf_purpose purpose)
{
    return (struct cf_rng){g->seed, purpose, g->sweep + 1};
}

/* ---- ratings by row ---- */

/* Mean and standard deviation of the ratings; 1 if they are all the same. */
static void measure(struct cf_gibbs *g, const struct cf_ratings *r)
{
    double sum = 0, squares = 0, n = (double)r->n;

    for (uint64_t i = 0; i < r->n; i++)
        sum += (double)r->rating[i];
    g->mean = sum / n;
    for (uint64_t i = 0; i < r->n; i++) {
        double off = (double)r->rating[i] - g->mean;
        squares += off * off;
    }
    g->unit = squares > 0 ? sqrt(squares / n) : 1;
}

/* Numbers of ratings, in `at` by user; then those of items point into them. */
static int sort_mode(struct cf_gibbs_mode *m, size_t n, const uint32_t *row,
                     const uint32_t *number, uint64_t ratings,
                     struct cf_err *err)
{
    const struct cf_entries e = {ratings, row, number, NULL};
    struct cf_csr csr = {0};

    int rc = cf_csr_build(&csr, n, &e, err);
    if (!rc) {
        m->start = csr.start;
        m->at = csr.col;
        csr.start = NULL;
        csr.col = NULL;
    }
    cf_csr_free(&csr);
    return rc;
}

size_t cf_gibbs_other(size_t mode, size_t i)
{
    return i < mode ? i : i + 1;
}

static int room_entries(const struct cf_gibbs *g, struct cf_gibbs_mode *m,
                        struct cf_err *err)
{
    bool there = true;

    for (size_t i = 0; i + 1 < g->modes; i++) {
        m->other[i] = cf_alloc(g->ratings, sizeof **m->other);
        there = there && m->other[i];
    }
    m->y = cf_alloc(g->ratings, sizeof *m->y);
    return there && m->y ? 0 : cf_nomem(err, "ratings");
}

/* Users' ratings in the order of the rows. */
static int sort_users(struct cf_gibbs *g, const struct cf_ratings *r,
                      const uint32_t *number, struct cf_err *err)
{
    struct cf_gibbs_mode *users = &g->mode[CF_GIBBS_USERS];

    int rc = sort_mode(users, users->n, r->user, number, r->n, err);
    if (!rc)
        rc = room_entries(g, users, err);
    for (uint64_t i = 0; !rc && i < r->n; i++) {
        uint32_t at = users->at[i];
        users->other[0][i] = r->item[at];
        users->y[i] = (float)(((double)r->rating[at] - g->mean) / g->unit);
        if (g->o.days)
            users->other[CF_GIBBS_DAYS - 1][i] = g->days.code[at];
    }
    if (!rc && g->sessions)
        rc = cf_gibbs_sessions_sort(g, users->at, err);
    /* From here on it is the user that a rating is of. */
    for (uint64_t u = 0; !rc && u < users->n; u++)
        for (uint64_t i = users->start[u]; i < users->start[u + 1]; i++)
            users->at[i] = (uint32_t)u;
    return rc;
}

/* Those of another mode, in the order of the users. */
static int sort_others(struct cf_gibbs *g, size_t mode, const uint32_t *number,
                       struct cf_err *err)
{
    struct cf_gibbs_mode *users = &g->mode[CF_GIBBS_USERS], *m = &g->mode[mode];

    int rc =
        sort_mode(m, m->n, users->other[mode - 1], number, g->ratings, err);
    if (!rc)
        rc = room_entries(g, m, err);
    for (uint64_t i = 0; !rc && i < g->ratings; i++) {
        uint32_t at = m->at[i];
        m->y[i] = users->y[at];
        m->other[0][i] = users->at[at];
        for (size_t o = 1; o + 1 < g->modes; o++)
            m->other[o][i] = users->other[cf_gibbs_other(mode, o) - 1][at];
    }
    return rc;
}

static int sort_ratings(struct cf_gibbs *g, const struct cf_ratings *r,
                        struct cf_err *err)
{
    uint32_t *number = cf_alloc(r->n, sizeof *number);
    int rc = number ? 0 : cf_nomem(err, "ratings");

    for (uint64_t i = 0; !rc && i < r->n; i++)
        number[i] = (uint32_t)i;
    if (!rc)
        rc = sort_users(g, r, number, err);
    for (size_t s = CF_GIBBS_ITEMS; !rc && s < g->modes; s++)
        rc = sort_others(g, s, number, err);
    free(number);
    return rc;
}

/* ---- rows ---- */

static int room_mode(struct cf_gibbs_mode *m, size_t d, bool noise,
                     struct cf_err *err)
{
    size_t all;
    bool fits = cf_mul(m->n, CF_GAUSS_WIDE(d), &all);

    m->w = fits ? cf_aalloc(all, sizeof *m->w) : NULL;
    m->mu = cf_zalloc(d, sizeof *m->mu);
    m->lam = cf_zalloc(d * d, sizeof *m->lam);
    m->prec = cf_alloc(CF_GAUSS_TRI(d), sizeof *m->prec);
    m->pull = cf_alloc(d, sizeof *m->pull);
    m->left = cf_zalloc(m->n, sizeof *m->left);
    m->bias = cf_zalloc(m->n, sizeof *m->bias);
    m->root = noise ? cf_alloc(m->n, sizeof *m->root) : NULL;
    m->noise = noise ? cf_zalloc(m->n, sizeof *m->noise) : NULL;
    return m->w && m->mu && m->lam && m->prec && m->pull && m->left &&
                   m->bias && ((m->root && m->noise) || !noise)
               ? 0
               : cf_nomem(err, "rows");
}

/* Factors around .1, biases around .01; of days, which are many and may be
 * small for long if they begin so, all of them around .15; a prior of variance
 * .1. */
static void start_mode(struct cf_gibbs *g, size_t mode)
{
    struct cf_gibbs_mode *m = &g->mode[mode];
    const struct cf_rng rng = {g->seed,
                               mode ? CF_RNG_INIT_ITEM : CF_RNG_INIT_USER, 0};
    bool side = mode < CF_GIBBS_SIDES;
    uint64_t first = side ? 0 : (uint64_t)mode << 48;
    double bias = side ? .01 : .15, factor = side ? .1 : .15;

    for (size_t r = 0; r < m->n; r++)
        for (size_t j = 0; j < g->d; j++)
            m->w[r * CF_GAUSS_WIDE(g->d) + j] =
                (float)((j ? factor : bias) *
                        cf_rng_normal(&rng, first + r * g->d + j));
    for (size_t j = 0; j < g->d; j++)
        m->lam[j * g->d + j] = 10;
    for (size_t r = 0; m->root && r < m->n; r++)
        m->root[r] = 1;
    m->nu = 10;
}

/* ---- scratch ---- */

static int room_scratch(struct cf_gibbs_scratch *s, size_t d,
                        struct cf_err *err)
{
    const size_t lanes = CF_GAUSS_LANES, wide = CF_GAUSS_WIDE(d + 1);

    s->z = cf_aalloc(CF_GIBBS_CHUNK * wide, sizeof *s->z);
    s->a = cf_aalloc((d + 1) * wide, sizeof *s->a);
    s->sums = cf_aalloc(CF_GAUSS_TRI(d + 1) * lanes, sizeof *s->sums);
    s->s = cf_aalloc(CF_GAUSS_TRI(d) * lanes, sizeof *s->s);
    s->pull = cf_aalloc(d * lanes, sizeof *s->pull);
    s->eps = cf_aalloc(d * lanes, sizeof *s->eps);
    s->x = cf_aalloc(d * lanes, sizeof *s->x);
    s->bits = cf_aalloc(d * lanes, sizeof *s->bits);
    return s->z && s->a && s->sums && s->s && s->pull && s->eps && s->x &&
                   s->bits
               ? 0
               : cf_nomem(err, "scratch");
}

static void free_scratch(struct cf_gibbs_scratch *s)
{
    free(s->z);
    free(s->a);
    free(s->sums);
    free(s->s);
    free(s->pull);
    free(s->eps);
    free(s->x);
    free(s->bits);
}

/* ---- the whole ---- */

/* Nobody rates after the year 5138: such times are of another unit, by which
 * days and sessions would be no days and sessions, and nothing else say so. */
static int check_seconds(const struct cf_ratings *r, struct cf_err *err)
{
    const int64_t most = 100000000000;

    for (uint64_t i = 0; i < r->n; i++)
        if (r->time[i] > most)
            return cf_fail(err, CF_EDATA,
                           "option --time: %" PRId64 " is no time in seconds "
                           "since 1970 (are they milliseconds?)",
                           r->time[i]);
    return 0;
}

static int open_times(struct cf_gibbs *g, const struct cf_whole *w,
                      struct cf_err *err)
{
    if (!g->o.days && !g->o.sessions)
        return 0;
    if (!w->train.time)
        return cf_fail(err, CF_EDATA,
                       "option --time: the rows have no column of times "
                       "(cf-index -t names one)");
    int rc = check_seconds(&w->train, err);
    if (!rc && g->o.days)
        rc = cf_gibbs_days_open(g, w, err);
    return rc || !g->o.sessions ? rc : cf_gibbs_sessions_open(g, w, err);
}

static int check_size(const struct cf_whole *w, struct cf_err *err)
{
    return w->train.n < UINT32_MAX
               ? 0
               : cf_fail(err, CF_EMEM, "more than %u ratings", UINT32_MAX - 1);
}

int cf_gibbs_open(struct cf_gibbs *g, const struct cf_whole *w, size_t users,
                  size_t items, const struct cf_fit_opts *o, struct cf_err *err)
{
    *g = (struct cf_gibbs){.o = o->gibbs,
                           .seed = o->seed,
                           .d = (size_t)o->gibbs.k + 1,
                           .ratings = (size_t)w->train.n,
                           .mode = {{.n = users}, {.n = items}},
                           .modes = CF_GIBBS_SIDES,
                           .alpha = 1,
                           .shape = .5,
                           .rate = .5,
                           .freedom = o->gibbs.k + 1,
                           .gauss = cf_gauss_of(o->vec),
                           .pool = o->pool,
                           .workers = o->pool ? cf_pool_threads(o->pool) : 1,
                           .valid = &w->valid};
    for (size_t i = 0; i < CF_GIBBS_NU; i++) {
        g->nu[i] = exp(.5 + .1 * (double)i);
        g->lgamma_nu[i] = lgamma(g->nu[i] / 2);
    }
    int rc = check_size(w, err);
    if (!rc)
        rc = open_times(g, w, err);
    for (size_t s = 0; !rc && s < g->modes; s++)
        rc = room_mode(&g->mode[s], g->d, o->gibbs.noise && s < CF_GIBBS_SIDES,
                       err);
    g->scratch = cf_zalloc(g->workers, sizeof *g->scratch);
    if (!rc && !g->scratch)
        rc = cf_nomem(err, "scratch");
    for (size_t i = 0; !rc && i < g->workers; i++)
        rc = room_scratch(&g->scratch[i], g->d, err);
    if (!rc && w->valid.n > 0) {
        g->forecast = cf_zalloc(w->valid.n, sizeof *g->forecast);
        rc = g->forecast ? 0 : cf_nomem(err, "validation");
    }
    if (rc)
        return rc;
    measure(g, &w->train);
    for (size_t s = 0; s < g->modes; s++)
        start_mode(g, s);
    rc = sort_ratings(g, &w->train, err);
    if (!rc && g->o.days)
        rc = cf_gibbs_shares(g, err);
    return rc || !g->o.probit ? rc
                              : cf_gibbs_probit_open(g, &w->train, o->vec, err);
}

static void free_mode(struct cf_gibbs_mode *m)
{
    free(m->start);
    for (size_t i = 0; i + 1 < CF_GIBBS_MODES; i++)
        free(m->other[i]);
    free(m->at);
    free(m->y);
    free(m->w);
    free(m->mu);
    free(m->lam);
    free(m->prec);
    free(m->pull);
    free(m->left);
    free(m->root);
    free(m->noise);
    free(m->bias);
    cf_gibbs_side_close(m->side);
}

void cf_gibbs_close(struct cf_gibbs *g)
{
    for (size_t s = 0; s < CF_GIBBS_MODES; s++)
        free_mode(&g->mode[s]);
    for (size_t i = 0; g->scratch && i < g->workers; i++)
        free_scratch(&g->scratch[i]);
    free(g->scratch);
    free(g->forecast);
    cf_gibbs_days_close(&g->days);
    cf_gibbs_sessions_close(g->sessions);
    cf_gibbs_probit_close(g->probit);
}
