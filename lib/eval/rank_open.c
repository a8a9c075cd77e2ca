/* rank_open.c - room to rank in. */
#include <stdlib.h>

#include "base/mem.h"
#include "eval/rank_impl.h"

enum { PLACES = 4 << 20 }; /* of the lists of a thread, at most */

int cf_rank_open(struct cf_rank **rank, const struct cf_targets *t, size_t n,
                 size_t threads, struct cf_err *err)
{
    struct cf_rank *r = *rank = cf_zalloc(1, sizeof *r);

    if (!r)
        return cf_nomem(err, "ranking");
    r->t = *t;
    r->n = n;
    r->threads = threads;
    r->room = cf_zalloc(threads, sizeof *r->room);
    return r->room ? 0 : cf_nomem(err, "ranking");
}

static bool open_room(const struct cf_rank *r, struct cf_rank_room *room)
{
    room->top = cf_alloc(r->n, CF_RANK_BATCH * sizeof *room->top);
    room->spare = cf_alloc(CF_RANK_SPARE, CF_RANK_BATCH * sizeof *room->spare);
    room->q = cf_aalloc(r->t.k, CF_RANK_BATCH * sizeof *room->q);
    room->c = cf_aalloc(CF_RANK_BLOCK, CF_RANK_BATCH * sizeof *room->c);
    room->active = cf_alloc(CF_RANK_BATCH, sizeof *room->active);
    room->start = cf_alloc((size_t)r->blocks.nblocks + 2, sizeof *room->start);
    return room->top && room->spare && room->q && room->c && room->active &&
           room->start;
}

int cf_rank_index(struct cf_rank *r, double typical, struct cf_err *err)
{
    bool ok = true;

    /* Lists that long have most of it. */
    if (r->indexed || r->n > PLACES / CF_RANK_BATCH || r->n > r->t.nid / 4)
        return 0;
    int rc = cf_rank_blocks_make(&r->blocks, &r->t, typical, err);
    for (size_t i = 0; !rc && i < r->threads; i++)
        ok = ok && open_room(r, &r->room[i]);
    if (!rc && !ok)
        rc = cf_nomem(err, "ranking");
    r->indexed = !rc;
    return rc;
}

double cf_rank_share(const struct cf_rank *r)
{
    double computed = 0, all = 0;

    for (size_t i = 0; i < r->threads; i++) {
        computed += (double)r->room[i].computed;
        all += (double)r->room[i].all;
    }
    return all > 0 ? computed / all : 1;
}

void cf_rank_close(struct cf_rank *r)
{
    if (!r)
        return;
    for (size_t i = 0; r->room && i < r->threads; i++) {
        free(r->room[i].top);
        free(r->room[i].spare);
        free(r->room[i].q);
        free(r->room[i].c);
        free(r->room[i].active);
        free(r->room[i].skip);
        free(r->room[i].start);
    }
    free(r->room);
    cf_rank_blocks_free(&r->blocks);
    free(r);
}
