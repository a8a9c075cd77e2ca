/* fold.c - users are added to a model. */
#include "fit/fold.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fit/fold_samples.h"
#include "math/vec.h"
#include "model/lookup.h"

struct fold {
    struct cf_model *m;
    const struct cf_given *g;
    struct cf_fold_report *report;
    uint32_t *row;  /* of each user of g in the model */
    uint32_t *item; /* of each item of g; CF_NONE: the model does not
                       know it */
    uint32_t old;   /* users that the model had */
    size_t *start;  /* user i's are rated[start[i] .. start[i + 1] - 1] */
    struct cf_rated *rated; /* by user, then item */
    struct cf_prior prior;
    struct cf_folder *folder; /* one for each thread */
    double *w;                /* a user's weights, for each thread */
};

/* ---- who and what is known ---- */

static int find_items(struct fold *f, struct cf_err *err)
{
    const struct cf_dict *ids = &f->g->items;
    struct cf_lookup l;
    int rc = cf_lookup_open(&l, &f->m->item, err);

    for (uint32_t i = 0; !rc && i < ids->n; i++) {
        uint32_t item = cf_lookup_id(&l, cf_dict_key(ids, i));
        bool known = cf_model_known(f->m, CF_NONE, item) & CF_KNOWN_ITEM;
        f->item[i] = known ? item : CF_NONE;
    }
    cf_lookup_free(&l);
    return rc;
}

static void note_known(struct fold *f, uint32_t u)
{
    const struct cf_model *m = f->m;
    bool listed = m->seen_start[u] < m->seen_start[u + 1];

    f->report->known++;
    f->report->unlisted += m->user.count[u] > 0 && !listed;
}

/* Those that the model has not will follow those that it has. */
static int find_users(struct fold *f, struct cf_err *err)
{
    const struct cf_dict *ids = &f->g->users;
    struct cf_lookup l;
    int rc = cf_lookup_open(&l, &f->m->user, err);

    f->old = (uint32_t)f->m->user.n;
    f->report->users = ids->n;
    if (!rc && ids->n >= CF_NONE - f->old)
        rc = cf_fail(err, CF_EMEM, "more than %u users", CF_NONE - 1);
    for (uint32_t i = 0, more = 0; !rc && i < ids->n; i++) {
        f->row[i] = cf_lookup_id(&l, cf_dict_key(ids, i));
        if (f->row[i] == CF_NONE)
            f->row[i] = f->old + more++;
        else
            note_known(f, f->row[i]);
    }
    cf_lookup_free(&l);
    return rc;
}

/* ---- rows by user ---- */

static int by_item(const void *a, const void *b)
{
    const struct cf_rated *x = a, *y = b;

    if (x->item != y->item)
        return x->item < y->item ? -1 : 1;
    return (x->rating > y->rating) - (x->rating < y->rating);
}

static void note_rating(struct cf_fold_report *r, float v, bool first)
{
    r->lowest = first || v < r->lowest ? v : r->lowest;
    r->highest = first || v > r->highest ? v : r->highest;
}

static void group(struct fold *f)
{
    const struct cf_rows *rows = &f->g->rows;
    uint32_t users = f->g->users.n;
    size_t n = 0;

    for (size_t i = 0; i < rows->n; i++) {
        if (f->item[rows->item[i]] == CF_NONE)
            continue;
        f->start[rows->user[i] + 1]++;
        note_rating(f->report, rows->rating[i], n++ == 0);
    }
    f->report->rows = rows->n;
    f->report->no_item = rows->n - n;
    for (uint32_t u = 0; u < users; u++)
        f->start[u + 1] += f->start[u];
    /* start[u] counts up to the end of u while it is filled. */
    for (size_t i = 0; i < rows->n; i++) {
        uint32_t item = f->item[rows->item[i]];
        if (item != CF_NONE)
            f->rated[f->start[rows->user[i]]++] =
                (struct cf_rated){item, rows->rating[i]};
    }
    memmove(f->start + 1, f->start, users * sizeof *f->start);
    f->start[0] = 0;
    for (uint32_t u = 0; u < users; u++) {
        size_t many = f->start[u + 1] - f->start[u];
        qsort(f->rated + f->start[u], many, sizeof *f->rated, by_item);
        f->report->cold += many == 0;
    }
}

/* ---- room for new users ---- */

