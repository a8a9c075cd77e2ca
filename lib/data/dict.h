/* dict.h - byte strings to dense ids, in order of first sight. Hashing is
 * seeded, so nobody can choose keys that collide. */
#ifndef CF_DATA_DICT_H
#define CF_DATA_DICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct cf_dict {
    uint64_t seed;
    uint32_t *slot;   /* id + 1, or 0; open addressing, power of two */
    uint32_t *hash;   /* of each id, upper bits, to spare comparisons */
    size_t nslot;
    uint64_t *end;    /* of each id's bytes in text */
    size_t end_cap, hash_cap;
    uint32_t n;       /* ids so far; at most 2^32 - 2 */
    struct cf_buf text;
};

void cf_dict_init(struct cf_dict *d, uint64_t seed);
/* The id of key, a new one if need be. */
int cf_dict_add(struct cf_dict *d, struct cf_str key, uint32_t *id,
                bool *fresh, struct cf_err *err);
/* The id of key, or CF_NONE (UINT32_MAX). */
uint32_t cf_dict_find(const struct cf_dict *d, struct cf_str key);
/* A view valid until the next addition. */
struct cf_str cf_dict_key(const struct cf_dict *d, uint32_t id);
void cf_dict_free(struct cf_dict *d);

#endif
