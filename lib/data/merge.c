/* merge.c - joins a file that streams with files held in memory. */
#include "data/merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/csv.h"
#include "data/dim.h"
#include "data/runcol.h"
#include "data/textcol.h"

enum { FRAME_BYTES = 1 << 20 }; /* of a frame of rows, all as text */

struct cf_merge {
    struct cf_csv *csv; /* the first file */
    const struct cf_csv_row *header;
    struct cf_dim *dim;
    size_t ndims;
    uint32_t *match; /* the row's partner in each dimension */
    struct cf_schema schema;
    uint32_t part; /* the rows */
    struct cf_buf line_name;
    struct cf_merge_report report;
    /* The frame in the making. */
    struct cf_textcol *text; /* for each column of the first file */
    uint32_t **code;         /* for each dimension */
    struct cf_runcol line;
    struct cf_chunk *chunk;
    uint32_t rows;
    size_t bytes;
};

/* ---- the schema ---- */

static bool is_free(const struct cf_merge *m, const char *name)
{
    for (size_t i = 0; i < m->header->n; i++)
        if (cf_str_eq(m->header->field[i], cf_cstr(name)))
            return false;
    return cf_schema_find_part(&m->schema, name) < 0 &&
           !cf_str_eq(cf_buf_view(&m->line_name), cf_cstr(name)) &&
           strcmp(name, "rows") && strcmp(name, "toc") && strcmp(name, "end");
}

/* base, or base_2 ... if a column or a part has that name. */
static int free_name(const struct cf_merge *m, struct cf_str base,
                     struct cf_buf *out, struct cf_err *err)
{
    cf_buf_printf(out, "%.*s", (int)base.n, base.p);
    for (unsigned k = 2; !out->failed && !is_free(m, out->p); k++) {
        out->n = 0;
        cf_buf_printf(out, "%.*s_%u", (int)base.n, base.p, k);
    }
    return out->failed ? cf_nomem(err, "schema") : 0;
}

/* The file's name without folder and extension. */
static struct cf_str base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *p = slash ? slash + 1 : path;
    const char *dot = strrchr(p, '.');
    struct cf_str s = {p, dot && dot > p ? (size_t)(dot - p) : strlen(p)};

    return s.n && cf_str_utf8(s) ? s : cf_cstr("joined");
}

static int add_column(struct cf_merge *m, struct cf_column c, const char *name,
                      struct cf_err *err)
{
    int rc;

    c.name = strdup(name);
    c.width = 1;
    rc = c.name ? cf_schema_column(&m->schema, &c, err)
                : cf_nomem(err, "schema");
    free(c.name);
    return rc;
}

static int add_dim_part(struct cf_merge *m, struct cf_dim *d,
                        struct cf_err *err)
{
    const struct cf_csv_row *own = cf_csv_header(d->csv);
    struct cf_column c = {.type = CF_STR, .dict = -1};
    struct cf_buf name = {0};

    if (own->n == 1)
        return 0;
    int rc = free_name(m, base_name(cf_csv_name(d->csv)), &name, err);
    if (!rc)
        rc = cf_schema_part(&m->schema, name.p, CF_ROWS_UNKNOWN, err);
    cf_buf_free(&name);
    d->part = (int)m->schema.nparts - 1;
    for (size_t i = 0; !rc && i < own->n; i++)
        if (i != d->own)
            rc = add_column(m, c, own->field[i].p, err);
    return rc ? cf_wrap(err, cf_csv_name(d->csv)) : 0;
}

static int add_rows_part(struct cf_merge *m, struct cf_err *err)
{
    struct cf_column c = {.type = CF_STR, .dict = -1};
    int rc = cf_schema_part(&m->schema, "rows", CF_ROWS_UNKNOWN, err);

    m->part = (uint32_t)m->schema.nparts - 1;
    for (size_t i = 0; !rc && i < m->header->n; i++)
        rc = add_column(m, c, m->header->field[i].p, err);
    for (size_t i = 0; !rc && i < m->ndims; i++) {
        const struct cf_dim *d = &m->dim[i];
        if (d->part < 0)
            continue;
        c = (struct cf_column){.type = CF_U32, .dict = d->part};
        c.on = m->report.dim[i].on;
        rc = add_column(m, c, m->schema.part[d->part].name, err);
    }
    c = (struct cf_column){.type = CF_RUN, .role = CF_LINE, .dict = -1};
    if (!rc)
        rc = add_column(m, c, m->line_name.p, err);
    return rc ? cf_wrap(err, cf_csv_name(m->csv)) : 0;
}

static int make_schema(struct cf_merge *m, struct cf_err *err)
{
    struct cf_buf line = {0};

    cf_schema_init(&m->schema, CF_TABLE);
    int rc = cf_schema_text(&m->schema, "file", cf_csv_name(m->csv), err);
    if (!rc)
        rc = free_name(m, cf_cstr("line"), &line, err);
    m->line_name = line;
    for (size_t i = 0; !rc && i < m->ndims; i++)
        rc = add_dim_part(m, &m->dim[i], err);
    return rc ? rc : add_rows_part(m, err);
}

