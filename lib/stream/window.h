/* window.h - the bytes of a stream as they arrive: what is read and not yet
 * used, and whole msgpack values of it. */
#ifndef CF_STREAM_WINDOW_H
#define CF_STREAM_WINDOW_H

#include <stddef.h>
#include <stdint.h>

#include "base/io.h"
#include "stream/pack.h"

struct cf_window {
    struct cf_in *in; /* borrowed */
    char *buf;        /* buf[from..to-1] is read and not yet used */
    size_t from, to, cap;
    uint64_t at;         /* offset in the stream of buf[from] */
    struct cf_buf *keep; /* gets a copy of every byte; or NULL */
};

/* The first unused byte, of cf_window_have. Valid until more is read. */
const char *cf_window_bytes(const struct cf_window *w);
size_t cf_window_have(const struct cf_window *w);
/* Reads some more; *got 0 at the end of the input. Room grows only as bytes
 * arrive. */
int cf_window_fill(struct cf_window *w, size_t *got, struct cf_err *err);
/* Makes sure that n bytes are there; CF_ESTREAM if the stream ends early. */
int cf_window_need(struct cf_window *w, size_t n, struct cf_err *err);
/* Makes sure that a whole value of at most max bytes is there; *n is its
 * length. */
int cf_window_value(struct cf_window *w, struct cf_scan *scan, size_t max,
                    size_t *n, struct cf_err *err);
void cf_window_use(struct cf_window *w, size_t n);
void cf_window_free(struct cf_window *w);

/* CF_ESTREAM: "NAME: corrupt at byte N: WHAT". */
int cf_window_corrupt(const struct cf_window *w, const char *what,
                      struct cf_err *err);

#endif
