/* gibbs_saved.c - the sampler's state as a list of tensors, for checkpoints,
 * and for models whose samples are to go on.
 *
 * The chain is what the next sweep is drawn given, and the sums over samples
 * that the model is made of; whatever is drawn or derived anew before it is
 * used (mu, prec, pull, left, weights' precisions, mean days) is not part of
 * it. A checkpoint has the chain and what is kept of samples so far. A model
 * has its own of those, and gets the chain besides. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "data/store.h"
#include "fit/gibbs_probit.h"
#include "fit/sweep.h"

/* ---- the lists ---- */

static const char *const mode_names[] = {"user", "item", "day"};
_Static_assert(sizeof mode_names / sizeof *mode_names == CF_GIBBS_MODES,
               "each mode has a name");

/* Of a mode, where what[] is about 16 characters at most. */
static struct cf_tensor *add(struct cf_net *net, size_t mode, const char *what,
                             float *v, size_t n)
{
    char name[CF_CHAIN_NAME];

    snprintf(name, sizeof name, "%s_%s", mode_names[mode], what);
    cf_net_add(net, name, v, n, true);
    return &net->tensor[net->ntensors - 1];
}

static void add_reals(struct cf_net *net, size_t mode, const char *what,
                      double *v, size_t n)
{
    add(net, mode, what, NULL, n)->real = v;
}

/* n rows of d numbers, with room for more. */
static void add_rows(struct cf_net *net, size_t mode, const char *what,
                     float *v, size_t n, size_t d)
{
    struct cf_tensor *t = add(net, mode, what, v, n * CF_GAUSS_WIDE(d));

    t->row = CF_GAUSS_WIDE(d);
    t->used = d;
}

static void list_side(struct cf_gibbs *g, size_t mode, struct cf_net *net)
{
    struct cf_gibbs_side *s = g->mode[mode].side;

    add_rows(net, mode, "weights", s->b, s->n, g->d);
    add_rows(net, mode, "prior_means", s->mean, g->mode[mode].n, g->d);
}

static void list_mode(struct cf_gibbs *g, size_t mode, struct cf_net *net)
{
    struct cf_gibbs_mode *m = &g->mode[mode];

    add_rows(net, mode, "rows", m->w, m->n, g->d);
    add_reals(net, mode, "precision", m->lam, g->d * g->d);
    add_reals(net, mode, "bias_sums", m->bias, m->n);
    add_reals(net, mode, "cold_sum", &m->cold, 1);
    if (m->root) {
        add(net, mode, "noise_roots", m->root, m->n);
        add_reals(net, mode, "noise_sums", m->noise, m->n);
        add_reals(net, mode, "nu", &m->nu, 1);
    }
    if (m->side)
        list_side(g, mode, net);
}

static void list_sessions(struct cf_gibbs_sessions *x, struct cf_net *net)
{
    char name[CF_CHAIN_NAME];

    for (unsigned l = 0; l < CF_SESSION_LEVELS; l++) {
        struct cf_gibbs_level *of = &x->level[l];
        snprintf(name, sizeof name, "session_%u_offsets", l);
        cf_net_add(net, name, of->x, of->n, true);
        snprintf(name, sizeof name, "session_%u_sums", l);
        cf_net_add_reals(net, name, of->sum, of->n);
        snprintf(name, sizeof name, "session_%u_squares", l);
        cf_net_add_reals(net, name, of->squares, of->n);
    }
    cf_net_add_reals(net, "session_precision", x->lam, CF_SESSION_LEVELS);
    cf_net_add_reals(net, "session_apart", x->apart, CF_SESSION_LEVELS);
}

/* The chain. */
static void list_chain(struct cf_gibbs *g, struct cf_net *net)
{
    for (size_t s = 0; s < CF_GIBBS_MODES && s < g->modes; s++)
        list_mode(g, s, net);
    cf_net_add_reals(net, "alpha", &g->alpha, 1);
    if (g->probit) {
        size_t cuts = g->probit->n - 1;
        cf_net_add_reals(net, "cuts", g->probit->cut + 1, cuts);
        cf_net_add_reals(net, "cut_steps", g->probit->step + 1, cuts);
    }
    cf_net_add_reals(net, "variance_sum", &g->variance, 1);
    if (g->sessions)
        list_sessions(g->sessions, net);
}

/* What a model has of each sample that is kept: so many numbers of so many
 * rows; in a row, the samples side by side. */
struct kept {
    const char *name;
    float *v;
    size_t rows, width;
    bool factors; /* multiplied by cf_gibbs_scale */
};
enum { KEPT = 21 };

/* What there is of stars; returns how many. */
static size_t list_stars(const struct cf_model *m, struct kept *all)
{
    const struct cf_side *u = &m->user, *i = &m->item;
    const struct kept of_stars[] = {
        {"star_cuts", m->stars.cut, m->stars.n - 1, 1, false},
        {"star_sds", m->stars.sd, 1, 1, false},
        {"star_colds", m->stars.cold, CF_STARS_COLD, 1, false},
        {"user_star_sds", u->star_sd, u->n, 1, false},
        {"item_star_sds", i->star_sd, i->n, 1, false},
        {"user_cold_star_sds", u->cold_star_sd, 1, 1, false},
        {"item_cold_star_sds", i->cold_star_sd, 1, 1, false}};
    size_t n = m->stars.n == 0 ? 0 : u->star_sd ? 7 : 3;

    memcpy(all, of_stars, n * sizeof *all);
    return n;
}

