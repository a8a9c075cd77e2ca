/* csv_open.c - how a CSV text is laid out, and its header. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/csv_impl.h"

enum { ROOM = 128 * 1024 };

/* ---- the header ---- */

/* A header that was given has no line. */
static int fail_names(const struct cf_csv *c, const char *what,
                      struct cf_err *err)
{
    uint64_t line = c->header.line;

    if (line == 0)
        return cf_fail(err, CF_EUSAGE, "%s: given header: %s", c->in->name,
                       what);
    return cf_fail(err, CF_EDATA, "%s:%" PRIu64 ": %s", c->in->name, line,
                   what);
}

static int check_names(const struct cf_csv *c, struct cf_err *err)
{
    const struct cf_csv_row *h = &c->header;
    char what[300];

    for (size_t i = 0; i < h->n; i++) {
        for (size_t k = 0; k < i; k++) {
            if (!cf_str_eq(h->field[i], h->field[k]))
                continue;
            snprintf(what, sizeof what, "column '%.256s' appears twice",
                     h->field[i].p);
            return fail_names(c, what, err);
        }
    }
    return 0;
}

/* Copies n names, each followed by a NUL; a column without one is called by its
 * number. */
static int keep_names(struct cf_csv *c, const struct cf_str *name, size_t n,
                      struct cf_err *err)
{
    c->name = cf_alloc(n, sizeof *c->name);
    c->header = (struct cf_csv_row){c->name, n, c->out.line};
    for (size_t i = 0; i < n; i++) {
        if (name[i].n > 0)
            cf_buf_str(&c->names, name[i]);
        else
            cf_buf_printf(&c->names, "%zu", i + 1);
        cf_buf_putc(&c->names, '\0');
    }
    if (!c->name || c->names.failed)
        return cf_nomem(err, c->in->name);
    const char *p = c->names.p;
    for (size_t i = 0; i < n; i++) {
        c->name[i] = cf_cstr(p);
        p += c->name[i].n + 1;
    }
    return check_names(c, err);
}

/* Columns called 1, 2, 3 ... */
static int number_columns(struct cf_csv *c, size_t n, struct cf_err *err)
{
    enum { DIGITS = 8 };
    struct cf_str *name = cf_alloc(n, sizeof *name);
    struct cf_buf text = {0};
    int rc;

    for (size_t i = 0; i < n; i++) {
        cf_buf_printf(&text, "%zu", i + 1);
        while (!text.failed && text.n < (i + 1) * DIGITS)
            cf_buf_putc(&text, '\0');
    }
    if (!name || text.failed) {
        rc = cf_nomem(err, c->in->name);
    } else {
        for (size_t i = 0; i < n; i++)
            name[i] = cf_cstr(text.p + i * DIGITS);
        rc = keep_names(c, name, n, err);
    }
    free(name);
    cf_buf_free(&text);
    return rc;
}

static int given_names(struct cf_csv *c, const struct cf_csv_opts *opts,
                       struct cf_err *err)
{
    struct cf_str *name = cf_alloc(opts->nnames, sizeof *name);
    int rc;

    for (size_t i = 0; name && i < opts->nnames; i++)
        name[i] = cf_cstr(opts->names[i]);
    rc = name ? keep_names(c, name, opts->nnames, err)
              : cf_nomem(err, c->in->name);
    free(name);
    return rc;
}

/* Names or numbers from the first row. */
static int first_row(struct cf_csv *c, struct cf_err *err)
{
    int rc = cf_csv_record(c, err);

    if (rc)
        return rc;
    if (!c->out.field)
        return cf_fail(err, CF_EDATA, "%s: empty, expected a %s", c->in->name,
                       c->no_header ? "row" : "header row");
    if (c->nfields > CF_COLUMNS_MAX)
        return cf_fail(err, CF_EMEM, "%s: %" PRIu64 " columns, at most %d",
                       c->in->name, c->nfields, CF_COLUMNS_MAX);
    if (!c->no_header)
        return keep_names(c, c->out.field, c->out.n, err);
    c->again = true;
    return number_columns(c, c->out.n, err);
}

