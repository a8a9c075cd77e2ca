/* top.c - the n best, in a heap with the worst of them on top. */
#include "math/top.h"

#include <stdbool.h>

static bool better(struct cf_scored a, struct cf_scored b)
{
    return a.score > b.score || (a.score == b.score && a.id < b.id);
}

int cf_scored_order(const void *a, const void *b)
{
    const struct cf_scored *x = a, *y = b;
    return better(*x, *y) ? -1 : better(*y, *x);
}

/* Puts x where v[at] was, or below: what it passes is worse than x. */
static void sink(struct cf_scored *v, size_t count, size_t at,
                 struct cf_scored x)
{
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && better(v[child], v[child + 1]))
            child++;
        if (!better(x, v[child]))
            break;
        v[at] = v[child];
    }
    v[at] = x;
}

/* Puts x where v[at] was, or above. */
static void rise(struct cf_scored *v, size_t at, struct cf_scored x)
{
    for (size_t parent; at > 0; at = parent) {
        parent = (at - 1) / 2;
        if (!better(v[parent], x))
            break;
        v[at] = v[parent];
    }
    v[at] = x;
}

void cf_top_init(struct cf_top *t, struct cf_scored *room, size_t n)
{
    *t = (struct cf_top){.v = room, .n = n};
}

void cf_top_add(struct cf_top *t, float score, uint32_t id)
{
    struct cf_scored x = {score, id};

    if (score != score)
        return;
    if (t->count < t->n)
        rise(t->v, t->count++, x);
    else if (t->n > 0 && better(x, t->v[0]))
        sink(t->v, t->count, 0, x);
}

void cf_top_sort(struct cf_top *t)
{
    for (size_t n = t->count; n > 1; n--) {
        struct cf_scored last = t->v[n - 1];
        t->v[n - 1] = t->v[0];
        sink(t->v, n - 1, 0, last);
    }
}
