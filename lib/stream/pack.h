/* pack.h - msgpack: writing values to a buffer, and reading a complete and
 * bounded value. The one place that includes <msgpack.h> is pack.c.
 *
 * msgpack-c's unpacker allocates what a header declares, so it never sees
 * anything that cf_scan has not walked over byte by byte. */
#ifndef CF_STREAM_PACK_H
#define CF_STREAM_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* Writers: every value in its shortest form. */
void cf_pack_map(struct cf_buf *b, uint32_t n);
void cf_pack_array(struct cf_buf *b, uint32_t n);
void cf_pack_uint(struct cf_buf *b, uint64_t v);
void cf_pack_int(struct cf_buf *b, int64_t v);
void cf_pack_real(struct cf_buf *b, double v);
void cf_pack_bool(struct cf_buf *b, bool v);
void cf_pack_str(struct cf_buf *b, struct cf_str s);
void cf_pack_bin_head(struct cf_buf *b, uint32_t n); /* n bytes must follow */
/* Bytes that cf_pack_bin_head writes for n. */
size_t cf_pack_bin_head_size(uint32_t n);

/* A walk over one value that may still be arriving; start zeroed. */
enum { CF_DEPTH_MAX = 4 };
struct cf_scan {
    size_t pos;                      /* bytes walked over */
    uint64_t left[CF_DEPTH_MAX + 1]; /* values still due at each level */
    unsigned depth;
    bool started;
    size_t values; /* values seen, and how many there may be (0: any) */
    size_t max_values;
};
enum cf_scanned { CF_SCAN_DONE, CF_SCAN_MORE, CF_SCAN_BAD };

/* Walks on over p[0..n-1], the same bytes as before and perhaps more.
 * DONE: the value is p[0..pos-1]. MORE: at least *need bytes in all are
 * needed. BAD: *why says what: deeper than CF_DEPTH_MAX, not in shortest form,
 * an extension, the byte c1, a NaN, more than max_values, or more than max
 * bytes, which is known as soon as the counts that are declared and still due
 * exceed them. */
enum cf_scanned cf_scan(struct cf_scan *s, const char *p, size_t n, size_t max,
                        size_t *need, const char **why);

/* A parsed value. Strings and bins point into the bytes it was parsed from. */
struct cf_tree;
typedef struct cf_node cf_node;

/* p[0..n-1] is exactly one value that cf_scan found DONE. */
int cf_tree_parse(struct cf_tree **t, const char *p, size_t n,
                  struct cf_err *err);
void cf_tree_free(struct cf_tree *t);
const cf_node *cf_tree_root(const struct cf_tree *t);

/* Each is false, with nothing stored, if the value is of another type. */
bool cf_node_uint(const cf_node *v, uint64_t *out);
bool cf_node_int(const cf_node *v, int64_t *out);
bool cf_node_real(const cf_node *v, double *out); /* an int is taken too */
bool cf_node_bool(const cf_node *v, bool *out);
bool cf_node_str(const cf_node *v, struct cf_str *out);
bool cf_node_bin(const cf_node *v, struct cf_str *out);
bool cf_node_array(const cf_node *v, uint32_t *n);
bool cf_node_map(const cf_node *v, uint32_t *n);
const cf_node *cf_node_at(const cf_node *array, uint32_t i);
/* Key and value number i of a map. */
const cf_node *cf_node_key(const cf_node *map, uint32_t i);
const cf_node *cf_node_value(const cf_node *map, uint32_t i);
/* The value of a text key, or NULL. */
const cf_node *cf_node_get(const cf_node *map, const char *key);

#endif
