/* csv_text.c - the bytes of CSV text: reading them, and which of them may be
 * looked at. */
#include <inttypes.h>
#include <string.h>

#include "data/csv_impl.h"

/* Reads until the buffer is full or the input ends, so that what is seen does
 * not depend on how the input arrives. */
static void read_on(struct cf_csv *c)
{
    while (!c->ended && c->have < c->room) {
        size_t got;
        int rc = cf_in_read(c->in, c->buf + c->have, c->room - c->have, &got,
                            &c->unread);
        c->have += got;
        c->ended = rc || got == 0;
    }
    memset(c->buf + c->have, 0, CF_TOK_SLACK);
}

int cf_csv_begin(struct cf_csv *c, struct cf_err *err)
{
    read_on(c);
    if (c->have == 0 && c->unread.code) {
        *err = c->unread;
        return (int)err->code;
    }
    if (c->have >= 3 && !memcmp(c->buf, "\xef\xbb\xbf", 3))
        c->row = c->upto = 3;
    /* A map, as every stream begins with, and no text does. */
    if (c->have > 0 && ((unsigned char)c->buf[0] & 0xf0) == 0x80)
        return cf_fail(err, CF_EDATA,
                       "%s: not CSV text but, it seems, a stream", c->in->name);
    return 0;
}

/* ---- bad bytes ---- */

static const char not_utf8[] = "not UTF-8";

static bool is_ascii(const char *p)
{
    uint64_t w;

    memcpy(&w, p, sizeof w);
    return (w & UINT64_C(0x8080808080808080)) == 0;
}

/* Where the first byte is that begins no UTF-8 character; or `to`. */
static size_t find_bad(const char *p, size_t from, size_t to)
{
    while (from < to) {
        if (to - from >= 8 && is_ascii(p + from)) {
            from += 8;
            continue;
        }
        size_t len = cf_utf8_len((struct cf_str){p + from, to - from});
        if (len == 0)
            break;
        from += len;
    }
    return from;
}

/* May more bytes make a character of the n that are there? */
static bool is_cut(const char *p, size_t n)
{
    unsigned char lead = (unsigned char)*p;
    size_t len = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;

    return n < len;
}

/* Sets upto before a bad byte, or before a character that is not all there. */
static void check(struct cf_csv *c, const struct cf_tok_seen *seen)
{
    size_t from = c->upto;

    c->upto = c->have;
    if (seen->nul) {
        const char *nul = memchr(c->buf + from, '\0', c->have - from);
        if (nul) {
            c->odd = "NUL byte";
            c->upto = (size_t)(nul - c->buf);
        }
    }
    size_t good = seen->high ? find_bad(c->buf, from, c->upto) : c->upto;
    bool more = c->upto == c->have && (!c->ended || c->unread.code);
    if (good < c->upto && !(more && is_cut(c->buf + good, c->upto - good)))
        c->odd = not_utf8;
    c->upto = good;
    c->ended = c->ended || c->odd;
}

/* ---- marks ---- */

/* Keeps, of the marks at the first byte of a longer separator, those of whole
 * ones. It has no line end, so that each line is a new start. */
static void match_delim(struct cf_csv *c)
{
    size_t n = 0, free = 0;

    for (size_t i = 0; i < c->nmark; i++) {
        size_t at = c->mark[i];
        if (c->buf[at] == c->delim[0]) {
            if (at < free || c->upto - at < c->gap ||
                memcmp(c->buf + at, c->delim, c->gap) != 0)
                continue;
            free = at + c->gap;
        }
        c->mark[n++] = (uint32_t)at;
    }
    c->nmark = n;
}

void cf_csv_mark(struct cf_csv *c)
{
    struct cf_tok_text t = {c->buf, c->row, c->have, c->delim[0], c->after_cr};
    struct cf_tok_seen seen;

    c->next = 0;
    c->nmark = c->tok->mark(&t, c->mark, &seen);
    check(c, &seen);
    while (c->nmark && c->mark[c->nmark - 1] >= c->upto)
        c->nmark--;
    if (c->gap > 1)
        match_delim(c);
}

void cf_csv_fill(struct cf_csv *c)
{
    if (c->row)
        c->after_cr = c->buf[c->row - 1] == '\r';
    memmove(c->buf, c->buf + c->row, c->have - c->row);
    c->at += c->row;
    c->have -= c->row;
    c->upto -= c->row;
    c->row = 0;
    read_on(c);
    cf_csv_mark(c);
}

/* ---- errors ---- */

int cf_csv_fail(struct cf_csv *c, uint64_t line, uint64_t nfield,
                const char *what)
{
    return cf_fail(&c->failed, CF_EDATA,
                   "%s:%" PRIu64 ": field %" PRIu64 ": %s", c->in->name, line,
                   nfield, what);
}

int cf_csv_odd(struct cf_csv *c, uint64_t nfield)
{
    if (!c->odd) {
        c->failed = c->unread;
        return (int)c->failed.code;
    }
    return cf_fail(
        &c->failed, CF_EDATA,
        "%s:%" PRIu64 ": field %" PRIu64 ": %s (byte %" PRIu64
        " of the line%s)",
        c->in->name, c->line, nfield, c->odd, c->at + c->upto - c->line_at + 1,
        c->odd == not_utf8 ? "; cf-merge --from takes other text" : "");
}
