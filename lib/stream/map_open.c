/* map_open.c - opening a map: from the end frame to the table of contents. */
#include "stream/map_impl.h"

#include <errno.h>
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
        return cf_fail_os(err, errno, "%s: cannot map it", in->name);
    m->p = p;
    m->mapped = true;
    return 0;
}

static int not_a_model(const struct cf_map *m, enum cf_kind kind,
                       struct cf_err *err)
{
    return cf_fail(err, CF_EDATA, "%s: a %s stream, not a model", m->name,
                   cf_kind_name(kind));
}

static int drain(const struct cf_map *m, struct cf_reader *r,
                 struct cf_err *err)
{
    enum cf_kind kind = cf_reader_schema(r)->kind;
    const struct cf_block *b;
    int rc = kind == CF_MODEL ? 0 : not_a_model(m, kind, err);

    do {
        if (!rc)
            rc = cf_reader_next(r, &b, err);
    } while (!rc && b);
    return rc;
}

/* What cannot be mapped is read in sequence and checked as it comes. */
static int read_whole(struct cf_map *m, struct cf_in *in, struct cf_err *err)
{
    struct cf_reader *r = NULL;
    struct cf_buf all = {0};

    int rc = cf_reader_open_keeping(&r, in, &all, err);
    if (!rc)
        rc = drain(m, r, err);
    cf_reader_close(r);
    m->p = all.p;
    m->n = all.n;
    return rc;
}

static int get_bytes(struct cf_map *m, struct cf_in *in, struct cf_err *err)
{
    if (in->regular && in->off == 0 && in->size > 0)
        return map_file(m, in, err);
    return read_whole(m, in, err);
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
    m->body = n + CF_SUM_SIZE;
    return m->schema.kind == CF_MODEL ? 0 : not_a_model(m, m->schema.kind, err);
}

/* A frame that is not of a part. */
struct special {
    struct cf_tree *tree;
    struct cf_frame frame;
    struct cf_str bin; /* its one chunk */
    uint64_t end;      /* where it ends */
};

/* Reads the frame of that tag at offset at. */
static int special_frame(const struct cf_map *m, const char *tag, uint64_t at,
                         struct special *f, struct cf_err *err)
{
    struct cf_scan scan;
    size_t n;
    uint32_t chunks;

    cf_frame_scan(&scan);
    int rc = cf_map_value(m, &scan, at, m->n, CF_FRAME_MAX, &n, err);
    if (!rc && (rc = cf_frame_parse(&f->tree, m->p + at, n, m->head, &f->frame,
                                    err)) != 0)
        return cf_wrap(err, m->name);
    if (rc)
        return rc;
    f->end = at + n;
    if (!cf_str_eq(f->frame.tag, cf_cstr(tag)) ||
        !cf_node_array(f->frame.chunks, &chunks) || chunks != 1 ||
        !cf_node_bin(cf_node_at(f->frame.chunks, 0), &f->bin))
        return cf_map_corrupt(m, "not the frame that was expected", err);
    return 0;
}

static int read_end(const struct cf_map *m, struct cf_end *e,
                    struct cf_err *err)
{
    struct special f = {0};

    if (m->n < CF_END_SIZE + CF_SUM_SIZE)
        return cf_map_corrupt(m, "the file is cut short", err);
    const char *at = m->p + m->n - CF_SUM_SIZE - CF_END_SIZE;
    cf_end_get(at, e);
    int rc = special_frame(m, "end", e->at, &f, err);
    if (!rc && (f.bin.n != CF_END_SIZE || f.bin.p != at ||
                f.frame.seq + 1 != e->frames || f.frame.first || f.frame.rows))
        rc = cf_map_corrupt(m, "the end of the file is not an end frame", err);
    cf_tree_free(f.tree);
    return rc;
}