/* ---- opening ---- */

static int set_delim(struct cf_csv *c, const char *delim, struct cf_err *err)
{
    struct cf_str s = cf_cstr(delim);

    if (s.n == 0 || s.n > CF_DELIM_MAX)
        return cf_fail(err, CF_EUSAGE, "a separator has 1 to %d bytes, not %zu",
                       CF_DELIM_MAX, s.n);
    if (strpbrk(delim, "\"\r\n") || !cf_str_utf8(s))
        return cf_fail(err, CF_EUSAGE,
                       "a separator holds no quote, no line end and only "
                       "UTF-8");
    memcpy(c->delim, delim, s.n + 1);
    c->gap = s.n;
    return 0;
}

static int set_reader(struct cf_csv *c, const char *reader, struct cf_err *err)
{
    c->plain = !reader || strcmp(reader, "libcsv");
    c->tok = !reader    ? cf_tok_best()
             : c->plain ? cf_tok_find(reader)
                        : cf_tok_find("swar");
    return c->tok ? 0 : cf_fail(err, CF_EUSAGE, "no reader '%s'", reader);
}

static int alloc_text(struct cf_csv *c, size_t room, struct cf_err *err)
{
    c->room = room ? room : ROOM;
    c->buf = cf_alloc(c->room + CF_TOK_SLACK, 1);
    c->mark = cf_alloc(c->room + CF_TOK_SLACK, sizeof *c->mark);
    c->start = cf_alloc(CF_CSV_RUN, sizeof *c->start);
    c->field = cf_alloc(CF_COLUMNS_MAX, sizeof *c->field);
    return c->buf && c->mark && c->start && c->field ? 0
                                                     : cf_nomem(err, "text");
}

static int start(struct cf_csv *c, const struct cf_csv_opts *opts,
                 struct cf_err *err)
{
    int rc = alloc_text(c, opts->room, err);

    if (!rc)
        rc = set_reader(c, opts->reader, err);
    if (!rc)
        rc = cf_csv_begin(c, err);
    if (!rc)
        rc = set_delim(c,
                       opts->delim ? opts->delim
                                   : cf_csv_sniff(c->buf + c->row,
                                                  c->have - c->row, c->ended),
                       err);
    if (rc)
        return rc;
    if (!cf_csv_quoted_init(c))
        return cf_nomem(err, c->in->name);
    cf_csv_mark(c);
    return opts->names ? given_names(c, opts, err) : first_row(c, err);
}

int cf_csv_open(struct cf_csv **out, struct cf_in *in,
                const struct cf_csv_opts *opts, struct cf_err *err)
{
    static const struct cf_csv_opts usual = {0};
    struct cf_csv *c = cf_zalloc(1, sizeof *c);

    *out = NULL;
    if (!c)
        return cf_nomem(err, in->name);
    if (!opts)
        opts = &usual;
    c->in = in;
    c->line = 1;
    c->no_header = opts->no_header;
    c->skip_ragged = opts->skip_ragged;
    int rc = start(c, opts, err);
    if (rc)
        cf_csv_close(c);
    else
        *out = c;
    return rc;
}

const struct cf_csv_row *cf_csv_header(const struct cf_csv *c)
{
    return &c->header;
}

const char *cf_csv_name(const struct cf_csv *c)
{
    return c->in->name;
}

const char *cf_csv_delim(const struct cf_csv *c)
{
    return c->delim;
}

uint64_t cf_csv_ragged(const struct cf_csv *c)
{
    return c->ragged;
}

void cf_csv_close(struct cf_csv *c)
{
    if (!c)
        return;
    cf_csv_quoted_free(c);
    free(c->buf);
    free(c->mark);
    free(c->start);
    free(c->field);
    free(c->name);
    cf_buf_free(&c->names);
    free(c);
}
