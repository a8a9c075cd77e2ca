/* near.c - how far apart two words are. */
#include "base/near.h"

#include <stdint.h>

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

size_t cf_edits(struct cf_str a, struct cf_str b)
{
    size_t row[CF_NEAR_MAX + 1];
    if (a.n > CF_NEAR_MAX || b.n > CF_NEAR_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t replace = diagonal + (a.p[i - 1] != b.p[j - 1]);
            diagonal = row[j];
            row[j] = min3(replace, row[j] + 1, row[j - 1] + 1);
        }
    }
    return row[b.n];
}
