/* rules.h - which items, or users, may be listed. A rule bars rows of a side of
 * a model: barred[row] becomes true. */
#ifndef CF_EVAL_RULES_H
#define CF_EVAL_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/io.h"
#include "model/lookup.h"

/* Bars rows of which the condition is not true: COLUMN~TEXT (its value contains
 * TEXT), COLUMN!~TEXT (does not), COLUMN=TEXT, COLUMN!=TEXT, or, of numbers,
 * COLUMN<N, <=N, >N, >=N; a value that is no number is barred. The column is
 * the id or an attribute. CF_EUSAGE for anything else. */
int cf_rules_where(const struct cf_side *side, const char *text, bool *barred,
                   struct cf_err *err);
/* Bars those with fewer training rows. */
void cf_rules_count(const struct cf_side *side, uint64_t least, bool *barred);

/* Lines of a list of ids, and those that the model does not have. */
struct cf_rules_lines {
    uint64_t n, unknown;
};
/* Bars the rows whose ids are lines of in, or all others. */
int cf_rules_ids(const struct cf_lookup *l, struct cf_in *in, bool others,
                 bool *barred, struct cf_rules_lines *lines,
                 struct cf_err *err);

#endif
