/* fd.c - file descriptors beside the standard ones. */
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

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
