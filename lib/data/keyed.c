/* keyed.c - the American flag sort (McIlroy, Bostic, McIlroy 1993): a radix
 * sort from the highest digit on, in place. */
#include "data/keyed.h"

#include <stdbool.h>

enum {
    DIGITS = 256,
    LAST = 2 * sizeof(uint64_t), /* digits of key and row together */
    FEW = 24                     /* are sorted by insertion */
};

static bool less(const struct cf_keyed *a, const struct cf_keyed *b)
{
    return a->key < b->key || (a->key == b->key && a->row < b->row);
}

static void insert(struct cf_keyed *v, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct cf_keyed x = v[i];
        size_t k = i;
        for (; k > 0 && less(&x, &v[k - 1]); k--)
            v[k] = v[k - 1];
        v[k] = x;
    }
}

/* Digit number d, the highest of the key is 0. */
static unsigned digit(const struct cf_keyed *x, unsigned d)
{
    uint64_t word = d < sizeof x->key ? x->key : x->row;
    return word >> (8 * (7 - d % 8)) & 0xff;
}

/* Counts the values of a digit; false if there is but one. */
static bool count(const struct cf_keyed *v, size_t n, unsigned d, size_t *end)
{
    for (size_t i = 0; i < DIGITS; i++)
        end[i] = 0;
    for (size_t i = 0; i < n; i++)
        end[digit(&v[i], d)]++;
    return end[digit(&v[0], d)] < n;
}

/* Every row goes to its digit's place, from counts in end. */
static void deal(struct cf_keyed *v, unsigned d, size_t *end)
{
    size_t next[DIGITS], at = 0;

    for (size_t i = 0; i < DIGITS; i++) {
        next[i] = at;
        at += end[i];
        end[i] = at;
    }
    for (unsigned i = 0; i < DIGITS; i++) {
        while (next[i] < end[i]) {
            struct cf_keyed x = v[next[i]];
            for (unsigned to; (to = digit(&x, d)) != i;) {
                struct cf_keyed moved = v[next[to]];
                v[next[to]++] = x;
                x = moved;
            }
            v[next[i]++] = x;
        }
    }
}

static void sort_from(struct cf_keyed *v, size_t n, unsigned d)
{
    size_t end[DIGITS];

    while (n > FEW && d < LAST && !count(v, n, d, end))
        d++;
    if (n <= FEW || d == LAST) {
        insert(v, n);
        return;
    }
    deal(v, d, end);
    for (size_t i = 0, from = 0; i < DIGITS; from = end[i++])
        sort_from(v + from, end[i] - from, d + 1);
}

void cf_keyed_sort(struct cf_keyed *v, size_t n)
{
    sort_from(v, n, 0);
}
