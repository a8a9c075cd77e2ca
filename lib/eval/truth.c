/* truth.c - held-out pairs, candidates and training data. */
#include "eval/truth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Rows on their way into one of the sets. */
struct reading {
    struct cf_truth *t;
    struct cf_by_user *to;
    const char *name;
};

static int any_head(void *ctx, const struct cf_pair_head *h, struct cf_err *err)
{
    (void)ctx;
    (void)h;
    (void)err;
    return 0;
}

static int any_rows(void *ctx, const struct cf_pair_rows *r, struct cf_err *err)
{
    const struct reading *x = ctx;
    int rc = 0;

    for (uint32_t j = 0; !rc && j < r->n; j++)
        rc = cf_by_user_add(x->to, r->user[j], r->item[j],
                            r->rating ? r->rating[j] : 1, err);
    return rc;
}

static int held_head(void *ctx, const struct cf_pair_head *h,
                     struct cf_err *err)
{
    const struct reading *x = ctx;

    x->t->has_held = true;
    x->t->held_rated = h->has_rating;
    if (x->t->least && !h->has_rating)
        return cf_fail(err, CF_EUSAGE,
                       "%s: no ratings, so --min-rating means nothing; name "
                       "their column with --rating",
                       x->name);
    return 0;
}

static int held_rows(void *ctx, const struct cf_pair_rows *r,
                     struct cf_err *err)
{
    const struct reading *x = ctx;
    int rc = 0;

    for (uint32_t j = 0; !rc && j < r->n; j++)
        rc = cf_truth_add(x->t, r->user[j], r->item[j],
                          r->rating ? r->rating[j] : 1, err);
    return rc;
}

static int read_pairs(struct reading *x, struct cf_in *in,
                      const struct cf_pair_names *names,
                      const struct cf_pair_taker *to, struct cf_err *err)
{
    const struct cf_pair_opts opts = {.use = CF_PAIRS_RATED, .names = names};
    struct cf_pair_taker taker = *to;

    x->name = in->name;
    taker.ctx = x;
    return cf_pairs_in(in, &x->t->ids, &opts, &taker, err);
}

/* ---- held-out pairs and candidates ---- */

int cf_truth_add(struct cf_truth *t, uint32_t user, uint32_t item, float rating,
                 struct cf_err *err)
{
    if (t->least && (double)rating < *t->least) {
        t->below++;
        return 0;
    }
    return cf_by_user_add(&t->held, user, item, rating, err);
}

int cf_truth_held(struct cf_truth *t, struct cf_in *in,
                  const struct cf_pair_names *names, struct cf_err *err)
{
    struct reading x = {.t = t};
    const struct cf_pair_taker to = {.head = held_head, .rows = held_rows};

    return read_pairs(&x, in, names, &to, err);
}

int cf_truth_candidates(struct cf_truth *t, struct cf_in *in,
                        const struct cf_pair_names *names, struct cf_err *err)
{
    struct reading x = {.t = t, .to = &t->candidates};
    const struct cf_pair_taker to = {.head = any_head, .rows = any_rows};

    t->has_candidates = true;
    int rc = read_pairs(&x, in, names, &to, err);
    return rc ? rc : cf_by_user_sort(&t->candidates, t->ids.user.n, err);
}

/* ---- training data ---- */

static int room_for_training(struct cf_truth *t, struct cf_err *err)
{
    t->has_training = true;
    t->nitems = t->ids.item.n;
    t->nusers = t->ids.user.n;
    t->count = cf_zalloc(t->nitems, sizeof *t->count);
    t->trained = cf_zalloc(t->nusers, sizeof *t->trained);
    return t->count && t->trained ? 0 : cf_nomem(err, "training data");
}

/* Who has the items, each user once. */
static void count_seen(struct cf_truth *t)
{
    for (size_t i = 0; i < t->seen.n; i++)
        t->count[cf_pair_item(t->seen.pair[i])]++;
    for (size_t u = 0; u < t->nusers; u++)
        t->trained[u] = t->seen.start[u] < t->seen.start[u + 1];
}

static void count_trained(struct cf_truth *t)
{
    for (size_t i = 0; i < t->nitems; i++)
        t->items += t->count[i] > 0;
    for (size_t u = 0; u < t->nusers; u++)
        t->users += t->trained[u];
}

int cf_truth_training(struct cf_truth *t, struct cf_in *in,
                      const struct cf_pair_names *names, struct cf_err *err)
{
    struct reading x = {.t = t, .to = &t->seen};
    const struct cf_pair_taker to = {.head = any_head, .rows = any_rows};

    int rc = read_pairs(&x, in, names, &to, err);
    if (!rc)
        rc = cf_by_user_sort(&t->seen, t->ids.user.n, err);
    if (!rc)
        rc = room_for_training(t, err);
    if (rc)
        return rc;
    t->has_seen = true;
    count_seen(t);
    count_trained(t);
    return 0;
}

/* ---- a model ---- */

