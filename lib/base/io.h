/* io.h - files: "-" is a standard stream, every read and write is checked, and
 * an output file is old or new, never half. */
#ifndef CF_BASE_IO_H
#define CF_BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct cf_layer;

/* An input: a file, standard input or bytes in memory. A file or pipe that
 * begins as gzip or zstd data do is read unpacked: concatenated members or
 * frames are one input, and data that are cut, corrupt or followed by anything
 * else are CF_ESTREAM. What xz or bzip2 packed is CF_EDATA. Memory is taken as
 * it is. */
struct cf_in {
    int fd;          /* -1 for memory */
    char *name;      /* owned; for messages: the path, or "<stdin>" */
    bool regular;    /* a plain regular file: it can be mapped, and size is
                        what will be read */
    uint64_t size;   /* of a file, packed or not, or of the memory */
    uint64_t off;    /* bytes read so far, as they are read */
    uint64_t raw;    /* the same, as they are in the file */
    const char *mem; /* borrowed */
    struct cf_layer *layer;    /* what the bytes go through, the last first */
    bool looked;               /* for packed data */
    char head[10];             /* bytes that were read for that */
    size_t head_from, head_to; /* those still to be handed out */
    bool has_next;             /* the byte that comes next was looked at, */
    char next;                 /* and is this */
    void (*watch)(void *ctx, uint64_t raw); /* told of progress, or NULL */
    void *watch_ctx;
};

/* path NULL or "-": standard input. A directory is CF_EIO. */
int cf_in_open(struct cf_in *in, const char *path, struct cf_err *err);
/* Reads from p[0..n-1], which is borrowed until close. */
int cf_in_mem(struct cf_in *in, const char *name, const void *p, size_t n,
              struct cf_err *err);
/* From now on, which must be before the first read, what is read is UTF-8 made
 * from the character set of that name, as iconv_open(3) knows them; CF_EUSAGE
 * if it knows none. A byte that is none of its characters is CF_EDATA, with
 * line and byte, when it is read. */
int cf_in_charset(struct cf_in *in, const char *name, struct cf_err *err);
/* At most n bytes into p; *got 0 only at the end of the input. */
int cf_in_read(struct cf_in *in, void *p, size_t n, size_t *got,
               struct cf_err *err);
/* The byte that will be read next, as an unsigned char; -1 at the end. */
int cf_in_peek(struct cf_in *in, int *next, struct cf_err *err);
/* The whole rest of the input, at most max bytes (CF_EMEM beyond). *p is
 * 64-byte aligned and freed by the caller. */
int cf_in_slurp(struct cf_in *in, size_t max, char **p, size_t *n,
                struct cf_err *err);
/* Closes what it opened, frees the name; safe on a zeroed struct. */
void cf_in_close(struct cf_in *in);

/* An output: standard output, or a file that appears under its name only when
 * it is complete. */
struct cf_out;

/* path NULL or "-": standard output. A path that exists and is not a regular
 * file (a device, a fifo) is written in place; any other is written as a new
 * temporary file in the same directory. A symbolic link is followed. *out is
 * NULL after an error. */
int cf_out_open(struct cf_out **out, const char *path, struct cf_err *err);
int cf_out_write(struct cf_out *out, const void *p, size_t n,
                 struct cf_err *err);
/* Hands what is buffered to the system. */
int cf_out_flush(struct cf_out *out, struct cf_err *err);
/* The temporary file to remove if the process is ended by a signal, or NULL. */
const char *cf_out_temp(const struct cf_out *out);
/* Flush, fsync, close, rename, fsync of the directory (for standard output:
 * flush and close). Must be called for the output to count. */
int cf_out_commit(struct cf_out *out, struct cf_err *err);
/* Frees it; if not committed, removes the temporary file. NULL is fine. */
void cf_out_close(struct cf_out *out);

#endif
