/* rec.h - a row of ratings on its way through piles and sorters. */
#ifndef CF_DATA_REC_H
#define CF_DATA_REC_H

#include <stdint.h>

enum cf_part_of { CF_TRAIN, CF_VALID, CF_TEST, CF_PARTS };

struct cf_rec {
    uint64_t id; /* what it is sorted by: its row number, a random key */
    int64_t time;
    uint32_t user, item;
    float rating;
    uint32_t part; /* of enum cf_part_of */
};

_Static_assert(sizeof(struct cf_rec) == 32, "no holes on the disk");

#endif
