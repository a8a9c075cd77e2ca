/* spill.c - a temporary file without a name. */
#ifdef __linux__
#define _GNU_SOURCE /* O_TMPFILE */
#endif
#include "base/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"

static const char *directory(void)
{
    const char *dir = getenv("TMPDIR");
    return dir && *dir ? dir : "/tmp";
}

static int failed(const char *what, int errnum, struct cf_err *err)
{
    return cf_fail_os(err, errnum, "cannot %s a temporary file in %s", what,
                      directory());
}

/* A file that has a name for a moment; not every system can do without. */
static int open_named(struct cf_err *err)
{
    struct cf_buf path = {0};
    int fd = -1, errnum = ENOMEM;

    cf_buf_printf(&path, "%s/cf.XXXXXX", directory());
    if (!path.failed) {
        fd = mkstemp(path.p);
        errnum = errno;
    }
    if (fd >= 0)
        unlink(path.p);
    cf_buf_free(&path);
    if (fd < 0)
        failed("make", errnum, err);
    return fd;
}

static int open_new(struct cf_err *err)
{
#ifdef O_TMPFILE
    int fd = open(directory(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
#endif
    return open_named(err);
}

static int open_file(struct cf_spill *s, struct cf_err *err)
{
    if (s->open)
        return 0;
    int fd = open_new(err);
    if (fd < 0)
        return CF_EIO;
    s->fd = cf_fd_above(fd);
    if (s->fd < 0)
        return failed("make", errno, err);
    s->open = true;
    return 0;
}

int cf_spill_write(struct cf_spill *s, uint64_t at, const void *p, size_t n,
                   struct cf_err *err)
{
    const char *from = p;
    int rc = open_file(s, err);

    while (!rc && n > 0) {
        ssize_t w = pwrite(s->fd, from, n, (off_t)at);
        if (w < 0 && errno == EINTR)
            continue;
        if (w < 0)
            return failed("write", errno, err);
        from += w;
        at += (uint64_t)w;
        n -= (size_t)w;
    }
    return rc;
}

int cf_spill_read(const struct cf_spill *s, uint64_t at, void *p, size_t n,
                  struct cf_err *err)
{
    char *to = p;

    while (n > 0) {
        ssize_t r = pread(s->fd, to, n, (off_t)at);
        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0)
            return failed("read", r < 0 ? errno : EIO, err);
        to += r;
        at += (uint64_t)r;
        n -= (size_t)r;
    }
    return 0;
}

int cf_spill_in(const struct cf_spill *s, uint64_t n, const char *name,
                struct cf_in *in, struct cf_err *err)
{
    memset(in, 0, sizeof *in);
    if (!s->open)
        return failed("read", EBADF, err);
    in->name = strdup(name);
    in->fd = fcntl(s->fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    in->size = n;
    if (in->fd < 0 || lseek(in->fd, 0, SEEK_SET) != 0)
        return failed("read", errno, err);
    return in->name ? 0 : cf_nomem(err, "file name");
}

void cf_spill_close(struct cf_spill *s)
{
    if (s->open)
        close(s->fd);
    memset(s, 0, sizeof *s);
}
