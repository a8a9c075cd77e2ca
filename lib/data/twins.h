/* twins.h - labels that more than one entry of a dictionary has, such as two
 * films of one title, which people must be able to tell apart. */
#ifndef CF_DATA_TWINS_H
#define CF_DATA_TWINS_H

#include "data/dict.h"
#include "data/store.h"

struct cf_twins {
    struct cf_dict label;
    bool *shared; /* of each label: do several entries have it? */
    size_t cap;
    uint64_t taken; /* entries that were looked at */
};

/* Looks at the entries that are new since the last time; t starts zeroed. False
 * when memory ended. */
bool cf_twins_take(struct cf_twins *t, const struct cf_store *st, size_t col);
bool cf_twins_shared(const struct cf_twins *t, struct cf_str label);
void cf_twins_free(struct cf_twins *t);

#endif
