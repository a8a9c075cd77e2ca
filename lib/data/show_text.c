/* show_text.c - bytes as text that each format can hold. */
#include "data/show_impl.h"

/* Takes the next character of *s: its bytes, or one that begins none. */
static struct cf_str next_char(struct cf_str *s, bool *sound)
{
    size_t n = cf_utf8_len(*s);
    struct cf_str c = {s->p, n ? n : 1};

    *sound = n > 0;
    s->p += c.n;
    s->n -= c.n;
    return c;
}

/* Moves the ASCII that only csv may mind from the start of *s to out. */
static void take_easy(struct cf_buf *out, struct cf_str *s)
{
    size_t n = 0;

    while (n < s->n && s->p[n] >= ' ' && s->p[n] < 0x7f && s->p[n] != '"' &&
           s->p[n] != '\\')
        n++;
    cf_buf_add(out, s->p, n);
    s->p += n;
    s->n -= n;
}

/* ---- json ---- */

/* What stands after the backslash, 0 if there is no short form. */
static char json_letter(char c)
{
    switch (c) {
    case '"':
    case '\\':
        return c;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

void cf_text_json(struct cf_buf *out, struct cf_str s)
{
    bool sound;

    cf_buf_putc(out, '"');
    for (take_easy(out, &s); s.n > 0; take_easy(out, &s)) {
        struct cf_str c = next_char(&s, &sound);
        char letter = json_letter(*c.p);
        if (!sound) {
            cf_buf_puts(out, "\xef\xbf\xbd");
        } else if (letter) {
            cf_buf_putc(out, '\\');
            cf_buf_putc(out, letter);
        } else if ((unsigned char)*c.p < ' ') {
            cf_buf_printf(out, "\\u%04x", (unsigned)*c.p);
        } else {
            cf_buf_str(out, c);
        }
    }
    cf_buf_putc(out, '"');
}

/* ---- tsv ---- */

static char tsv_letter(char c)
{
    switch (c) {
    case '\t':
        return 't';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\\':
        return '\\';
    default:
        return 0;
    }
}

void cf_text_tsv(struct cf_buf *out, struct cf_str s)
{
    for (take_easy(out, &s); s.n > 0; take_easy(out, &s)) {
        char letter = tsv_letter(*s.p);
        if (letter) {
            cf_buf_putc(out, '\\');
            cf_buf_putc(out, letter);
        } else {
            cf_buf_putc(out, *s.p);
        }
        s.p++;
        s.n--;
    }
}

/* ---- terminal ---- */

/* Controls (C0, DEL, C1) and the characters that turn the direction of what
 * follows: U+200E, U+200F, U+202A..202E, U+2066..2069. */
static bool is_control(struct cf_str c)
{
    const unsigned char *p = (const unsigned char *)c.p;

    if (c.n == 1)
        return p[0] < 0x20 || p[0] == 0x7f;
    if (c.n == 2)
        return p[0] == 0xc2 && p[1] < 0xa0;
    if (c.n != 3 || p[0] != 0xe2)
        return false;
    if (p[1] == 0x80)
        return p[2] == 0x8e || p[2] == 0x8f || (p[2] >= 0xaa && p[2] <= 0xae);
    return p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9;
}

void cf_text_plain(struct cf_buf *out, struct cf_str s)
{
    bool sound;

    for (take_easy(out, &s); s.n > 0; take_easy(out, &s)) {
        struct cf_str c = next_char(&s, &sound);
        if (sound && !is_control(c)) {
            cf_buf_str(out, c);
            continue;
        }
        for (size_t i = 0; i < c.n; i++)
            cf_buf_printf(out, "\\x%02x", (unsigned)(unsigned char)c.p[i]);
    }
}

size_t cf_text_length(struct cf_str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

void cf_text_cut(struct cf_buf *out, struct cf_str s, size_t n)
{
    bool sound;

    if (cf_text_length(s) <= n) {
        cf_buf_str(out, s);
        return;
    }
    while (--n > 0)
        cf_buf_str(out, next_char(&s, &sound));
    cf_buf_puts(out, "\xe2\x80\xa6");
}
