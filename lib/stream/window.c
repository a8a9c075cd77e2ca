/* window.c - the bytes of a stream as they arrive. */
#include "stream/window.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { READ_SIZE = 256 * 1024 };

const char *cf_window_bytes(const struct cf_window *w)
{
    return w->buf + w->from;
}

size_t cf_window_have(const struct cf_window *w)
{
    return w->to - w->from;
}

int cf_window_corrupt(const struct cf_window *w, const char *what,
                      struct cf_err *err)
{
    return cf_fail(err, CF_ESTREAM, "%s: corrupt at byte %llu: %s", w->in->name,
                   (unsigned long long)w->at, what);
}

/* Room for need bytes from buf[from]; grows only as bytes arrive, because the
 * caller asks for at most twice what is there or READ_SIZE. */
static int make_room(struct cf_window *w, size_t need, struct cf_err *err)
{
    if (w->from > 0) {
        memmove(w->buf, w->buf + w->from, w->to - w->from);
        w->to -= w->from;
        w->from = 0;
    }
    if (!cf_grow(&w->buf, &w->cap, need, 1))
        return cf_nomem(err, "frame");
    return 0;
}

int cf_window_fill(struct cf_window *w, size_t *got, struct cf_err *err)
{
    size_t have = w->to - w->from;
    size_t want = have < READ_SIZE ? READ_SIZE : 2 * have;

    if (w->cap - w->to < READ_SIZE / 4) {
        int rc = make_room(w, want, err);
        if (rc)
            return rc;
    }
    int rc = cf_in_read(w->in, w->buf + w->to, w->cap - w->to, got, err);
    if (w->keep)
        cf_buf_add(w->keep, w->buf + w->to, *got);
    w->to += *got;
    return !rc && w->keep && w->keep->failed ? cf_nomem(err, w->in->name) : rc;
}

int cf_window_need(struct cf_window *w, size_t n, struct cf_err *err)
{
    size_t got;

    while (w->to - w->from < n) {
        int rc = cf_window_fill(w, &got, err);
        if (rc)
            return rc;
        if (got == 0)
            return cf_fail(err, CF_ESTREAM,
                           "%s: the stream ends early, at byte %llu (was its "
                           "writer stopped?)",
                           w->in->name,
                           (unsigned long long)(w->at + w->to - w->from));
    }
    return 0;
}

void cf_window_use(struct cf_window *w, size_t n)
{
    w->from += n;
    w->at += n;
}

int cf_window_value(struct cf_window *w, struct cf_scan *scan, size_t max,
                    size_t *n, struct cf_err *err)
{
    const char *why;

    for (;;) {
        size_t have = w->to - w->from;
        switch (cf_scan(scan, w->buf + w->from, have, max, n, &why)) {
        case CF_SCAN_DONE:
            return 0;
        case CF_SCAN_BAD:
            return cf_window_corrupt(w, why, err);
        case CF_SCAN_MORE:
            break;
        }
        int rc = cf_window_need(w, *n, err);
        if (rc)
            return rc;
    }
}

void cf_window_free(struct cf_window *w)
{
    free(w->buf);
    memset(w, 0, sizeof *w);
}
