/* tok_kernel.h - the walk over a text in blocks of 64 bytes. To be included
 * where classify(), which fills the bits of a block, NAME and TABLE are
 * defined. */
#include <string.h>

/* The positions of the bits of m; eight at a time, so up to seven beyond the
 * last are written too. */
static uint32_t *emit(uint64_t m, uint32_t at, uint32_t *out)
{
    int n = __builtin_popcountll(m);

    for (int i = 0; i < n; i += 8)
        for (int k = i; k < i + 8; k++) {
            out[k] = at + (m ? (uint32_t)__builtin_ctzll(m) : 64);
            m &= m - 1;
        }
    return out + n;
}

static size_t mark_text(const struct cf_tok_text *t, uint32_t *mark,
                        struct cf_tok_seen *seen)
{
    uint64_t cr = t->after_cr, high = 0, nul = 0;
    uint32_t *out = mark;
    char tail[64];

    for (size_t i = t->from; i < t->to; i += sizeof tail) {
        size_t left = t->to - i;
        uint64_t there = UINT64_MAX;
        const char *p = t->p + i;
        struct cf_tok_bits b;
        if (left < sizeof tail) {
            there = (UINT64_C(1) << left) - 1;
            memset(tail, 'x', sizeof tail);
            p = memcpy(tail, p, left);
        }
        classify(p, t->sep, &b);
        uint64_t ends = b.other | b.cr | (b.lf & ~(b.cr << 1 | cr));
        cr = b.cr >> 63;
        high |= b.high;
        nul |= b.nul;
        out = emit(ends & there, (uint32_t)i, out);
    }
    seen->high = high != 0;
    seen->nul = nul != 0;
    return (size_t)(out - mark);
}

const struct cf_tok TABLE = {NAME, mark_text};
