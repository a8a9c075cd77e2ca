/* tally.c - sizes of parts, and the cold. */
#include "data/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int mark(struct cf_tally_side *s, uint32_t id, uint32_t part,
                struct cf_err *err)
{
    if (id >= s->n) {
        if (!cf_grow(&s->parts, &s->cap, (size_t)id + 1, 1))
            return cf_nomem(err, "users and items");
        memset(s->parts + s->n, 0, (size_t)id + 1 - s->n);
        s->n = (size_t)id + 1;
    }
    s->parts[id] |= (uint8_t)(1U << part);
    return 0;
}

int cf_tally_add(struct cf_tally *t, const struct cf_rec *r, struct cf_err *err)
{
    if (r->part == CF_TRAIN) {
        if (t->rows[CF_TRAIN] == 0)
            t->lo = t->hi = r->rating;
        t->lo = r->rating < t->lo ? r->rating : t->lo;
        t->hi = r->rating > t->hi ? r->rating : t->hi;
    }
    t->rows[r->part]++;
    int rc = mark(&t->user, r->user, r->part, err);
    return rc ? rc : mark(&t->item, r->item, r->part, err);
}

struct cf_cold cf_tally_cold(const struct cf_tally_side *s)
{
    struct cf_cold c = {0};

    for (size_t i = 0; i < s->n; i++) {
        uint64_t valid = s->parts[i] >> CF_VALID & 1;
        c.valid += valid;
        c.cold += valid && !(s->parts[i] >> CF_TRAIN & 1);
    }
    return c;
}

void cf_tally_free(struct cf_tally *t)
{
    free(t->user.parts);
    free(t->item.parts);
    memset(t, 0, sizeof *t);
}
