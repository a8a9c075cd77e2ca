/* input.c - the reading half of io.h. */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"

static int name_it(struct cf_in *in, const char *name, struct cf_err *err)
{
    *in = (struct cf_in){.fd = -1, .name = strdup(name)};
    return in->name ? 0 : cf_nomem(err, "file name");
}

/* Learns what kind of file it is. */
static int look(struct cf_in *in, struct cf_err *err)
{
    struct stat st;
    if (fstat(in->fd, &st) != 0)
        return cf_fail_os(err, errno, "%s", in->name);
    if (S_ISDIR(st.st_mode))
        return cf_fail_os(err, EISDIR, "%s", in->name);
    /* Standard input may stand in the middle of a file, which is then read on
     * from there like a pipe. */
    in->regular = S_ISREG(st.st_mode) && lseek(in->fd, 0, SEEK_CUR) == 0;
    if (in->regular)
        in->size = (uint64_t)st.st_size;
    return 0;
}

int cf_in_open(struct cf_in *in, const char *path, struct cf_err *err)
{
    bool standard = !path || strcmp(path, "-") == 0;
    int code = name_it(in, standard ? "<stdin>" : path, err);
    if (code)
        return code;
    in->fd = standard ? STDIN_FILENO : cf_fd_open(path, O_RDONLY);
    if (in->fd < 0)
        code = cf_fail_os(err, errno, "%s", path);
    else
        code = look(in, err);
    if (code)
        cf_in_close(in);
    return code;
}

int cf_in_mem(struct cf_in *in, const char *name, const void *p, size_t n,
              struct cf_err *err)
{
    int code = name_it(in, name, err);
    in->mem = p;
    in->size = n;
    return code;
}

static size_t read_mem(const struct cf_in *in, void *p, size_t n)
{
    uint64_t left = in->size - in->off;
    if (n > left)
        n = (size_t)left;
    if (n > 0)
        memcpy(p, in->mem + in->off, n);
    return n;
}

int cf_in_read(struct cf_in *in, void *p, size_t n, size_t *got,
               struct cf_err *err)
{
    ssize_t r;
    *got = 0;
    if (in->fd < 0) {
        *got = read_mem(in, p, n);
        in->off += *got;
        return 0;
    }
    do
        r = read(in->fd, p, n < SSIZE_MAX ? n : SSIZE_MAX);
    while (r < 0 && errno == EINTR);
    if (r < 0)
        return cf_fail_os(err, errno, "cannot read %s", in->name);
    *got = (size_t)r;
    in->off += *got;
    if (in->watch)
        in->watch(in->watch_ctx, in->off);
    return 0;
}

/* An aligned buffer that is filled up to n of cap bytes. */
struct heap {
    char *p;
    size_t n, cap, max;
};

static int widen(struct heap *h, const struct cf_in *in, struct cf_err *err)
{
    if (h->cap == h->max)
        return cf_fail(err, CF_EMEM, "%s: larger than %zu bytes", in->name,
                       h->max);
    size_t cap = h->cap < h->max / 2 ? 2 * h->cap : h->max;
    char *p = cf_aalloc(cap, 1);
    if (!p)
        return cf_nomem(err, in->name);
    memcpy(p, h->p, h->n);
    free(h->p);
    h->p = p;
    h->cap = cap;
    return 0;
}

static int slurp(struct heap *h, struct cf_in *in, struct cf_err *err)
{
    for (;;) {
        /* One byte beside a full buffer tells whether it must grow. */
        bool full = h->n == h->cap;
        char beside;
        size_t got;
        int code = cf_in_read(in, full ? &beside : h->p + h->n,
                              full ? 1 : h->cap - h->n, &got, err);
        if (code || got == 0)
            return code;
        if (full) {
            code = widen(h, in, err);
            if (code)
                return code;
            h->p[h->n] = beside;
        }
        h->n += got;
    }
}

int cf_in_slurp(struct cf_in *in, size_t max, char **p, size_t *n,
                struct cf_err *err)
{
    enum { FIRST = 64 * 1024 };
    bool known = (in->regular || in->fd < 0) && in->size > in->off;
    uint64_t want = known ? in->size - in->off : FIRST;
    struct heap h = {.cap = want < max ? (size_t)want : max, .max = max};
    h.p = cf_aalloc(h.cap, 1);
    if (!h.p)
        return cf_nomem(err, in->name);
    int code = slurp(&h, in, err);
    if (code) {
        free(h.p);
        return code;
    }
    *p = h.p;
    *n = h.n;
    return 0;
}

void cf_in_close(struct cf_in *in)
{
    if (in->fd > STDERR_FILENO)
        close(in->fd);
    free(in->name);
    *in = (struct cf_in){.fd = -1};
}
