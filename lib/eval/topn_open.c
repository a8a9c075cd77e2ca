/* topn_open.c - what lists are made of. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/topn_impl.h"
#include "model/cosine.h"

/* ---- what is listed ---- */

static bool may_be(const struct cf_topn *t, uint64_t row)
{
    bool is = t->listed->count[row] > 0 || (t->o.unrated && t->listed->drawn);

    return is && !(t->length && t->length[row] == 0) &&
           !(t->o.barred && t->o.barred[row]);
}

static int find_ids(struct cf_topn *t, struct cf_err *err)
{
    t->id = cf_alloc(t->listed->n, sizeof *t->id);
    if (!t->id)
        return cf_nomem(err, "rows");
    for (uint64_t i = 0; i < t->listed->n; i++)
        if (may_be(t, i))
            t->id[t->t.nid++] = (uint32_t)i;
    t->t.id = t->id;
    return 0;
}

static float bias(const struct cf_topn *t, uint64_t row)
{
    float own = t->o.no_bias ? 0 : t->listed->bias[row];

    if (t->o.what == CF_TOPN_SIMILAR)
        return 0;
    if (t->o.what == CF_TOPN_USERS)
        return (float)t->m->mean + own;
    if (t->o.penalty == 0 || t->listed->count[row] == 0)
        return own;
    return (float)((double)own -
                   t->o.penalty * log((double)t->listed->count[row]));
}

static int set_biases(struct cf_topn *t, struct cf_err *err)
{
    bool plain =
        t->o.what == CF_TOPN_ITEMS && !t->o.no_bias && t->o.penalty == 0;

    t->t.bias = t->listed->bias;
    if (plain)
        return 0;
    t->bias = cf_alloc(t->listed->n, sizeof *t->bias);
    if (!t->bias)
        return cf_nomem(err, "biases");
    for (uint64_t i = 0; i < t->listed->n; i++)
        t->bias[i] = bias(t, i);
    t->t.bias = t->bias;
    return 0;
}

static int set_lengths(struct cf_topn *t, struct cf_err *err)
{
    if (t->o.what != CF_TOPN_SIMILAR || t->o.dot || t->m->item_weights)
        return 0;
    t->t.length = t->length = cf_alloc(t->listed->n, sizeof *t->length);
    if (!t->length)
        return cf_nomem(err, "lengths");
    cf_cosine_lengths(t->listed, t->m->k, t->length);
    for (uint64_t i = 0; t->listed->drawn && i < t->listed->n; i++)
        if (t->listed->count[i] == 0)
            t->length[i] =
                cf_rank_length(t->listed->factors + i * t->m->k, t->m->k);
    return 0;
}

/* ---- who has an item ---- */

static int find_owners(struct cf_topn *t, struct cf_err *err)
{
    const struct cf_model *m = t->m;
    uint64_t seen = m->seen_start[m->user.n];

    if (t->o.what != CF_TOPN_USERS || t->o.keep_seen)
        return 0;
    t->owner_start = cf_zalloc(m->item.n + 2, sizeof *t->owner_start);
    t->owner = cf_alloc(seen, sizeof *t->owner);
    if (!t->owner_start || !t->owner)
        return cf_nomem(err, "who has an item");
    for (uint64_t i = 0; i < seen; i++)
        t->owner_start[m->seen_item[i] + 2]++;
    for (uint64_t i = 2; i < m->item.n + 2; i++)
        t->owner_start[i] += t->owner_start[i - 1];
    for (uint32_t u = 0; u < m->user.n; u++)
        for (uint64_t i = m->seen_start[u]; i < m->seen_start[u + 1]; i++)
            t->owner[t->owner_start[m->seen_item[i] + 1]++] = u;
    return 0;
}

/* ---- cold users ---- */

/* The mean of z over training rows. */
static double mean_score(const struct cf_side *side, const float *z)
{
    double sum = 0, rows = 0;

    for (uint64_t i = 0; i < side->n; i++) {
        sum += (double)side->count[i] * (double)z[i];
        rows += (double)side->count[i];
    }
    return rows > 0 ? sum / rows : 0;
}

