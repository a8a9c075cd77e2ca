/* map.c - a model by random access: from the end frame to the table of
 * contents to the frames that are asked for. */
#include "stream/map.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/mem.h"
#include "base/sum.h"
#include "stream/frame.h"
#include "stream/reader.h"

/* A frame as the table of contents has it, and as a block once checked. */
struct entry {
    struct cf_toc_entry toc;
    atomic_bool checked;
    struct cf_block block;
    struct cf_chunk *chunk;
};

struct part {
    struct entry **block; /* in order */
    uint32_t n;
    uint64_t rows;
};

struct cf_map {
    char *name;
    const char *p; /* the bytes */
    size_t n;
    bool mapped;
    struct cf_schema schema;
    bool have_schema;
    uint64_t head;
    struct entry *entry;
    size_t nentries;
    struct part *part;
    uint64_t *counts;
    pthread_mutex_t lock;
};

static int corrupt(const struct cf_map *m, struct cf_err *err, const char *what)
{
    return cf_fail(err, CF_ESTREAM, "%s: corrupt: %s", m->name, what);
}

/* ---- the bytes ---- */

static int map_file(struct cf_map *m, struct cf_in *in, struct cf_err *err)
{
    m->n = (size_t)in->size;
    void *p = mmap(NULL, m->n, PROT_READ, MAP_PRIVATE, in->fd, 0);
    if (p == MAP_FAILED)
        return cf_fail(err, CF_EIO, "%s: cannot map it", in->name);
    m->p = p;
    m->mapped = true;
    return 0;
}

/* What cannot be mapped is read and checked whole. */
static int check_whole(struct cf_map *m, struct cf_err *err)
{
    struct cf_in mem = {.fd = -1};
    struct cf_reader *r = NULL;
    const struct cf_block *b;

    int rc = cf_in_mem(&mem, m->name, m->p, m->n, err);
    if (!rc)
        rc = cf_reader_open(&r, &mem, err);
    do {
        if (!rc)
            rc = cf_reader_next(r, &b, err);
    } while (!rc && b);
    cf_reader_close(r);
    cf_in_close(&mem);
    return rc;
}

static int get_bytes(struct cf_map *m, struct cf_in *in, struct cf_err *err)
{
    char *p = NULL;

    if (in->regular && in->off == 0 && in->size > 0)
        return map_file(m, in, err);
    int rc = cf_in_slurp(in, SIZE_MAX, &p, &m->n, err);
    m->p = p;
    return rc ? rc : check_whole(m, err);
}

/* ---- header, end, table of contents ---- */

/* The size of the value at offset at, which is to end by `end`. */
static int value_size(const struct cf_map *m, struct cf_scan *scan, uint64_t at,
                      uint64_t end, size_t max, size_t *n, struct cf_err *err)
{
    const char *why;
    size_t need;

    if (at >= end || end > m->n)
        return corrupt(m, err, "an offset that is not in the file");
    if (cf_scan(scan, m->p + at, (size_t)(end - at), max, &need, &why) !=
        CF_SCAN_DONE)
        return corrupt(m, err, "the file is cut or changed");
    *n = scan->pos;
    return 0;
}

static int read_header(struct cf_map *m, struct cf_err *err)
{
    struct cf_scan scan = {0};
    size_t n;

    if (m->n == 0 || ((unsigned char)m->p[0] & 0xf0) != 0x80)
        return cf_fail(err, CF_ESTREAM, "%s: not a cf stream", m->name);
    int rc = value_size(m, &scan, 0, m->n, CF_HEADER_MAX, &n, err);
    if (rc)
        return rc;
    m->head = cf_sum(m->p, n, 0);
    if (m->n - n < CF_SUM_SIZE || memcmp(m->p + n, "\xc4\x08", 2) != 0 ||
        cf_sum_get((const unsigned char *)m->p + n + 2) != m->head)
        return corrupt(m, err, "the checksum of the header is wrong");
    rc = cf_header_parse(m->p, n, &m->schema, err);
    if (rc)
        return cf_wrap(err, m->name);
    m->have_schema = true;
    return m->schema.kind == CF_MODEL
               ? 0
               : cf_fail(err, CF_EDATA, "%s: a %s stream, not a model", m->name,
                         cf_kind_name(m->schema.kind));
}

/* Reads the frame of that tag at offset at; its one bin is *bin. */
static int special_frame(const struct cf_map *m, const char *tag, uint64_t at,
                         struct cf_tree **t, struct cf_frame *f,
                         struct cf_str *bin, struct cf_err *err)
{
    struct cf_scan scan;
    size_t n;
    uint32_t chunks;

