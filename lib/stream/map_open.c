/* map_open.c - opening a map: from the end frame to the table of contents. */
#include "stream/map_impl.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/mem.h"
#include "base/sum.h"
#include "stream/reader.h"

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

static int read_header(struct cf_map *m, struct cf_err *err)
{
    struct cf_scan scan = {0};
    size_t n;

    if (m->n == 0)
        return cf_fail(err, CF_ESTREAM,
                       "%s: empty, expected a model (was its writer stopped?)",
                       m->name);
    if (((unsigned char)m->p[0] & 0xf0) != 0x80)
        return cf_fail(err, CF_ESTREAM, "%s: not a cf stream", m->name);
    int rc = cf_map_value(m, &scan, 0, m->n, CF_HEADER_MAX, &n, err);
    if (rc)
        return rc;
    m->head = cf_sum(m->p, n, 0);
    if (m->n - n < CF_SUM_SIZE || memcmp(m->p + n, "\xc4\x08", 2) != 0 ||
        cf_sum_get((const unsigned char *)m->p + n + 2) != m->head)
        return cf_map_corrupt(m, "the checksum of the header is wrong", err);
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
    int rc = cf_map_value(m, &scan, at, m->n, CF_FRAME_MAX, &n, err);
    if (!rc && (rc = cf_frame_parse(t, m->p + at, n, m->head, f, err)) != 0)
        return cf_wrap(err, m->name);
    if (rc)
        return rc;
    if (!cf_str_eq(f->tag, cf_cstr(tag)) ||
        !cf_node_array(f->chunks, &chunks) || chunks != 1 ||
        !cf_node_bin(cf_node_at(f->chunks, 0), bin))
        return cf_map_corrupt(m, "not the frame that was expected", err);
    return 0;
}

static int read_end(const struct cf_map *m, struct cf_end *e,
                    struct cf_err *err)
{
    struct cf_tree *t = NULL;
    struct cf_frame f;
    struct cf_str bin;

    if (m->n < CF_END_SIZE + CF_SUM_SIZE)
        return cf_map_corrupt(m, "the file is cut short", err);
    cf_end_get(m->p + m->n - CF_SUM_SIZE - CF_END_SIZE, e);
    int rc = special_frame(m, "end", e->at, &t, &f, &bin, err);
    if (!rc && (bin.n != CF_END_SIZE ||
                bin.p != m->p + m->n - CF_SUM_SIZE - CF_END_SIZE ||
                f.seq + 1 != e->frames || f.first || f.rows))
        rc = cf_map_corrupt(m, "the end of the file is not an end frame", err);
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
        rc = cf_map_corrupt(m, "a bad table of contents", err);
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
        rc = cf_map_corrupt(m, "the checksums at the end are wrong", err);
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
            return cf_map_corrupt(m, "a bad row in the table of contents", err);
        m->part[t->part].n++;
    }
    for (size_t i = 0; i < m->schema.nparts; i++) {
        struct cf_map_part *p = &m->part[i];
        p->block = cf_zalloc(p->n, sizeof(struct cf_map_entry *));
        if (!p->block)
            return cf_nomem(err, "table of contents");
        p->n = 0;
    }
    return 0;
}

static int add_block(struct cf_map *m, struct cf_map_entry *e,
                     struct cf_err *err)
{
    struct cf_map_part *p = &m->part[e->toc.part];

    if (e->toc.first != p->rows)
        return cf_map_corrupt(m, "blocks of a part out of order", err);
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
            return cf_map_corrupt(m, "not the rows that the header says", err);
    }
    return rows == e->rows
               ? 0
               : cf_map_corrupt(m, "the totals at the end are wrong", err);
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
