/* alternate.c - what solvers share that alternate between users and items. */
#include "fit/alternate.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fit/start.h"
#include "fit/sweep.h"
#include "math/gauss.h"

enum {
    TASK_ROWS = 16,
    WORDS = 4,        /* of a draw */
    SOME = 64 * WORDS /* normals at a time */
};

static void run(const struct cf_alternate *a, size_t n, cf_task_fn *fn,
                void *ctx)
{
    if (a->o->pool)
        cf_pool_run(a->o->pool, n, fn, ctx);
    else
        for (size_t i = 0; i < n; i++)
            fn(ctx, i, 0);
}

/* ---- entries ---- */

static size_t length(const struct cf_csr *c, size_t row)
{
    return (size_t)(c->start[row + 1] - c->start[row]);
}

/* By counting, for lengths that are not beyond all measure. */
static int order_rows(struct cf_alternate *a, struct cf_alternate_side *s,
                      struct cf_err *err)
{
    enum { LONG = 1 << 16 };
    size_t n = s->entry.n, *at = cf_zalloc(LONG + 2, sizeof *at);

    s->order = cf_alloc(n, sizeof *s->order);
    if (!s->order || !at) {
        free(at);
        return cf_nomem(err, "rows by user and item");
    }
    for (size_t r = 0; r < n; r++) {
        size_t len = length(&s->entry, r);
        if (len > a->longest)
            a->longest = len;
        at[LONG - (len < LONG ? len : LONG) + 1]++;
    }
    for (size_t l = 0; l <= LONG; l++)
        at[l + 1] += at[l];
    for (size_t r = 0; r < n; r++) {
        size_t len = length(&s->entry, r);
        s->order[at[LONG - (len < LONG ? len : LONG)]++] = (uint32_t)r;
    }
    free(at);
    return 0;
}

static int gather(struct cf_alternate *a, struct cf_whole *w, bool plain,
                  struct cf_err *err)
{
    struct cf_ratings *r = &w->train;
    struct cf_csr *by_user = &a->side[CF_USERS].entry;

    cf_whole_drop_negatives(w);
    cf_sweep_count(a->m, w, a->o);
    if (plain) {
        free(r->rating);
        r->rating = NULL;
    }
    const struct cf_entries all = {r->n, r->user, r->item, r->rating};
    int rc = cf_csr_build(by_user, (size_t)a->m->user.n, &all, err);
    cf_ratings_free(r);
    if (!rc)
        rc = cf_csr_transpose(&a->side[CF_ITEMS].entry, (size_t)a->m->item.n,
                              by_user, err);
    for (int s = 0; !rc && s < 2; s++)
        rc = order_rows(a, &a->side[s], err);
    return rc;
}

/* ---- tables ---- */

static int make_table(struct cf_alternate *a, struct cf_alternate_side *s,
                      bool in_place, struct cf_err *err)
{
    size_t n = (size_t)s->side->n;
    const struct cf_vec *vec = a->o->vec;

    s->in_place = in_place && a->w == a->m->k && !a->o->init;
    float *v = s->in_place ? s->side->factors
                           : cf_aalloc(n, a->w * sizeof *s->table.v);
    s->table = (struct cf_table){vec, cf_ridge_of(vec), a->o->pool, v, n, a->w};
    return v ? 0 : cf_nomem(err, "factors");
}

static int make_work(struct cf_alternate *a, struct cf_err *err)
{
    int rc = 0;

    a->threads = a->o->pool ? cf_pool_threads(a->o->pool) : 1;
    a->work = cf_zalloc(a->threads, sizeof *a->work);
    a->d = cf_aalloc(a->threads, a->w * sizeof *a->d);
    if (!a->work || !a->d)
        return cf_nomem(err, "normal equations");
    for (size_t t = 0; !rc && t < a->threads; t++)
        rc = cf_ridge_work_init(&a->work[t], a->w, err);
    return rc;
}

int cf_alternate_open(struct cf_alternate *a, struct cf_model *m,
                      struct cf_whole *w, const struct cf_fit_opts *o,
                      const struct cf_alternate_how *how, struct cf_err *err)
{
    enum cf_freeze freeze = o->init ? o->init->freeze : CF_FREEZE_NONE;

    *a = (struct cf_alternate){
        .m = m, .o = o, .w = cf_ridge_width(m->k + how->extra)};
    a->side[CF_USERS].side = &m->user;
    a->side[CF_ITEMS].side = &m->item;
    a->side[CF_USERS].frozen = freeze == CF_FREEZE_USERS;
    a->side[CF_ITEMS].frozen = freeze == CF_FREEZE_ITEMS;
    int rc = gather(a, w, how->plain, err);
    for (int s = 0; !rc && s < 2; s++)
        rc = make_table(a, &a->side[s], how->in_place, err);
    return rc ? rc : make_work(a, err);
}

void cf_alternate_free(struct cf_alternate *a)
{
    for (int s = 0; s < 2; s++) {
        cf_csr_free(&a->side[s].entry);
        free(a->side[s].order);
        if (!a->side[s].in_place)
            free(a->side[s].table.v);
    }
    for (size_t t = 0; a->work && t < a->threads; t++)
        cf_ridge_work_free(&a->work[t]);
    free(a->work);
    free(a->d);
}

