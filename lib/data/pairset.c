/* pairset.c - a set of pairs, in the ids of the stream that lists them. */
#include "data/pairset.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "data/ratings.h"

enum { FREE, THERE, FOUND };

static uint64_t pair_of(uint32_t user, uint32_t item)
{
    return (uint64_t)user << 32 | item;
}

/* Where the pair is, or the free slot for it. The seed of the dictionaries
 * keeps hashes from being foreseen. */
static size_t find(const struct cf_pairset *g, uint64_t pair)
{
    uint64_t h = pair ^ g->user.dict.seed;

    h = (h ^ h >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    h = (h ^ h >> 27) * UINT64_C(0x94d049bb133111eb);
    size_t i = (size_t)(h ^ h >> 31) & (g->nslot - 1);
    while (g->state[i] != FREE && g->slot[i] != pair)
        i = (i + 1) & (g->nslot - 1);
    return i;
}

static int widen(struct cf_pairset *g, struct cf_err *err)
{
    enum { FIRST = 1024 };
    struct cf_pairset old = *g;

    g->nslot = old.nslot ? 2 * old.nslot : FIRST;
    g->slot = cf_alloc(g->nslot, sizeof *g->slot);
    g->state = cf_zalloc(g->nslot, sizeof *g->state);
    if (!g->slot || !g->state) {
        free(g->slot);
        free(g->state);
        *g = old;
        return cf_nomem(err, "given rows");
    }
    for (size_t i = 0; i < old.nslot; i++)
        if (old.state[i] != FREE) {
            size_t k = find(g, old.slot[i]);
            g->slot[k] = old.slot[i];
            g->state[k] = THERE;
        }
    free(old.slot);
    free(old.state);
    return 0;
}

static int add_pair(struct cf_pairset *g, uint64_t pair, struct cf_err *err)
{
    int rc = 2 * g->n >= g->nslot ? widen(g, err) : 0;
    if (rc)
        return rc;
    size_t i = find(g, pair);
    g->n += g->state[i] == FREE;
    g->slot[i] = pair;
    g->state[i] = THERE;
    return 0;
}

/* ---- the stream that lists them ---- */

static int add_ids(struct cf_pairset_side *s, const struct cf_block *b,
                   const char *name, struct cf_err *err)
{
    char scratch[CF_NUM_MAX];
    bool fresh = true;
    uint32_t id;
    int rc = 0;

    for (uint32_t i = 0; !rc && fresh && i < b->rows; i++)
        rc = cf_dict_add(&s->dict,
                         cf_chunk_str(&b->chunk[0], b->rows, i, scratch), &id,
                         &fresh, err);
    if (!rc && !fresh)
        return cf_fail(err, CF_EDATA, "%s: an id is there twice", name);
    return rc;
}

static int add_rows(struct cf_pairset *g, const struct cf_block *b,
                    const struct cf_rating_columns *c, struct cf_err *err)
{
    int rc = 0;

    for (uint32_t i = 0; !rc && i < b->rows; i++)
        rc = add_pair(g,
                      pair_of(cf_chunk_code(&b->chunk[c->user], b->rows, i),
                              cf_chunk_code(&b->chunk[c->item], b->rows, i)),
                      err);
    return rc;
}

int cf_pairset_read(struct cf_pairset *g, struct cf_reader *r,
                    struct cf_err *err)
{
    const struct cf_schema *s = cf_reader_schema(r);
    const char *name = cf_reader_name(r);
    struct cf_rating_columns c;
    const struct cf_block *b;
    uint32_t rows = 0;

    cf_dict_init(&g->user.dict, cf_dict_seed());
    cf_dict_init(&g->item.dict, cf_dict_seed());
    int rc = cf_expect_kind(s, CF_RATINGS, name, err);
    if (!rc)
        rc = cf_expect_part(s, "rows", name, &rows, err);
    if (!rc)
        rc = cf_rating_columns(s, rows, name, &c, err);
    while (!rc && !(rc = cf_reader_next(r, &b, err)) && b) {
        if (b->part == rows)
            rc = add_rows(g, b, &c, err);
        else if (b->part == c.user_part)
            rc = add_ids(&g->user, b, name, err);
        else if (b->part == c.item_part)
            rc = add_ids(&g->item, b, name, err);
    }
    return rc;
}

/* ---- the other stream ---- */

static int take_ids(struct cf_pairset_side *s, const struct cf_block *b,
                    struct cf_err *err)
{
    char scratch[CF_NUM_MAX];

    if (!cf_grow(&s->own, &s->cap, s->n + b->rows, sizeof *s->own))
        return cf_nomem(err, "ids");
    for (uint32_t i = 0; i < b->rows; i++)
        s->own[s->n++] = cf_dict_find(
            &s->dict, cf_chunk_str(&b->chunk[0], b->rows, i, scratch));
    return 0;
}

int cf_pairset_users(struct cf_pairset *g, const struct cf_block *b,
                     struct cf_err *err)
{
    return take_ids(&g->user, b, err);
}

int cf_pairset_items(struct cf_pairset *g, const struct cf_block *b,
                     struct cf_err *err)
{
    return take_ids(&g->item, b, err);
}

bool cf_pairset_has(struct cf_pairset *g, uint32_t user, uint32_t item)
{
    uint32_t u = g->user.own[user], i = g->item.own[item];

    if (u == CF_NONE || i == CF_NONE || g->n == 0)
        return false;
    size_t at = find(g, pair_of(u, i));
    g->found += g->state[at] == THERE;
    if (g->state[at] != FREE)
        g->state[at] = FOUND;
    return g->state[at] != FREE;
}

void cf_pairset_free(struct cf_pairset *g)
{
    cf_dict_free(&g->user.dict);
    cf_dict_free(&g->item.dict);
    free(g->user.own);
    free(g->item.own);
    free(g->slot);
    free(g->state);
    memset(g, 0, sizeof *g);
}
