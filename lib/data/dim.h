/* dim.h - a dimension of a join: a file held in memory, its rows found by
 * their key, which is the one column it has in common with the first file. */
#ifndef CF_DATA_DIM_H
#define CF_DATA_DIM_H

#include "data/csv.h"
#include "data/dict.h"
#include "data/store.h"

struct cf_dim {
    struct cf_csv *csv;    /* NULL once it is loaded */
    size_t key;            /* the common column in the first file, */
    size_t own;            /* and here */
    int part;              /* of its other columns; -1: it has none and only
                              filters */
    struct cf_dict rows;   /* key to row number */
    struct cf_store store; /* the other columns */
};

/* Opens the file and finds the common column: CF_EUSAGE if there is none or
 * more than one. in is borrowed until cf_dim_load. */
int cf_dim_open(struct cf_dim *d, struct cf_in *in, const struct cf_csv *first,
                struct cf_err *err);
/* CF_EUSAGE if dim[n] has a column that one of dim[0..n-1] has. */
int cf_dim_check(const struct cf_dim *dim, size_t n, struct cf_err *err);
/* Reads all rows and closes the file. d->part is a part of s, or -1. A key
 * that appears twice is CF_EDATA. */
int cf_dim_load(struct cf_dim *d, const struct cf_schema *s,
                struct cf_err *err);
void cf_dim_free(struct cf_dim *d);

#endif