/* ---- factors ---- */

struct draw {
    const struct cf_alternate *a;
    double deviation;
};

static void draw_rows(void *ctx, size_t task, size_t worker)
{
    const struct draw *d = ctx;
    const struct cf_alternate *a = d->a;
    const struct cf_rng rng = {.seed = a->o->seed, .purpose = CF_RNG_ALTERNATE};
    const struct cf_gauss *gauss = cf_gauss_of(a->o->vec);
    struct cf_side *s = a->side[CF_ITEMS].side;
    size_t k = a->m->k, end = (task + 1) * TASK_ROWS;
    uint32_t bits[SOME];

    (void)worker;
    end = (end < s->n ? end : (size_t)s->n) * k;
    for (size_t i = task * TASK_ROWS * k, n; i < end; i += n) {
        n = end - i < SOME ? end - i : SOME;
        for (size_t j = 0; j < n; j += WORDS)
            cf_rng_words(&rng, (i + j) / WORDS, 0, bits + j);
        gauss->normals(bits, s->factors + i, n);
        for (size_t j = i; j < i + n; j++)
            s->factors[j] *= (float)d->deviation;
    }
}

static void copy_rows(float *to, size_t to_row, const float *from,
                      size_t from_row, size_t n, size_t k)
{
    for (size_t r = 0; r < n; r++)
        memcpy(to + r * to_row, from + r * from_row, k * sizeof *to);
}

int cf_alternate_start(struct cf_alternate *a, double deviation,
                       struct cf_err *err)
{
    struct draw d = {a, deviation};
    size_t tasks = ((size_t)a->m->item.n + TASK_ROWS - 1) / TASK_ROWS;
    int rc = cf_fit_check(a->m, a->o, err);

    if (rc)
        return rc;
    run(a, tasks, draw_rows, &d);
    cf_fit_known_users(a->m, a->o);
    cf_fit_known_items(a->m, a->o);
    for (int s = 0; s < 2; s++) {
        struct cf_table *t = &a->side[s].table;
        if (!a->side[s].in_place)
            copy_rows(t->v, a->w, a->side[s].side->factors, a->m->k, t->n,
                      a->m->k);
    }
    return 0;
}

void cf_alternate_publish(const struct cf_alternate *a, int side,
                          const float *v)
{
    const struct cf_alternate_side *s = &a->side[side];

    if (!s->in_place)
        copy_rows(s->side->factors, a->m->k, v, a->w, s->table.n, a->m->k);
}

void cf_alternate_list(const struct cf_alternate *a, struct cf_net *net)
{
    static const char *const name[] = {"user_table", "item_table"};

    for (int s = 0; s < 2; s++) {
        const struct cf_table *t = &a->side[s].table;
        cf_net_add(net, name[s], t->v, t->n * t->w, true);
    }
}

void cf_alternate_seen(struct cf_alternate *a)
{
    if (!a->o->no_seen)
        cf_seen_take(a->m, &a->side[CF_USERS].entry);
}

/* ---- half an epoch ---- */

struct half {
    struct cf_alternate *a;
    struct cf_alternate_side *s;
    cf_regress_fn *fn;
    void *ctx;
    double *sum; /* of each task */
};

/* The entries of the row that is number i in the order; none if there is no
 * such row. */
static struct cf_ridge_row entries(const struct half *h, size_t i)
{
    const struct cf_csr *c = &h->s->entry;
    struct cf_ridge_row r = {0};

    if (i >= c->n)
        return r;
    size_t row = h->s->order[i];
    r.n = length(c, row);
    r.col = c->col + c->start[row];
    r.weight = c->val ? c->val + c->start[row] : NULL;
    return r;
}

static void solve_rows(void *ctx, size_t task, size_t worker)
{
    struct half *h = ctx;
    struct cf_alternate *a = h->a;
    size_t from = task * TASK_ROWS, end = from + TASK_ROWS;

    end = end < h->s->entry.n ? end : h->s->entry.n;
    for (size_t i = from; i < end; i++) {
        struct cf_ridge_row r = entries(h, i), next = entries(h, i + 1);
        size_t row = h->s->order[i];
        float *x = h->s->table.v + row * a->w;
        r.d = a->d + worker * a->w;
        r.next = next.col;
        r.nnext = next.n;
        if (r.n > 0)
            h->sum[task] += h->fn(h->ctx, row, &r, worker, x);
        else
            memset(x, 0, a->w * sizeof *x);
    }
}

int cf_alternate_half(struct cf_alternate *a, int side, cf_regress_fn *fn,
                      void *ctx, double *sum, struct cf_err *err)
{
    struct cf_alternate_side *s = &a->side[side];
    size_t tasks = (s->entry.n + TASK_ROWS - 1) / TASK_ROWS;
    struct half h = {a, s, fn, ctx, NULL};

    h.sum = cf_zalloc(tasks, sizeof *h.sum);
    if (!h.sum)
        return cf_nomem(err, "losses");
    run(a, tasks, solve_rows, &h);
    *sum = 0;
    for (size_t i = 0; i < tasks; i++)
        *sum += h.sum[i];
    free(h.sum);
    return 0;
}
