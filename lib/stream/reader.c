/* reader.c - a stream in sequence: at each step the bytes are walked over,
 * summed and compared before anything is made of them. */
#include "stream/reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sum.h"
#include "stream/frame.h"
#include "stream/pack.h"
#include "stream/window.h"

struct cf_reader {
    struct cf_window bytes;
    struct cf_schema schema;
    bool have_schema, ended;
    uint64_t head; /* checksum of the header */
    uint64_t seq, sums, rows;
    uint64_t toc_at; /* offset of the toc frame, 0: none yet */
    uint64_t *counts;
    struct cf_chunk *chunk;
    struct cf_tree *tree;
    struct cf_block block;
    struct cf_toc_entry *toc; /* of the frames so far, for a model */
    size_t ntoc, toc_cap;
};

static int corrupt(struct cf_reader *r, struct cf_err *err, const char *what)
{
    return cf_window_corrupt(&r->bytes, what, err);
}

/* ---- header ---- */

static int not_ours(struct cf_reader *r, struct cf_err *err)
{
    return cf_fail(err, CF_ESTREAM, "%s: not a cf stream", r->bytes.in->name);
}

static int first_byte(struct cf_reader *r, struct cf_err *err)
{
    size_t got;
    int rc = cf_window_fill(&r->bytes, &got, err);

    if (rc)
        return rc;
    if (got == 0)
        return cf_fail(err, CF_ESTREAM,
                       "%s: empty, expected a cf stream (was its writer "
                       "stopped?)",
                       r->bytes.in->name);
    unsigned char c = (unsigned char)*cf_window_bytes(&r->bytes);
    if (c >= 0x80 && c <= 0x8f)
        return 0;
    if (c < 0x80)
        return cf_fail(err, CF_ESTREAM,
                       "%s: not a cf stream (if it is CSV, cf-merge makes one "
                       "of it)",
                       r->bytes.in->name);
    return not_ours(r, err);
}

static int read_header(struct cf_reader *r, struct cf_err *err)
{
    static const unsigned char bin8[2] = {0xc4, 8};
    struct cf_scan scan = {0};
    size_t n;

    int rc = first_byte(r, err);
    if (!rc)
        rc = cf_window_value(&r->bytes, &scan, CF_HEADER_MAX, &n, err);
    if (!rc)
        rc = cf_window_need(&r->bytes, n + CF_SUM_SIZE, err);
    if (rc)
        return rc;
    const char *p = cf_window_bytes(&r->bytes);
    r->head = cf_sum(p, n, 0);
    if (memcmp(p + n, bin8, sizeof bin8) != 0)
        return not_ours(r, err);
    if (cf_sum_get((const unsigned char *)p + n + 2) != r->head)
        return corrupt(r, err, "the checksum of the header is wrong");
    rc = cf_header_parse(p, n, &r->schema, err);
    if (rc)
        return cf_wrap(err, r->bytes.in->name);
    r->have_schema = true;
    r->sums = r->head;
    cf_window_use(&r->bytes, n + CF_SUM_SIZE);
    return 0;
}

static size_t most_columns(const struct cf_schema *s)
{
    size_t most = 0;
    for (size_t i = 0; i < s->nparts; i++)
        if (s->part[i].ncol > most)
            most = s->part[i].ncol;
    return most;
}

int cf_reader_open(struct cf_reader **out, struct cf_in *in, struct cf_err *err)
{
    return cf_reader_open_keeping(out, in, NULL, err);
}

int cf_reader_open_keeping(struct cf_reader **out, struct cf_in *in,
                           struct cf_buf *keep, struct cf_err *err)
{
    struct cf_reader *r = cf_zalloc(1, sizeof *r);

    *out = r;
    if (!r)
        return cf_nomem(err, "reader");
    r->bytes.in = in;
    r->bytes.keep = keep;
    int rc = read_header(r, err);
    if (rc)
        return rc;
    r->counts = cf_zalloc(r->schema.nparts, sizeof *r->counts);
    r->chunk = cf_zalloc(most_columns(&r->schema), sizeof *r->chunk);
    return r->counts && r->chunk ? 0 : cf_nomem(err, "reader");
}

/* ---- frames ---- */

static int skip_padding(struct cf_reader *r, struct cf_err *err)
{
    for (unsigned n = 0;; n++) {
        int rc = cf_window_need(&r->bytes, 1, err);
        if (rc)
            return rc;
        if ((unsigned char)*cf_window_bytes(&r->bytes) != 0xc0)
            return 0;
        if (n == CF_PAD_MAX)
            return corrupt(r, err, "too much padding");
        cf_window_use(&r->bytes, 1);
    }
}

static int check_totals(struct cf_reader *r, struct cf_err *err)
{
    for (size_t i = 0; i < r->schema.nparts; i++) {
        const struct cf_part *p = &r->schema.part[i];
        if (p->rows != CF_ROWS_UNKNOWN && p->rows != r->counts[i])
            return corrupt(r, err, "not the rows that the header says");
    }
    return 0;
}

static int expect_end(struct cf_reader *r, struct cf_err *err)
{
    size_t got = 0;

    if (cf_window_have(&r->bytes) == 0) {
        int rc = cf_window_fill(&r->bytes, &got, err);
        if (rc)
            return rc;
    }
    return cf_window_have(&r->bytes) == 0
               ? 0
               : corrupt(r, err, "bytes after the end");
}

/* The one bin of a frame that is not of a part. */
static bool only_bin(const struct cf_frame *f, struct cf_str *out)
{
    uint32_t n;
    return cf_node_array(f->chunks, &n) && n == 1 &&
           cf_node_bin(cf_node_at(f->chunks, 0), out);
}

