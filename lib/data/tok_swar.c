/* tok_swar.c - classes of bytes in plain C, eight in a word. */
#include "data/tok_tables.h"

#define EACH UINT64_C(0x0101010101010101)

static uint64_t load(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    uint64_t w = 0;

    for (int i = 7; i >= 0; i--)
        w = w << 8 | b[i];
    return w;
}

/* The top bit of every byte, as eight bits. */
static uint64_t top_bits(uint64_t w)
{
    return ((w >> 7) & EACH) * UINT64_C(0x0102040810204080) >> 56;
}

/* A bit for every byte that is c: only then no carry reaches the top bit and
 * it is not set itself. */
static uint64_t equal(uint64_t w, char c)
{
    uint64_t low = EACH * 0x7f;

    w ^= EACH * (unsigned char)c;
    return top_bits(~(((w & low) + low) | w));
}

static void classify(const char *p, char sep, struct cf_tok_bits *b)
{
    *b = (struct cf_tok_bits){0};
    for (int i = 0; i < 64; i += 8) {
        uint64_t w = load(p + i);
        b->other |= (equal(w, sep) | equal(w, '"')) << i;
        b->cr |= equal(w, '\r') << i;
        b->lf |= equal(w, '\n') << i;
        b->nul |= equal(w, '\0') << i;
        b->high |= top_bits(w) << i;
    }
}

#define NAME "swar"
#define TABLE cf_tok_swar
#include "data/tok_kernel.h"
