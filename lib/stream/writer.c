/* writer.c - header, frames, table of contents, end. */
#include "stream/writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sum.h"
#include "stream/frame.h"
#include "stream/pack.h"

enum { ALIGN = 64 };

/* As msgpack has it. */
static const char NIL = (char)0xc0;

struct cf_writer {
    const struct cf_schema *schema;
    struct cf_out *out;
    const struct cf_tap *tap;
    uint64_t at;   /* bytes written */
    uint64_t head; /* checksum of the header */
    uint64_t seq, sums, rows;
    uint64_t *counts;  /* rows of each part */
    struct cf_buf buf; /* the frame in the making */
    struct cf_toc_entry *toc;
    size_t ntoc, toc_cap;
};

static int emit(struct cf_writer *w, struct cf_err *err)
{
    if (w->buf.failed)
        return cf_nomem(err, "frame");
    int rc = cf_out_write(w->out, w->buf.p, w->buf.n, err);
    w->at += w->buf.n;
    w->buf.n = 0;
    return rc;
}

int cf_writer_open(struct cf_writer **writer, const struct cf_schema *schema,
                   struct cf_out *out, const struct cf_tap *tap,
                   struct cf_err *err)
{
    struct cf_writer *w = cf_zalloc(1, sizeof *w);

    *writer = w;
    if (!w)
        return cf_nomem(err, "writer");
    w->schema = schema;
    w->out = out;
    w->tap = tap;
    w->counts = cf_zalloc(schema->nparts, sizeof *w->counts);
    if (!w->counts)
        return cf_nomem(err, "writer");
    if (tap)
        return tap->head(tap->ctx, schema, err);
    int rc = cf_header_pack(schema, &w->buf, &w->head, err);
    w->sums = w->head;
    return rc ? rc : emit(w, err);
}

/* ---- one frame ---- */

static void open_frame(struct cf_writer *w, const char *tag, uint64_t first,
                       uint64_t rows, uint32_t nchunks)
{
    cf_pack_array(&w->buf, 6);
    cf_pack_str(&w->buf, cf_cstr(tag));
    cf_pack_uint(&w->buf, w->seq);
    cf_pack_uint(&w->buf, first);
    cf_pack_uint(&w->buf, rows);
    cf_pack_array(&w->buf, nchunks);
}

static void put_bin(struct cf_buf *b, const char *p, size_t n)
{
    cf_pack_bin_head(b, (uint32_t)n);
    cf_buf_add(b, p, n);
}

static void put_chunk(struct cf_buf *b, const struct cf_chunk *c)
{
    if (c->layout != CF_PLAIN)
        cf_pack_array(b, 2);
    if (c->layout == CF_EXACT)
        cf_pack_uint(b, c->scale);
    put_bin(b, c->data, c->size);
    if (c->layout == CF_TEXT || c->layout == CF_RUNS)
        put_bin(b, c->text, c->text_size);
}

/* Puts the checksum after the frame that begins at buf[from]. */
static uint64_t close_frame(struct cf_writer *w, size_t from)
{
    unsigned char digest[8];

    if (w->buf.failed)
        return 0;
    uint64_t sum = cf_sum(w->buf.p + from, w->buf.n - from, w->head);
    cf_sum_put(sum, digest);
    put_bin(&w->buf, (const char *)digest, sizeof digest);
    w->seq++;
    return sum;
}

/* Nil values before the frame, so that the bytes of its first chunk, which
 * come after headlen bytes, start at a multiple of ALIGN. */
static void pad(struct cf_writer *w, size_t headlen)
{
    while ((w->at + w->buf.n + headlen) % ALIGN != 0)
        cf_buf_putc(&w->buf, NIL);
}

static size_t head_length(struct cf_writer *w, const struct cf_block *b,
                          const char *tag, uint64_t first)
{
    size_t n;

    open_frame(w, tag, first, b->rows, w->schema->part[b->part].ncol);
    n = w->buf.n + cf_pack_bin_head_size((uint32_t)b->chunk[0].size);
    w->buf.n = 0;
    return n;
}

static int check_codes(const struct cf_writer *w, const struct cf_block *b,
                       struct cf_err *err)
{
    const struct cf_part *p = &w->schema->part[b->part];

    for (uint32_t i = 0; i < p->ncol; i++) {
        const struct cf_column *c = &w->schema->column[p->col + i];
        if (c->dict >= 0 &&
            !cf_codes_sound(c, &b->chunk[i], b->rows, w->counts[c->dict]))
            return cf_fail(err, CF_EDATA,
                           "column %s has a code that its dictionary does "
                           "not have",
                           c->name);
    }
    return 0;
}

