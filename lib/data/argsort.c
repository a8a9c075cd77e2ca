/* argsort.c - the upper bits of a row's key and its number are sorted as one
 * word; rows in which these bits are the same are sorted again by the others.
 * Words are sorted by a radix sort from the highest digit on: while there are
 * many, by a wide digit from array to array, as it does not wait for one word
 * to know where to put the next; then by the American flag sort (McIlroy,
 * Bostic, McIlroy 1993), in place. */
#include "data/argsort.h"

#include <string.h>

enum {
    HALF = 32,
    BITS = 8, /* of a digit */
    DIGITS = 1 << BITS,
    FEW = 16, /* are sorted by insertion */
    WIDE_BITS = 11,
    WIDE = 1 << WIDE_BITS,
    MANY = 8 * WIDE
};

static void insert(uint64_t *v, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint64_t x = v[i];
        size_t k = i;
        for (; k > 0 && x < v[k - 1]; k--)
            v[k] = v[k - 1];
        v[k] = x;
    }
}

static unsigned digit(uint64_t x, unsigned shift)
{
    return x >> shift & (DIGITS - 1);
}

/* Every word goes to its digit's place; end is where that ends. */
static void deal(uint64_t *v, size_t n, unsigned shift, size_t *end)
{
    size_t next[DIGITS], at = 0;

    for (size_t i = 0; i < DIGITS; i++)
        end[i] = 0;
    for (size_t i = 0; i < n; i++)
        end[digit(v[i], shift)]++;
    for (size_t i = 0; i < DIGITS; i++) {
        next[i] = at;
        at += end[i];
        end[i] = at;
    }
    for (unsigned i = 0; i < DIGITS; i++) {
        while (next[i] < end[i]) {
            uint64_t x = v[next[i]];
            for (unsigned to; (to = digit(x, shift)) != i;) {
                uint64_t moved = v[next[to]];
                v[next[to]++] = x;
                x = moved;
            }
            v[next[i]++] = x;
        }
    }
}

/* The same from array to array, and back. */
static void deal_wide(uint64_t *v, uint64_t *spare, size_t n, unsigned shift,
                      size_t *end)
{
    size_t at = 0;

    memset(end, 0, WIDE * sizeof *end);
    for (size_t i = 0; i < n; i++)
        end[v[i] >> shift & (WIDE - 1)]++;
    for (size_t i = 0; i < WIDE; i++) {
        size_t words = end[i];
        end[i] = at;
        at += words;
    }
    for (size_t i = 0; i < n; i++)
        spare[end[v[i] >> shift & (WIDE - 1)]++] = v[i];
    memcpy(v, spare, n * sizeof *v);
}

/* Where a digit of the highest bits in which words differ begins. */
static unsigned find_shift(const uint64_t *v, size_t n, unsigned digits)
{
    uint64_t differ = 0;
    unsigned shift = 0;

    for (size_t i = 1; i < n; i++)
        differ |= v[0] ^ v[i];
    while (differ >> shift >= digits)
        shift++;
    return shift;
}

/* Each call of these for a part of its words has a digit fewer to sort by, and
 * of cf_argsort a half of the key: no more than 64 bits' worth deep. */
// NOLINTBEGIN(misc-no-recursion)
static void sort_few(uint64_t *v, size_t n)
{
    size_t end[DIGITS];

    if (n <= FEW) {
        insert(v, n);
        return;
    }
    unsigned shift = find_shift(v, n, DIGITS);
    deal(v, n, shift, end);
    for (size_t i = 0, from = 0; shift > 0 && i < DIGITS; from = end[i++])
        sort_few(v + from, end[i] - from);
}

static void sort_words(uint64_t *v, uint64_t *spare, size_t n)
{
    size_t end[WIDE];

    if (n < MANY) {
        sort_few(v, n);
        return;
    }
    unsigned shift = find_shift(v, n, WIDE);
    deal_wide(v, spare, n, shift, end);
    for (size_t i = 0, from = 0; i < WIDE; from = end[i++])
        sort_words(v + from, spare, end[i] - from);
}

void cf_argsort(uint64_t *v, uint64_t *spare, size_t n, unsigned bits,
                const struct cf_keys *k)
{
    unsigned shift = bits > HALF ? bits - HALF : 0;

    for (size_t i = 0; i < n; i++) {
        uint32_t row = (uint32_t)v[i];
        v[i] = k->key(k->ctx, row) >> shift << HALF | row;
    }
    sort_words(v, spare, n);
    for (size_t i = 0, end; shift > 0 && i < n; i = end) {
        for (end = i + 1; end < n && v[end] >> HALF == v[i] >> HALF; end++)
            ;
        if (end > i + 1)
            cf_argsort(v + i, spare, end - i, shift, k);
    }
}
// NOLINTEND(misc-no-recursion)