static int end_frame(struct cf_reader *r, const struct cf_frame *f, size_t n,
                     struct cf_err *err)
{
    struct cf_str bin;
    struct cf_end e;

    if (!only_bin(f, &bin) || bin.n != CF_END_SIZE || f->first || f->rows)
        return corrupt(r, err, "a bad end frame");
    cf_end_get(bin.p, &e);
    if (e.frames != r->seq || e.rows != r->rows || e.at != r->bytes.at ||
        e.toc != r->toc_at || e.sums != r->sums)
        return corrupt(r, err, "the totals at the end are wrong");
    if (r->schema.kind == CF_MODEL && !r->toc_at)
        return corrupt(r, err, "a model without a table of contents");
    int rc = check_totals(r, err);
    if (rc)
        return rc;
    cf_window_use(&r->bytes, n);
    r->ended = true;
    return expect_end(r, err);
}

static bool same_entry(const struct cf_toc_entry *a,
                       const struct cf_toc_entry *b)
{
    return a->part == b->part && a->rows == b->rows && a->first == b->first &&
           a->at == b->at && a->size == b->size && a->sum == b->sum;
}

/* The table of contents must list the frames that came. */
static int toc_frame(struct cf_reader *r, const struct cf_frame *f,
                     struct cf_err *err)
{
    struct cf_toc_entry e;
    struct cf_str bin;

    if (r->schema.kind != CF_MODEL || r->toc_at || !only_bin(f, &bin) ||
        f->first || f->rows != r->ntoc || bin.n != r->ntoc * CF_TOC_ENTRY)
        return corrupt(r, err, "a bad table of contents");
    for (size_t i = 0; i < r->ntoc; i++) {
        cf_toc_get(bin.p + i * CF_TOC_ENTRY, &e);
        if (!same_entry(&e, &r->toc[i]))
            return corrupt(r, err, "the table of contents is wrong");
    }
    r->toc_at = r->bytes.at;
    return 0;
}

static int note_frame(struct cf_reader *r, const struct cf_frame *f,
                      uint32_t part, size_t n, struct cf_err *err)
{
    if (r->schema.kind != CF_MODEL)
        return 0;
    if (!cf_grow(&r->toc, &r->toc_cap, r->ntoc + 1, sizeof *r->toc))
        return cf_nomem(err, "table of contents");
    r->toc[r->ntoc++] = (struct cf_toc_entry){.part = part,
                                              .rows = (uint32_t)f->rows,
                                              .first = f->first,
                                              .at = r->bytes.at,
                                              .size = n,
                                              .sum = f->sum};
    return 0;
}

static int part_frame(struct cf_reader *r, const struct cf_frame *f, size_t n,
                      struct cf_err *err)
{
    size_t part = 0;

    while (part < r->schema.nparts &&
           !cf_str_eq(f->tag, cf_cstr(r->schema.part[part].name)))
        part++;
    if (part == r->schema.nparts || r->toc_at)
        return corrupt(r, err, "a frame that the header does not announce");
    if (f->first != r->counts[part])
        return corrupt(r, err, "a frame out of order");
    int rc = cf_frame_chunks(&r->schema, (uint32_t)part, f, r->counts, r->chunk,
                             err);
    if (rc)
        return cf_wrap(err, r->bytes.in->name);
    rc = note_frame(r, f, (uint32_t)part, n, err);
    r->block = (struct cf_block){.part = (uint32_t)part,
                                 .rows = (uint32_t)f->rows,
                                 .first = f->first,
                                 .chunk = r->chunk};
    r->counts[part] += f->rows;
    r->rows += f->rows;
    return rc;
}

/* Reads a frame; *block is set if it is of a part. */
static int next_frame(struct cf_reader *r, const struct cf_block **block,
                      struct cf_err *err)
{
    struct cf_scan scan;
    struct cf_frame f;
    size_t n;

    int rc = skip_padding(r, err);
    cf_frame_scan(&scan);
    if (!rc)
        rc = cf_window_value(&r->bytes, &scan, CF_FRAME_MAX, &n, err);
    if (rc)
        return rc;
    rc = cf_frame_parse(&r->tree, cf_window_bytes(&r->bytes), n, r->head, &f,
                        err);
    if (rc)
        return cf_wrap(err, r->bytes.in->name);
    if (f.seq != r->seq++)
        return corrupt(r, err, "a frame is missing or out of order");
    if (cf_str_eq(f.tag, cf_cstr("end")))
        return end_frame(r, &f, n, err);
    if (cf_str_eq(f.tag, cf_cstr("toc"))) {
        rc = toc_frame(r, &f, err);
    } else {
        rc = part_frame(r, &f, n, err);
        *block = &r->block;
    }
    r->sums = cf_sums_add(r->sums, f.sum);
    cf_window_use(&r->bytes, n);
    return rc;
}

int cf_reader_next(struct cf_reader *r, const struct cf_block **b,
                   struct cf_err *err)
{
    int rc = 0;

    *b = NULL;
    while (!rc && !*b && !r->ended) {
        cf_tree_free(r->tree);
        r->tree = NULL;
        rc = next_frame(r, b, err);
    }
    if (rc)
        *b = NULL;
    return rc;
}

const struct cf_schema *cf_reader_schema(const struct cf_reader *r)
{
    return &r->schema;
}

const char *cf_reader_name(const struct cf_reader *r)
{
    return r->bytes.in->name;
}

uint64_t cf_reader_rows(const struct cf_reader *r, uint32_t part)
{
    return r->counts[part];
}

void cf_reader_close(struct cf_reader *r)
{
    if (!r)
        return;
    cf_tree_free(r->tree);
    if (r->have_schema)
        cf_schema_free(&r->schema);
    free(r->counts);
    free(r->chunk);
    free(r->toc);
    cf_window_free(&r->bytes);
    free(r);
}
