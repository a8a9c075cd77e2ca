/* mend.c - see mend.h. */
#include "mend.h"

#include <string.h>

#include "base/sum.h"
#include "corrupt.h"
#include "stream/frame.h"

/* A stream, its checksums so far, and where its table of contents is. */
struct mender {
    char *p;
    uint64_t head, sums;
    size_t toc;
    struct cf_toc_entry entry[256];
    size_t n;
};

/* The checksum of n bytes is behind them. */
static uint64_t put_sum(char *p, size_t n, uint64_t seed)
{
    uint64_t sum = cf_sum(p, n, seed);

    p[n] = (char)0xc4;
    p[n + 1] = sizeof sum;
    cf_sum_put(sum, (unsigned char *)p + n + 2);
    return sum;
}

static void mend_toc(struct mender *m, size_t at, size_t size)
{
    size_t all = m->n * CF_TOC_ENTRY;

    m->toc = at;
    if (all > size - CF_SUM_SIZE)
        return;
    char *p = m->p + at + size - CF_SUM_SIZE - all;
    for (size_t i = 0; i < m->n; i++) {
        struct cf_toc_entry e;
        cf_toc_get(p + i * CF_TOC_ENTRY, &e);
        e.at = m->entry[i].at;
        e.size = m->entry[i].size;
        e.sum = m->entry[i].sum;
        cf_toc_put(&e, p + i * CF_TOC_ENTRY);
    }
}

static void mend_end(const struct mender *m, size_t at, size_t size)
{
    struct cf_end e;

    if (size < CF_SUM_SIZE + CF_END_SIZE)
        return;
    char *p = m->p + at + size - CF_SUM_SIZE - CF_END_SIZE;
    cf_end_get(p, &e);
    e.frames = m->n + 1;
    e.toc = m->toc;
    e.at = at;
    e.sums = m->sums;
    cf_end_put(&e, p);
}

static bool has_tag(const struct mender *m, size_t at, const char *tag)
{
    return memcmp(m->p + at + 2, tag, strlen(tag)) == 0;
}

static void mend_frame(struct mender *m, size_t at, size_t size)
{
    if (has_tag(m, at, "toc"))
        mend_toc(m, at, size);
    else if (has_tag(m, at, "end"))
        mend_end(m, at, size);
    uint64_t sum = put_sum(m->p + at, size - CF_SUM_SIZE, m->head);
    m->entry[m->n++] =
        (struct cf_toc_entry){.at = at, .size = size, .sum = sum};
    m->sums = cf_sums_add(m->sums, sum);
}

/* A value follows. */
static size_t after_nils(const char *p, size_t at)
{
    while ((unsigned char)p[at] == 0xc0)
        at++;
    return at;
}

void mend(char *p, size_t n)
{
    struct mender m = {.p = p};
    struct pieces s;

    if (!pieces_find(&s, p, n))
        return;
    m.head = m.sums = put_sum(p, s.at[1] - CF_SUM_SIZE, 0);
    for (size_t i = 1; i < s.count; i++) {
        size_t at = after_nils(p, s.at[i]);
        if (s.at[i + 1] - at > CF_SUM_SIZE)
            mend_frame(&m, at, s.at[i + 1] - at);
    }
}
