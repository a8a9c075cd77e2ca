/* twins.c - which labels are not unique. */
#include "data/twins.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stream/schema.h"

bool cf_twins_take(struct cf_twins *t, const struct cf_store *st, size_t col)
{
    struct cf_err err;
    uint32_t id;
    bool fresh;

    if (t->taken == 0)
        cf_dict_init(&t->label, cf_dict_seed());
    for (; t->taken < st->rows; t->taken++) {
        if (cf_dict_add(&t->label, cf_store_str(st, col, t->taken), &id, &fresh,
                        &err) ||
            !cf_grow(&t->shared, &t->cap, t->label.n, sizeof *t->shared))
            return false;
        t->shared[id] = !fresh;
    }
    return true;
}

bool cf_twins_shared(const struct cf_twins *t, struct cf_str label)
{
    uint32_t id = cf_dict_find(&t->label, label);
    return id != CF_NONE && t->shared[id];
}

void cf_twins_free(struct cf_twins *t)
{
    cf_dict_free(&t->label);
    free(t->shared);
    memset(t, 0, sizeof *t);
}
