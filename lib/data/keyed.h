/* keyed.h - rows in the order of their keys. */
#ifndef CF_DATA_KEYED_H
#define CF_DATA_KEYED_H

#include <stddef.h>
#include <stdint.h>

struct cf_keyed {
    uint64_t key, row;
};

/* Ascending by key, then by row; rows differ. In place, in linear time. */
void cf_keyed_sort(struct cf_keyed *v, size_t n);

#endif