static bool toc_sound(const struct cf_map *m, const struct special *f,
                      const struct cf_end *e)
{
    return f->bin.n % CF_TOC_ENTRY == 0 &&
           f->bin.n / CF_TOC_ENTRY == f->frame.rows &&
           f->frame.seq == f->frame.rows && f->frame.first == 0 &&
           e->frames == f->frame.rows + 2 && cf_map_padding(m, f->end, e->at);
}

/* Copies the table's rows to m->entry and compares the sums of all frames. */
static int copy_toc(struct cf_map *m, const struct special *f,
                    const struct cf_end *e, struct cf_err *err)
{
    uint64_t sums = m->head;

    m->nentries = (size_t)f->frame.rows;
    m->entry = cf_zalloc(m->nentries, sizeof *m->entry);
    if (!m->entry)
        return cf_nomem(err, "table of contents");
    for (size_t i = 0; i < m->nentries; i++) {
        cf_toc_get(f->bin.p + i * CF_TOC_ENTRY, &m->entry[i].toc);
        sums = cf_sums_add(sums, m->entry[i].toc.sum);
    }
    return cf_sums_add(sums, f->frame.sum) == e->sums
               ? 0
               : cf_map_corrupt(m, "the checksums at the end are wrong", err);
}

static int read_toc(struct cf_map *m, const struct cf_end *e,
                    struct cf_err *err)
{
    struct special f = {0};

    int rc = special_frame(m, "toc", e->toc, &f, err);
    if (!rc && !toc_sound(m, &f, e))
        rc = cf_map_corrupt(m, "a bad table of contents", err);
    if (!rc)
        rc = copy_toc(m, &f, e, err);
    cf_tree_free(f.tree);
    return rc;
}

/* ---- the parts ---- */

/* The bytes that a row of the part takes at the least. */
static uint64_t least_size(const struct cf_schema *s, uint32_t part)
{
    const struct cf_part *p = &s->part[part];
    uint64_t n = 0;

    for (uint32_t i = p->col; i < p->col + p->ncol; i++)
        n += s->column[i].type == CF_STR
                 ? sizeof(uint32_t)
                 : s->column[i].width * cf_type_size(s->column[i].type);
    return n;
}

/* What the table says of a frame, as far as it shows without a look at the
 * frame or its surroundings, which would take a page fault for each frame: the
 * frames follow one another, and none has more rows than bytes for them, so
 * that memory taken for rows is bounded by the file's size. */
static bool entry_sound(const struct cf_map *m, const struct cf_toc_entry *t,
                        uint64_t from)
{
    return t->part < m->schema.nparts && t->rows > 0 &&
           t->rows <= CF_FRAME_ROWS_MAX && t->size <= CF_FRAME_MAX &&
           t->at >= from && t->at - from <= CF_PAD_MAX && t->at <= m->n &&
           t->size <= m->n - t->at &&
           t->rows * least_size(&m->schema, t->part) <= t->size;
}

static int count_blocks(struct cf_map *m, const struct cf_end *e,
                        struct cf_err *err)
{
    uint64_t from = m->body;

    for (size_t i = 0; i < m->nentries; i++) {
        const struct cf_toc_entry *t = &m->entry[i].toc;
        if (!entry_sound(m, t, from))
            return cf_map_corrupt(m, "a bad row in the table of contents", err);
        from = t->at + t->size;
        m->part[t->part].n++;
    }
    if (!cf_map_padding(m, from, e->toc))
        return cf_map_corrupt(m, "a bad table of contents", err);
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
    if (!m->part)
        return cf_nomem(err, "table of contents");
    int rc = count_blocks(m, e, err);
    for (size_t i = 0; !rc && i < m->nentries; i++)
        rc = add_block(m, &m->entry[i], err);
    return rc ? rc : check_counts(m, e, err);
}

int cf_map_open(struct cf_map **out, struct cf_in *in, struct cf_err *err)
{
    struct cf_map *m = cf_zalloc(1, sizeof *m);
    struct cf_end e = {0};

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
