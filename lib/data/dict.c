/* dict.c - a hash table of byte strings: XXH3, linear probing; and beside it an
 * array for keys that are small numbers, as most ids are, which spares them
 * hashing, comparing and two cache misses. */
#include "data/dict.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/sum.h"
#include "stream/schema.h"

enum {
    FIRST_SLOTS = 1024,
    SMALL = 1 << 20, /* numbers below are small: the array takes 4 MiB at most,
                        whatever the keys are */
    SMALL_DIGITS = 7
};

uint64_t cf_dict_seed(void)
{
    /* The clock and where the system put this function's frame. */
    struct {
        struct timespec now;
        uintptr_t here;
    } noise;

    memset(&noise, 0, sizeof noise);
    clock_gettime(CLOCK_REALTIME, &noise.now);
    noise.here = (uintptr_t)&noise;
    return cf_sum(&noise, sizeof noise, 0);
}

void cf_dict_init(struct cf_dict *d, uint64_t seed)
{
    memset(d, 0, sizeof *d);
    d->seed = seed;
}

static uint32_t hash_of(const struct cf_dict *d, struct cf_str key)
{
    return (uint32_t)(cf_sum(key.p, key.n, d->seed) >> 32);
}

/* Where a key's search begins. Taking the hash's upper bits keeps the order of
 * slots when the table doubles, so that growing runs through memory. */
static size_t home(const struct cf_dict *d, uint32_t hash)
{
    return (size_t)((uint64_t)hash * d->nslot >> 32);
}

/* The slot of key, or the free one where it belongs; the table has one. */
static struct cf_dict_slot *find_slot(const struct cf_dict *d,
                                      struct cf_str key, uint32_t hash)
{
    size_t i = home(d, hash);

    for (;; i = (i + 1) & (d->nslot - 1)) {
        struct cf_dict_slot *s = &d->slot[i];
        if (s->id1 == 0 ||
            (s->hash == hash && cf_str_eq(cf_dict_key(d, s->id1 - 1), key)))
            return s;
    }
}

static bool grow_slots(struct cf_dict *d)
{
    struct cf_dict old = *d;

    d->nslot = old.nslot ? 2 * old.nslot : FIRST_SLOTS;
    d->slot = cf_zalloc(d->nslot, sizeof *d->slot);
    if (!d->slot) {
        *d = old;
        return false;
    }
    for (size_t k = 0; k < old.nslot; k++) {
        if (old.slot[k].id1 == 0)
            continue;
        size_t i = home(d, old.slot[k].hash);
        while (d->slot[i].id1)
            i = (i + 1) & (d->nslot - 1);
        d->slot[i] = old.slot[k];
    }
    free(old.slot);
    return true;
}

/* Keeps the bytes of a new key. */
static bool append(struct cf_dict *d, struct cf_str key)
{
    if (!cf_grow(&d->end, &d->end_cap, (size_t)d->n + 1, sizeof *d->end))
        return false;
    cf_buf_str(&d->text, key);
    if (d->text.failed)
        return false;
    d->end[d->n++] = d->text.n;
    return true;
}

/* Is key what cf_dict_small finds? */
static bool small_number(struct cf_str key, uint32_t *v)
{
    unsigned scale;

    return key.n <= SMALL_DIGITS && cf_parse_exact(key, v, &scale) &&
           scale == 0 && *v < SMALL;
}

/* Room for v in small. */
static bool grow_small(struct cf_dict *d, uint32_t v)
{
    if (v < d->nsmall)
        return true;
    if (!cf_grow(&d->small, &d->small_cap, (size_t)v + 1, sizeof *d->small))
        return false;
    memset(d->small + d->nsmall, 0,
           (d->small_cap - d->nsmall) * sizeof *d->small);
    d->nsmall = d->small_cap;
    return true;
}

static int add_small(struct cf_dict *d, struct cf_str key, uint32_t v,
                     struct cf_err *err)
{
    if (!grow_small(d, v) || !append(d, key))
        return cf_nomem(err, "dictionary");
    d->small[v] = d->n;
    return 0;
}

static int add_slot(struct cf_dict *d, struct cf_str key, uint32_t *id,
                    bool *fresh, struct cf_err *err)
{
    /* A quarter of the slots stays free. There is a text, even if the only key
     * is the empty one. */
    if (d->used >= d->nslot - d->nslot / 4 &&
        (!grow_slots(d) || !cf_buf_room(&d->text, 1)))
        return cf_nomem(err, "dictionary");
    uint32_t hash = hash_of(d, key);
    struct cf_dict_slot *s = find_slot(d, key, hash);
    *fresh = s->id1 == 0;
    if (*fresh) {
        if (!append(d, key))
            return cf_nomem(err, "dictionary");
        *s = (struct cf_dict_slot){d->n, hash};
        d->used++;
    }
    *id = s->id1 - 1;
    return 0;
}

int cf_dict_add(struct cf_dict *d, struct cf_str key, uint32_t *id, bool *fresh,
                struct cf_err *err)
{
    uint32_t v;

    if (d->n == CF_NONE - 1) {
        *fresh = false;
        *id = cf_dict_find(d, key);
        return *id != CF_NONE ? 0
                              : cf_fail(err, CF_EMEM, "more than %u ids", d->n);
    }
    if (!small_number(key, &v))
        return add_slot(d, key, id, fresh, err);
    *id = cf_dict_small(d, v);
    *fresh = *id == CF_NONE;
    if (!*fresh)
        return 0;
    *id = d->n;
    return add_small(d, key, v, err);
}

uint32_t cf_dict_small(const struct cf_dict *d, uint32_t v)
{
    return v < d->nsmall ? d->small[v] - 1 : CF_NONE;
}

uint32_t cf_dict_find(const struct cf_dict *d, struct cf_str key)
{
    uint32_t v;

    if (small_number(key, &v))
        return cf_dict_small(d, v);
    if (d->used == 0)
        return CF_NONE;
    return find_slot(d, key, hash_of(d, key))->id1 - 1;
}

struct cf_str cf_dict_key(const struct cf_dict *d, uint32_t id)
{
    uint64_t from = id ? d->end[id - 1] : 0;
    return (struct cf_str){d->text.p + from, (size_t)(d->end[id] - from)};
}

void cf_dict_free(struct cf_dict *d)
{
    free(d->slot);
    free(d->small);
    free(d->end);
    cf_buf_free(&d->text);
    memset(d, 0, sizeof *d);
}
