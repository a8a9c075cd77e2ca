/* io.h - files: "-" is a standard stream, every read and write is checked, and
 * an output file is old or new, never half. */
#ifndef CF_BASE_IO_H
#define CF_BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* An input: a file, standard input or bytes in memory. */
struct cf_in {
    int fd;          /* -1 for memory */
    char *name;      /* owned; for messages: the path, or "<stdin>" */
    bool regular;    /* a regular file, so size is known and it can be mapped */
    uint64_t size;   /* of a regular file or of the memory */
    uint64_t off;    /* bytes read so far */
    const char *mem; /* borrowed */
    void (*watch)(void *ctx, uint64_t off); /* told of progress, or NULL */
    void *watch_ctx;
};

/* path NULL or "-": standard input. A directory is CF_EIO. */
int cf_in_open(struct cf_in *in, const char *path, struct cf_err *err);
/* Reads from p[0..n-1], which is borrowed until close. */
int cf_in_mem(struct cf_in *in, const char *name, const void *p, size_t n,
              struct cf_err *err);
/* At most n bytes into p; *got 0 only at the end of the input. */
int cf_in_read(struct cf_in *in, void *p, size_t n, size_t *got,
               struct cf_err *err);
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
