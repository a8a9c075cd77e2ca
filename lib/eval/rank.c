/* rank.c - the best targets, block by block; rank.h says why that is exact. */
#include "eval/rank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/rank_impl.h"
#include "model/cosine.h"
#include "stream/schema.h"

/* Every target is scored where sums of products might leave the numbers that
 * the margin is true of: those above, and for the cosine those that small that
 * they have fewer digits. */
static const double LARGE = 1e37, SMALL = 1e-30;

/* ---- one after the other ---- */

/* The score of row id. */
static float score_of(const struct cf_targets *t, const struct cf_query *q,
                      uint32_t id)
{
    float dot = t->vec->dot(q->factors, t->factors + (size_t)id * t->k, t->k);

    if (t->length)
        return cf_cosine(dot, q->length, t->length[id]);
    return (q->base + t->bias[id]) + dot;
}

size_t cf_rank_scored(const struct cf_targets *t, const struct cf_query *q,
                      const float *z, size_t n, struct cf_scored *out)
{
    size_t skip = 0;
    struct cf_top top;

    cf_top_init(&top, out, n);
    for (uint32_t i = 0; i < t->nid; i++) {
        uint32_t id = t->id[i];
        while (skip < q->nskip && q->skip[skip] < id)
            skip++;
        if (skip == q->nskip || q->skip[skip] != id)
            cf_top_add(&top, z ? z[id] : score_of(t, q, id), id);
    }
    cf_top_sort(&top);
    return top.count;
}

/* ---- what is found ---- */

static void set_least(struct cf_finding *f)
{
    double least = (double)f->top.v[0].score - 2 * f->margin;

    if (f->top.count == f->top.n)
        f->least = nextafterf((float)least, -INFINITY);
}

/* Spares that do not matter any more make room. */
static void keep_spare(struct cf_finding *f, struct cf_scored x)
{
    if (f->nspare == CF_RANK_SPARE) {
        f->nspare = 0;
        for (size_t i = 0; i < CF_RANK_SPARE; i++)
            if (f->spare[i].score >= f->least)
                f->spare[f->nspare++] = f->spare[i];
    }
    if (f->nspare == CF_RANK_SPARE)
        f->plain = true;
    else
        f->spare[f->nspare++] = x;
}

static void offer(struct cf_finding *f, float product, uint32_t pos)
{
    struct cf_scored x = {product, pos};

    if (product == -INFINITY)
        return; /* not listed */
    if (f->top.count < f->top.n) {
        cf_top_add(&f->top, product, pos);
        set_least(f);
        return;
    }
    if (product > f->top.v[0].score) {
        x = f->top.v[0];
        cf_top_add(&f->top, product, pos);
        set_least(f);
    }
    if (x.score >= f->least)
        keep_spare(f, x);
}

static void scan(const struct cf_rank *r, struct cf_finding *f, const float *c,
                 uint32_t first)
{
    for (size_t i = 0; !f->plain; i++) {
        i += r->t.vec->above(c + i, f->least, CF_RANK_BLOCK - i);
        if (i == CF_RANK_BLOCK)
            return;
        offer(f, c[i], first + (uint32_t)i);
    }
}

/* Scores what is left. */
static size_t settle(const struct cf_rank *r, const struct cf_finding *f,
                     struct cf_scored *out)
{
    struct cf_top top;

    if (f->plain)
        return cf_rank_scored(&r->t, f->q, NULL, r->n, out);
    cf_top_init(&top, out, r->n);
    for (size_t i = 0; i < f->top.count + f->nspare; i++) {
        const struct cf_scored *x =
            i < f->top.count ? &f->top.v[i] : &f->spare[i - f->top.count];
        uint32_t id = r->blocks.id[x->id];
        if (x->score >= f->least)
            cf_top_add(&top, score_of(&r->t, f->q, id), id);
    }
    cf_top_sort(&top);
    return top.count;
}

/* ---- block by block ---- */

static void begin(const struct cf_rank *r, struct cf_rank_room *room,
                  const struct cf_query *q, uint32_t j)
{
    const struct cf_rank_blocks *b = &r->blocks;
    struct cf_finding *f = &room->f[j];

    *f = (struct cf_finding){.q = q, .least = -INFINITY};
    f->spare = room->spare + (size_t)j * CF_RANK_SPARE;
    cf_top_init(&f->top, room->top + (size_t)j * r->n, r->n);
    f->length = r->t.length ? 1 : cf_rank_length(q->factors, r->t.k);
    double most = f->length * b->most_length + b->most_bias +
                  fabs(r->t.length ? 0 : (double)q->base);
    f->margin = 1.2e-7 * (r->t.k + 8) * most + 1e-37;
    f->plain = !(most < LARGE) ||
               (r->t.length && !(q->length * b->most_norm < LARGE &&
                                 q->length * b->least_norm > SMALL));
}

static bool may_matter(const struct cf_rank_blocks *b,
                       const struct cf_finding *f, uint32_t block)
{
    double bound = b->highest[block] + f->length * b->longest[block];

    return !f->plain && bound + f->margin >= (double)f->least;
}

/* Row `row` of q becomes that of query j. */
static void put_query(const struct cf_rank *r, struct cf_rank_room *room,
                      uint32_t row, uint32_t j)
{
    const struct cf_query *q = room->f[j].q;
    float *to = room->q + (size_t)row * r->t.k;

    if (room->active[row] == j)
        return;
    room->active[row] = j;
    if (!r->t.length)
        memcpy(to, q->factors, r->t.k * sizeof *to);
    for (uint32_t f = 0; r->t.length && f < r->t.k; f++)
        to[f] = (float)((double)q->factors[f] / q->length);
}

