/* gibbs_sessions.c - the session of a rating: what is rated in one go is rated
 * alike.
 *
 * A rating of a user at some time has, besides its score, an offset of the
 * session that it is in. Sessions are of kinds l = 0, 1, ..., runs of the
 * user's ratings with no gap longer than gap l, so that each is in one of the
 * next kind, c in up(c), around whose offset its own is:
 *
 *   x_c ~ N(x_up(c), 1 / lam_l),  x of the last kind ~ N(0, 1 / lam),
 *   lam_l ~ Gamma(1/2, 1/2),      y = score + x_c + e, c of kind 0
 *
 * Given the scores and lam, all x of a user are drawn at once, for they are a
 * tree: what the ratings in c say of x_c, as a precision w and its product r
 * with a mean, is
 *
 *   w = sum of alpha a_u a_i,  r = sum of alpha a_u a_i (y - score)
 *
 * if c is of kind 0; otherwise both are sums over the sessions in it, each of
 * which says of x_up(c) w lam / (w + lam) and r lam / (w + lam). Then, from the
 * last kind on, with p = x_up(c) or 0,
 *
 *   x_c ~ N((r + lam p) / (w + lam), 1 / (w + lam))
 *
 * (the Kalman filter and backward sampling on a tree: Chou, Willsky and
 * Benveniste, "Multiscale recursive estimation", 1994). The other modes are
 * drawn from y - x.
 *
 * A user's bias in the model has the mean of x over its ratings in it, which
 * alone the ratings tell well, and what is kept of sessions is what they differ
 * from it by. Costs d multiplications a rating, for its score, and some
 * for each session; 8 bytes a rating, 40 a session, and of kind 0 16 more. */
#include <math.h>
#include <string.h>

#include "fit/gibbs_impl.h"

enum {
    LEVELS = CF_SESSION_LEVELS,
    CHUNK = CF_GIBBS_CHUNK,
    LANES = CF_GAUSS_LANES,
    USERS = 16, /* of a task */
    TASK = CF_GIBBS_SESSIONS
};

/* ---- a sweep ---- */

void cf_gibbs_less_offsets(struct cf_gibbs *g, struct cf_gibbs_range r)
{
    const struct cf_gibbs_sessions *x = g->sessions;
    float *y = g->mode[CF_GIBBS_USERS].y;

    for (size_t i = r.from; i < r.to; i++)
        y[i] = x->y[i] - x->level[0].x[x->of[i]];
}

void cf_gibbs_take_offsets(struct cf_gibbs *g)
{
    cf_gibbs_set_ratings(g, cf_gibbs_less_offsets);
}

/* w and r of a user's sessions of kind 0. */
static void add_ratings(const struct cf_gibbs *g, size_t user,
                        const struct cf_gibbs_scratch *s)
{
    const struct cf_gibbs_mode *users = &g->mode[CF_GIBBS_USERS];
    const struct cf_gibbs_sessions *x = g->sessions;
    float f[CHUNK], root[CHUNK];
    struct cf_gibbs_fit fit = {f, root};
    uint64_t end = users->start[user + 1];

    for (uint64_t at = users->start[user], n; at < end; at += n) {
        n = end - at < CHUNK ? end - at : CHUNK;
        const struct cf_gibbs_some some = {user, at, (size_t)n};
        cf_gibbs_fit(g, &some, s, &fit);
        for (size_t e = 0; e < n; e++) {
            double w = g->alpha * (double)root[e] * (double)root[e];
            uint32_t c = x->of[at + e];
            x->level[0].w[c] += w;
            x->level[0].r[c] += w * ((double)x->y[at + e] - (double)f[e]);
        }
    }
}

static void clear(struct cf_gibbs_level *l, struct cf_gibbs_range a)
{
    for (size_t c = a.from; c < a.to; c++)
        l->w[c] = l->r[c] = 0;
}

/* What the sessions of a kind say of those that they are in. */
static void add_up(struct cf_gibbs_level *l, double lam,
                   struct cf_gibbs_range a)
{
    struct cf_gibbs_level *longer = l + 1;

    for (size_t c = a.from; c < a.to; c++) {
        double by = lam / (l->w[c] + lam);
        longer->w[l->up[c]] += by * l->w[c];
        longer->r[l->up[c]] += by * l->r[c];
    }
}

/* Normals of some of a kind, which have numbers as there are chunks of them;
 * returns where that of the first is in eps. Kernels make LANES at once. */
