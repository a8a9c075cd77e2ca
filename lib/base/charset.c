/* charset.c - the layer that makes UTF-8 of another character set. */
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "base/layer.h"
#include "base/mem.h"

enum { OUT_SIZE = 64 * 1024 };

struct charset {
    struct cf_layer l;
    iconv_t cd;
    char *name;
    uint64_t bytes; /* of its input that are done */
    uint64_t lines; /* that ended in them */
    bool cr;        /* the last one's end may go on */
    bool part;      /* what is left of the input is part of a character */
    bool flushed;
    size_t from, to; /* what was made and is not read yet, in out */
    char out[OUT_SIZE];
};

/* A line ends in LF, CR or both. */
static void count_lines(struct charset *c)
{
    for (size_t i = 0; i < c->to; i++) {
        bool lf = c->out[i] == '\n';
        c->lines += (lf && !c->cr) || c->out[i] == '\r';
        c->cr = c->out[i] == '\r';
    }
}

static int wrong(const struct charset *c, const struct cf_in *in,
                 struct cf_err *err)
{
    return cf_fail(err, CF_EDATA, "%s:%llu: byte %llu (0x%02x) is not %s%s",
                   in->name, (unsigned long long)c->lines + 1,
                   (unsigned long long)c->bytes + 1,
                   (unsigned char)c->l.buf[c->l.from], c->name,
                   c->part ? ": the input ends within a character" : "");
}

/* Makes more of what is there. */
static int convert(struct charset *c, const struct cf_in *in,
                   struct cf_err *err)
{
    char *src = c->l.buf + c->l.from, *dst = c->out;
    size_t left = c->l.to - c->l.from, had = left, room = sizeof c->out;

    c->flushed = left == 0;
    size_t r = iconv(c->cd, c->flushed ? NULL : &src, &left, &dst, &room);
    int why = r == (size_t)-1 ? errno : 0;
    c->l.from = c->l.to - left;
    c->bytes += had - left;
    c->from = 0;
    c->to = sizeof c->out - room;
    count_lines(c);
    c->part = why == EINVAL;
    /* What was made is good, and read before an error is told. */
    if (c->to > 0 || why == 0 || (c->part && !c->l.end))
        return 0;
    return wrong(c, in, err);
}

static int read_charset(struct cf_layer *l, struct cf_in *in, void *p, size_t n,
                        size_t *got, struct cf_err *err)
{
    struct charset *c = (struct charset *)l;
    int rc = 0;

    while (!rc && c->from == c->to && !c->flushed) {
        if ((l->from == l->to || c->part) && !l->end)
            rc = cf_layer_fill(l, in, err);
        if (!rc)
            rc = convert(c, in, err);
    }
    *got = rc ? 0 : c->to - c->from;
    if (*got > n)
        *got = n;
    memcpy(p, c->out + c->from, *got);
    c->from += *got;
    return rc;
}

static void free_charset(struct cf_layer *l)
{
    struct charset *c = (struct charset *)l;
    if (c->cd != (iconv_t)-1)
        iconv_close(c->cd);
    free(c->name);
    free(c);
}

int cf_in_charset(struct cf_in *in, const char *name, struct cf_err *err)
{
    struct charset *c = cf_zalloc(1, sizeof *c);

    if (!c)
        return cf_nomem(err, "character set");
    c->l.read = read_charset;
    c->l.free = free_charset;
    c->name = strdup(name);
    /* A name may not ask for the locale's, or for more than a conversion. */
    bool plain = *name && !strchr(name, '/');
    errno = EINVAL;
    c->cd = plain ? iconv_open("UTF-8", name) : (iconv_t)-1;
    if (c->name && c->cd != (iconv_t)-1) {
        c->l.below = in->layer;
        in->layer = &c->l;
        in->regular = false;
        return 0;
    }
    int code =
        !c->name || errno != EINVAL
            ? cf_nomem(err, "character set")
            : cf_fail(err, CF_EUSAGE, "unknown character set '%s'", name);
    free_charset(&c->l);
    return code;
}
