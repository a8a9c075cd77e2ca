/* top.h - the n best of many scored ids: a bounded heap. Higher scores first;
 * among equal scores the lower id. NaN is never kept. */
#ifndef CF_MATH_TOP_H
#define CF_MATH_TOP_H

#include <stddef.h>
#include <stdint.h>

struct cf_scored {
    float score;
    uint32_t id;
};

struct cf_top {
    struct cf_scored *v; /* borrowed room for n */
    size_t n, count;
};

void cf_top_init(struct cf_top *t, struct cf_scored *room, size_t n);
void cf_top_add(struct cf_top *t, float score, uint32_t id);
/* Best first: for qsort. */
int cf_scored_order(const void *a, const void *b);
/* Sorts v[0..count-1], best first; the heap is spent. */
void cf_top_sort(struct cf_top *t);

#endif
