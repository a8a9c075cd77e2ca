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
#include "base/layer.h"
#include "base/mem.h"

static int name_it(struct cf_in *in, const char *name, struct cf_err *err)
{
    *in = (struct cf_in){.fd = -1, .name = strdup(name)};
    return in->name ? 0 : cf_nomem(err, "file name");
}

/* ---- the bytes as they are ---- */

static size_t read_mem(const struct cf_in *in, void *p, size_t n)
{
    uint64_t left = in->size - in->raw;
    if (n > left)
        n = (size_t)left;
    if (n > 0)
        memcpy(p, in->mem + in->raw, n);
    return n;
}

static int read_fd(struct cf_in *in, void *p, size_t n, size_t *got,
                   struct cf_err *err)
{
    ssize_t r;
    do
        r = read(in->fd, p, n < SSIZE_MAX ? n : SSIZE_MAX);
    while (r < 0 && errno == EINTR);
    *got = r < 0 ? 0 : (size_t)r;
    return r < 0 ? cf_fail_os(err, errno, "cannot read %s", in->name) : 0;
}

/* Reads from memory or the file. */
static int read_raw(struct cf_in *in, void *p, size_t n, size_t *got,
                    struct cf_err *err)
{
    int code = 0;
    if (in->fd < 0)
        *got = read_mem(in, p, n);
    else
        code = read_fd(in, p, n, got, err);
    in->raw += *got;
    if (in->watch)
        in->watch(in->watch_ctx, in->raw);
    return code;
}

/* ---- opening ---- */

/* Puts the layer that unpacks below all others, where packed data come in. */
static int unpack(struct cf_in *in, enum cf_packed kind, struct cf_err *err)
{
    struct cf_layer *l = kind == CF_GZIP ? cf_gzip_layer() : cf_zstd_layer();
    struct cf_layer **at = &in->layer;

    if (!l)
        return cf_nomem(err, in->name);
    while (*at)
        at = &(*at)->below;
    *at = l;
    in->regular = false;
    return 0;
}

static int no_layer(const struct cf_in *in, const char *packer,
                    struct cf_err *err)
{
    bool standard = in->fd == STDIN_FILENO;
    return cf_fail(err, CF_EDATA,
                   "%s: packed by %s; only gzip and zstd are unpacked here: "
                   "%s -dc %s | ...",
                   in->name, packer, packer, standard ? "FILE" : in->name);
}

/* Is it packed? Reads as few bytes as tell. */
static int look_inside(struct cf_in *in, struct cf_err *err)
{
    enum cf_packed kind;
    size_t got;

    in->looked = true;
    do {
        int code = read_raw(in, in->head + in->head_to,
                            sizeof in->head - in->head_to, &got, err);
        if (code)
            return code;
        in->head_to += got;
        kind = cf_packed(in->head, in->head_to);
    } while (kind == CF_UNSURE && got > 0);
    /* Too short for zstd data, but not text either. */
    if (kind == CF_UNSURE && in->head_to > 1 && in->head[1] == '\xb5')
        kind = CF_ZSTD;
    if (kind == CF_XZ || kind == CF_BZIP2)
        return no_layer(in, kind == CF_XZ ? "xz" : "bzip2", err);
    return kind == CF_GZIP || kind == CF_ZSTD ? unpack(in, kind, err) : 0;
}

/* Learns what kind of file it is. A pipe is looked into when it is read: its
 * writer may not have begun. */
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
    if (!in->regular)
        return 0;
    in->size = (uint64_t)st.st_size;
    int code = look_inside(in, err);
    if (code || in->layer)
        return code;
    in->head_to = 0;
    in->raw = 0;
    return lseek(in->fd, 0, SEEK_SET) == 0
               ? 0
               : cf_fail_os(err, errno, "%s", in->name);
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
    in->looked = true;
    return code;
}

/* ---- reading ---- */

/* Reads from the first byte on, though some were looked at before. */
static int read_file(struct cf_in *in, void *p, size_t n, size_t *got,
                     struct cf_err *err)
{
    if (in->head_from == in->head_to)
        return read_raw(in, p, n, got, err);
    *got = in->head_to - in->head_from;
    if (*got > n)
        *got = n;
    memcpy(p, in->head + in->head_from, *got);
    in->head_from += *got;
    return 0;
}

int cf_layer_read(struct cf_layer *l, struct cf_in *in, void *p, size_t n,
                  size_t *got, struct cf_err *err)
{
    return l ? l->read(l, in, p, n, got, err) : read_file(in, p, n, got, err);
}

/* Reads what was looked at first. */
static int read_next(struct cf_in *in, char *p, size_t n, size_t *got,
                     struct cf_err *err)
{
    if (!in->has_next)
        return cf_layer_read(in->layer, in, p, n, got, err);
    *p = in->next;
    *got = 1;
    in->has_next = false;
    return 0;
}

int cf_in_read(struct cf_in *in, void *p, size_t n, size_t *got,
               struct cf_err *err)
{
    int code = in->looked ? 0 : look_inside(in, err);
    *got = 0;
    if (!code && n > 0)
        code = read_next(in, p, n, got, err);
    in->off += *got;
    return code;
}

int cf_in_peek(struct cf_in *in, int *next, struct cf_err *err)
{
    size_t got = 1;
    int code = 0;

    if (!in->has_next) {
        code = cf_in_read(in, &in->next, 1, &got, err);
        in->off -= got;
        in->has_next = got > 0;
    }
    *next = in->has_next ? (unsigned char)in->next : -1;
    return code;
}

/* ---- the whole of it ---- */

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
    while (in->layer) {
        struct cf_layer *l = in->layer;
        in->layer = l->below;
        l->free(l);
    }
    if (in->fd > STDERR_FILENO)
        close(in->fd);
    free(in->name);
    *in = (struct cf_in){.fd = -1};
}
