/* buf.h - byte strings: a borrowed view, and a buffer that grows.
 *
 * A buffer remembers that it ran out of memory: later additions do nothing,
 * and one look at `failed` at the end is enough. */
#ifndef CF_BASE_BUF_H
#define CF_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Bytes that belong to somebody else; may hold NUL, need not end in one. */
struct cf_str {
    const char *p;
    size_t n;
};

struct cf_buf {
    char *p;
    size_t n, cap;
    bool failed;
};

/* A view of a C string. */
struct cf_str cf_cstr(const char *s);
bool cf_str_eq(struct cf_str a, struct cf_str b);
/* Is it well-formed UTF-8 (no surrogates, no overlong forms)? */
bool cf_str_utf8(struct cf_str s);
/* Bytes of the well-formed UTF-8 character that s, not empty, begins with; 0 if
 * it does not begin with one. */
size_t cf_utf8_len(struct cf_str s);

/* Room for more bytes past n; false when memory ended. */
bool cf_buf_room(struct cf_buf *b, size_t more);
void cf_buf_add(struct cf_buf *b, const void *p, size_t n);
void cf_buf_str(struct cf_buf *b, struct cf_str s);
void cf_buf_puts(struct cf_buf *b, const char *s);
void cf_buf_putc(struct cf_buf *b, char c);
/* A NUL, not counted, follows what it adds. */
void cf_buf_printf(struct cf_buf *b, const char *fmt, ...) CF_PRINTF(2, 3);
/* A view of what is in it, valid until the next addition. */
struct cf_str cf_buf_view(const struct cf_buf *b);
/* Frees the bytes and makes it an empty buffer again. */
void cf_buf_free(struct cf_buf *b);

/* A list of owned, NUL-terminated strings. */
struct cf_strs {
    char **v;
    size_t n, cap;
};

/* Appends a copy; false when memory ended. */
bool cf_strs_add(struct cf_strs *l, const char *s);
void cf_strs_free(struct cf_strs *l);

#endif