static const float *draw_normals(const struct cf_gibbs *g, size_t l,
                                 struct cf_gibbs_range a, float eps[CHUNK])
{
    const struct cf_rng rng = cf_gibbs_rng(g, CF_RNG_GIBBS_ROW);
    uint64_t chunk =
        (uint64_t)(CF_GIBBS_MODES + l) << 48 | a.from / CHUNK * CHUNK;
    size_t from = a.from % CHUNK / LANES * LANES, n = 0;
    uint32_t bits[CHUNK];

    for (size_t end = a.from % CHUNK + (a.to - a.from); from + n < end;
         n += LANES)
        for (uint32_t j = 0; j < LANES; j += 4)
            cf_rng_words(&rng, chunk, (uint32_t)(from + n + j) / 4,
                         bits + n + j);
    g->gauss->normals(bits, eps, n);
    return eps + a.from % LANES;
}

/* Draws those of kind l, given the longer ones. */
static void draw_level(struct cf_gibbs *g, size_t l, struct cf_gibbs_range a)
{
    struct cf_gibbs_level *of = &g->sessions->level[l];
    double lam = g->sessions->lam[l];
    float eps[CHUNK];

    for (size_t at = a.from, end; at < a.to; at = end) {
        end = (at / CHUNK + 1) * CHUNK < a.to ? (at / CHUNK + 1) * CHUNK : a.to;
        const float *e =
            draw_normals(g, l, (struct cf_gibbs_range){at, end}, eps);
        for (size_t c = at; c < end; c++) {
            double p = l + 1 < LEVELS ? (double)of[1].x[of->up[c]] : 0,
                   precision = of->w[c] + lam;
            of->x[c] = (float)((of->r[c] + lam * p) / precision +
                               (double)e[c - at] / sqrt(precision));
        }
    }
}

static void set_mean(struct cf_gibbs *g, size_t user)
{
    const uint64_t *start = g->mode[CF_GIBBS_USERS].start + user;
    struct cf_gibbs_sessions *x = g->sessions;
    double sum = 0;

    for (uint64_t i = start[0]; i < start[1]; i++)
        sum += (double)x->level[0].x[x->of[i]];
    x->mean[user] = (float)(sum / (double)(start[1] - start[0]));
}

/* A user's sessions of each kind; are there some? */
static bool find_ranges(const struct cf_gibbs_sessions *x, size_t user,
                        struct cf_gibbs_range a[LEVELS])
{
    a[0] = (struct cf_gibbs_range){(size_t)x->span.start[user],
                                   (size_t)x->span.start[user + 1]};
    for (size_t l = 1; l < LEVELS && a[0].from < a[0].to; l++) {
        const uint32_t *up = x->level[l - 1].up;
        a[l] =
            (struct cf_gibbs_range){up[a[l - 1].from], up[a[l - 1].to - 1] + 1};
    }
    return a[0].from < a[0].to;
}

static void draw_user(struct cf_gibbs *g, size_t user,
                      const struct cf_gibbs_scratch *s)
{
    struct cf_gibbs_sessions *x = g->sessions;
    struct cf_gibbs_range a[LEVELS] = {{0}};

    if (!find_ranges(x, user, a))
        return;
    for (size_t l = 0; l < LEVELS; l++)
        clear(&x->level[l], a[l]);
    add_ratings(g, user, s);
    for (size_t l = 0; l + 1 < LEVELS; l++)
        add_up(&x->level[l], x->lam[l], a[l]);
    for (size_t l = LEVELS; l-- > 0;)
        draw_level(g, l, a[l]);
    set_mean(g, user);
}

static void draw_users(void *ctx, size_t task, size_t worker)
{
    struct cf_gibbs *g = ctx;
    size_t users = g->mode[CF_GIBBS_USERS].n, end = (task + 1) * USERS;

    for (size_t u = task * USERS; u < end && u < users; u++)
        draw_user(g, u, &g->scratch[worker]);
}

/* Sessions of a kind, by tasks. */
struct kind {
    const struct cf_gibbs_sessions *x;
    size_t l;
};

static struct cf_gibbs_range of_task(const struct kind *k, size_t task)
{
    size_t from = task * TASK, left = k->x->level[k->l].n - from;

    return (struct cf_gibbs_range){from, from + (left < TASK ? left : TASK)};
}

static size_t tasks_of(const struct kind *k)
{
    return (k->x->level[k->l].n + TASK - 1) / TASK;
}

static void add_squares(void *ctx, size_t task, size_t worker)
{
    const struct kind *k = ctx;
    const struct cf_gibbs_range a = of_task(k, task);
    const struct cf_gibbs_level *of = &k->x->level[k->l];
    double squares = 0;

    (void)worker;
    for (size_t c = a.from; c < a.to; c++) {
        double p = k->l + 1 < LEVELS ? (double)of[1].x[of->up[c]] : 0,
               off = (double)of->x[c] - p;
        squares += off * off;
    }
    k->x->part[task] = squares;
}

