/* gibbs.c - Bayesian matrix factorization, sampled.
 *
 * A rating is normal around the sum of its biases and the dot product of its
 * factors; in units of the ratings' standard deviation, less their mean,
 *
 *   y(u, i) = b_u + b_i + p_u . p_i + e,  e ~ N(0, 1 / (alpha a_u a_i))
 *   (b, p)_r ~ N(mu, lam^-1) for every user, and with another mu and lam for
 *   every item; a bias is part of its row
 *   lam_j ~ Gamma(1/2, 1/2), mu_j ~ N(0, 1 / lam_j), each number j by itself;
 *   or lam ~ Wishart(I, d), mu ~ N(0, lam^-1)
 *   alpha ~ Gamma(1/2, 1/2); a_r = 1, or, with noise scales of their own,
 *   a_r ~ Gamma(nu / 2, nu / 2), log nu uniform on a grid from .5 to 6.4
 *
 * (Salakhutdinov and Mnih, "Bayesian probabilistic matrix factorization using
 * Markov chain Monte Carlo", 2008; the independent priors are those of Rendle,
 * "Factorization machines with libFM", 2012, the noise scales of Student's t as
 * a mixture of normals.) A sweep draws, each given all else: mu and lam of the
 * users, their rows, their scales; the same of the items; alpha and nu.
 *
 * A row is drawn whole: of its n ratings with regressors z = (1, p_i) and
 * targets t = y - b_i, weighted by a_i,
 *
 *   S = alpha a_u Z'Z + lam,  row ~ N(S^-1 (alpha a_u Z't + lam mu), S^-1)
 *
 * and the sum of squares that is left, Z and t given, is all that the noise
 * asks for. What is predicted is the mean over samples, which is the dot
 * product of all samples' factors side by side (see gibbs_keep.c).
 *
 * With days there is a third mode of rows (b, p)_t, one for each day (UTC) with
 * ratings, and a rating has more by
 *
 *   b_t + p_u . p_t + p_i . p_t
 *
 * so that the regressors of a user are z = (1, p_i + p_t) and the targets
 * t = y - b_i - b_t - p_i . p_t, and so on (Rendle's machine with three ids a
 * rating). Days are drawn after the items, without noise scales of their own.
 * With sessions a rating has an offset by its time, see gibbs_sessions.c.
 *
 * With a probit likelihood y is not the rating, but what stands behind it, and
 * is drawn first in each sweep, see gibbs_probit.c.
 *
 * With traits (implicit information, attributes) the prior mean of a row is mu
 * plus a sum over what it has of them, see gibbs_side.c.
 *
 * A sweep costs n d^2 multiplications for n ratings and (users + items) d^3 / 6
 * more, d = k + 1; with traits 2 d for each entry, or, every eighth time if
 * there are not many, 3 d^2; with days half as much again, with sessions d
 * more. Memory: 24 bytes a rating, with days 60, with sessions up to 100,
 * besides the 12 (20) of the rating itself, 4 d bytes a
 * user or item, d rounded up to a multiple of 16, the same for a trait, and 4
 * (k + 1) bytes a user or item for each sample that is kept. */
#include "fit/gibbs.h"

#include <math.h>
#include <string.h>

#include "fit/gibbs_impl.h"
#include "fit/learn.h"
#include "fit/sweep.h"

int cf_gibbs_sweep(struct cf_gibbs *g, struct cf_err *err)
{
    int rc = g->probit ? cf_gibbs_probit_draw(g, err) : 0;

    if (!g->probit && g->sessions)
        cf_gibbs_take_offsets(g);
    for (size_t s = 0; !rc && s < g->modes; s++) {
        rc = cf_gibbs_hyper(g, s, err);
        if (rc)
            return rc;
        cf_gibbs_rows(g, s);
        if (s == CF_GIBBS_ITEMS)
            cf_gibbs_noise(g);
        if (g->mode[s].side)
            cf_gibbs_traits(g, s);
    }
    if (!rc && g->sessions)
        cf_gibbs_sessions_draw(g);
    return rc;
}

