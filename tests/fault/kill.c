/* kill.c - for LD_PRELOAD: the process ends by SIGKILL at its CF_KILL_AT-th
 * write (1 is the first) to standard output, or, if CF_KILL_ANY is set, to
 * anything but standard error. If CF_KILL_HALF is set, half of that write's
 * bytes get out before. */
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long writes;

static bool due(int fd)
{
    const char *at = getenv("CF_KILL_AT");
    bool counts =
        fd == STDOUT_FILENO || (getenv("CF_KILL_ANY") && fd != STDERR_FILENO);
    return at && counts &&
           atomic_fetch_add(&writes, 1) + 1 == strtol(at, NULL, 10);
}

static void die(int fd, const void *p, size_t n)
{
    if (getenv("CF_KILL_HALF"))
        (void)syscall(SYS_write, fd, p, n / 2);
    (void)raise(SIGKILL);
}

ssize_t write(int fd, const void *p, size_t n)
{
    if (due(fd))
        die(fd, p, n);
    return syscall(SYS_write, fd, p, n);
}

ssize_t writev(int fd, const struct iovec *v, int n)
{
    if (due(fd))
        die(fd, v->iov_base, v->iov_len);
    return syscall(SYS_writev, fd, v, n);
}
