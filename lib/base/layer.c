/* layer.c - what layers share, and how packed data are told from plain. */
#include "base/layer.h"

#include <string.h>

int cf_layer_fill(struct cf_layer *l, struct cf_in *in, struct cf_err *err)
{
    size_t got;

    memmove(l->buf, l->buf + l->from, l->to - l->from);
    l->to -= l->from;
    l->from = 0;
    int rc = cf_layer_read(l->below, in, l->buf + l->to, sizeof l->buf - l->to,
                           &got, err);
    if (rc)
        return rc;
    l->to += got;
    l->end = got == 0;
    return 0;
}

/* Does p begin with the magic, as far as it goes? */
static bool begins(const char *p, size_t n, const char *magic, size_t len)
{
    return memcmp(p, magic, n < len ? n : len) == 0;
}

enum cf_packed cf_packed(const char *p, size_t n)
{
    if (n > 0 && begins(p, n, "\x1f\x8b", 2))
        return n < 2 ? CF_UNSURE : CF_GZIP;
    if (n > 0 && begins(p, n, "\x28\xb5\x2f\xfd", 4))
        return n < 4 ? CF_UNSURE : CF_ZSTD;
    /* A frame to be skipped, which pzstd writes first. */
    if (n > 0 && (*p & 0xf0) == 0x50 && begins(p + 1, n - 1, "\x2a\x4d\x18", 3))
        return n < 4 ? CF_UNSURE : CF_ZSTD;
    if (n > 0 && begins(p, n,
                        "\xfd"
                        "7zXZ\0",
                        6))
        return n < 6 ? CF_UNSURE : CF_XZ;
    /* The size of blocks, and then a block. */
    if (n > 0 && begins(p, n, "BZh", 3) &&
        (n <= 4 || begins(p + 4, n - 4, "1AY&SY", 6)))
        return n < 10 ? CF_UNSURE : CF_BZIP2;
    return n == 0 ? CF_UNSURE : CF_PLAIN;
}