static void draw_precision(struct cf_gibbs *g, size_t l)
{
    const struct cf_rng rng = cf_gibbs_rng(g, CF_RNG_GIBBS_HYPER);
    struct cf_draws d = cf_draws_of(&rng, (uint64_t)(CF_GIBBS_MODES + l) << 48);
    struct cf_gibbs_sessions *x = g->sessions;
    struct kind k = {x, l};
    double squares = 0;

    cf_pool_run(g->pool, tasks_of(&k), add_squares, &k);
    for (size_t i = 0; i < tasks_of(&k); i++)
        squares += x->part[i];
    x->lam[l] = cf_draw_gamma(&d, g->shape + (double)x->level[l].n / 2) /
                (g->rate + squares / 2);
}

void cf_gibbs_sessions_draw(struct cf_gibbs *g)
{
    size_t tasks = (g->mode[CF_GIBBS_USERS].n + USERS - 1) / USERS;

    cf_pool_run(g->pool, tasks, draw_users, g);
    for (size_t l = 0; l < LEVELS; l++)
        draw_precision(g, l);
}

/* ---- to the model ---- */

/* What s is in of kind l. */
static uint32_t session_of(const struct cf_gibbs_sessions *x, uint32_t s,
                           size_t l)
{
    for (size_t i = 0; i < l; i++)
        s = x->level[i].up[s];
    return s;
}

float cf_gibbs_offset(const struct cf_gibbs *g, size_t user, uint32_t place)
{
    if (place == CF_NONE)
        return g->sessions->mean[user];
    size_t l = place % LEVELS;
    return g->sessions->level[l].x[session_of(g->sessions, place / LEVELS, l)];
}

double cf_gibbs_offset_variance(const struct cf_gibbs *g, uint32_t place)
{
    size_t shorter = place == CF_NONE ? LEVELS : place % LEVELS;
    double sum = 0;

    for (size_t l = 0; l < shorter; l++)
        sum += 1 / g->sessions->lam[l];
    return sum;
}

static void keep_user(struct cf_gibbs_sessions *x, size_t user)
{
    struct cf_gibbs_range a[LEVELS] = {{0}};

    if (!find_ranges(x, user, a))
        return;
    for (size_t l = 0; l < LEVELS; l++)
        for (size_t c = a[l].from; c < a[l].to; c++) {
            struct cf_gibbs_level *of = &x->level[l];
            double v = (double)of->x[c] - (double)x->mean[user];
            of->sum[c] += v;
            of->squares[c] += v * v;
        }
}

static void keep_users(void *ctx, size_t task, size_t worker)
{
    struct cf_gibbs *g = ctx;
    size_t users = g->mode[CF_GIBBS_USERS].n, end = (task + 1) * USERS;

    (void)worker;
    for (size_t u = task * USERS; u < end && u < users; u++)
        keep_user(g->sessions, u);
}

void cf_gibbs_keep_sessions(struct cf_gibbs *g)
{
    size_t tasks = (g->mode[CF_GIBBS_USERS].n + USERS - 1) / USERS;

    cf_pool_run(g->pool, tasks, keep_users, g);
    for (size_t l = 0; l < LEVELS; l++)
        g->sessions->apart[l] += 1 / g->sessions->lam[l];
}

/* The variance in kind l around what is in the next one is that of a session
 * that is not known. */
void cf_gibbs_publish_sessions(struct cf_gibbs *g)
{
    const struct cf_gibbs_sessions *x = g->sessions;
    struct cf_sessions *to = &g->m->sessions;
    double n = g->kept, unit = g->unit, unknown = 0;

    memcpy(to->span.start, x->span.start,
           (size_t)(x->span.users + 1) * sizeof *to->span.start);
    memcpy(to->span.first, x->span.first,
           x->level[0].n * sizeof *to->span.first);
    memcpy(to->span.last, x->span.last, x->level[0].n * sizeof *to->span.last);
    for (size_t l = 0; l < LEVELS; l++) {
        for (size_t s = 0; s < x->level[0].n; s++) {
            uint32_t c = session_of(x, (uint32_t)s, l);
            double mean = x->level[l].sum[c] / n,
                   squares = x->level[l].squares[c] / n;
            to->offset[s * LEVELS + l] = (float)(unit * mean);
            to->variance[s * LEVELS + l] =
                (float)(unit * unit *
                        (fmax(squares - mean * mean, 0) + unknown));
        }
        unknown += x->apart[l] / n;
    }
    to->unknown = (float)(unit * unit * unknown);
}
