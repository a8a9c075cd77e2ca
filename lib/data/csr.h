/* csr.h - rows by user or by item: compressed sparse rows. */
#ifndef CF_DATA_CSR_H
#define CF_DATA_CSR_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Row r has the entries start[r] .. start[r + 1] - 1. */
struct cf_csr {
    size_t n;        /* rows */
    uint64_t *start; /* (n + 1) */
    uint32_t *col;
    float *val; /* NULL: there are none */
};

/* Entries (row[e], col[e]) with val[e], if val is not NULL, for e of n entries;
 * rows are below nrow. Entries of a row keep their order. c owns its arrays,
 * and is to be freed after an error, too. */
struct cf_entries {
    uint64_t n;
    const uint32_t *row, *col;
    const float *val;
};
int cf_csr_build(struct cf_csr *c, size_t nrow, const struct cf_entries *e,
                 struct cf_err *err);

/* The transpose: columns of c, which are below ncol, become rows, and the
 * entries of each are in ascending order of what was the row. */
int cf_csr_transpose(struct cf_csr *t, size_t ncol, const struct cf_csr *c,
                     struct cf_err *err);

void cf_csr_free(struct cf_csr *c);

#endif
