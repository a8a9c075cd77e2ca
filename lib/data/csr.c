/* csr.c - compressed sparse rows, by counting. */
#include "data/csr.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int make_room(struct cf_csr *c, size_t nrow, uint64_t n, bool val,
                     struct cf_err *err)
{
    *c = (struct cf_csr){.n = nrow};
    if (n > SIZE_MAX || nrow == SIZE_MAX)
        return cf_nomem(err, "rows by user and item");
    c->start = cf_zalloc(nrow + 1, sizeof *c->start);
    c->col = cf_alloc((size_t)n, sizeof *c->col);
    if (val)
        c->val = cf_alloc((size_t)n, sizeof *c->val);
    if (!c->start || !c->col || (val && !c->val))
        return cf_nomem(err, "rows by user and item");
    return 0;
}

static void sum_up(struct cf_csr *c)
{
    for (size_t r = 0; r < c->n; r++)
        c->start[r + 1] += c->start[r];
}

/* While rows are filled start[r] is where the next entry of r goes; afterwards
 * that is where r + 1 starts. */
static void move_back(struct cf_csr *c)
{
    memmove(c->start + 1, c->start, c->n * sizeof *c->start);
    c->start[0] = 0;
}

int cf_csr_build(struct cf_csr *c, size_t nrow, const struct cf_entries *e,
                 struct cf_err *err)
{
    int rc = make_room(c, nrow, e->n, e->val != NULL, err);

    if (rc)
        return rc;
    for (uint64_t i = 0; i < e->n; i++)
        c->start[e->row[i] + 1]++;
    sum_up(c);
    for (uint64_t i = 0; i < e->n; i++) {
        uint64_t at = c->start[e->row[i]]++;
        c->col[at] = e->col[i];
        if (e->val)
            c->val[at] = e->val[i];
    }
    move_back(c);
    return 0;
}

int cf_csr_transpose(struct cf_csr *t, size_t ncol, const struct cf_csr *c,
                     struct cf_err *err)
{
    uint64_t n = c->start[c->n];
    int rc = make_room(t, ncol, n, c->val != NULL, err);

    if (rc)
        return rc;
    for (uint64_t i = 0; i < n; i++)
        t->start[c->col[i] + 1]++;
    sum_up(t);
    for (size_t r = 0; r < c->n; r++)
        for (uint64_t i = c->start[r]; i < c->start[r + 1]; i++) {
            uint64_t at = t->start[c->col[i]]++;
            t->col[at] = (uint32_t)r;
            if (c->val)
                t->val[at] = c->val[i];
        }
    move_back(t);
    return 0;
}

void cf_csr_free(struct cf_csr *c)
{
    free(c->start);
    free(c->col);
    free(c->val);
    memset(c, 0, sizeof *c);
}
