/* dim.h - a dimension of a join: a file held in memory, its rows found by
 * their key, one column that is matched with one of the first file. */
#ifndef CF_DATA_DIM_H
#define CF_DATA_DIM_H

#include "data/csv.h"
#include "data/dict.h"
#include "data/store.h"

/* What a key does that appears again. */
enum cf_key_dup {
    CF_KEY_FAIL, /* it is an error */
    CF_KEY_FIRST,
    CF_KEY_LAST,
    CF_KEY_ALL /* each of its rows is a partner */
};

/* Pairs of columns, "LEFT=RIGHT", or "NAME" for the same name in both. */
struct cf_on {
    char *const *v;
    size_t n;
};

struct cf_dim {
    struct cf_csv *csv;  /* NULL once it is loaded */
    size_t key;          /* the column in the first file, */
    size_t own;          /* and here */
    int part;            /* of its other columns; -1: it has none and only
                            filters */
    struct cf_dict keys; /* a key's number is that of its (first) row */
    uint32_t *next; /* of each row the next one with its key, after the last
                       the first again; NULL: no key has two */
    struct cf_store store;        /* the other columns */
    uint64_t rows, again, ragged; /* read, of them with a key that was there
                                     before; and left out by csv */
};

/* Opens the file; in and opts are borrowed until cf_dim_load. */
int cf_dim_open(struct cf_dim *d, struct cf_in *in,
                const struct cf_csv_opts *opts, struct cf_err *err);
/* CF_EUSAGE if a pair names no column of the first file, or of any other. */
int cf_on_check(const struct cf_on *on, const struct cf_csv *first,
                const struct cf_dim *dim, size_t n, struct cf_err *err);
/* Finds the key: by the pair of `on` whose right column the file has, or else
 * the one column that both files have. CF_EUSAGE if there is none or more than
 * one. */
int cf_dim_key(struct cf_dim *d, const struct cf_csv *first,
               const struct cf_on *on, struct cf_err *err);
/* CF_EUSAGE if dim[n] has a column that one of dim[0..n-1] has. */
int cf_dim_check(const struct cf_dim *dim, size_t n, struct cf_err *err);
/* Reads all rows and closes the file. d->part is a part of s, or -1. */
int cf_dim_load(struct cf_dim *d, const struct cf_schema *s,
                enum cf_key_dup dup, struct cf_err *err);
void cf_dim_free(struct cf_dim *d);

#endif
