/* pack.c - msgpack values through msgpack-c, behind a byte-level scan. */
#include "stream/pack.h"

#include <msgpack.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---- writing ---- */

static int to_buf(void *ctx, const char *p, size_t n)
{
    struct cf_buf *b = ctx;
    cf_buf_add(b, p, n);
    return b->failed ? -1 : 0;
}

static msgpack_packer packer(struct cf_buf *b)
{
    msgpack_packer k;
    msgpack_packer_init(&k, b, to_buf);
    return k;
}

void cf_pack_map(struct cf_buf *b, uint32_t n)
{
    msgpack_packer k = packer(b);
    msgpack_pack_map(&k, n);
}

void cf_pack_array(struct cf_buf *b, uint32_t n)
{
    msgpack_packer k = packer(b);
    msgpack_pack_array(&k, n);
}

void cf_pack_uint(struct cf_buf *b, uint64_t v)
{
    msgpack_packer k = packer(b);
    msgpack_pack_uint64(&k, v);
}

void cf_pack_int(struct cf_buf *b, int64_t v)
{
    msgpack_packer k = packer(b);
    msgpack_pack_int64(&k, v);
}

void cf_pack_real(struct cf_buf *b, double v)
{
    msgpack_packer k = packer(b);
    msgpack_pack_double(&k, v);
}

void cf_pack_bool(struct cf_buf *b, bool v)
{
    msgpack_packer k = packer(b);
    if (v)
        msgpack_pack_true(&k);
    else
        msgpack_pack_false(&k);
}

void cf_pack_str(struct cf_buf *b, struct cf_str s)
{
    msgpack_packer k = packer(b);
    msgpack_pack_str(&k, s.n);
    cf_buf_str(b, s);
}

void cf_pack_bin_head(struct cf_buf *b, uint32_t n)
{
    msgpack_packer k = packer(b);
    msgpack_pack_bin(&k, n);
}

size_t cf_pack_bin_head_size(uint32_t n)
{
    return n <= UINT8_MAX ? 2 : n <= UINT16_MAX ? 3 : 5;
}

/* ---- reading ---- */

struct cf_tree {
    msgpack_zone zone;
    msgpack_object root;
};

/* A node is msgpack-c's object under another name. */
static const msgpack_object *obj(const cf_node *v)
{
    return (const msgpack_object *)(const void *)v;
}

static const cf_node *node(const msgpack_object *o)
{
    return (const cf_node *)(const void *)o;
}

int cf_tree_parse(struct cf_tree **t, const char *p, size_t n,
                  struct cf_err *err)
{
    size_t off = 0;

    *t = cf_zalloc(1, sizeof **t);
    if (!*t)
        return cf_nomem(err, "msgpack value");
    if (!msgpack_zone_init(&(*t)->zone, 2048)) {
        free(*t);
        *t = NULL;
        return cf_nomem(err, "msgpack value");
    }
    msgpack_unpack_return rc =
        msgpack_unpack(p, n, &off, &(*t)->zone, &(*t)->root);
    if ((rc == MSGPACK_UNPACK_SUCCESS || rc == MSGPACK_UNPACK_EXTRA_BYTES) &&
        off == n)
        return 0;
    cf_tree_free(*t);
    *t = NULL;
    if (rc == MSGPACK_UNPACK_NOMEM_ERROR)
        return cf_nomem(err, "msgpack value");
    return cf_fail(err, CF_ESTREAM, "not a msgpack value");
}

void cf_tree_free(struct cf_tree *t)
{
    if (!t)
        return;
    msgpack_zone_destroy(&t->zone);
    free(t);
}

const cf_node *cf_tree_root(const struct cf_tree *t)
{
    return node(&t->root);
}

bool cf_node_uint(const cf_node *v, uint64_t *out)
{
    if (!v || obj(v)->type != MSGPACK_OBJECT_POSITIVE_INTEGER)
        return false;
    *out = obj(v)->via.u64;
    return true;
}

bool cf_node_int(const cf_node *v, int64_t *out)
{
    if (!v)
        return false;
    if (obj(v)->type == MSGPACK_OBJECT_POSITIVE_INTEGER &&
        obj(v)->via.u64 <= INT64_MAX)
        *out = (int64_t)obj(v)->via.u64;
    else if (obj(v)->type == MSGPACK_OBJECT_NEGATIVE_INTEGER)
        *out = obj(v)->via.i64;
    else
        return false;
    return true;
}

bool cf_node_real(const cf_node *v, double *out)
{
    int64_t i;

    if (cf_node_int(v, &i))
        *out = (double)i;
    else if (v && obj(v)->type == MSGPACK_OBJECT_FLOAT64)
        *out = obj(v)->via.f64;
    else
        return false;
    return true;
}

bool cf_node_bool(const cf_node *v, bool *out)
{
    if (!v || obj(v)->type != MSGPACK_OBJECT_BOOLEAN)
        return false;
    *out = obj(v)->via.boolean;
    return true;
}

bool cf_node_str(const cf_node *v, struct cf_str *out)
{
    if (!v || obj(v)->type != MSGPACK_OBJECT_STR)
        return false;
    *out = (struct cf_str){obj(v)->via.str.ptr, obj(v)->via.str.size};
    return true;
}

bool cf_node_bin(const cf_node *v, struct cf_str *out)
{
    if (!v || obj(v)->type != MSGPACK_OBJECT_BIN)
        return false;
    *out = (struct cf_str){obj(v)->via.bin.ptr, obj(v)->via.bin.size};
    return true;
}

bool cf_node_array(const cf_node *v, uint32_t *n)
{
    if (!v || obj(v)->type != MSGPACK_OBJECT_ARRAY)
        return false;
    *n = obj(v)->via.array.size;
    return true;
}

bool cf_node_map(const cf_node *v, uint32_t *n)
{
    if (!v || obj(v)->type != MSGPACK_OBJECT_MAP)
        return false;
    *n = obj(v)->via.map.size;
    return true;
}

const cf_node *cf_node_at(const cf_node *array, uint32_t i)
{
    return node(&obj(array)->via.array.ptr[i]);
}

const cf_node *cf_node_key(const cf_node *map, uint32_t i)
{
    return node(&obj(map)->via.map.ptr[i].key);
}

const cf_node *cf_node_value(const cf_node *map, uint32_t i)
{
    return node(&obj(map)->via.map.ptr[i].val);
}

const cf_node *cf_node_get(const cf_node *map, const char *key)
{
    struct cf_str k;
    uint32_t n;

    if (!cf_node_map(map, &n))
        return NULL;
    for (uint32_t i = 0; i < n; i++)
        if (cf_node_str(cf_node_key(map, i), &k) && cf_str_eq(k, cf_cstr(key)))
            return cf_node_value(map, i);
    return NULL;
}
