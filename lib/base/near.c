/* near.c - how far apart two words are. */
#include "base/near.h"

#include <stdint.h>
#include <string.h>

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Three rows of the table of edits, the last one first. */
struct rows {
    size_t *row, *before, *older;
};

static void turn(struct rows *r)
{
    size_t *free = r->older;
    r->older = r->before;
    r->before = r->row;
    r->row = free;
}

/* Row i of the table, i >= 1; returns the least of it. */
static size_t next_row(struct rows *r, struct cf_str a, struct cf_str b,
                       size_t i)
{
    size_t least = r->row[0] = i;

    for (size_t j = 1; j <= b.n; j++) {
        bool same = a.p[i - 1] == b.p[j - 1];
        size_t edits =
            min(r->before[j - 1] + !same, 1 + min(r->before[j], r->row[j - 1]));
        if (!same && i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] &&
            a.p[i - 2] == b.p[j - 1])
            edits = min(edits, r->older[j - 2] + 1);
        r->row[j] = edits;
        least = min(least, edits);
    }
    return least;
}

bool cf_edits_each(struct cf_str a, struct cf_str b, size_t most,
                   size_t row[CF_NEAR_MAX + 1])
{
    size_t at[3][CF_NEAR_MAX + 1];
    struct rows r = {at[0], at[1], at[2]};
    size_t least = 0;

    if (a.n > CF_NEAR_MAX || b.n > CF_NEAR_MAX)
        return false;
    for (size_t j = 0; j <= b.n; j++)
        r.row[j] = j;
    /* The least of a row is never less than that of the row before. */
    for (size_t i = 1; i <= a.n && least <= most; i++) {
        turn(&r);
        least = next_row(&r, a, b, i);
    }
    memcpy(row, r.row, (b.n + 1) * sizeof *row);
    return least <= most;
}

size_t cf_edits(struct cf_str a, struct cf_str b)
{
    size_t row[CF_NEAR_MAX + 1];
    return cf_edits_each(a, b, CF_NEAR_MAX, row) ? row[b.n] : SIZE_MAX;
}
