/* spill.h - a temporary file that no directory shows: whatever ends the
 * process, the file is gone with it. */
#ifndef CF_BASE_SPILL_H
#define CF_BASE_SPILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/io.h"

/* Starts zeroed; the file is made, in $TMPDIR or /tmp, by the first write. */
struct cf_spill {
    bool open;
    int fd;
};

/* n bytes at offset `at`. A full disk is CF_EIO, naming the directory. */
int cf_spill_write(struct cf_spill *s, uint64_t at, const void *p, size_t n,
                   struct cf_err *err);
/* Bytes that were written; fewer are CF_EIO. */
int cf_spill_read(const struct cf_spill *s, uint64_t at, void *p, size_t n,
                  struct cf_err *err);
/* The first n bytes as an input of that name, which is closed by the caller;
 * CF_EIO if nothing was written. */
int cf_spill_in(const struct cf_spill *s, uint64_t n, const char *name,
                struct cf_in *in, struct cf_err *err);
/* Frees the disk; s is as it started. */
void cf_spill_close(struct cf_spill *s);

#endif
