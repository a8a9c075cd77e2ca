/* corrupt.c - see corrupt.h. */
#include "corrupt.h"

#include <stdlib.h>
#include <string.h>

#include "stream/frame.h"
#include "stream/schema.h"

bool pieces_find(struct pieces *s, const char *p, size_t n)
{
    struct cf_scan scan = {0};
    const char *why;
    size_t need, at;

    *s = (struct pieces){.p = p, .n = n};
    if (cf_scan(&scan, p, n, n, &need, &why) != CF_SCAN_DONE ||
        n - scan.pos < CF_SUM_SIZE)
        return false;
    at = scan.pos + CF_SUM_SIZE;
    s->count = 1;
    while (at < n && s->count < 255) {
        s->at[s->count++] = at;
        while (at < n && (unsigned char)p[at] == 0xc0)
            at++;
        memset(&scan, 0, sizeof scan);
        if (cf_scan(&scan, p + at, n - at, n, &need, &why) != CF_SCAN_DONE)
            return false;
        at += scan.pos;
    }
    s->at[s->count] = n;
    return true;
}

struct damage {
    const struct pieces *s;
    damaged_fn *fn;
    void *ctx;
    char *buf;
};

static void give(struct damage *d, const char *what, size_t n)
{
    d->fn(d->ctx, what, d->buf, n);
}

static void bytes_changed(struct damage *d)
{
    const struct pieces *s = d->s;

    memcpy(d->buf, s->p, s->n);
    for (size_t i = 0; i < s->n; i++) {
        char old = s->p[i];
        const char set[] = {0, (char)0xff, (char)(old + 1)};
        for (int bit = 0; bit < 8; bit++) {
            d->buf[i] = (char)(old ^ (char)(1 << bit));
            give(d, "bit flipped", s->n);
        }
        for (int k = 0; k < 3; k++) {
            d->buf[i] = set[k];
            if (set[k] != old)
                give(d, "byte set", s->n);
        }
        d->buf[i] = old;
    }
}

static void lengths_changed(struct damage *d)
{
    const struct pieces *s = d->s;

    for (size_t i = 0; i < s->n; i++) {
        const char in[] = {0, (char)0xc0, (char)0xff, s->p[i]};
        memcpy(d->buf, s->p, i);
        give(d, "cut", i);
        memcpy(d->buf + i, s->p + i + 1, s->n - i - 1);
        give(d, "byte deleted", s->n - 1);
        memcpy(d->buf + i + 1, s->p + i, s->n - i);
        for (int k = 0; k < 4; k++) {
            d->buf[i] = in[k];
            give(d, "byte inserted", s->n + 1);
        }
    }
    memcpy(d->buf, s->p, s->n);
    d->buf[s->n] = 0;
    give(d, "byte appended", s->n + 1);
    d->buf[s->n] = (char)0xc0;
    give(d, "nil appended", s->n + 1);
}

/* Puts together pieces of from[order[i]]; NULL ends. */
struct pick {
    const struct pieces *from;
    size_t piece;
};

static void assemble(struct damage *d, const char *what,
                     const struct pick *pick, size_t n)
{
    size_t to = 0;

    for (size_t i = 0; i < n; i++) {
        const struct pieces *f = pick[i].from;
        size_t a = f->at[pick[i].piece], b = f->at[pick[i].piece + 1];
        memcpy(d->buf + to, f->p + a, b - a);
        to += b - a;
    }
    give(d, what, to);
}

static void pick_all(const struct pieces *s, struct pick *pick)
{
    for (size_t i = 0; i < s->count; i++)
        pick[i] = (struct pick){s, i};
}

static void frames_moved(struct damage *d)
{
    const struct pieces *s = d->s;
    struct pick pick[257];

    for (size_t i = 0; i < s->count; i++) {
        pick_all(s, pick);
        memmove(pick + i, pick + i + 1, (s->count - i - 1) * sizeof *pick);
        assemble(d, "frame dropped", pick, s->count - 1);
        pick_all(s, pick);
        memmove(pick + i + 1, pick + i, (s->count - i) * sizeof *pick);
        assemble(d, "frame doubled", pick, s->count + 1);
        for (size_t j = i + 1; j < s->count; j++) {
            pick_all(s, pick);
            pick[i].piece = j;
            pick[j].piece = i;
            assemble(d, "frames swapped", pick, s->count);
        }
    }
}

static void frames_mixed(struct damage *d, const struct pieces *other)
{
    const struct pieces *s = d->s;
    struct pick pick[257];

    for (size_t i = 0; i < s->count; i++)
        for (size_t j = 0; j < other->count; j++) {
            pick_all(s, pick);
            pick[i] = (struct pick){other, j};
            assemble(d, "frame of another stream", pick, s->count);
        }
    memcpy(d->buf, s->p, s->n);
    memcpy(d->buf + s->n, other->p, other->n);
    give(d, "two streams glued", s->n + other->n);
    memcpy(d->buf + s->n, s->p, s->n);
    give(d, "a stream glued to itself", 2 * s->n);
}

void damage_all(const struct pieces *s, const struct pieces *other,
                damaged_fn *fn, void *ctx)
{
    struct damage d = {s, fn, ctx, malloc(2 * (s->n + other->n) + 64)};

    if (!d.buf)
        abort();
    bytes_changed(&d);
    lengths_changed(&d);
    frames_moved(&d);
    frames_mixed(&d, other);
    free(d.buf);
}
