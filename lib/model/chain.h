/* chain.h - where the chain of samples that a model is of has got to, so that
 * it can go on: the last sample as it is, and sums over all of them. What the
 * arrays are is the solver's. */
#ifndef CF_MODEL_CHAIN_H
#define CF_MODEL_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { CF_CHAIN_NAME = 32 };

struct cf_chain_array {
    char name[CF_CHAIN_NAME];
    float *v;     /* (n) either these */
    double *real; /* or these; owned */
    size_t n;
};

struct cf_chain {
    uint32_t samples; /* that were drawn so far; 0: there is no chain */
    uint64_t rows;    /* checksum of the rows that they were drawn given */
    char *options;    /* how; owned */
    struct cf_chain_array *array;
    size_t n, cap;
};

/* Appends an array of n numbers, not yet set, in double or not; NULL, and an
 * error, when memory ends. */
struct cf_chain_array *cf_chain_add(struct cf_chain *c, const char *name,
                                    bool real, size_t n, struct cf_err *err);
/* The array of that name, or NULL. */
const struct cf_chain_array *cf_chain_find(const struct cf_chain *c,
                                           const char *name);
void cf_chain_free(struct cf_chain *c);

#endif
