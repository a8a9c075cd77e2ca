/* traits.h - what is known of a user or an item besides its ratings, as numbers
 * that a row's prior mean depends on: sparse columns ("traits"), in groups. */
#ifndef CF_FIT_TRAITS_H
#define CF_FIT_TRAITS_H

#include "data/csr.h"
#include "data/store.h"

struct cf_traits {
    size_t n;        /* traits */
    uint32_t groups; /* of them; each column of a dictionary is one */
    uint32_t *group; /* (n) */
    size_t cap_group;
    /* Row row[e] has trait trait[e] to the amount x[e]. */
    size_t entries;
    uint32_t *trait, *row;
    float *x;
    size_t cap_trait, cap_row, cap_x;
};

/* n more traits, of a group of their own; *first is the number of the first. */
int cf_traits_group(struct cf_traits *t, size_t n, uint32_t *first,
                    struct cf_err *err);
int cf_traits_add(struct cf_traits *t, uint32_t trait, uint32_t row, float x,
                  struct cf_err *err);
/* A group of a dictionary's text column: a trait for each value, of which a row
 * may have more, divided by '|', each then to 1 / sqrt(values of the row). If
 * all values are numbers, and there are more than CF_TRAIT_BINS, a trait for
 * each of so many bins of about as many rows. No value: none. */
enum { CF_TRAIT_BINS = 12 };
int cf_traits_column(struct cf_traits *t, const struct cf_store *dict,
                     size_t col, struct cf_err *err);
void cf_traits_free(struct cf_traits *t);

#endif