static void score_mean_user(const struct cf_topn *t, float *z, float *room)
{
    const struct cf_side *user = t->asked, *item = t->listed;
    const struct cf_ask nobody = {.row = CF_NONE};
    float base = (float)t->m->mean + user->cold_bias;

    if (!t->rank) {
        cf_topn_layers(t, &nobody, z, room);
        return;
    }
    t->o.vec->gemv(item->factors, user->cold_factors, z, item->n, t->m->k);
    for (uint64_t i = 0; i < item->n; i++)
        z[i] = (base + t->t.bias[i]) + z[i];
}

int cf_topn_make_cold(struct cf_topn *t, struct cf_err *err)
{
    const struct cf_side *item = t->listed;
    const struct cf_query q = {.nskip = 0};
    float *z = cf_alloc(item->n, 2 * sizeof *z);

    t->cold = cf_alloc(t->stride, sizeof *t->cold);
    if (!z || !t->cold) {
        free(z);
        return cf_nomem(err, "scores");
    }
    score_mean_user(t, z, z + item->n);
    double mean = mean_score(item, z);
    for (uint64_t i = 0; i < item->n; i++) {
        double n = (double)item->count[i];
        z[i] =
            (float)(mean + n / (n + CF_TOPN_DAMPING) * ((double)z[i] - mean));
    }
    t->ncold = cf_rank_scored(&t->t, &q, z, t->stride, t->cold);
    free(z);
    return 0;
}

/* ---- through layers ---- */

static void layers_row(const struct cf_topn *t, uint32_t row, float *z)
{
    enum { SOME = 256 };
    uint32_t u[SOME], v[SOME];
    const struct cf_side *side = t->listed;

    if (t->o.what == CF_TOPN_SIMILAR) { /* by weights from items to items */
        memcpy(z, t->m->item_weights + row * side->n, side->n * sizeof *z);
        return;
    }
    if (t->o.what == CF_TOPN_ITEMS) {
        cf_model_raw_items(t->m, row, t->o.vec, z);
        return;
    }
    for (uint64_t at = 0, n; at < side->n; at += n) {
        n = side->n - at < SOME ? side->n - at : SOME;
        for (uint32_t i = 0; i < n; i++) {
            u[i] = (uint32_t)at + i;
            v[i] = row;
        }
        cf_model_raw_pairs(t->m, u, v, n, z + at);
    }
}

/* The mean over a group's members. */
void cf_topn_layers(const struct cf_topn *t, const struct cf_ask *a, float *z,
                    float *room)
{
    const struct cf_group *g = a->group;

    if (!g) {
        layers_row(t, a->row, z);
        return;
    }
    memset(z, 0, t->listed->n * sizeof *z);
    for (size_t j = 0; j < g->n; j++) {
        layers_row(t, g->row[j], room);
        for (uint64_t i = 0; i < t->listed->n; i++)
            z[i] += room[i] / (float)g->n;
    }
}

/* ---- open, close ---- */

static int check(const struct cf_topn *t, struct cf_err *err)
{
    bool apart = t->o.diversity > 0 && t->m->item_weights;
    const char *what = t->o.no_bias       ? "--no-bias"
                       : apart            ? "--diversity"
                       : t->o.penalty > 0 ? "--popularity-penalty"
                       : t->o.why > 0     ? "--why"
                                          : NULL;

    if (cf_model_is_dot(t->m) || !what)
        return 0;
    return cf_fail(err, CF_EUSAGE,
                   "%s is for models whose score is a product of vectors, not "
                   "for one of solver %s%s",
                   what, t->m->solver, t->m->samples > 0 ? " with stars" : "");
}

static int check_samples(const struct cf_topn *t, struct cf_err *err)
{
    if (t->o.rank == CF_TOPN_MEAN || t->m->samples > 0)
        return 0;
    return cf_fail(err, CF_EUSAGE,
                   "option --rank: a model of solver %s has no samples to rank "
                   "by (cf-train -s gibbs draws some)",
                   t->m->solver);
}

