/* merge.c - joins a file that streams with files held in memory. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/merge_impl.h"

/* ---- opening ---- */

static int alloc_frame(struct cf_merge *m, struct cf_err *err)
{
    bool ok = true;

    m->text = cf_zalloc(m->header->n, sizeof *m->text);
    m->chunk = cf_zalloc(m->header->n + m->ndims + 1, sizeof *m->chunk);
    m->found = cf_zalloc(m->ndims, sizeof *m->found);
    m->kept = cf_alloc(CF_CSV_RUN, sizeof *m->kept);
    for (size_t i = 0; m->found && i < m->ndims; i++) {
        m->code[i] = cf_alloc(CF_FRAME_ROWS, sizeof **m->code);
        m->found[i] = cf_alloc(CF_CSV_RUN, sizeof **m->found);
        ok = ok && m->code[i] && m->found[i];
    }
    return ok && m->found && m->kept && m->text && m->chunk
               ? 0
               : cf_nomem(err, "frame");
}

int cf_merge_open(struct cf_merge **out, struct cf_in *in, size_t n,
                  const struct cf_merge_opts *opts, struct cf_err *err)
{
    struct cf_merge *m = cf_zalloc(1, sizeof *m);
    int rc = m ? 0 : cf_nomem(err, "join");

    if (m && opts)
        m->opts = *opts;
    if (!rc)
        rc = cf_merge_open_files(m, in, n, err);
    if (!rc)
        rc = alloc_frame(m, err);
    if (rc) {
        cf_merge_close(m);
        m = NULL;
    }
    *out = m;
    return rc;
}

struct cf_schema *cf_merge_schema(struct cf_merge *m)
{
    return &m->schema;
}

/* ---- the rows ---- */

int cf_merge_flush(struct cf_merge *m, struct cf_writer *w, struct cf_err *err)
{
    struct cf_chunk *c = m->chunk;
    struct cf_block b = {.part = m->part, .rows = m->rows, .chunk = c};

    for (size_t i = 0; i < m->header->n; i++)
        cf_textcol_chunk(&m->text[i], c++);
    for (size_t i = 0; i < m->ndims; i++)
        if (m->dim[i].part >= 0)
            *c++ = (struct cf_chunk){.layout = CF_PLAIN,
                                     .data = (const char *)m->code[i],
                                     .size = m->rows * sizeof **m->code};
    cf_runcol_chunk(&m->line, c);
    int rc = cf_writer_put(w, &b, err);
    for (size_t i = 0; i < m->header->n; i++)
        cf_textcol_clear(&m->text[i]);
    cf_runcol_clear(&m->line);
    m->report.written += m->rows;
    m->rows = 0;
    m->bytes = 0;
    return rc;
}

/* Finds the row's partners; false if one is missing that must be there. */
static bool find_match(struct cf_merge *m, const struct cf_csv_row *row)
{
    bool all = true;

    for (size_t i = 0; i < m->ndims; i++) {
        const struct cf_dim *d = &m->dim[i];
        m->match[i] = cf_dict_find(&d->keys, row->field[d->key]);
        if (m->match[i] == CF_NONE) {
            m->report.file[i + 1].unmatched++;
            all = m->opts.missing == CF_MISSING_KEEP && all;
        }
    }
    return all;
}

/* Bytes that the row takes in a frame if all its fields stay text, which is
 * the most: so a frame that falls back to text late still fits. */
static size_t row_size(const struct cf_merge *m, const struct cf_csv_row *row)
{
    size_t size = 4 * (row->n + m->ndims) + 12;

    for (size_t i = 0; i < row->n; i++)
        size += row->field[i].n;
    return size;
}

static int add_row(struct cf_merge *m, const struct cf_csv_row *row,
                   struct cf_writer *w, struct cf_err *err)
{
    size_t size = row_size(m, row);

    if (m->rows == CF_FRAME_ROWS ||
        (m->rows && m->bytes + size > CF_MERGE_BYTES)) {
        int rc = cf_merge_flush(m, w, err);
        if (rc)
            return rc;
    }
    bool ok = cf_runcol_add(&m->line, row->line);
    for (size_t i = 0; ok && i < row->n; i++)
        ok = cf_textcol_add(&m->text[i], row->field[i]);
    for (size_t i = 0; i < m->ndims; i++)
        m->code[i][m->rows] = m->match[i];
    m->rows++;
    m->bytes += size;
    return ok ? 0 : cf_nomem(err, "frame");
}

