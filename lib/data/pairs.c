/* pairs.c - rows are dealt by the hash of their pair into hands that are small
 * enough for a table in the cache. A single table of all pairs would miss the
 * cache at every row. */
#include "data/pairs.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { HAND = 8192 /* rows, about */ };

struct card {
    uint64_t pair;
    size_t row;
};

struct deal {
    uint64_t seed;
    struct card *card; /* hand by hand, each in order of rows */
    size_t *end;       /* of each hand in card */
    size_t hands;      /* a power of two */
    struct card *slot; /* of the table; row is 1 + the last one, 0: free */
    size_t nslot;      /* a power of two that is enough for the largest hand */
};

static uint64_t pair_of(uint32_t user, uint32_t item)
{
    return (uint64_t)user << 32 | item;
}

/* The finalizer of splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t hash(const struct deal *d, uint64_t pair)
{
    uint64_t h = pair ^ d->seed;

    h = (h ^ h >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    h = (h ^ h >> 27) * UINT64_C(0x94d049bb133111eb);
    return h ^ h >> 31;
}

static size_t hand_of(const struct deal *d, uint64_t pair)
{
    return (size_t)(hash(d, pair) >> 32) & (d->hands - 1);
}

/* Starts of the hands, where the ends will be. */
static size_t start_hands(struct deal *d)
{
    size_t at = 0, most = 0;

    for (size_t h = 0; h < d->hands; h++) {
        size_t n = d->end[h];
        d->end[h] = at;
        at += n;
        most = n > most ? n : most;
    }
    return most;
}

static int make_deal(struct deal *d, const uint32_t *user, const uint32_t *item,
                     size_t n, struct cf_err *err)
{
    for (d->hands = 1; d->hands < n / HAND; d->hands *= 2)
        ;
    d->end = cf_zalloc(d->hands, sizeof *d->end);
    d->card = cf_alloc(n, sizeof *d->card);
    if (!d->end || !d->card)
        return cf_nomem(err, "pairs");
    for (size_t i = 0; i < n; i++)
        d->end[hand_of(d, pair_of(user[i], item[i]))]++;
    size_t most = start_hands(d);
    for (size_t i = 0; i < n; i++) {
        uint64_t pair = pair_of(user[i], item[i]);
        d->card[d->end[hand_of(d, pair)]++] = (struct card){pair, i};
    }
    for (d->nslot = 2; d->nslot / 2 < most; d->nslot *= 2)
        ;
    d->slot = cf_alloc(d->nslot, sizeof *d->slot);
    return d->slot ? 0 : cf_nomem(err, "pairs");
}

/* Cards from .. to-1 are a hand. */
static void play(struct deal *d, size_t from, size_t to, size_t *before)
{
    memset(d->slot, 0, d->nslot * sizeof *d->slot);
    for (; from < to; from++) {
        const struct card *c = &d->card[from];
        size_t i = (size_t)hash(d, c->pair) & (d->nslot - 1);
        while (d->slot[i].row && d->slot[i].pair != c->pair)
            i = (i + 1) & (d->nslot - 1);
        before[c->row] = d->slot[i].row;
        d->slot[i] = (struct card){c->pair, c->row + 1};
    }
}

int cf_pairs_before(const uint32_t *user, const uint32_t *item, size_t n,
                    uint64_t seed, size_t *before, struct cf_err *err)
{
    struct deal d = {.seed = seed};
    int rc = make_deal(&d, user, item, n, err);

    for (size_t h = 0; !rc && h < d.hands; h++)
        play(&d, h ? d.end[h - 1] : 0, d.end[h], before);
    free(d.card);
    free(d.end);
    free(d.slot);
    return rc;
}
