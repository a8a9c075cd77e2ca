/* zstd.c - the layer that unpacks zstd data, one frame after the other. */
#include <zstd.h>

#include <stdlib.h>
#include <zstd_errors.h>

#include "base/layer.h"
#include "base/mem.h"

/* The memory that data can ask for is limited: 128 MiB, as for zstd(1). */
enum { WINDOW_LOG = 27 };

struct zstd {
    struct cf_layer l;
    ZSTD_DCtx *d;
    bool between; /* before a frame */
};

static int wrong(size_t r, bool between, const struct cf_in *in,
                 struct cf_err *err)
{
    ZSTD_ErrorCode code = ZSTD_getErrorCode(r);

    if (code == ZSTD_error_memory_allocation)
        return cf_nomem(err, in->name);
    if (code == ZSTD_error_frameParameter_windowTooLarge)
        return cf_fail(err, CF_EMEM,
                       "%s: zstd data that need more than %d MiB to unpack",
                       in->name, 1 << (WINDOW_LOG - 20));
    if (code == ZSTD_error_prefix_unknown && between)
        return cf_fail(err, CF_ESTREAM,
                       "%s: bytes after the end of the zstd data", in->name);
    return cf_fail(err, CF_ESTREAM, "%s: corrupt zstd data (%s)", in->name,
                   ZSTD_getErrorName(r));
}

/* Unpacks what is there. */
static int unpack(struct zstd *z, const struct cf_in *in, void *p, size_t n,
                  size_t *got, struct cf_err *err)
{
    ZSTD_inBuffer src = {z->l.buf, z->l.to, z->l.from};
    ZSTD_outBuffer dst = {p, n, 0};
    bool dry = z->l.end && z->l.from == z->l.to;

    size_t r = ZSTD_decompressStream(z->d, &dst, &src);
    if (ZSTD_isError(r))
        return wrong(r, z->between, in, err);
    z->l.from = src.pos;
    z->between = r == 0;
    *got = dst.pos;
    if (dry && *got == 0)
        return cf_fail(err, CF_ESTREAM, "%s: truncated zstd data", in->name);
    return 0;
}

static int read_zstd(struct cf_layer *l, struct cf_in *in, void *p, size_t n,
                     size_t *got, struct cf_err *err)
{
    struct zstd *z = (struct zstd *)l;
    int rc = 0;

    *got = 0;
    while (!rc && *got == 0) {
        if (l->from == l->to && !l->end)
            rc = cf_layer_fill(l, in, err);
        if (!rc && z->between && l->from == l->to)
            return 0;
        if (!rc)
            rc = unpack(z, in, p, n, got, err);
    }
    return rc;
}

static void free_zstd(struct cf_layer *l)
{
    ZSTD_freeDCtx(((struct zstd *)l)->d);
    free(l);
}

struct cf_layer *cf_zstd_layer(void)
{
    struct zstd *z = cf_zalloc(1, sizeof *z);

    if (!z || !(z->d = ZSTD_createDCtx())) {
        free(z);
        return NULL;
    }
    ZSTD_DCtx_setParameter(z->d, ZSTD_d_windowLogMax, WINDOW_LOG);
    z->between = true;
    z->l.read = read_zstd;
    z->l.free = free_zstd;
    return &z->l;
}
