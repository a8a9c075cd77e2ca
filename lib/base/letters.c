/* letters.c - text without case and accents. */
#include "base/letters.h"

/* U+00C0 to U+017F. A capital stands for two letters, a blank for what is no
 * letter. */
static const char latin[] = "aaaaaaAceeeeiiiidnooooo ouuuuyTS"
                            "aaaaaaAceeeeiiiidnooooo ouuuuyTy"
                            "aaaaaaccccccccddddeeeeeeeeeegggg"
                            "gggghhhhiiiiiiiiiiIIjjkkklllllll"
                            "lllnnnnnnnnnooooooOOrrrrrrssssss"
                            "ssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

static const char *two_letters(char c)
{
    switch (c) {
    case 'A':
        return "ae";
    case 'I':
        return "ij";
    case 'O':
        return "oe";
    case 'S':
        return "ss";
    default:
        return "th";
    }
}

/* A character of two bytes. */
static void fold_two(struct cf_buf *out, const char *p)
{
    unsigned lead = (unsigned char)p[0] & 0x1fU;
    unsigned code = lead << 6 | ((unsigned char)p[1] & 0x3fU);
    char c = code >= 0xc0 && code < 0x180 ? latin[code - 0xc0] : ' ';

    if (code >= 0x300 && code < 0x370)
        return; /* a combining accent */
    if (c == ' ')
        cf_buf_add(out, p, 2);
    else if (c >= 'A' && c <= 'Z')
        cf_buf_puts(out, two_letters(c));
    else
        cf_buf_putc(out, c);
}

void cf_letters(struct cf_buf *out, struct cf_str s)
{
    while (s.n > 0) {
        size_t n = cf_utf8_len(s);
        char c = *s.p;
        if (n == 2)
            fold_two(out, s.p);
        else if (n > 2)
            cf_buf_add(out, s.p, n);
        else
            cf_buf_putc(out, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
        s = (struct cf_str){s.p + (n ? n : 1), s.n - (n ? n : 1)};
    }
}