static int note_toc(struct cf_writer *w, const struct cf_toc_entry *e,
                    struct cf_err *err)
{
    if (w->schema->kind != CF_MODEL)
        return 0;
    if (!cf_grow(&w->toc, &w->toc_cap, w->ntoc + 1, sizeof *w->toc))
        return cf_nomem(err, "table of contents");
    w->toc[w->ntoc++] = *e;
    return 0;
}

static int put_frame(struct cf_writer *w, const struct cf_block *b,
                     struct cf_err *err)
{
    const struct cf_part *p = &w->schema->part[b->part];
    uint64_t first = w->counts[b->part];

    if (w->schema->kind == CF_MODEL)
        pad(w, head_length(w, b, p->name, first));
    size_t from = w->buf.n;
    open_frame(w, p->name, first, b->rows, p->ncol);
    for (uint32_t i = 0; i < p->ncol; i++)
        put_chunk(&w->buf, &b->chunk[i]);
    uint64_t sum = close_frame(w, from);
    if (w->buf.n - from > CF_FRAME_MAX || b->rows > CF_FRAME_ROWS_MAX)
        return cf_fail(err, CF_EMEM,
                       "%u rows of '%s' from row %llu on are too large for a "
                       "frame",
                       b->rows, p->name, (unsigned long long)first + 1);
    struct cf_toc_entry e = {.part = b->part,
                             .rows = b->rows,
                             .first = first,
                             .at = w->at + from,
                             .size = w->buf.n - from,
                             .sum = sum};
    w->sums = cf_sums_add(w->sums, sum);
    int rc = note_toc(w, &e, err);
    return rc ? rc : emit(w, err);
}

int cf_writer_put(struct cf_writer *w, const struct cf_block *b,
                  struct cf_err *err)
{
    struct cf_block own = *b;

    if (b->rows == 0)
        return 0;
    own.first = w->counts[b->part];
    int rc = check_codes(w, b, err);
    if (!rc)
        rc = w->tap ? w->tap->block(w->tap->ctx, &own, err)
                    : put_frame(w, &own, err);
    w->counts[b->part] += b->rows;
    w->rows += b->rows;
    return rc;
}

int cf_writer_nil(struct cf_writer *w, struct cf_err *err)
{
    if (w->tap)
        return 0;
    cf_buf_putc(&w->buf, NIL);
    return emit(w, err);
}

uint64_t cf_writer_rows(const struct cf_writer *w, uint32_t part)
{
    return w->counts[part];
}

/* ---- the end ---- */

static int put_toc(struct cf_writer *w, uint64_t *at, struct cf_err *err)
{
    char row[CF_TOC_ENTRY];

    if (w->ntoc * CF_TOC_ENTRY > CF_FRAME_MAX - 1024)
        return cf_fail(err, CF_EMEM, "too many frames for a model");
    *at = w->at;
    open_frame(w, "toc", 0, w->ntoc, 1);
    cf_pack_bin_head(&w->buf, (uint32_t)(w->ntoc * CF_TOC_ENTRY));
    for (size_t i = 0; i < w->ntoc; i++) {
        cf_toc_put(&w->toc[i], row);
        cf_buf_add(&w->buf, row, sizeof row);
    }
    w->sums = cf_sums_add(w->sums, close_frame(w, 0));
    return emit(w, err);
}

static int check_counts(const struct cf_writer *w, struct cf_err *err)
{
    for (size_t i = 0; i < w->schema->nparts; i++) {
        const struct cf_part *p = &w->schema->part[i];
        if (p->rows != CF_ROWS_UNKNOWN && p->rows != w->counts[i])
            return cf_fail(err, CF_EDATA,
                           "%llu rows of %s where the header says %llu",
                           (unsigned long long)w->counts[i], p->name,
                           (unsigned long long)p->rows);
    }
    return 0;
}

int cf_writer_finish(struct cf_writer *w, struct cf_err *err)
{
    struct cf_end e = {0};
    char row[CF_END_SIZE];
    int rc = check_counts(w, err);

    if (rc)
        return rc;
    if (w->tap)
        return w->tap->end(w->tap->ctx, err);
    if (w->schema->kind == CF_MODEL && (rc = put_toc(w, &e.toc, err)) != 0)
        return rc;
    e.frames = w->seq + 1;
    e.rows = w->rows;
    e.at = w->at;
    e.sums = w->sums;
    cf_end_put(&e, row);
    open_frame(w, "end", 0, 0, 1);
    put_bin(&w->buf, row, sizeof row);
    close_frame(w, 0);
    return emit(w, err);
}

void cf_writer_close(struct cf_writer *w)
{
    if (!w)
        return;
    free(w->counts);
    free(w->toc);
    cf_buf_free(&w->buf);
    free(w);
}
