/* view_impl.h - what making a view and writing it must agree on. */
#ifndef CF_MODEL_VIEW_IMPL_H
#define CF_MODEL_VIEW_IMPL_H

#include "model/view.h"

enum {
    CF_VIEW_NAME = 16,
    CF_VIEW_VALUE = 4 /* bytes of a number */
};

/* A column of numbers of four bytes each. */
struct cf_view_number {
    char name[CF_VIEW_NAME];
    enum cf_type type;
    const char *data;
    size_t stride; /* bytes from row to row */
};

struct cf_side_view {
    const struct cf_side *side;
    uint32_t k;
    const char *what;
    uint64_t least; /* training rows of what is known, at least 1 */
    float *cosine;  /* or NULL */
    struct cf_pca pca;
    struct cf_view_number *number;
    size_t nnumbers, cap;
    struct cf_schema schema;
    uint32_t *row; /* those to show, in order */
    uint64_t rows, unknown;
};

#endif
