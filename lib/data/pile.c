/* pile.c - rows as they came, in memory or in a temporary file. */
#include "data/pile.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { PAGE = 2048 /* rows that go to the file and come from it at once */ };

static int flush(struct cf_pile *p, struct cf_err *err)
{
    size_t n = (size_t)(p->n - p->spilled);
    int rc = cf_spill_write(&p->file, p->spilled * sizeof *p->v, p->v,
                            n * sizeof *p->v, err);

    p->spilled = p->n;
    return rc;
}

/* What was in memory goes to the file, and so will what comes. */
static int spill(struct cf_pile *p, struct cf_err *err)
{
    int rc = flush(p, err);

    if (rc || p->cap == PAGE)
        return rc;
    free(p->v);
    p->cap = PAGE;
    p->v = cf_alloc(p->cap, sizeof *p->v);
    return p->v ? 0 : cf_nomem(err, "rows");
}

int cf_pile_add(struct cf_pile *p, const struct cf_rec *r, struct cf_err *err)
{
    size_t n = (size_t)(p->n - p->spilled);
    size_t most = p->spilled > 0 ? PAGE : p->limit;

    if (n > 0 && n >= most) {
        int rc = spill(p, err);
        if (rc)
            return rc;
        n = 0;
    }
    if (n == p->cap && !cf_grow(&p->v, &p->cap, n + 1, sizeof *p->v))
        return cf_nomem(err, "rows");
    p->v[n] = *r;
    p->n++;
    return 0;
}

int cf_pile_seal(struct cf_pile *p, struct cf_err *err)
{
    if (p->spilled == 0)
        return 0;
    int rc = flush(p, err);
    free(p->v);
    p->v = NULL;
    p->cap = 0;
    return rc;
}

void cf_pile_clear(struct cf_pile *p)
{
    cf_spill_close(&p->file);
    free(p->v);
    *p = (struct cf_pile){.limit = p->limit};
}

static int refill(struct cf_cursor *c, struct cf_err *err)
{
    const struct cf_pile *p = c->pile;
    uint64_t left = p->n - c->at;
    size_t n = left < PAGE ? (size_t)left : PAGE;

    if (p->spilled == 0) {
        c->next = p->v;
        c->end = c->at < p->n ? p->v + p->n : p->v;
        c->at = p->n;
        return 0;
    }
    if (!c->buf && !(c->buf = cf_alloc(PAGE, sizeof *c->buf)))
        return cf_nomem(err, "rows");
    c->next = c->buf;
    c->end = c->buf + n;
    int rc = n == 0 ? 0
                    : cf_spill_read(&p->file, c->at * sizeof *c->buf, c->buf,
                                    n * sizeof *c->buf, err);
    c->at += n;
    return rc;
}

int cf_cursor_next(struct cf_cursor *c, const struct cf_rec **r,
                   struct cf_err *err)
{
    int rc = c->next == c->end ? refill(c, err) : 0;

    *r = rc || c->next == c->end ? NULL : c->next++;
    return rc;
}

void cf_cursor_rewind(struct cf_cursor *c)
{
    c->at = 0;
    c->next = c->end = NULL;
}

void cf_cursor_close(struct cf_cursor *c)
{
    free(c->buf);
    memset(c, 0, sizeof *c);
}