static int write_dims(struct cf_merge *m, struct cf_writer *w,
                      struct cf_err *err)
{
    int rc = 0;

    for (size_t i = 0; !rc && i < m->ndims; i++) {
        struct cf_dim *d = &m->dim[i];
        if (d->part < 0)
            continue;
        rc = cf_store_write(&d->store, 0, d->store.rows, w, (uint32_t)d->part,
                            err);
        cf_store_free(&d->store); /* only the keys are still needed */
    }
    return rc;
}

/* The next combination of partners: the last file's rows are the innermost
 * loop. False after the last, with the first one there again. */
static bool next_match(struct cf_merge *m)
{
    for (size_t i = m->ndims; i-- > 0;) {
        uint32_t at = m->match[i];
        if (!m->dim[i].next || at == CF_NONE)
            continue;
        m->match[i] = m->dim[i].next[at];
        if (m->match[i] > at)
            return true;
    }
    return false;
}

int cf_merge_fail_missing(const struct cf_merge *m,
                          const struct cf_csv_row *row, struct cf_err *err)
{
    size_t i = 0;
    while (m->match[i] != CF_NONE)
        i++;
    struct cf_str key = row->field[m->dim[i].key];
    return cf_fail(err, CF_EDATA, "%s:%" PRIu64 ": key %s=%.*s is not in %s",
                   m->report.file[0].name, row->line, m->report.file[i + 1].on,
                   key.n < 256 ? (int)key.n : 256, key.p,
                   m->report.file[i + 1].name);
}

static int join_row(struct cf_merge *m, const struct cf_csv_row *row,
                    struct cf_writer *w, struct cf_err *err)
{
    int rc;

    if (!find_match(m, row))
        return m->opts.missing == CF_MISSING_FAIL
                   ? cf_merge_fail_missing(m, row, err)
                   : 0;
    do
        rc = add_row(m, row, w, err);
    while (!rc && next_match(m));
    return rc;
}

/* CSV has no end mark of its own: the number of rows can stand for it. */
static int check_count(const struct cf_merge *m, struct cf_err *err)
{
    const struct cf_file_report *r = &m->report.file[0];
    uint64_t n = r->rows + r->ragged;

    if (!m->opts.expect || *m->opts.expect == n)
        return 0;
    return cf_fail(err, CF_EDATA, "%s: %" PRIu64 " row%s, expected %" PRIu64,
                   r->name, n, n == 1 ? "" : "s", *m->opts.expect);
}

int cf_merge_run(struct cf_merge *m, struct cf_writer *w, struct cf_err *err)
{
    const struct cf_csv_row *row;
    struct cf_file_report *r = &m->report.file[0];
    int rc = write_dims(m, w, err);

    while (!rc) {
        size_t n;
        rc = cf_merge_next_run(m, w, &n, err);
        r->rows += n;
        if (rc || n)
            continue;
        rc = cf_csv_next(m->csv, &row, err);
        if (rc || !row)
            break;
        r->rows++;
        rc = join_row(m, row, w, err);
    }
    r->ragged = cf_csv_ragged(m->csv);
    if (!rc && m->rows)
        rc = cf_merge_flush(m, w, err);
    return rc ? rc : check_count(m, err);
}

const struct cf_merge_report *cf_merge_report(const struct cf_merge *m)
{
    return &m->report;
}

static void free_report(struct cf_merge_report *r)
{
    for (size_t i = 0; i < r->nfiles; i++) {
        free(r->file[i].layout);
        free(r->file[i].on);
        free(r->file[i].key);
    }
    free(r->file);
}

void cf_merge_close(struct cf_merge *m)
{
    if (!m)
        return;
    for (size_t i = 0; m->text && i < m->header->n; i++)
        cf_textcol_free(&m->text[i]);
    for (size_t i = 0; i < m->ndims; i++) {
        if (m->dim)
            cf_dim_free(&m->dim[i]);
        if (m->code)
            free(m->code[i]);
        if (m->found)
            free(m->found[i]);
    }
    cf_csv_close(m->csv);
    cf_schema_free(&m->schema);
    cf_buf_free(&m->line_name);
    cf_runcol_free(&m->line);
    free(m->dim);
    free(m->match);
    free(m->code);
    free(m->found);
    free(m->kept);
    free_report(&m->report);
    free(m->text);
    free(m->chunk);
    free(m);
}