static size_t list_kept(const struct cf_model *m, struct kept all[KEPT])
{
    const struct cf_days *d = &m->days;
    size_t k = m->k / m->samples;
    const struct kept of_sides[] = {
        {"user_factors", m->user.factors, m->user.n, k, true},
        {"item_factors", m->item.factors, m->item.n, k, true},
        {"user_cold", m->user.cold_factors, 1, k, true},
        {"item_cold", m->item.cold_factors, 1, k, true},
        {"user_biases", m->user.sample_bias, m->user.n, 1, false},
        {"item_biases", m->item.sample_bias, m->item.n, 1, false},
        {"user_cold_biases", m->user.cold_sample_bias, 1, 1, false},
        {"item_cold_biases", m->item.cold_sample_bias, 1, 1, false}};
    const struct kept of_days[] = {
        {"day_factors", d->row.factors, d->n, k, true},
        {"day_biases", d->row.sample_bias, d->n, 1, false},
        {"user_day_factors", d->user.factors, d->users, k, true},
        {"user_day_biases", d->user.sample_bias, d->users, 1, false}};
    size_t n = sizeof of_sides / sizeof *of_sides;

    memcpy(all, of_sides, sizeof of_sides);
    if (d->n > 0) {
        memcpy(all + n, of_days, sizeof of_days);
        n += sizeof of_days / sizeof *of_days;
    }
    return n + list_stars(m, all + n);
}

void cf_gibbs_list(struct cf_gibbs *g, struct cf_net *net)
{
    struct kept all[KEPT];
    size_t n = list_kept(g->m, all);

    list_chain(g, net);
    /* The factors of both sides are there already. */
    for (size_t i = 2; i < n; i++)
        cf_net_add(net, all[i].name, all[i].v,
                   all[i].rows * all[i].width * g->o.keep, true);
    if (g->forecast)
        cf_net_add_reals(net, "forecast", g->forecast, (size_t)g->valid->n);
}

/* ---- to the model ---- */

/* Numbers of a tensor that count. */
static size_t counted(const struct cf_tensor *t)
{
    return t->row > 0 ? t->n / t->row * t->used : t->n;
}

/* Those to an array of them alone, or back. */
static void pack(const struct cf_tensor *t, const struct cf_chain_array *a,
                 bool back)
{
    size_t rows = t->row > 0 ? t->n / t->row : 1,
           used = t->row > 0 ? t->used : t->n;

    for (size_t r = 0; r < rows; r++) {
        void *own = t->real ? (void *)t->real : (void *)(t->v + r * t->row),
             *packed = t->real ? (void *)a->real : (void *)(a->v + r * used);
        memcpy(back ? own : packed, back ? packed : own,
               used * (t->real ? sizeof *t->real : sizeof *t->v));
    }
}

uint64_t cf_gibbs_given(const struct cf_model *m, const struct cf_ratings *r,
                        const struct cf_gibbs_opts *o)
{
    const struct cf_store *dict[] = {&m->user.dict, &m->item.dict};
    uint64_t sum = 0;

    for (size_t s = 0; s < 2; s++)
        sum = cf_store_sum(dict[s], o->attributes ? dict[s]->ncol : 1, sum);
    return cf_sweep_sum(r, sum);
}

int cf_gibbs_save(struct cf_gibbs *g, struct cf_err *err)
{
    struct cf_chain *c = &g->m->chain;
    const char *options = g->o.options ? g->o.options : "";
    struct cf_net net = {0};

    list_chain(g, &net);
    for (size_t i = 0; i < net.ntensors; i++) {
        const struct cf_tensor *t = &net.tensor[i];
        const struct cf_chain_array *a =
            cf_chain_add(c, t->name, t->real != NULL, counted(t), err);
        if (!a)
            return CF_EMEM;
        pack(t, a, false);
    }
    c->samples = g->kept;
    c->rows = g->given;
    c->options = strdup(options);
    return c->options ? 0 : cf_nomem(err, "model");
}

/* ---- from a model ---- */

static int other(const char *what, struct cf_err *err)
{
    return cf_fail(err, CF_EDATA,
                   "the model to go on from was sampled given other %s, so its "
                   "samples and new ones cannot be of one model",
                   what);
}

static int other_rows(const struct cf_gibbs *g, struct cf_err *err)
{
    char what[64];

    snprintf(what, sizeof what, "users, items%s%s or ratings",
             g->o.attributes ? ", attributes" : "",
             g->o.days || g->o.sessions ? ", times" : "");
    return other(what, err);
}

/* Options are compared where they are taken: it is the file that is wrong. */
static int misfit(const char *what, struct cf_err *err)
{
    return cf_fail(err, CF_EDATA,
                   "the model to go on from is not sound: its %s are not "
                   "there, or not as many as its options make",
                   what);
}

