/* decide.h - the splits that need all rows: the last ones by time. */
#ifndef CF_DATA_DECIDE_H
#define CF_DATA_DECIDE_H

#include "data/split.h"

/* Where a split by time came to lie. */
struct cf_threshold {
    bool is;              /* there are training and validation rows */
    int64_t time;         /* the first validation row's */
    uint64_t rows, valid; /* all rows of that time, and those to validate */
};

/* The rows of p, whose ids ascend, get their parts; timed: they have times.
 * Rows of the same time count in their order. memory: bytes for each of two
 * sorters. */
int cf_decide(const struct cf_split *s, struct cf_pile *p, bool timed,
              uint64_t memory, struct cf_threshold *t, struct cf_err *err);

#endif
