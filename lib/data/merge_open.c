/* merge_open.c - opens the files of a join, reads those held in memory. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/merge_impl.h"

/* The file's layout in words. */
static char *layout(const struct cf_csv *csv, const struct cf_csv_opts *opts)
{
    const struct cf_csv_row *h = cf_csv_header(csv);
    bool given = opts && (opts->no_header || opts->names);
    struct cf_buf b = {0};

    cf_buf_puts(&b, "separator '");
    for (const char *p = cf_csv_delim(csv); *p; p++)
        cf_buf_printf(&b, *p == '\t' ? "\\t" : "%c", *p);
    cf_buf_puts(&b, given ? "', no header, columns " : "', columns ");
    for (size_t i = 0; i < h->n; i++) {
        cf_buf_puts(&b, i ? ", " : "");
        cf_buf_str(&b, h->field[i]);
    }
    cf_buf_putc(&b, '\0');
    if (b.failed)
        cf_buf_free(&b);
    return b.p;
}

static int describe(struct cf_file_report *r, const struct cf_csv *csv,
                    const struct cf_csv_opts *opts, struct cf_err *err)
{
    r->name = cf_csv_name(csv);
    r->layout = layout(csv, opts);
    return r->layout ? 0 : cf_nomem(err, "report");
}

static int open_dims(struct cf_merge *m, struct cf_in *in, struct cf_err *err)
{
    int rc = 0;

    for (size_t i = 0; !rc && i < m->ndims; i++) {
        const struct cf_csv_opts *o = m->opts.csv ? &m->opts.csv[i + 1] : NULL;
        rc = cf_dim_open(&m->dim[i], &in[i], o, err);
        if (!rc)
            rc = describe(&m->report.file[i + 1], m->dim[i].csv, o, err);
    }
    return rc;
}

static int find_keys(struct cf_merge *m, struct cf_err *err)
{
    int rc = cf_on_check(&m->opts.on, m->csv, m->dim, m->ndims, err);

    for (size_t i = 0; !rc && i < m->ndims; i++) {
        struct cf_file_report *r = &m->report.file[i + 1];
        struct cf_dim *d = &m->dim[i];
        rc = cf_dim_key(d, m->csv, &m->opts.on, err);
        if (!rc)
            rc = cf_dim_check(m->dim, i, err);
        if (rc)
            break;
        r->on = strdup(m->header->field[d->key].p);
        r->key = strdup(cf_csv_header(d->csv)->field[d->own].p);
        if (!r->on || !r->key)
            rc = cf_nomem(err, "report");
    }
    return rc;
}

static int load_dims(struct cf_merge *m, struct cf_err *err)
{
    int rc = 0;

    for (size_t i = 0; !rc && i < m->ndims; i++) {
        struct cf_file_report *r = &m->report.file[i + 1];
        struct cf_dim *d = &m->dim[i];
        rc = cf_dim_load(d, &m->schema, m->opts.dup, err);
        r->rows = d->rows;
        r->again = d->again;
        r->ragged = d->ragged;
        if (d->part >= 0)
            m->schema.part[d->part].rows = d->store.rows;
    }
    return rc;
}

static int alloc_dims(struct cf_merge *m, size_t n, struct cf_err *err)
{
    m->report.file = cf_zalloc(n, sizeof *m->report.file);
    if (!m->report.file)
        return cf_nomem(err, "join");
    m->report.nfiles = n;
    m->ndims = n - 1;
    m->dim = cf_zalloc(m->ndims, sizeof *m->dim);
    m->match = cf_zalloc(m->ndims, sizeof *m->match);
    m->code = cf_zalloc(m->ndims, sizeof *m->code);
    return m->dim && m->match && m->code ? 0 : cf_nomem(err, "join");
}

int cf_merge_open_files(struct cf_merge *m, struct cf_in *in, size_t n,
                        struct cf_err *err)
{
    int rc = alloc_dims(m, n, err);

    if (!rc)
        rc = cf_csv_open(&m->csv, &in[0], m->opts.csv, err);
    if (rc)
        return rc;
    m->header = cf_csv_header(m->csv);
    rc = describe(&m->report.file[0], m->csv, m->opts.csv, err);
    if (!rc)
        rc = open_dims(m, in + 1, err);
    if (!rc)
        rc = find_keys(m, err);
    if (!rc)
        rc = cf_merge_make_schema(m, err);
    if (!rc)
        rc = load_dims(m, err);
    return rc;
}