static int take_chain(struct cf_gibbs *g, const struct cf_chain *c,
                      struct cf_err *err)
{
    struct cf_net net = {0};

    list_chain(g, &net);
    for (size_t i = 0; i < net.ntensors; i++) {
        const struct cf_tensor *t = &net.tensor[i];
        const struct cf_chain_array *a = cf_chain_find(c, t->name);
        if (!a || a->n != counted(t) || !a->real != !t->real)
            return misfit(t->name, err);
        pack(t, a, true);
    }
    return 0;
}

/* Sample s of `samples` becomes that of number `was` of an old model's, times
 * by. */
struct taken {
    size_t s, samples, was, old;
    float by;
};

static void take_sample(const struct kept *to, const struct kept *from,
                        const struct taken *t)
{
    size_t wide = to->width;

    for (size_t r = 0; r < to->rows; r++)
        for (size_t j = 0; j < wide; j++)
            to->v[(r * t->samples + t->s) * wide + j] =
                t->by * from->v[(r * t->old + t->was) * wide + j];
}

/* Of what the old model kept as much as its share, evenly spread, the last
 * sample among it. What its chain says of its sizes may be a lie. */
static int take_kept(struct cf_gibbs *g, const struct cf_model *old,
                     struct cf_err *err)
{
    struct kept to[KEPT], from[KEPT];
    size_t n = list_kept(g->m, to), keep = g->o.keep,
           share = cf_gibbs_inherited(g, g->o.keep);
    float scale = (float)sqrt((double)old->samples / (double)keep);

    if (list_kept(old, from) != n || old->sessions.n != g->m->sessions.n ||
        old->samples < share)
        return misfit("days, sessions, stars or samples", err);
    for (size_t i = 0; i < n; i++) {
        if (from[i].rows != to[i].rows || from[i].width != to[i].width)
            return misfit(to[i].name, err);
        for (size_t s = 0; s < share; s++) {
            const struct taken t = {s, keep, (s + 1) * old->samples / share - 1,
                                    old->samples, to[i].factors ? scale : 1};
            take_sample(&to[i], &from[i], &t);
        }
    }
    return 0;
}

static float score(const struct cf_model *m, const struct cf_context_pair *p,
                   uint32_t user, uint32_t item)
{
    float chance[CF_STARS_MOST], z;

    if (m->stars.n > 0) {
        cf_model_star_chances(m, p, chance);
        return cf_stars_mean(&m->stars, chance);
    }
    cf_model_raw_pairs(m, &user, &item, 1, &z);
    return z + cf_model_day_score(m, p) + cf_model_session_score(m, p);
}

/* What the old model predicts, as often as it has samples: its biases are means
 * over all of them, its factors over those that it kept. */
static void take_forecast(struct cf_gibbs *g, const struct cf_model *old)
{
    const struct cf_ratings *v = g->valid;

    for (uint64_t r = 0; g->forecast && r < v->n; r++) {
        const struct cf_rep user = cf_model_user_rep(old, v->user[r]);
        const struct cf_context_pair p = {
            user.factors, cf_model_item_rep(old, v->item[r]).factors,
            g->o.days ? g->days.valid[r] : CF_NONE,
            g->sessions ? g->sessions->valid[r] : CF_NONE};
        float z = score(old, &p, v->user[r], v->item[r]);
        g->forecast[r] = old->chain.samples * ((double)z - g->mean) / g->unit;
    }
}

static int take_epochs(struct cf_gibbs *g, const struct cf_model *old,
                       struct cf_err *err)
{
    struct cf_model *m = g->m;

    m->epoch = cf_alloc(old->nepochs, sizeof *m->epoch);
    if (!m->epoch)
        return cf_nomem(err, "epochs");
    memcpy(m->epoch, old->epoch, old->nepochs * sizeof *m->epoch);
    m->nepochs = old->nepochs;
    return 0;
}

static bool sound(const struct cf_gibbs *g)
{
    bool good = g->alpha > 0;

    for (size_t s = 0; s < g->modes; s++)
        good = good && g->mode[s].nu > 0;
    for (size_t l = 0; g->sessions && l < CF_SESSION_LEVELS; l++)
        good = good && g->sessions->lam[l] > 0;
    for (uint32_t j = 1; g->probit && j < g->probit->n; j++)
        good = good && g->probit->step[j] > 0 &&
               g->probit->cut[j - 1] < g->probit->cut[j] &&
               isfinite(g->probit->cut[j]);
    return good;
}

int cf_gibbs_go_on(struct cf_gibbs *g, const struct cf_model *old,
                   struct cf_err *err)
{
    const struct cf_chain *c = &old->chain;

    if (c->rows != g->given)
        return other_rows(g, err);
    g->before = c->samples;
    int rc = take_chain(g, c, err);
    if (!rc)
        rc = take_kept(g, old, err);
    if (!rc)
        rc = take_epochs(g, old, err);
    if (!rc && !sound(g))
        rc = cf_fail(err, CF_EDATA,
                     "the model to go on from has a precision that is not "
                     "positive, or cut points out of order");
    if (!rc)
        take_forecast(g, old);
    return rc;
}