    cf_frame_scan(&scan);
    int rc = value_size(m, &scan, at, m->n, CF_FRAME_MAX, &n, err);
    if (!rc && (rc = cf_frame_parse(t, m->p + at, n, m->head, f, err)) != 0)
        return cf_wrap(err, m->name);
    if (rc)
        return rc;
    if (!cf_str_eq(f->tag, cf_cstr(tag)) ||
        !cf_node_array(f->chunks, &chunks) || chunks != 1 ||
        !cf_node_bin(cf_node_at(f->chunks, 0), bin))
        return corrupt(m, err, "not the frame that was expected");
    return 0;
}

static int read_end(const struct cf_map *m, struct cf_end *e,
                    struct cf_err *err)
{
    struct cf_tree *t = NULL;
    struct cf_frame f;
    struct cf_str bin;

    if (m->n < CF_END_SIZE + CF_SUM_SIZE)
        return corrupt(m, err, "the file is cut");
    cf_end_get(m->p + m->n - CF_SUM_SIZE - CF_END_SIZE, e);
    int rc = special_frame(m, "end", e->at, &t, &f, &bin, err);
    if (!rc && (bin.n != CF_END_SIZE ||
                bin.p != m->p + m->n - CF_SUM_SIZE - CF_END_SIZE ||
                f.seq + 1 != e->frames || f.first || f.rows))
        rc = corrupt(m, err, "the end of the file is not an end frame");
    cf_tree_free(t);
    return rc;
}

/* Copies the table's rows to m->entry and compares the sums of all frames. */
static int read_toc(struct cf_map *m, const struct cf_end *e,
                    struct cf_err *err)
{
    struct cf_tree *t = NULL;
    struct cf_frame f;
    struct cf_str bin;
    uint64_t sums = m->head;

    int rc = special_frame(m, "toc", e->toc, &t, &f, &bin, err);
    if (!rc && (bin.n != f.rows * CF_TOC_ENTRY || f.seq != f.rows || f.first ||
                e->frames != f.rows + 2))
        rc = corrupt(m, err, "a bad table of contents");
    if (!rc) {
        m->nentries = (size_t)f.rows;
        m->entry = cf_zalloc(m->nentries, sizeof *m->entry);
        if (!m->entry)
            rc = cf_nomem(err, "table of contents");
    }
    for (size_t i = 0; !rc && i < m->nentries; i++) {
        cf_toc_get(bin.p + i * CF_TOC_ENTRY, &m->entry[i].toc);
        sums = cf_sums_add(sums, m->entry[i].toc.sum);
    }
    if (!rc && cf_sums_add(sums, f.sum) != e->sums)
        rc = corrupt(m, err, "the checksums at the end are wrong");
    cf_tree_free(t);
    return rc;
}

/* ---- the parts ---- */

static int count_blocks(struct cf_map *m, struct cf_err *err)
{
    for (size_t i = 0; i < m->nentries; i++) {
        const struct cf_toc_entry *t = &m->entry[i].toc;
        if (t->part >= m->schema.nparts || t->rows == 0 || t->at > m->n ||
            t->size > m->n - t->at)
            return corrupt(m, err, "a bad row in the table of contents");
        m->part[t->part].n++;
    }
    for (size_t i = 0; i < m->schema.nparts; i++) {
        struct part *p = &m->part[i];
        p->block = cf_zalloc(p->n, sizeof(struct entry *));
        if (!p->block)
            return cf_nomem(err, "table of contents");
        p->n = 0;
    }
    return 0;
}

static int add_block(struct cf_map *m, struct entry *e, struct cf_err *err)
{
    struct part *p = &m->part[e->toc.part];

    if (e->toc.first != p->rows)
        return corrupt(m, err, "blocks of a part out of order");
    p->block[p->n++] = e;
    p->rows += e->toc.rows;
    m->counts[e->toc.part] += e->toc.rows;
    return 0;
}

static int check_counts(const struct cf_map *m, const struct cf_end *e,
                        struct cf_err *err)
{
    uint64_t rows = 0;

    for (size_t i = 0; i < m->schema.nparts; i++) {
        rows += m->part[i].rows;
        if (m->schema.part[i].rows != CF_ROWS_UNKNOWN &&
            m->schema.part[i].rows != m->part[i].rows)
            return corrupt(m, err, "not the rows that the header says");
    }
    return rows == e->rows ? 0
                           : corrupt(m, err, "the totals at the end are wrong");
}

static int index_parts(struct cf_map *m, const struct cf_end *e,
                       struct cf_err *err)
{
    m->part = cf_zalloc(m->schema.nparts, sizeof *m->part);
    m->counts = cf_zalloc(m->schema.nparts, sizeof *m->counts);
    if (!m->part || !m->counts)
        return cf_nomem(err, "table of contents");
    int rc = count_blocks(m, err);
    for (size_t i = 0; !rc && i < m->nentries; i++)
        rc = add_block(m, &m->entry[i], err);
    return rc ? rc : check_counts(m, e, err);
}

