/* by_user.c - pairs by user: counted, dealt, and sorted user by user. */
#include "eval/by_user.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int cf_by_user_add(struct cf_by_user *b, uint32_t user, uint32_t item,
                   float rating, struct cf_err *err)
{
    uint32_t bits;

    if (!cf_grow(&b->user, &b->cap_user, b->n + 1, sizeof *b->user) ||
        !cf_grow(&b->pair, &b->cap_pair, b->n + 1, sizeof *b->pair))
        return cf_nomem(err, "pairs");
    memcpy(&bits, &rating, sizeof bits);
    b->user[b->n] = user;
    b->pair[b->n++] = (uint64_t)item << 32 | bits;
    return 0;
}

/* The last one first, so that the highest rating of an item comes first. */
static int descending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x > y ? -1 : x < y;
}

static int ascending(const void *a, const void *b)
{
    return descending(b, a);
}

/* Sorts n pairs by item, each item once, and returns how many remain. */
static size_t sort_pairs(uint64_t *pair, size_t n)
{
    size_t some = 0;

    qsort(pair, n, sizeof *pair, descending);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || cf_pair_item(pair[i]) != cf_pair_item(pair[some - 1]))
            pair[some++] = pair[i];
    qsort(pair, some, sizeof *pair, ascending);
    return some;
}

/* Deals the rows to their users; start[u + 1] is where those of u begin, and in
 * the end where they end. */
static void deal(const struct cf_by_user *b, uint64_t *dealt)
{
    for (size_t i = 0; i < b->n; i++)
        b->start[b->user[i] + 2]++;
    for (size_t u = 2; u <= b->users + 1; u++)
        b->start[u] += b->start[u - 1];
    for (size_t i = 0; i < b->n; i++)
        dealt[b->start[b->user[i] + 1]++] = b->pair[i];
}

int cf_by_user_sort(struct cf_by_user *b, size_t users, struct cf_err *err)
{
    uint64_t *dealt = cf_alloc(b->n, sizeof *dealt);
    size_t at = 0, from = 0;

    b->users = users;
    b->start = cf_zalloc(users + 2, sizeof *b->start);
    if (!dealt || !b->start) {
        free(dealt);
        return cf_nomem(err, "pairs");
    }
    deal(b, dealt);
    free(b->user);
    free(b->pair);
    b->user = NULL;
    b->pair = dealt;
    for (size_t u = 0; u < users; u++) {
        size_t n = (size_t)b->start[u + 1] - from;
        memmove(dealt + at, dealt + from, n * sizeof *dealt);
        from += n;
        at += sort_pairs(dealt + at, n);
        b->start[u + 1] = at;
    }
    b->again = b->n - at;
    b->n = at;
    return 0;
}

void cf_by_user_free(struct cf_by_user *b)
{
    free(b->user);
    free(b->pair);
    free(b->start);
    memset(b, 0, sizeof *b);
}

struct cf_user_pairs cf_by_user_of(const struct cf_by_user *b, uint32_t user)
{
    if (user >= b->users)
        return (struct cf_user_pairs){NULL, 0};
    return (struct cf_user_pairs){
        b->pair + b->start[user],
        (size_t)(b->start[user + 1] - b->start[user])};
}

static float rating_of(uint64_t pair)
{
    uint32_t bits = (uint32_t)pair;
    float rating;

    memcpy(&rating, &bits, sizeof rating);
    return rating;
}

bool cf_user_pairs_find(const struct cf_user_pairs *p, uint32_t item,
                        float *rating)
{
    size_t lo = 0, hi = p->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (cf_pair_item(p->pair[mid]) < item)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == p->n || cf_pair_item(p->pair[lo]) != item)
        return false;
    if (rating)
        *rating = rating_of(p->pair[lo]);
    return true;
}