static int open_rooms(struct cf_topn *t, struct cf_err *err)
{
    bool samples = t->o.rank != CF_TOPN_MEAN || cf_stars_near(t);
    bool layers = !t->rank && t->o.rank == CF_TOPN_MEAN, ok = true;

    t->z = cf_zalloc(t->threads, sizeof *t->z);
    t->mmr = cf_zalloc(t->threads, sizeof(void *));
    t->why = cf_zalloc(t->threads, sizeof(void *));
    if (samples)
        t->samples = cf_zalloc(t->threads, sizeof(void *));
    ok = t->z && t->mmr && t->why && (t->samples || !samples);
    for (size_t i = 0; ok && layers && i < t->threads; i++)
        ok = (t->z[i] = cf_alloc(t->listed->n, 2 * sizeof **t->z)) != NULL;
    for (size_t i = 0; ok && t->o.diversity > 0 && i < t->threads; i++)
        ok = (t->mmr[i] = cf_mmr_open(t)) != NULL;
    for (size_t i = 0; ok && t->o.why > 0 && i < t->threads; i++)
        ok = (t->why[i] = cf_why_open(t)) != NULL;
    for (size_t i = 0; ok && t->samples && i < t->threads; i++)
        ok = (t->samples[i] = cf_samples_open(t)) != NULL;
    return ok ? 0 : cf_nomem(err, "lists");
}

static void set_sides(struct cf_topn *t)
{
    const struct cf_model *m = t->m;
    bool items = t->o.what == CF_TOPN_ITEMS, users = t->o.what == CF_TOPN_USERS;

    t->asked = items ? &m->user : &m->item;
    t->listed = users ? &m->user : &m->item;
    t->threads = cf_pool_threads(t->o.pool);
    t->panel = cf_panel_of(t->o.vec->name);
    t->t = (struct cf_targets){.factors = t->listed->factors,
                               .n = t->listed->n,
                               .k = m->k,
                               .vec = t->o.vec};
}

static size_t at_most(size_t n, size_t most)
{
    return n < most ? n : most;
}

int cf_topn_open(struct cf_topn **topn, const struct cf_model *m,
                 const struct cf_topn_opts *o, struct cf_err *err)
{
    struct cf_topn *t = *topn = cf_zalloc(1, sizeof *t);

    if (!t)
        return cf_nomem(err, "lists");
    t->m = m;
    t->o = *o;
    set_sides(t);
    int rc = check(t, err);
    if (!rc)
        rc = check_samples(t, err);
    if (!rc)
        rc = set_lengths(t, err);
    if (!rc)
        rc = find_ids(t, err);
    if (!rc)
        rc = set_biases(t, err);
    if (!rc)
        rc = find_owners(t, err);
    t->n = at_most(o->n, t->t.nid);
    t->stride = o->diversity > 0 && t->n <= t->t.nid / CF_TOPN_POOL
                    ? t->n * CF_TOPN_POOL
                : o->diversity > 0 ? t->t.nid
                                   : t->n;
    if (!rc && (cf_model_is_dot(m) ||
                (o->what == CF_TOPN_SIMILAR && !m->item_weights)))
        rc = cf_rank_open(&t->rank, &t->t, t->stride, t->threads, err);
    return rc ? rc : open_rooms(t, err);
}

void cf_topn_close(struct cf_topn *t)
{
    if (!t)
        return;
    for (size_t i = 0; t->z && i < t->threads; i++)
        free(t->z[i]);
    for (size_t i = 0; t->mmr && i < t->threads; i++)
        cf_mmr_close(t->mmr[i]);
    for (size_t i = 0; t->why && i < t->threads; i++)
        cf_why_close(t->why[i]);
    for (size_t i = 0; t->samples && i < t->threads; i++)
        cf_samples_close(t->samples[i]);
    free(t->samples);
    free(t->z);
    free(t->mmr);
    free(t->why);
    cf_rank_close(t->rank);
    free(t->id);
    free(t->bias);
    free(t->length);
    free(t->cold);
    free(t->owner_start);
    free(t->owner);
    free(t);
}
