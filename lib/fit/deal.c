/* deal.c - pairs to blocks, by counting. */
#include "fit/deal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"

enum { COLUMN = 32 /* items, at least, so that there are some to draw */ };

static uint64_t pairs(const struct cf_model *m)
{
    return m->seen_start[m->user.n];
}

/* ---- rows ---- */

/* Each row has about the same number of pairs. */
static void cut_users(struct cf_deal *d)
{
    const struct cf_model *m = d->m;
    uint64_t u = 0;

    for (size_t r = 1; r < d->side; r++) {
        while (u < m->user.n && m->seen_start[u] < pairs(m) / d->side * r)
            u++;
        d->first_user[r] = u;
    }
    d->first_user[d->side] = m->user.n;
}

static void find_items(struct cf_deal *d)
{
    const struct cf_model *m = d->m;

    for (uint64_t i = 0; i < pairs(m); i++)
        d->column[m->seen_item[i]] = 1;
    for (uint64_t i = 0; i < m->item.n; i++)
        if (d->column[i])
            d->item[d->items++] = (uint32_t)i;
}

int cf_deal_init(struct cf_deal *d, const struct cf_model *m, uint64_t seed,
                 struct cf_pool *pool, struct cf_err *err)
{
    *d = (struct cf_deal){.m = m, .seed = seed, .pool = pool};
    d->item = cf_alloc((size_t)m->item.n, sizeof *d->item);
    d->column = cf_zalloc((size_t)m->item.n, sizeof *d->column);
    d->pair = cf_alloc((size_t)pairs(m), sizeof *d->pair);
    if (!d->item || !d->column || !d->pair)
        return cf_nomem(err, "pairs");
    find_items(d);
    d->side = d->items / COLUMN;
    d->side = d->side < 1 ? 1 : d->side;
    d->side = d->side > CF_DEAL_SIDE ? CF_DEAL_SIDE : d->side;
    cut_users(d);
    return 0;
}

void cf_deal_free(struct cf_deal *d)
{
    free(d->item);
    free(d->column);
    free(d->pair);
    memset(d, 0, sizeof *d);
}

/* ---- an epoch ---- */

static void cut_items(struct cf_deal *d, uint32_t epoch)
{
    const struct cf_rng rng = {d->seed, CF_RNG_DEAL, epoch};

    cf_rng_shuffle(&rng, d->item, d->items);
    for (size_t c = 0; c < d->side; c++) {
        d->first_item[c + 1] = d->items * (c + 1) / d->side;
        for (size_t i = d->first_item[c]; i < d->first_item[c + 1]; i++)
            d->column[d->item[i]] = (uint8_t)c;
    }
}

static void deal_row(void *ctx, size_t row, size_t worker)
{
    struct cf_deal *d = ctx;
    const struct cf_model *m = d->m;
    uint64_t from = d->first_user[row], to = d->first_user[row + 1];
    uint64_t at[CF_DEAL_SIDE] = {0}, sum = m->seen_start[from];

    (void)worker;
    for (uint64_t i = sum; i < m->seen_start[to]; i++)
        at[d->column[m->seen_item[i]]]++;
    for (size_t c = 0; c < d->side; c++) {
        uint64_t n = at[c];
        at[c] = d->start[row * d->side + c] = sum;
        sum += n;
    }
    for (uint64_t u = from; u < to; u++)
        for (uint64_t i = m->seen_start[u]; i < m->seen_start[u + 1]; i++) {
            uint32_t item = m->seen_item[i];
            d->pair[at[d->column[item]]++] =
                (struct cf_deal_pair){(uint32_t)u, item};
        }
}

void cf_deal_epoch(struct cf_deal *d, uint32_t epoch)
{
    cut_items(d, epoch);
    cf_pool_run(d->pool, d->side, deal_row, d);
    d->start[d->side * d->side] = pairs(d->m);
}

void cf_deal_skip(struct cf_deal *d, uint32_t n)
{
    for (uint32_t epoch = 0; epoch < n; epoch++)
        cut_items(d, epoch);
}

/* ---- rounds ---- */

struct round {
    const struct cf_deal *d;
    size_t number;
    cf_task_fn *fn;
    void *ctx;
};

/* A row's block of this round. */
static void run_block(void *ctx, size_t row, size_t worker)
{
    const struct round *r = ctx;
    size_t side = r->d->side;

    r->fn(r->ctx, row * side + (row + r->number) % side, worker);
}

void cf_deal_run(const struct cf_deal *d, cf_task_fn *fn, void *ctx)
{
    struct round r = {d, 0, fn, ctx};

    for (; r.number < d->side; r.number++)
        cf_pool_run(d->pool, d->side, run_block, &r);
}
