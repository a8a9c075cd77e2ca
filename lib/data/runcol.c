/* runcol.c - builds the chunk of a CF_RUN column. */
#include "data/runcol.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

bool cf_runcol_add(struct cf_runcol *c, uint64_t v)
{
    if (c->rows == 0 || v != c->next) {
        if (!cf_grow(&c->start, &c->start_cap, c->n + 1, sizeof *c->start) ||
            !cf_grow(&c->first, &c->first_cap, c->n + 1, sizeof *c->first))
            return false;
        c->start[c->n] = c->rows;
        c->first[c->n++] = v;
    }
    c->next = v + 1;
    c->rows++;
    return true;
}

void cf_runcol_chunk(const struct cf_runcol *c, struct cf_chunk *out)
{
    memset(out, 0, sizeof *out);
    out->layout = CF_RUNS;
    out->data = (const char *)c->start;
    out->size = c->n * sizeof *c->start;
    out->text = (const char *)c->first;
    out->text_size = c->n * sizeof *c->first;
}

void cf_runcol_clear(struct cf_runcol *c)
{
    c->rows = 0;
    c->n = 0;
}

void cf_runcol_free(struct cf_runcol *c)
{
    free(c->start);
    free(c->first);
    memset(c, 0, sizeof *c);
}