static int grow_ids(struct fold *f, struct cf_err *err)
{
    struct cf_side *side = &f->m->user;
    const struct cf_schema *s = &side->dict_schema;
    struct cf_str *v = cf_zalloc(s->ncolumns, sizeof *v);
    int rc = v ? 0 : cf_nomem(err, "new users");

    for (size_t i = 0; i < s->ncolumns; i++)
        if (s->column[i].type != CF_STR)
            rc = cf_fail(err, CF_EDATA,
                         "column '%s' of the model's users is not text, so no "
                         "user can be added",
                         s->column[i].name);
    for (uint32_t i = 0; !rc && i < f->g->users.n; i++) {
        v[0] = cf_dict_key(&f->g->users, i);
        if (f->row[i] >= f->old)
            rc = cf_store_add_strs(&side->dict, v, err);
    }
    free(v);
    return rc;
}

static int grow_users(struct fold *f, struct cf_err *err)
{
    struct cf_side *side = &f->m->user;
    size_t k = f->m->k, cap = f->old;
    size_t more = (size_t)(f->report->users - f->report->known);

    if (!cf_fold_grow(&side->factors, f->old, more, k) ||
        !cf_fold_grow(&side->bias, f->old, more, 1) ||
        !cf_grow(&side->count, &cap, f->old + more, sizeof *side->count))
        return cf_nomem(err, "new users");
    if (f->m->samples > 0 && cf_fold_grow_samples(f->m, f->old, more, err))
        return CF_EMEM;
    memset(side->count + f->old, 0, more * sizeof *side->count);
    side->n = side->dict_schema.part[0].rows = f->old + more;
    return grow_ids(f, err);
}

/* ---- seen items ---- */

/* Items of r, which is sorted, that are not among seen[0..n-1]. */
static size_t count_unseen(const uint32_t *seen, size_t n,
                           const struct cf_rated *r, size_t many)
{
    size_t more = 0, at = 0;

    for (size_t i = 0; i < many; i++) {
        while (at < n && seen[at] < r[i].item)
            at++;
        bool old = at < n && seen[at] == r[i].item;
        more += !old && (i == 0 || r[i - 1].item != r[i].item);
    }
    return more;
}

/* list[from..to-1] and the items of r, once each, to where they end at `end`,
 * which is not before `to`; goes backwards, because they may overlap. */
static void unite(uint32_t *list, size_t from, size_t to,
                  const struct cf_rated *r, size_t many, size_t end)
{
    while (many > 0) {
        uint32_t item = r[many - 1].item;
        bool again = many > 1 && r[many - 2].item == item;
        if (to > from && list[to - 1] > item)
            list[--end] = list[--to];
        else if ((to > from && list[to - 1] == item) || again)
            many--;
        else
            list[--end] = r[--many].item;
    }
    memmove(list + end - (to - from), list + from, (to - from) * sizeof *list);
}

/* Room for the lists of new users, which are empty; given[u]: the user of g
 * that row u is, or CF_NONE; and how many items they and the others get. */
static int start_seen(struct fold *f, uint32_t **given, size_t *more,
                      struct cf_err *err)
{
    struct cf_model *m = f->m;
    size_t n = (size_t)m->user.n, old = (size_t)m->seen_start[f->old];
    size_t cap = (size_t)f->old + 1, cap_list = old;

    *more = 0;
    *given = cf_alloc(n, sizeof **given);
    if (!*given || !cf_grow(&m->seen_start, &cap, n + 1, sizeof *m->seen_start))
        return cf_nomem(err, "seen items");
    for (size_t u = 0; u < n; u++) {
        (*given)[u] = CF_NONE;
        if (u >= f->old)
            m->seen_start[u + 1] = old;
    }
    for (uint32_t i = 0; i < f->g->users.n; i++) {
        uint64_t from = m->seen_start[f->row[i]];
        (*given)[f->row[i]] = i;
        *more += count_unseen(
            m->seen_item + from, (size_t)(m->seen_start[f->row[i] + 1] - from),
            f->rated + f->start[i], f->start[i + 1] - f->start[i]);
    }
    return cf_grow(&m->seen_item, &cap_list, old + *more, sizeof *m->seen_item)
               ? 0
               : cf_nomem(err, "seen items");
}

/* From the last user back to the first whose list moves. */
static void move_seen(struct fold *f, const uint32_t *given, size_t more)
{
    struct cf_model *m = f->m;
    size_t u = (size_t)m->user.n, end = (size_t)m->seen_start[u] + more;

    for (; u > 0 && end > m->seen_start[u]; u--) {
        size_t from = (size_t)m->seen_start[u - 1];
        size_t to = (size_t)m->seen_start[u], i = given[u - 1];
        const struct cf_rated *r = f->rated;
        size_t many = 0, unseen = 0;
        if (i != CF_NONE) {
            r += f->start[i];
            many = f->start[i + 1] - f->start[i];
            unseen = count_unseen(m->seen_item + from, to - from, r, many);
        }
        unite(m->seen_item, from, to, r, many, end);
        m->seen_start[u] = end;
        end -= to - from + unseen;
    }
}

