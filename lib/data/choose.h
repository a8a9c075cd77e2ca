/* choose.h - which columns of a table are user, item, rating, time, label,
 * split. */
#ifndef CF_DATA_CHOOSE_H
#define CF_DATA_CHOOSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "data/index.h"
#include "data/table.h"

struct cf_choice {
    struct cf_field user, item, rating, time, label, split;
    bool has_rating, has_time, has_label, has_split;
};

/* By opts, else by the defaults of index.h. name: of the stream, for messages.
 * CF_EUSAGE if a column is missing or plays two parts, CF_EDATA if one is not
 * CF_STR. */
int cf_choose(const struct cf_schema *s, uint32_t part, const char *name,
              const struct cf_index_opts *opts, struct cf_choice *out,
              struct cf_err *err);

/* The column that key was joined on: its own name if it is a column of the
 * rows; NULL if that is not known. */
const char *cf_key_name(const struct cf_schema *s, uint32_t part,
                        const struct cf_field *key);
/* Does a row's value of key decide its value of f: is f a field, other than
 * key, of a dictionary that was joined on the same column? */
bool cf_is_attribute(const struct cf_schema *s, uint32_t part,
                     const struct cf_field *key, const struct cf_field *f);

#endif