/* ---- opening ---- */

static int open_dims(struct cf_merge *m, struct cf_in *in, struct cf_err *err)
{
    int rc = 0;

    for (size_t i = 0; !rc && i < m->ndims; i++) {
        struct cf_dim_report *report = &m->report.dim[i];
        rc = cf_dim_open(&m->dim[i], &in[i], m->csv, err);
        if (!rc)
            rc = cf_dim_check(m->dim, i, err);
        if (rc)
            break;
        report->file = in[i].name;
        report->on = strdup(m->header->field[m->dim[i].key].p);
        if (!report->on)
            rc = cf_nomem(err, "report");
    }
    return rc;
}

static int load_dims(struct cf_merge *m, struct cf_err *err)
{
    int rc = 0;

    for (size_t i = 0; !rc && i < m->ndims; i++) {
        struct cf_dim *d = &m->dim[i];
        rc = cf_dim_load(d, &m->schema, err);
        m->report.dim[i].rows = d->rows.n;
        if (d->part >= 0)
            m->schema.part[d->part].rows = d->rows.n;
    }
    return rc;
}

static int alloc_dims(struct cf_merge *m, size_t n, struct cf_err *err)
{
    m->ndims = n;
    m->dim = cf_zalloc(n, sizeof *m->dim);
    m->match = cf_zalloc(n, sizeof *m->match);
    m->code = cf_zalloc(n, sizeof *m->code);
    m->report.ndims = n;
    m->report.dim = cf_zalloc(n, sizeof *m->report.dim);
    if (!m->dim || !m->match || !m->code || !m->report.dim)
        return cf_nomem(err, "join");
    return 0;
}

static int alloc_frame(struct cf_merge *m, struct cf_err *err)
{
    bool ok = true;

    m->text = cf_zalloc(m->header->n, sizeof *m->text);
    m->chunk = cf_zalloc(m->header->n + m->ndims + 1, sizeof *m->chunk);
    for (size_t i = 0; i < m->ndims; i++) {
        m->code[i] = cf_alloc(CF_FRAME_ROWS, sizeof **m->code);
        ok = ok && m->code[i];
    }
    return ok && m->text && m->chunk ? 0 : cf_nomem(err, "frame");
}

static int open_all(struct cf_merge *m, struct cf_in *in, size_t n,
                    struct cf_err *err)
{
    int rc = alloc_dims(m, n - 1, err);

    if (!rc)
        rc = cf_csv_open(&m->csv, &in[0], NULL, err);
    if (rc)
        return rc;
    m->header = cf_csv_header(m->csv);
    rc = open_dims(m, in + 1, err);
    if (!rc)
        rc = make_schema(m, err);
    if (!rc)
        rc = load_dims(m, err);
    return rc ? rc : alloc_frame(m, err);
}

int cf_merge_open(struct cf_merge **out, struct cf_in *in, size_t n,
                  struct cf_err *err)
{
    struct cf_merge *m = cf_zalloc(1, sizeof *m);
    int rc = m ? open_all(m, in, n, err) : cf_nomem(err, "join");

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

static int flush(struct cf_merge *m, struct cf_writer *w, struct cf_err *err)
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

/* Finds the row's partners; false if one is missing. */
static bool find_match(struct cf_merge *m, const struct cf_csv_row *row)
{
    bool all = true;

    for (size_t i = 0; i < m->ndims; i++) {
        const struct cf_dim *d = &m->dim[i];
        m->match[i] = cf_dict_find(&d->rows, row->field[d->key]);
        if (m->match[i] == CF_NONE) {
            m->report.dim[i].unmatched++;
            all = false;
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
        (m->rows && m->bytes + size > FRAME_BYTES)) {
        int rc = flush(m, w, err);
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

int cf_merge_run(struct cf_merge *m, struct cf_writer *w, struct cf_err *err)
{
    const struct cf_csv_row *row;
    int rc = write_dims(m, w, err);

    while (!rc && (rc = cf_csv_next(m->csv, &row, err)) == 0 && row) {
        m->report.read++;
        if (find_match(m, row))
            rc = add_row(m, row, w, err);
    }
    return rc || !m->rows ? rc : flush(m, w, err);
}

const struct cf_merge_report *cf_merge_report(const struct cf_merge *m)
{
    return &m->report;
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
        if (m->report.dim)
            free(m->report.dim[i].on);
        if (m->code)
            free(m->code[i]);
    }
    cf_csv_close(m->csv);
    cf_schema_free(&m->schema);
    cf_buf_free(&m->line_name);
    cf_runcol_free(&m->line);
    free(m->dim);
    free(m->match);
    free(m->code);
    free(m->report.dim);
    free(m->text);
    free(m->chunk);
    free(m);
}
