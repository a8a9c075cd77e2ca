/* merge_schema.c - the columns of a table that is joined. */
#include <stdlib.h>
#include <string.h>

#include "data/merge_impl.h"

static bool has_name(const struct cf_csv_row *h, struct cf_str name)
{
    for (size_t i = 0; i < h->n; i++)
        if (cf_str_eq(h->field[i], name))
            return true;
    return false;
}

static bool is_free(const struct cf_merge *m, const char *name)
{
    return !has_name(m->header, cf_cstr(name)) &&
           cf_schema_find_part(&m->schema, name) < 0 &&
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

/* Without what follows the last dot, if something is before it. */
static struct cf_str cut_extension(struct cf_str s)
{
    for (size_t i = s.n; i-- > 1;)
        if (s.p[i] == '.')
            return (struct cf_str){s.p, i};
    return s;
}

static bool ends_in(struct cf_str s, const char *end)
{
    size_t n = strlen(end);
    return s.n > n && !memcmp(s.p + s.n - n, end, n);
}

/* The file's name without folder and extension; .gz and the like are not
 * counted as one. */
static struct cf_str base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct cf_str s = cf_cstr(slash ? slash + 1 : path);

    if (ends_in(s, ".gz") || ends_in(s, ".zst"))
        s = cut_extension(s);
    s = cut_extension(s);
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

static bool in_any_file(const struct cf_merge *m, struct cf_str name)
{
    bool found = has_name(m->header, name);
    for (size_t i = 0; !found && i < m->ndims; i++)
        found = has_name(cf_csv_header(m->dim[i].csv), name);
    return found;
}

/* A column of a dimension; one that is called like a column of the first file
 * gets a name that no file has. */
static int add_dim_column(struct cf_merge *m, struct cf_str name,
                          struct cf_err *err)
{
    const struct cf_column c = {.type = CF_STR, .dict = -1};
    struct cf_buf b = {0};

    cf_buf_printf(&b, "%s", name.p);
    if (has_name(m->header, name))
        for (unsigned k = 2; !b.failed && in_any_file(m, cf_buf_view(&b));
             k++) {
            b.n = 0;
            cf_buf_printf(&b, "%s_%u", name.p, k);
        }
    int rc = b.failed ? cf_nomem(err, "schema") : add_column(m, c, b.p, err);
    cf_buf_free(&b);
    return rc;
}

static int add_dim_part(struct cf_merge *m, struct cf_dim *d,
                        struct cf_err *err)
{
    const struct cf_csv_row *own = cf_csv_header(d->csv);
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
            rc = add_dim_column(m, own->field[i], err);
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
        c.on = m->report.file[i + 1].on;
        c.none = m->opts.missing == CF_MISSING_KEEP;
        rc = add_column(m, c, m->schema.part[d->part].name, err);
    }
    c = (struct cf_column){.type = CF_RUN, .role = CF_LINE, .dict = -1};
    if (!rc)
        rc = add_column(m, c, m->line_name.p, err);
    return rc ? cf_wrap(err, cf_csv_name(m->csv)) : 0;
}

int cf_merge_make_schema(struct cf_merge *m, struct cf_err *err)
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
