/* dict.h - byte strings to dense ids, in order of first sight. Hashing is
 * seeded, so nobody can choose keys that collide. */
#ifndef CF_DATA_DICT_H
#define CF_DATA_DICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct cf_dict_slot {
    uint32_t id1;  /* id + 1, or 0 for a free slot */
    uint32_t hash; /* upper half of the key's, to spare comparisons */
};

struct cf_dict {
    uint64_t seed;
    struct cf_dict_slot *slot; /* open addressing */
    size_t nslot;              /* a power of two, or 0 */
    size_t used;               /* slots */
    uint32_t *small; /* id + 1 of the keys that are small numbers, which have no
                        slot; 0: none */
    size_t nsmall, small_cap;
    uint64_t *end; /* of each id's bytes in text */
    size_t end_cap;
    uint32_t first; /* the id of the first key: 0, but for tests of the end */
    uint32_t n;     /* the next id; none is above 2^32 - 2 */
    struct cf_buf text;
};

/* A seed that cannot be known in advance. It shows in no result. */
uint64_t cf_dict_seed(void);
void cf_dict_init(struct cf_dict *d, uint64_t seed);
/* The id of key, a new one if need be. */
int cf_dict_add(struct cf_dict *d, struct cf_str key, uint32_t *id, bool *fresh,
                struct cf_err *err);
/* Starts to load what cf_dict_add or cf_dict_find of these keys will look at,
 * all at the same time: it changes nothing but that they are faster. */
void cf_dict_expect(const struct cf_dict *d, const struct cf_str *key,
                    size_t n);
/* The id of key, or CF_NONE (UINT32_MAX). */
uint32_t cf_dict_find(const struct cf_dict *d, struct cf_str key);
/* The same for the key that is the canonical decimal text of v, but only if v
 * is small; CF_NONE says nothing. */
static inline uint32_t cf_dict_small(const struct cf_dict *d, uint32_t v)
{
    return v < d->nsmall ? d->small[v] - 1 : UINT32_MAX;
}
/* A view valid until the next addition. */
struct cf_str cf_dict_key(const struct cf_dict *d, uint32_t id);
void cf_dict_free(struct cf_dict *d);

#endif