/* Samples that are there when a sweep begins. */
static uint32_t kept_before(const struct cf_gibbs *g, uint32_t sweep)
{
    return sweep > g->o.burn_in ? sweep - g->o.burn_in : 0;
}

static int sweep(void *ctx, uint32_t number, double *loss, struct cf_err *err)
{
    struct cf_gibbs *g = ctx;

    g->sweep = number;
    g->kept = kept_before(g, number);
    int rc = cf_gibbs_sweep(g, err);
    *loss = g->loss;
    if (!rc && number >= g->o.burn_in)
        cf_gibbs_keep(g);
    return rc;
}

static void list(void *ctx, struct cf_net *net)
{
    cf_gibbs_list(ctx, net);
}

static void resume(void *ctx, uint32_t sweeps)
{
    struct cf_gibbs *g = ctx;

    g->kept = kept_before(g, sweeps);
}

static int publish(void *ctx, struct cf_err *err)
{
    return cf_gibbs_publish(ctx, err);
}

static double validate(void *ctx)
{
    return cf_gibbs_validate(ctx);
}

/* ---- traits ---- */

/* Is that column of a dictionary one of o->attributes? */
static bool wanted(const struct cf_gibbs_opts *o, const struct cf_column *c)
{
    size_t n = strlen(c->name);

    if (!o->attributes || c->type != CF_STR)
        return false;
    if (!strcmp(o->attributes, "all"))
        return c->role == CF_NO_ROLE;
    for (const char *p = o->attributes; p; p = strchr(p, ',')) {
        p += *p == ',';
        if (!strncmp(p, c->name, n) && (p[n] == ',' || p[n] == '\0'))
            return true;
    }
    return false;
}

static size_t count_wanted(const struct cf_gibbs_opts *o,
                           const struct cf_schema *s, struct cf_buf *names)
{
    size_t n = 0;

    for (uint32_t c = 1; c < s->part[0].ncol; c++) {
        n += wanted(o, &s->column[c]);
        cf_buf_puts(names, names->n > 0 ? ", " : "");
        cf_buf_puts(names, s->column[c].name);
    }
    return n;
}

/* Each name must be that of a column. */
static int check_attributes(const struct cf_gibbs_opts *o,
                            const struct cf_model *m, struct cf_err *err)
{
    struct cf_buf names = {0};
    size_t want = 1;
    int rc = 0;

    if (!o->attributes)
        return 0;
    for (const char *p = o->attributes; (p = strchr(p, ',')) != NULL; p++)
        want++;
    size_t found = count_wanted(o, &m->user.dict_schema, &names) +
                   count_wanted(o, &m->item.dict_schema, &names);
    cf_buf_putc(&names, '\0');
    if (names.failed)
        rc = cf_nomem(err, "message");
    else if (names.n <= 1 || (found == 0 && !strcmp(o->attributes, "all")))
        rc = cf_fail(err, CF_EUSAGE,
                     "option --attributes: users and items have no columns "
                     "but ids and a label (cf-merge joins some)");
    else if (found < want)
        rc = cf_fail(err, CF_EUSAGE,
                     "option --attributes: each of '%s' must be another "
                     "column of users or items; there are: %s",
                     o->attributes, names.p);
    cf_buf_free(&names);
    return rc;
}

/* Whom or what a row has ratings with. */
static int add_implicit(const struct cf_gibbs *g, size_t mode,
                        struct cf_traits *t, struct cf_err *err)
{
    const struct cf_gibbs_mode *m = &g->mode[mode];
    uint32_t first = 0;
    int rc = cf_traits_group(t, g->mode[1 - mode].n, &first, err);

    for (size_t r = 0; r < m->n; r++) {
        float x = 1 / sqrtf((float)(m->start[r + 1] - m->start[r]));
        for (uint64_t e = m->start[r]; !rc && e < m->start[r + 1]; e++)
            rc = cf_traits_add(t, first + m->other[0][e], (uint32_t)r, x, err);
    }
    return rc;
}

