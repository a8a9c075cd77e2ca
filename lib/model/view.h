/* view.h - the users or the items of a model as rows for people to look at:
 * id, attributes, and numbers: count of training rows, bias, and on request
 * cosine, principal components (pc1, pc2, ...), factors (f0, f1, ...). */
#ifndef CF_MODEL_VIEW_H
#define CF_MODEL_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "math/vec.h"
#include "model/model.h"
#include "model/pca.h"
#include "stream/writer.h"

struct cf_view_opts {
    bool users;           /* else items */
    bool factors;         /* show them */
    const uint32_t *near; /* show the cosine of the factors with those of this
                             row, which is left out; NULL: not */
    const struct cf_vec *vec; /* to compute that */
    uint64_t pca;             /* principal components shown */
    const uint32_t *only;     /* rows to show, of all; NULL: all */
    size_t nonly;
    uint64_t least;   /* rows with fewer training rows are left out, of
                         the components too */
    const char *sort; /* the column of numbers to sort by, ascending; equal
                         ones by row number; NULL: the nearest ones first, or
                         if there is no near, the order of the model */
    bool reverse;     /* the other way round */
    uint64_t head;    /* rows at most */
};

struct cf_side_view;

/* m is borrowed until close, and so is what o points to until this returns.
 * CF_EUSAGE if there is nothing to sort by. What the model knows nothing about
 * is left out of what is sorted, or compared: rows without a training row, and,
 * of near ones, without factors. *v is to be closed after an error, too. */
int cf_view_open(struct cf_side_view **v, const struct cf_model *m,
                 const struct cf_view_opts *o, struct cf_err *err);
const struct cf_pca *cf_view_pca(const struct cf_side_view *v);
/* Rows left out because the model knows nothing, or too little, about them. */
uint64_t cf_view_unknown(const struct cf_side_view *v);
/* Gives schema (one part, "rows") and rows to tap, which may look at them until
 * close. */
int cf_view_show(const struct cf_side_view *v, const struct cf_tap *tap,
                 struct cf_err *err);
void cf_view_close(struct cf_side_view *v);

#endif
