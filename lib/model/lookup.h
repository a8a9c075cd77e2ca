/* lookup.h - from the ids and names that people use to the rows of a model. */
#ifndef CF_MODEL_LOOKUP_H
#define CF_MODEL_LOOKUP_H

#include <stdint.h>

#include "data/dict.h"
#include "model/model.h"

struct cf_lookup {
    const struct cf_side *side;
    int label; /* column of the dictionary, or -1 */
    struct cf_dict ids;
};

/* side is borrowed until free. CF_EDATA if it has an id twice. l is to be
 * freed after an error, too. */
int cf_lookup_open(struct cf_lookup *l, const struct cf_side *side,
                   struct cf_err *err);
/* The row of an id, or CF_NONE. */
uint32_t cf_lookup_id(const struct cf_lookup *l, struct cf_str id);
/* The row of an id or, if there is none, of exactly that label. CF_EDATA if
 * there is none of both, naming some that are near (model/name.h), or if it is
 * the label of several, naming their ids. what: "item". */
int cf_lookup_any(const struct cf_lookup *l, struct cf_str text,
                  const char *what, uint32_t *row, struct cf_err *err);
void cf_lookup_free(struct cf_lookup *l);

#endif
