/* output.c - the writing half of io.h. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"

enum { BUFFER = 256 * 1024 };

struct cf_out {
    int fd;
    char *name;   /* for messages */
    char *target; /* where a temporary file goes; NULL: written in place */
    char *temp;   /* that file, while it exists */
    int failed;   /* errno of a write that failed; no later one counts */
    size_t n;     /* bytes in buf */
    char buf[BUFFER];
};

static int cannot(const struct cf_out *out, int errnum, struct cf_err *err)
{
    return cf_fail_os(err, errnum, "cannot write %s", out->name);
}

/* DIR/.NAME.XXXXXX for DIR/NAME; NAME is cut so that it stays a valid name. */
static char *temp_name(const char *target)
{
    enum { CUT = 200 };
    const char *slash = strrchr(target, '/');
    int dir = slash ? (int)(slash + 1 - target) : 0;
    const char *name = target + dir;
    size_t size = (size_t)dir + strlen(name) + sizeof "..XXXXXX";
    char *temp = cf_alloc(size, 1);
    if (temp)
        snprintf(temp, size, "%.*s.%.*s.XXXXXX", dir, target, CUT, name);
    return temp;
}

/* The mode that open(2) would give a new file. */
static mode_t fresh_mode(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static int open_temp(struct cf_out *out, mode_t mode, struct cf_err *err)
{
    char *temp = temp_name(out->target);
    if (!temp)
        return cf_nomem(err, "file name");
    out->fd = mkstemp(temp);
    if (out->fd < 0) {
        int errnum = errno;
        free(temp);
        return cannot(out, errnum, err);
    }
    out->temp = temp;
    out->fd = cf_fd_above(out->fd);
    if (out->fd < 0 || fchmod(out->fd, mode) != 0)
        return cannot(out, errno, err);
    return 0;
}

static int open_in_place(struct cf_out *out, const char *path,
                         struct cf_err *err)
{
    out->fd = cf_fd_open(path, O_WRONLY);
    return out->fd < 0 ? cannot(out, errno, err) : 0;
}

static int open_path(struct cf_out *out, const char *path, struct cf_err *err)
{
    struct stat st;
    bool old = stat(path, &st) == 0;
    if (old && !S_ISREG(st.st_mode))
        return open_in_place(out, path, err);
    /* A name that leads to nothing may be free, but not if it is a link. */
    if (!old && (errno != ENOENT || !*path || lstat(path, &st) == 0))
        return cannot(out, errno, err);
    /* The new file would need no right to the old one, but who has made it
     * read-only wants it kept. */
    if (old && faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0)
        return cannot(out, errno, err);
    out->target = old ? realpath(path, NULL) : strdup(path);
    if (!out->target)
        return cannot(out, errno, err);
    return open_temp(out, old ? st.st_mode & 0777 : fresh_mode(), err);
}

static int open_standard(struct cf_out *out, struct cf_err *err)
{
    struct stat st;
    out->fd = STDOUT_FILENO;
    if (fstat(out->fd, &st) != 0)
        return cannot(out, errno, err);
    if (S_ISFIFO(st.st_mode))
        cf_fd_widen(out->fd);
    return 0;
}

int cf_out_open(struct cf_out **out, const char *path, struct cf_err *err)
{
    bool standard = !path || strcmp(path, "-") == 0;
    struct cf_out *o = cf_alloc(1, sizeof *o);
    *out = NULL;
    if (!o)
        return cf_nomem(err, "output buffer");
    o->fd = -1;
    o->target = o->temp = NULL;
    o->failed = 0;
    o->n = 0;
    o->name = strdup(standard ? "<stdout>" : path);
    int code = !o->name   ? cf_nomem(err, "file name")
               : standard ? open_standard(o, err)
                          : open_path(o, path, err);
    if (code)
        cf_out_close(o);
    else
        *out = o;
    return code;
}

static int write_all(struct cf_out *out, const char *p, size_t n,
                     struct cf_err *err)
{
    while (n > 0 && !out->failed) {
        ssize_t w = write(out->fd, p, n < SSIZE_MAX ? n : SSIZE_MAX);
        if (w >= 0) {
            p += w;
            n -= (size_t)w;
        } else if (errno != EINTR) {
            out->failed = errno;
        }
    }
    return out->failed ? cannot(out, out->failed, err) : 0;
}

int cf_out_flush(struct cf_out *out, struct cf_err *err)
{
    size_t n = out->n;
    out->n = 0;
    return write_all(out, out->buf, n, err);
}

int cf_out_write(struct cf_out *out, const void *p, size_t n,
                 struct cf_err *err)
{
    if (n > BUFFER - out->n) {
        int code = cf_out_flush(out, err);
        if (code)
            return code;
    }
    if (n >= BUFFER)
        return write_all(out, p, n, err);
    if (n > 0)
        memcpy(out->buf + out->n, p, n);
    out->n += n;
    return 0;
}

const char *cf_out_temp(const struct cf_out *out)
{
    return out->temp;
}

/* Closes, and learns of what a file system has not told before. */
static int finish(struct cf_out *out, struct cf_err *err)
{
    int fd = out->fd;
    out->fd = -1;
    if (out->temp && fsync(fd) != 0) {
        int errnum = errno;
        close(fd);
        return cannot(out, errnum, err);
    }
    if (close(fd) != 0 && errno != EINTR)
        return cannot(out, errno, err);
    return 0;
}

/* Makes the new name last; not every directory can be opened or synced. */
static int sync_dir(struct cf_out *out, struct cf_err *err)
{
    char *slash = strrchr(out->target, '/');
    if (slash)
        slash[slash == out->target] = '\0';
    int fd = cf_fd_open(slash ? out->target : ".", O_RDONLY);
    if (fd < 0)
        return 0;
    int errnum = fsync(fd) == 0 ? 0 : errno;
    close(fd);
    return errnum == 0 || errnum == EINVAL ? 0 : cannot(out, errnum, err);
}

int cf_out_commit(struct cf_out *out, struct cf_err *err)
{
    int code = cf_out_flush(out, err);
    if (!code)
        code = finish(out, err);
    if (code || !out->temp)
        return code;
    if (rename(out->temp, out->target) != 0)
        return cannot(out, errno, err);
    free(out->temp);
    out->temp = NULL;
    return sync_dir(out, err);
}

void cf_out_close(struct cf_out *out)
{
    if (!out)
        return;
    if (out->fd > STDERR_FILENO)
        close(out->fd);
    if (out->temp)
        unlink(out->temp);
    free(out->temp);
    free(out->target);
    free(out->name);
    free(out);
}
