/* by_user.h - pairs of user and item in memory, by user. */
#ifndef CF_EVAL_BY_USER_H
#define CF_EVAL_BY_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Starts zeroed. */
struct cf_by_user {
    uint32_t *user; /* rows as they were added, until it is sorted */
    uint64_t *pair;
    size_t cap_user, cap_pair;
    size_t n;        /* rows; once it is sorted, pairs */
    uint64_t *start; /* those of user u are pair[start[u] .. start[u + 1] - 1],
                        by item: item << 32 | bits of the rating */
    size_t users;    /* that start has */
    uint64_t again;  /* rows whose pair was there before, left out */
};

int cf_by_user_add(struct cf_by_user *b, uint32_t user, uint32_t item,
                   float rating, struct cf_err *err);
/* After the last one is added. users: above all numbers of users. Of rows with
 * the same pair the one with the highest rating stays, if none is negative. */
int cf_by_user_sort(struct cf_by_user *b, size_t users, struct cf_err *err);
void cf_by_user_free(struct cf_by_user *b);

/* The pairs of a user; sorted, or there are none. */
struct cf_user_pairs {
    const uint64_t *pair;
    size_t n;
};
struct cf_user_pairs cf_by_user_of(const struct cf_by_user *b, uint32_t user);
static inline uint32_t cf_pair_item(uint64_t pair)
{
    return (uint32_t)(pair >> 32);
}
/* Is the item there? rating: gets its rating; may be NULL. */
bool cf_user_pairs_find(const struct cf_user_pairs *p, uint32_t item,
                        float *rating);

#endif
