/* grid.c - ratings in a grid of blocks: two passes of counting sort, by block
 * and, within each, by user. */
#include "fit/grid.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"

/* ---- places ---- */

static uint32_t *draw_places(size_t n, uint64_t seed, enum cf_purpose purpose)
{
    const struct cf_rng rng = {.seed = seed, .purpose = (uint32_t)purpose};
    uint32_t *place = cf_alloc(n, sizeof *place);

    for (size_t i = 0; place && i < n; i++)
        place[i] = (uint32_t)i;
    if (place)
        cf_rng_shuffle(&rng, place, n);
    return place;
}

/* The row or column of a place among n. */
static size_t part_of(uint32_t place, size_t n)
{
    return (size_t)((uint64_t)place * CF_GRID_SIDE / n);
}

/* The first place of a row or column. */
static size_t part_start(size_t part, size_t n)
{
    return (part * n + CF_GRID_SIDE - 1) / CF_GRID_SIDE;
}

/* ---- by block ---- */

/* Block of each place's row, and of its column, so that nothing is divided for
 * each rating. */
struct parts {
    uint8_t *user, *item;
};
_Static_assert((int)CF_GRID_SIDE <= UINT8_MAX, "a part is a byte");

static uint8_t *find_parts(const uint32_t *place, size_t n)
{
    uint8_t *part = cf_alloc(n, sizeof *part);

    for (size_t i = 0; part && i < n; i++)
        part[i] = (uint8_t)part_of(place[i], n);
    return part;
}

static void deal(struct cf_grid *g, const struct cf_ratings *r,
                 const struct parts *p)
{
    uint64_t at[CF_GRID_BLOCKS] = {0}, sum = 0;

    for (uint64_t i = 0; i < r->n; i++)
        at[p->user[r->user[i]] * CF_GRID_SIDE + p->item[r->item[i]]]++;
    for (size_t b = 0; b < CF_GRID_BLOCKS; b++) {
        uint64_t n = at[b];
        at[b] = g->start[b] = sum;
        sum += n;
    }
    g->start[CF_GRID_BLOCKS] = sum;
    for (uint64_t i = 0; i < r->n; i++) {
        uint32_t u = r->user[i], v = r->item[i];
        size_t b = (size_t)p->user[u] * CF_GRID_SIDE + p->item[v];
        g->row[at[b]++] = (struct cf_sgd_row){g->user_place[u],
                                              g->item_place[v], r->rating[i]};
    }
}

/* ---- by user ---- */

struct sorting {
    struct cf_grid *g;
    size_t users, most;      /* rows of the largest block */
    struct cf_sgd_row *copy; /* (threads, most) */
    uint64_t *count;         /* (threads, users of a row of the grid) */
    size_t row_users;
};

static void sort_block(void *ctx, size_t b, size_t worker)
{
    const struct sorting *s = ctx;
    struct cf_sgd_row *row = s->g->row + s->g->start[b];
    struct cf_sgd_row *copy = s->copy + worker * s->most;
    uint64_t *at = s->count + worker * s->row_users, sum = 0;
    size_t n = (size_t)(s->g->start[b + 1] - s->g->start[b]);
    size_t first = part_start(b / CF_GRID_SIDE, s->users);

    memcpy(copy, row, n * sizeof *row);
    memset(at, 0, s->row_users * sizeof *at);
    for (size_t i = 0; i < n; i++)
        at[copy[i].user - first]++;
    for (size_t u = 0; u < s->row_users; u++) {
        uint64_t count = at[u];
        at[u] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        row[at[copy[i].user - first]++] = copy[i];
}

static int sort_blocks(struct cf_grid *g, size_t users, struct cf_pool *pool,
                       struct cf_err *err)
{
    size_t threads = pool ? cf_pool_threads(pool) : 1, copies, counts;
    struct sorting s = {
        .g = g, .users = users, .row_users = users / CF_GRID_SIDE + 1};

    for (size_t b = 0; b < CF_GRID_BLOCKS; b++)
        if (g->start[b + 1] - g->start[b] > s.most)
            s.most = (size_t)(g->start[b + 1] - g->start[b]);
    if (cf_mul(threads, s.most, &copies) &&
        cf_mul(threads, s.row_users, &counts)) {
        s.copy = cf_alloc(copies, sizeof *s.copy);
        s.count = cf_alloc(counts, sizeof *s.count);
    }
    bool room = s.copy && s.count;
    if (room && pool)
        cf_pool_run(pool, CF_GRID_BLOCKS, sort_block, &s);
    else
        for (size_t b = 0; room && b < CF_GRID_BLOCKS; b++)
            sort_block(&s, b, 0);
    free(s.copy);
    free(s.count);
    return room ? 0 : cf_nomem(err, "blocks of ratings");
}

/* ---- the whole ---- */

int cf_grid_build(struct cf_grid *g, struct cf_ratings *r, size_t users,
                  size_t items, uint64_t seed, struct cf_pool *pool,
                  struct cf_err *err)
{
    struct parts p = {0};

    memset(g, 0, sizeof *g);
    g->user_place = draw_places(users, seed, CF_RNG_GRID_USER);
    g->item_place = draw_places(items, seed, CF_RNG_GRID_ITEM);
    if (g->user_place && g->item_place) {
        p.user = find_parts(g->user_place, users);
        p.item = find_parts(g->item_place, items);
    }
    if (p.user && p.item) {
        g->row = cf_alloc((size_t)r->n, sizeof *g->row);
        if (g->row)
            deal(g, r, &p);
    }
    free(p.user);
    free(p.item);
    cf_ratings_free(r);
    return g->row ? sort_blocks(g, users, pool, err)
                  : cf_nomem(err, "blocks of ratings");
}

void cf_grid_free(struct cf_grid *g)
{
    free(g->user_place);
    free(g->item_place);
    free(g->row);
    memset(g, 0, sizeof *g);
}

static void draw_order(uint64_t seed, enum cf_purpose purpose, uint32_t epoch,
                       uint32_t part[CF_GRID_SIDE])
{
    const struct cf_rng rng = {seed, (uint32_t)purpose, epoch + 1};

    for (uint32_t i = 0; i < CF_GRID_SIDE; i++)
        part[i] = i;
    cf_rng_shuffle(&rng, part, CF_GRID_SIDE);
}

void cf_grid_order(uint64_t seed, uint32_t epoch,
                   uint32_t block[CF_GRID_BLOCKS])
{
    uint32_t row[CF_GRID_SIDE], column[CF_GRID_SIDE];

    draw_order(seed, CF_RNG_GRID_USER, epoch, row);
    draw_order(seed, CF_RNG_GRID_ITEM, epoch, column);
    for (size_t round = 0; round < CF_GRID_SIDE; round++)
        for (size_t i = 0; i < CF_GRID_SIDE; i++)
            block[round * CF_GRID_SIDE + i] =
                row[i] * CF_GRID_SIDE + column[(i + round) % CF_GRID_SIDE];
}
