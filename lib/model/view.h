/* view.h - the users or the items of a model as rows for people to look at:
 * id, attributes, count of training rows, bias. */
#ifndef CF_MODEL_VIEW_H
#define CF_MODEL_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "model/model.h"
#include "stream/writer.h"

enum cf_view_sort { CF_SORT_NONE, CF_SORT_BIAS, CF_SORT_COUNT };

struct cf_view_opts {
    bool users;             /* else items */
    enum cf_view_sort sort; /* ascending; equal ones by row number */
    bool reverse;           /* descending */
    uint64_t head;          /* rows at most */
};

/* The schema of the view: one part, "rows". It is to be freed after an error,
 * too. */
int cf_view_schema(const struct cf_model *m, const struct cf_view_opts *o,
                   struct cf_schema *s, struct cf_err *err);
/* Gives schema and rows to tap. Those without a training row are left out when
 * sorted, because their bias means nothing. */
int cf_view_show(const struct cf_model *m, const struct cf_view_opts *o,
                 const struct cf_schema *s, const struct cf_tap *tap,
                 struct cf_err *err);

#endif