/* How many queries the block may matter to; their factors are in q. */
static uint32_t gather(const struct cf_rank *r, struct cf_rank_room *room,
                       uint32_t nq, uint32_t block)
{
    uint32_t n = 0;

    for (uint32_t j = 0; j < nq; j++)
        if (may_matter(&r->blocks, &room->f[j], block))
            put_query(r, room, n++, j);
    return n;
}

/* Sorts what is not listed by block. False: no memory. */
static bool sort_skip(const struct cf_rank *r, struct cf_rank_room *room,
                      const struct cf_query *q, uint32_t nq)
{
    const struct cf_rank_blocks *b = &r->blocks;
    uint32_t *start = room->start + 1;
    size_t n = 0;

    memset(room->start, 0, (b->nblocks + 2) * sizeof *room->start);
    for (uint32_t j = 0; j < nq; j++)
        for (size_t i = 0; i < q[j].nskip; i++) {
            uint32_t pos = b->pos[q[j].skip[i]];
            if (pos != CF_NONE && ++n)
                start[pos / CF_RANK_BLOCK + 1]++;
        }
    if (n >= CF_NONE ||
        !cf_grow(&room->skip, &room->skip_cap, n, sizeof(uint32_t)))
        return false;
    for (uint32_t i = 0; i < b->nblocks; i++)
        start[i + 1] += start[i];
    for (uint32_t j = 0; j < nq; j++)
        for (size_t i = 0; i < q[j].nskip; i++) {
            uint32_t pos = b->pos[q[j].skip[i]];
            if (pos != CF_NONE)
                room->skip[start[pos / CF_RANK_BLOCK]++] =
                    j * CF_RANK_BLOCK + pos % CF_RANK_BLOCK;
        }
    return true;
}

static void take_out(struct cf_rank_room *room, uint32_t nactive,
                     uint32_t block)
{
    uint32_t row = 0;

    for (uint32_t i = room->start[block]; i < room->start[block + 1]; i++) {
        uint32_t j = room->skip[i] / CF_RANK_BLOCK;
        while (row < nactive && room->active[row] < j)
            row++;
        if (row < nactive && room->active[row] == j)
            room->c[(size_t)row * CF_RANK_BLOCK +
                    room->skip[i] % CF_RANK_BLOCK] = -INFINITY;
    }
}

/* The products of rows of q and a block; bias included. */
static void multiply(const struct cf_rank *r, struct cf_rank_room *room,
                     uint32_t rows, uint32_t block)
{
    const struct cf_rank_blocks *b = &r->blocks;
    size_t at = (size_t)block * CF_RANK_BLOCK;
    struct cf_gemm g = {.m = rows,
                        .n = CF_RANK_PANEL,
                        .k = r->t.k,
                        .a = room->q,
                        .a_row = r->t.k,
                        .a_col = 1,
                        .b = b->factor + at * r->t.k,
                        .b_row = CF_RANK_PANEL,
                        .c = room->c,
                        .c_row = CF_RANK_BLOCK};

    for (uint32_t i = 0; i < rows; i++)
        memcpy(room->c + (size_t)i * CF_RANK_BLOCK, b->bias + at,
               CF_RANK_BLOCK * sizeof(float));
    for (uint32_t i = 0; i < CF_RANK_BLOCK / CF_RANK_PANEL; i++) {
        r->t.vec->product(&g);
        g.b += (size_t)r->t.k * CF_RANK_PANEL;
        g.c += CF_RANK_PANEL;
    }
}

static void one_block(const struct cf_rank *r, struct cf_rank_room *room,
                      uint32_t nq, uint32_t block)
{
    uint32_t n = gather(r, room, nq, block);
    uint32_t rows = (n + CF_RANK_TILE - 1) / CF_RANK_TILE * CF_RANK_TILE;

    if (n == 0)
        return;
    multiply(r, room, rows, block);
    take_out(room, n, block);
    for (uint32_t i = 0; i < n; i++)
        scan(r, &room->f[room->active[i]], room->c + (size_t)i * CF_RANK_BLOCK,
             block * CF_RANK_BLOCK);
    room->computed += (uint64_t)rows * CF_RANK_BLOCK;
}

static bool by_blocks(const struct cf_rank *r, struct cf_rank_room *room,
                      const struct cf_query *q, uint32_t nq)
{
    if (!r->indexed || nq < CF_RANK_TILE || !sort_skip(r, room, q, nq))
        return false;
    for (uint32_t j = 0; j < nq; j++)
        begin(r, room, &q[j], j);
    for (uint32_t i = 0; i < CF_RANK_BATCH; i++)
        room->active[i] = CF_NONE;
    for (uint32_t i = 0; i < r->blocks.nblocks; i++)
        one_block(r, room, nq, i);
    room->all += (uint64_t)nq * r->t.nid;
    return true;
}

void cf_rank_some(struct cf_rank *r, const struct cf_query *q, size_t nq,
                  size_t worker, struct cf_scored *out, size_t *count)
{
    struct cf_rank_room *room = &r->room[worker];
    bool blocks = by_blocks(r, room, q, (uint32_t)nq);

    for (size_t j = 0; j < nq; j++)
        count[j] =
            blocks ? settle(r, &room->f[j], out + j * r->n)
                   : cf_rank_scored(&r->t, &q[j], NULL, r->n, out + j * r->n);
}
