/* fd.c - file descriptors beside the standard ones. */
#ifdef __linux__
#define _GNU_SOURCE /* F_SETPIPE_SZ */
#endif
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void cf_fd_widen(int fd)
{
#ifdef F_SETPIPE_SZ
    enum { WIDE = 1 << 20 };
    int kept = errno;
    (void)fcntl(fd, F_SETPIPE_SZ, WIDE); /* not a pipe, or not allowed: fine */
    errno = kept;
#else
    (void)fd;
#endif
}

int cf_fd_above(int fd)
{
    if (fd < 0 || fd > STDERR_FILENO)
        return fd;
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int kept = errno;
    close(fd);
    errno = kept;
    return moved;
}

int cf_fd_open(const char *path, int flags)
{
    int fd;
    do
        fd = open(path, flags | O_CLOEXEC | O_NOCTTY);
    while (fd < 0 && errno == EINTR);
    return cf_fd_above(fd);
}