static int add_seen(struct fold *f, struct cf_err *err)
{
    uint32_t *given;
    size_t more;
    int rc = start_seen(f, &given, &more, err);

    if (!rc)
        move_seen(f, given, more);
    free(given);
    return rc;
}

/* ---- the weights ---- */

static void add_count(struct fold *f, size_t i)
{
    uint32_t *count = &f->m->user.count[f->row[i]];
    uint64_t n = (uint64_t)*count + f->start[i + 1] - f->start[i];

    *count = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

static void fold_one(void *ctx, size_t task, size_t worker)
{
    struct fold *f = ctx;
    struct cf_model *m = f->m;
    double *w = f->w + worker * f->prior.n;
    size_t u = f->row[task], n = f->start[task + 1] - f->start[task];
    bool known = m->user.count[u] > 0;

    if (n == 0)
        return;
    cf_fold_user(&f->folder[worker], known ? (uint32_t)u : CF_NONE,
                 f->rated + f->start[task], n, w);
    for (size_t i = 0; i < m->k; i++)
        m->user.factors[u * m->k + i] = (float)w[i];
    m->user.bias[u] = (float)w[m->k];
    add_count(f, task);
}

static bool weights_finite(const struct fold *f)
{
    const struct cf_side *side = &f->m->user;
    return cf_vec_finite(side->factors, side->n * f->m->k) &&
           cf_vec_finite(side->bias, side->n);
}

static int fold_all(struct fold *f, const struct cf_fold_opts *o,
                    struct cf_err *err)
{
    size_t threads = cf_pool_threads(o->pool), made = 0, all;
    int rc = cf_prior_init(&f->prior, f->m, o->l2, err);

    f->folder = cf_alloc(threads, sizeof *f->folder);
    if (!rc && cf_mul(threads, f->prior.n, &all))
        f->w = cf_alloc(all, sizeof *f->w);
    if (!rc && (!f->folder || !f->w))
        rc = cf_nomem(err, "new users");
    while (!rc && made < threads)
        rc = cf_folder_init(&f->folder[made++], f->m, &f->prior, err);
    if (!rc)
        cf_pool_run(o->pool, f->g->users.n, fold_one, f);
    while (made > 0)
        cf_folder_free(&f->folder[--made]);
    return rc;
}

static int fold_samples(struct fold *f, const struct cf_fold_opts *o,
                        struct cf_err *err)
{
    const struct cf_fold_given g = {f->g->users.n, f->row, f->start, f->rated};

    int rc = cf_fold_samples(f->m, &g, o->l2, o->pool, err);
    for (uint32_t i = 0; !rc && i < g.users; i++)
        add_count(f, i);
    return rc;
}

/* ---- the whole ---- */

static int open_fold(struct fold *f, struct cf_err *err)
{
    f->item = cf_alloc(f->g->items.n, sizeof *f->item);
    f->start = cf_zalloc((size_t)f->g->users.n + 1, sizeof *f->start);
    f->rated = cf_alloc(f->g->rows.n, sizeof *f->rated);
    if (!f->item || !f->start || !f->rated)
        return cf_nomem(err, "new users");
    if (f->m->mlp.n > 0)
        return cf_fail(err, CF_EDATA,
                       "the model has layers (solver %s): new users can be "
                       "folded into one of factors only",
                       f->m->solver);
    int rc = find_items(f, err);
    if (!rc)
        rc = find_users(f, err);
    return rc;
}

int cf_fold(struct cf_model *m, const struct cf_given *g,
            const struct cf_fold_opts *o, uint32_t *row,
            struct cf_fold_report *r, struct cf_err *err)
{
    struct fold f = {.m = m, .g = g, .report = r, .row = row};

    memset(r, 0, sizeof *r);
    int rc = open_fold(&f, err);
    if (!rc) {
        group(&f);
        rc = grow_users(&f, err);
    }
    for (uint32_t i = 0; !rc && m->item_weights && i < g->users.n; i++)
        add_count(&f, i);
    if (!rc && m->samples > 0)
        rc = fold_samples(&f, o, err);
    else if (!rc && !m->item_weights)
        rc = fold_all(&f, o, err);
    if (!rc && !weights_finite(&f))
        rc =
            cf_fail(err, CF_EDATA, "a rating is too large to fold its user in");
    if (!rc)
        rc = add_seen(&f, err);
    free(f.item);
    free(f.start);
    free(f.rated);
    free(f.folder);
    free(f.w);
    cf_prior_free(&f.prior);
    return rc;
}
