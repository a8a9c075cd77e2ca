/* layer.h - what the bytes of a file go through before they are read: unpacked,
 * or changed from one character set to another. For the reading half of io.h
 * only. */
#ifndef CF_BASE_LAYER_H
#define CF_BASE_LAYER_H

#include "base/io.h"

enum { CF_LAYER_SIZE = 64 * 1024 };

/* Each kind begins with this. */
struct cf_layer {
    /* As cf_in_read, and n is not 0. */
    int (*read)(struct cf_layer *l, struct cf_in *in, void *p, size_t n,
                size_t *got, struct cf_err *err);
    void (*free)(struct cf_layer *l);
    struct cf_layer *below; /* owned; NULL: the file */
    bool end;               /* nothing comes from below any more */
    size_t from, to;        /* what came and is not used yet, in buf */
    char buf[CF_LAYER_SIZE];
};

/* Reads what comes out of l, or the file if l is NULL. */
int cf_layer_read(struct cf_layer *l, struct cf_in *in, void *p, size_t n,
                  size_t *got, struct cf_err *err);
/* Gets more bytes from below, behind those that are there, or finds the end. */
int cf_layer_fill(struct cf_layer *l, struct cf_in *in, struct cf_err *err);

/* How a file that begins with p[0..n-1] is packed. */
enum cf_packed { CF_PLAIN, CF_GZIP, CF_ZSTD, CF_XZ, CF_BZIP2, CF_UNSURE };
enum cf_packed cf_packed(const char *p, size_t n);

/* New layers, to be freed with their free; NULL when memory ended. */
struct cf_layer *cf_gzip_layer(void);
struct cf_layer *cf_zstd_layer(void);

#endif