/* Columns of the dictionary that are wanted. */
static int add_columns(const struct cf_gibbs *g, struct cf_side *side,
                       struct cf_traits *t, struct cf_err *err)
{
    const struct cf_schema *s = &side->dict_schema;
    int rc = 0;

    for (uint32_t c = 1; !rc && c < s->part[0].ncol; c++)
        if (wanted(&g->o, &s->column[c])) {
            side->drawn = true;
            rc = cf_traits_column(t, &side->dict, c, err);
        }
    return rc;
}

static int add_traits(struct cf_gibbs *g, size_t mode, struct cf_side *side,
                      struct cf_err *err)
{
    struct cf_traits t = {0};
    int rc = 0;

    if (g->o.implicit[mode])
        rc = add_implicit(g, mode, &t, err);
    if (!rc)
        rc = add_columns(g, side, &t, err);
    if (!rc && t.entries > 0)
        rc = cf_gibbs_side_open(g, mode, &t, err);
    cf_traits_free(&t);
    return rc;
}

/* ---- the whole ---- */

static int run(struct cf_model *m, struct cf_gibbs *g, struct cf_whole *w,
               const struct cf_fit_opts *o, const struct cf_fit_news *news,
               struct cf_err *err)
{
    const struct cf_sweeper s = {.ctx = g,
                                 .sweep = sweep,
                                 .publish = publish,
                                 .validate = validate,
                                 .own_cold = true,
                                 .advice = "ratings out of all proportion",
                                 .list = list,
                                 .resume = resume,
                                 .rows = o->keeper ? cf_sweep_rows(w) : 0};

    cf_sweep_count(m, w, o);
    int rc = cf_gibbs_open(g, w, m->user.n, m->item.n, o, err);
    if (rc)
        return rc;
    g->m = m;
    g->given = cf_gibbs_given(m, &w->train, &o->gibbs);
    rc = cf_model_add_samples(m, o->gibbs.keep, err);
    if (!rc && o->gibbs.days)
        rc = cf_model_add_days(m, g->mode[CF_GIBBS_DAYS].n, err);
    if (!rc && o->gibbs.sessions)
        rc = cf_model_add_sessions(m, g->sessions->level[0].n, err);
    if (!rc && g->probit)
        rc = cf_gibbs_add_stars(g, m, err);
    if (!rc)
        rc = add_traits(g, CF_GIBBS_USERS, &m->user, err);
    if (!rc)
        rc = add_traits(g, CF_GIBBS_ITEMS, &m->item, err);
    if (!rc)
        rc = cf_sweep_seen(m, w, o, err);
    if (!rc && o->gibbs.more)
        rc = cf_gibbs_go_on(g, o->gibbs.more, err);
    if (!rc)
        rc = cf_sweep(m, &s, &w->valid, o, news, err);
    return rc ? rc : cf_gibbs_save(g, err);
}

int cf_fit_gibbs(struct cf_model *m, struct cf_feed *feed,
                 const struct cf_fit_opts *o, const struct cf_fit_news *news,
                 struct cf_err *err)
{
    struct cf_whole w = {0};
    struct cf_gibbs g = {0};
    bool timed = o->gibbs.days || o->gibbs.sessions;

    int rc = check_attributes(&o->gibbs, m, err);
    if (!rc)
        rc = cf_learn_start(m, "gibbs", cf_feed_plan(feed), o, err);
    if (!rc && o->gibbs.more && !o->has_range) {
        m->lo = o->gibbs.more->lo;
        m->hi = o->gibbs.more->hi;
    }
    if (!rc)
        rc = timed ? cf_feed_whole_timed(feed, &w, err)
                   : cf_feed_whole(feed, &w, err);
    if (!rc)
        rc = run(m, &g, &w, o, news, err);
    cf_gibbs_close(&g);
    cf_whole_free(&w);
    return rc;
}
