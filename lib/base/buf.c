/* buf.c - byte strings. */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct cf_str cf_cstr(const char *s)
{
    return (struct cf_str){s, strlen(s)};
}

bool cf_str_eq(struct cf_str a, struct cf_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Table 3-7 of the Unicode standard, where only the second byte has special
 * bounds. */
size_t cf_utf8_len(struct cf_str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    unsigned char lead = p[0], low = 0x80, high = 0xbf;
    size_t len = lead < 0x80   ? 1
                 : lead < 0xc2 ? 0
                 : lead < 0xe0 ? 2
                 : lead < 0xf0 ? 3
                 : lead < 0xf5 ? 4
                               : 0;
    if (len == 0 || len > s.n)
        return 0;
    if (lead == 0xe0)
        low = 0xa0;
    else if (lead == 0xed)
        high = 0x9f;
    else if (lead == 0xf0)
        low = 0x90;
    else if (lead == 0xf4)
        high = 0x8f;
    for (size_t i = 1; i < len; i++) {
        if (p[i] < low || p[i] > high)
            return 0;
        low = 0x80;
        high = 0xbf;
    }
    return len;
}

bool cf_str_utf8(struct cf_str s)
{
    for (size_t i = 0, len; i < s.n; i += len) {
        len = cf_utf8_len((struct cf_str){s.p + i, s.n - i});
        if (len == 0)
            return false;
    }
    return true;
}

bool cf_buf_room(struct cf_buf *b, size_t more)
{
    if (b->failed)
        return false;
    if (more > SIZE_MAX - b->n || !cf_grow(&b->p, &b->cap, b->n + more, 1))
        b->failed = true;
    return !b->failed;
}

void cf_buf_add(struct cf_buf *b, const void *p, size_t n)
{
    if (n == 0 || !cf_buf_room(b, n))
        return;
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

void cf_buf_str(struct cf_buf *b, struct cf_str s)
{
    cf_buf_add(b, s.p, s.n);
}

void cf_buf_puts(struct cf_buf *b, const char *s)
{
    cf_buf_add(b, s, strlen(s));
}

void cf_buf_putc(struct cf_buf *b, char c)
{
    cf_buf_add(b, &c, 1);
}

void cf_buf_printf(struct cf_buf *b, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int len = vsnprintf(NULL, 0, fmt, ap);
    if (len < 0)
        b->failed = true;
    else if (cf_buf_room(b, (size_t)len + 1)) {
        vsnprintf(b->p + b->n, (size_t)len + 1, fmt, again);
        b->n += (size_t)len;
    }
    va_end(again);
    va_end(ap);
}

struct cf_str cf_buf_view(const struct cf_buf *b)
{
    return (struct cf_str){b->p, b->n};
}

void cf_buf_free(struct cf_buf *b)
{
    free(b->p);
    *b = (struct cf_buf){0};
}

bool cf_strs_add(struct cf_strs *l, const char *s)
{
    if (!cf_grow(&l->v, &l->cap, l->n + 1, sizeof *l->v))
        return false;
    char *copy = strdup(s);
    if (!copy)
        return false;
    l->v[l->n++] = copy;
    return true;
}

void cf_strs_free(struct cf_strs *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->v[i]);
    free(l->v);
    *l = (struct cf_strs){0};
}
