/* gzip.c - the layer that unpacks gzip data, one member after the other. */
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/layer.h"
#include "base/mem.h"

struct gzip {
    struct cf_layer l;
    z_stream z;
    bool between; /* before a member */
};

static int wrong(const struct gzip *g, int r, const struct cf_in *in,
                 struct cf_err *err)
{
    if (r == Z_MEM_ERROR)
        return cf_nomem(err, in->name);
    if (r == Z_BUF_ERROR)
        return cf_fail(err, CF_ESTREAM, "%s: truncated gzip data", in->name);
    return cf_fail(err, CF_ESTREAM, "%s: corrupt gzip data (%s)", in->name,
                   g->z.msg ? g->z.msg : "no reason known");
}

static int begin_member(struct gzip *g, const struct cf_in *in,
                        struct cf_err *err)
{
    if (g->l.buf[g->l.from] != '\x1f')
        return cf_fail(err, CF_ESTREAM,
                       "%s: bytes after the end of the gzip "
                       "data",
                       in->name);
    g->between = false;
    int r = inflateReset(&g->z);
    return r == Z_OK ? 0 : wrong(g, r, in, err);
}

/* Unpacks what is there. */
static int unpack(struct gzip *g, const struct cf_in *in, void *p, size_t n,
                  size_t *got, struct cf_err *err)
{
    uInt room = n < UINT_MAX ? (uInt)n : UINT_MAX;
    g->z.next_in = (Bytef *)g->l.buf + g->l.from;
    g->z.avail_in = (uInt)(g->l.to - g->l.from);
    g->z.next_out = p;
    g->z.avail_out = room;
    int r = inflate(&g->z, Z_NO_FLUSH);
    g->l.from = g->l.to - g->z.avail_in;
    *got = room - g->z.avail_out;
    g->between = r == Z_STREAM_END;
    /* What came out is good, even if what follows is not. */
    if (*got > 0 || r == Z_OK || r == Z_STREAM_END)
        return 0;
    return r == Z_BUF_ERROR && !g->l.end ? 0 : wrong(g, r, in, err);
}

static int read_gzip(struct cf_layer *l, struct cf_in *in, void *p, size_t n,
                     size_t *got, struct cf_err *err)
{
    struct gzip *g = (struct gzip *)l;
    int rc = 0;

    *got = 0;
    while (!rc && *got == 0) {
        if (l->from == l->to && !l->end)
            rc = cf_layer_fill(l, in, err);
        if (!rc && g->between) {
            if (l->from == l->to)
                return 0;
            rc = begin_member(g, in, err);
        }
        if (!rc)
            rc = unpack(g, in, p, n, got, err);
    }
    return rc;
}

static void free_gzip(struct cf_layer *l)
{
    inflateEnd(&((struct gzip *)l)->z);
    free(l);
}

struct cf_layer *cf_gzip_layer(void)
{
    enum { GZIP_ONLY = 16 };
    struct gzip *g = cf_zalloc(1, sizeof *g);

    if (!g || inflateInit2(&g->z, GZIP_ONLY + MAX_WBITS) != Z_OK) {
        free(g);
        return NULL;
    }
    g->between = true;
    g->l.read = read_gzip;
    g->l.free = free_gzip;
    return &g->l;
}
