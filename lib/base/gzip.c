/* gzip.c - the layer that unpacks gzip data, one member after the other. ISA-L
 * does it more than twice as fast as zlib; else reading CSV
 * would mostly be waiting for it. */
#include <isa-l/igzip_lib.h>
#include <stdlib.h>

#include "base/layer.h"
#include "base/mem.h"

struct gzip {
    struct cf_layer l;
    struct inflate_state z;
    struct isal_gzip_header head; /* isal_inflate() would lose its checksum
                                     if it came in pieces */
    enum { BETWEEN, HEADER, DATA } at;
    int bad; /* what was wrong after the last bytes that are good */
};

static const char *reason(int r)
{
    switch (r) {
    case ISAL_INVALID_WRAPPER:
    case ISAL_UNSUPPORTED_METHOD:
        return "a bad header";
    case ISAL_INCORRECT_CHECKSUM:
        return "the checksum is wrong";
    default:
        return "a bad block";
    }
}

static int begin_member(struct gzip *g, const struct cf_in *in,
                        struct cf_err *err)
{
    if (g->l.buf[g->l.from] != '\x1f')
        return cf_fail(err, CF_ESTREAM,
                       "%s: bytes after the end of the gzip data", in->name);
    isal_inflate_reset(&g->z);
    isal_gzip_header_init(&g->head);
    g->at = HEADER;
    return 0;
}

/* What isal_inflate() says, or 0 for all that is no error. */
static int inflate(struct gzip *g)
{
    int r;

    if (g->at == HEADER) {
        r = isal_read_gzip_header(&g->z, &g->head);
        if (r == ISAL_DECOMP_OK)
            g->at = DATA;
    } else {
        r = isal_inflate(&g->z);
        if (r >= 0 && g->z.block_state == ISAL_BLOCK_FINISH)
            g->at = BETWEEN;
    }
    return r < 0 ? r : 0;
}

/* Unpacks what is there. */
static int unpack(struct gzip *g, const struct cf_in *in, void *p, size_t n,
                  size_t *got, struct cf_err *err)
{
    uint32_t room = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
    uint32_t has = (uint32_t)(g->l.to - g->l.from);
    bool dry = g->l.end && has == 0;

    g->z.next_in = (uint8_t *)g->l.buf + g->l.from;
    g->z.avail_in = has;
    g->z.next_out = p;
    g->z.avail_out = room;
    if (!g->bad)
        g->bad = inflate(g);
    /* Of bad data more may seem to be left than there was. */
    g->l.from = g->z.avail_in <= has ? g->l.to - g->z.avail_in : g->l.to;
    *got = room - g->z.avail_out;
    if (*got > 0 || g->at == BETWEEN)
        return 0;
    if (g->bad)
        return cf_fail(err, CF_ESTREAM, "%s: corrupt gzip data (%s)", in->name,
                       reason(g->bad));
    if (dry)
        return cf_fail(err, CF_ESTREAM, "%s: truncated gzip data", in->name);
    return 0;
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
        if (!rc && g->at == BETWEEN) {
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
    free(l);
}

struct cf_layer *cf_gzip_layer(void)
{
    struct gzip *g = cf_zalloc(1, sizeof *g);

    if (!g)
        return NULL;
    isal_inflate_init(&g->z);
    g->z.crc_flag = ISAL_GZIP_NO_HDR_VER;
    g->l.read = read_gzip;
    g->l.free = free_gzip;
    return &g->l;
}