int cf_map_open(struct cf_map **out, struct cf_in *in, struct cf_err *err)
{
    struct cf_map *m = cf_zalloc(1, sizeof *m);
    struct cf_end e;

    *out = m;
    if (!m)
        return cf_nomem(err, "model");
    pthread_mutex_init(&m->lock, NULL);
    m->name = strdup(in->name);
    if (!m->name)
        return cf_nomem(err, "model");
    int rc = get_bytes(m, in, err);
    if (!rc)
        rc = read_header(m, err);
    if (!rc)
        rc = read_end(m, &e, err);
    if (!rc)
        rc = read_toc(m, &e, err);
    return rc ? rc : index_parts(m, &e, err);
}

const struct cf_schema *cf_map_schema(const struct cf_map *m)
{
    return &m->schema;
}

const char *cf_map_name(const struct cf_map *m)
{
    return m->name;
}

uint64_t cf_map_rows(const struct cf_map *m, uint32_t part)
{
    return m->part[part].rows;
}

uint32_t cf_map_blocks(const struct cf_map *m, uint32_t part)
{
    return m->part[part].n;
}

uint32_t cf_map_find(const struct cf_map *m, uint32_t part, uint64_t row)
{
    const struct part *p = &m->part[part];
    uint32_t lo = 0, hi = p->n;

    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (p->block[mid]->toc.first <= row)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

/* ---- a block ---- */

static int check_frame(const struct cf_map *m, struct entry *e,
                       struct cf_tree **t, struct cf_err *err)
{
    const struct cf_toc_entry *toc = &e->toc;
    struct cf_scan scan;
    struct cf_frame f;
    size_t n;

    cf_frame_scan(&scan);
    int rc = value_size(m, &scan, toc->at, toc->at + toc->size, CF_FRAME_MAX,
                        &n, err);
    if (rc)
        return rc;
    if (n != toc->size)
        return corrupt(m, err, "a frame of another size than announced");
    rc = cf_frame_parse(t, m->p + toc->at, n, m->head, &f, err);
    if (rc)
        return cf_wrap(err, m->name);
    if (f.sum != toc->sum || f.first != toc->first || f.rows != toc->rows ||
        f.seq != (uint64_t)(e - m->entry) ||
        !cf_str_eq(f.tag, cf_cstr(m->schema.part[toc->part].name)))
        return corrupt(m, err, "not the frame that was announced");
    e->chunk = cf_alloc(m->schema.part[toc->part].ncol, sizeof *e->chunk);
    if (!e->chunk)
        return cf_nomem(err, "block");
    rc = cf_frame_chunks(&m->schema, toc->part, &f, m->counts, e->chunk, err);
    return rc ? cf_wrap(err, m->name) : 0;
}

static int check_entry(struct cf_map *m, struct entry *e, struct cf_err *err)
{
    struct cf_tree *t = NULL;

    int rc = check_frame(m, e, &t, err);
    cf_tree_free(t); /* the chunks point into the file, not into the tree */
    if (rc) {
        free(e->chunk);
        e->chunk = NULL;
        return rc;
    }
    e->block = (struct cf_block){.part = e->toc.part,
                                 .rows = e->toc.rows,
                                 .first = e->toc.first,
                                 .chunk = e->chunk};
    atomic_store(&e->checked, true);
    return 0;
}

int cf_map_block(struct cf_map *m, uint32_t part, uint32_t n,
                 const struct cf_block **b, struct cf_err *err)
{
    struct entry *e = m->part[part].block[n];
    int rc = 0;

    if (!atomic_load(&e->checked)) {
        pthread_mutex_lock(&m->lock);
        if (!atomic_load(&e->checked))
            rc = check_entry(m, e, err);
        pthread_mutex_unlock(&m->lock);
    }
    *b = rc ? NULL : &e->block;
    return rc;
}

void cf_map_close(struct cf_map *m)
{
    if (!m)
        return;
    for (size_t i = 0; m->part && i < m->schema.nparts; i++)
        free(m->part[i].block);
    for (size_t i = 0; m->entry && i < m->nentries; i++)
        free(m->entry[i].chunk);
    if (m->have_schema)
        cf_schema_free(&m->schema);
    if (m->mapped)
        munmap((void *)(uintptr_t)m->p, m->n);
    else
        free((void *)(uintptr_t)m->p);
    pthread_mutex_destroy(&m->lock);
    free(m->part);
    free(m->entry);
    free(m->counts);
    free(m->name);
    free(m);
}
