/* known.h - the dictionary "known" of scores and topn streams: for each value
 * of cf_model_known, a word. */
#ifndef CF_EVAL_KNOWN_H
#define CF_EVAL_KNOWN_H

#include "stream/schema.h"
#include "stream/writer.h"

int cf_known_part(struct cf_schema *s, struct cf_err *err);
/* A column of the last part, whose dictionary it is. */
int cf_known_column(struct cf_schema *s, struct cf_err *err);
int cf_known_write(const struct cf_schema *s, struct cf_writer *w,
                   struct cf_err *err);

#endif