static int numbers_of(const struct cf_side *side, struct cf_dict *d,
                      uint32_t *out, struct cf_err *err)
{
    bool fresh;
    int rc = 0;

    for (uint64_t i = 0; !rc && i < side->n; i++)
        rc = cf_dict_add(d, cf_store_str(&side->dict, 0, i), &out[i], &fresh,
                         err);
    return rc;
}

/* The factors of all items that have a direction, at length 1. */
static int unit_vectors(struct cf_truth *t, const struct cf_model *m,
                        const uint32_t *item, struct cf_err *err)
{
    t->k = m->k;
    t->nunit = t->ids.item.n;
    t->unit = cf_alloc(m->item.n, m->k * sizeof *t->unit);
    t->unit_row = cf_alloc(t->nunit, sizeof *t->unit_row);
    if (!t->unit || !t->unit_row)
        return cf_nomem(err, "factors");
    for (size_t i = 0; i < t->nunit; i++)
        t->unit_row[i] = CF_NONE;
    for (uint32_t i = 0; i < m->item.n; i++) {
        const float *x = m->item.factors + (size_t)i * m->k;
        double sum = 0;
        for (size_t f = 0; f < m->k; f++)
            sum += (double)x[f] * (double)x[f];
        if (sum == 0 || m->item.count[i] == 0)
            continue;
        t->unit_row[item[i]] = i;
        for (size_t f = 0; f < m->k; f++)
            t->unit[(size_t)i * m->k + f] = (float)((double)x[f] / sqrt(sum));
    }
    return 0;
}

static int seen_of_model(struct cf_truth *t, const struct cf_model *m,
                         const uint32_t *user, const uint32_t *item,
                         struct cf_err *err)
{
    int rc = 0;

    t->has_seen = cf_model_has_seen(m);
    for (uint64_t u = 0; !rc && t->has_seen && u < m->user.n; u++)
        for (uint64_t s = m->seen_start[u]; !rc && s < m->seen_start[u + 1];
             s++)
            rc = cf_by_user_add(&t->seen, user[u], item[m->seen_item[s]], 1,
                                err);
    return rc ? rc : cf_by_user_sort(&t->seen, t->ids.user.n, err);
}

static int training_of_model(struct cf_truth *t, const struct cf_model *m,
                             const uint32_t *user, const uint32_t *item,
                             struct cf_err *err)
{
    int rc = room_for_training(t, err);
    if (!rc)
        rc = seen_of_model(t, m, user, item, err);
    if (rc)
        return rc;
    if (t->has_seen)
        count_seen(t);
    for (uint64_t i = 0; !t->has_seen && i < m->item.n; i++)
        t->count[item[i]] = m->item.count[i];
    for (uint64_t u = 0; !t->has_seen && u < m->user.n; u++)
        t->trained[user[u]] = m->user.count[u] > 0;
    count_trained(t);
    return 0;
}

int cf_truth_model(struct cf_truth *t, const struct cf_model *m,
                   struct cf_err *err)
{
    uint32_t *user = cf_alloc(m->user.n, sizeof *user);
    uint32_t *item = cf_alloc(m->item.n, sizeof *item);
    int rc = user && item ? 0 : cf_nomem(err, "ids");

    if (!rc)
        rc = numbers_of(&m->user, &t->ids.user, user, err);
    if (!rc)
        rc = numbers_of(&m->item, &t->ids.item, item, err);
    if (!rc && m->k > 0)
        rc = unit_vectors(t, m, item, err);
    if (!rc && !t->has_training)
        rc = training_of_model(t, m, user, item, err);
    free(user);
    free(item);
    return rc;
}

/* ---- looking ---- */

int cf_truth_ready(struct cf_truth *t, struct cf_err *err)
{
    int rc = cf_by_user_sort(&t->held, t->ids.user.n, err);

    for (uint32_t u = 0; !rc && u < t->held.users; u++) {
        struct cf_user_pairs held = cf_by_user_of(&t->held, u);
        struct cf_user_pairs seen = cf_by_user_of(&t->seen, u);
        t->held_users += held.n > 0;
        for (size_t i = 0; i < held.n; i++)
            t->held_training +=
                cf_user_pairs_find(&seen, cf_pair_item(held.pair[i]), NULL);
    }
    return rc;
}

uint64_t cf_truth_count(const struct cf_truth *t, uint32_t item)
{
    return item < t->nitems ? t->count[item] : 0;
}

unsigned cf_truth_known(const struct cf_truth *t, uint32_t user, uint32_t item)
{
    unsigned known = user < t->nusers && t->trained[user] ? CF_KNOWN_USER : 0;

    return cf_truth_count(t, item) > 0 ? known | CF_KNOWN_ITEM : known;
}

void cf_truth_free(struct cf_truth *t)
{
    cf_pair_ids_free(&t->ids);
    cf_by_user_free(&t->held);
    cf_by_user_free(&t->candidates);
    cf_by_user_free(&t->seen);
    free(t->count);
    free(t->trained);
    free(t->unit);
    free(t->unit_row);
    memset(t, 0, sizeof *t);
}
