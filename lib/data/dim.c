/* dim.c - loads the files that are joined to the first one. */
#include "data/dim.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The column of that name, or h->n. */
static size_t find_name(const struct cf_csv_row *h, struct cf_str name)
{
    size_t i = 0;
    while (i < h->n && !cf_str_eq(h->field[i], name))
        i++;
    return i;
}

/* Names of h, or those of them that only has too. */
static void list_names(const struct cf_csv_row *h,
                       const struct cf_csv_row *only, struct cf_buf *out)
{
    const char *separator = "";

    for (size_t i = 0; i < h->n; i++) {
        if (only && find_name(only, h->field[i]) == only->n)
            continue;
        cf_buf_puts(out, separator);
        cf_buf_str(out, h->field[i]);
        separator = ", ";
    }
}

static int fail_common(const struct cf_csv *csv, const struct cf_csv *first,
                       size_t common, struct cf_err *err)
{
    const struct cf_csv_row *own = cf_csv_header(csv);
    const struct cf_csv_row *other = cf_csv_header(first);
    struct cf_buf b = {0};

    if (common) {
        cf_buf_printf(&b, "%s: more than one column in common with %s: ",
                      cf_csv_name(csv), cf_csv_name(first));
        list_names(own, other, &b);
    } else {
        cf_buf_printf(&b, "%s: no column in common with %s (", cf_csv_name(csv),
                      cf_csv_name(first));
        list_names(own, NULL, &b);
        cf_buf_puts(&b, "; there: ");
        list_names(other, NULL, &b);
        cf_buf_putc(&b, ')');
    }
    cf_buf_putc(&b, '\0');
    int rc = b.failed ? cf_nomem(err, "message")
                      : cf_fail(err, CF_EUSAGE, "%s", b.p);
    cf_buf_free(&b);
    return rc;
}

int cf_dim_open(struct cf_dim *d, struct cf_in *in, const struct cf_csv *first,
                struct cf_err *err)
{
    const struct cf_csv_row *other = cf_csv_header(first);
    size_t common = 0;
    int rc = cf_csv_open(&d->csv, in, NULL, err);

    if (rc)
        return rc;
    const struct cf_csv_row *own = cf_csv_header(d->csv);
    for (size_t i = 0; i < own->n; i++) {
        size_t key = find_name(other, own->field[i]);
        if (key == other->n)
            continue;
        common++;
        d->key = key;
        d->own = i;
    }
    d->part = -1;
    cf_dict_init(&d->rows, cf_dict_seed());
    return common == 1 ? 0 : fail_common(d->csv, first, common, err);
}

/* Keys are left out: they are not columns of the dimension's part. */
static int check_pair(const struct cf_dim *d, const struct cf_dim *e,
                      struct cf_err *err)
{
    const struct cf_csv_row *a = cf_csv_header(d->csv);
    const struct cf_csv_row *b = cf_csv_header(e->csv);

    for (size_t i = 0; i < a->n; i++) {
        size_t at = find_name(b, a->field[i]);
        if (i != d->own && at != e->own && at < b->n)
            return cf_fail(err, CF_EUSAGE, "%s: column '%s' is in %s too",
                           cf_csv_name(d->csv), a->field[i].p,
                           cf_csv_name(e->csv));
    }
    return 0;
}

int cf_dim_check(const struct cf_dim *dim, size_t n, struct cf_err *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < n; i++)
        rc = check_pair(&dim[n], &dim[i], err);
    return rc;
}

/* ---- loading ---- */

struct lines {
    uint64_t *v; /* where each row begins */
    size_t cap;
};

static int add_key(struct cf_dim *d, const struct cf_csv_row *row,
                   struct lines *lines, struct cf_err *err)
{
    struct cf_str key = row->field[d->own];
    bool fresh;
    uint32_t id;

    if (!cf_grow(&lines->v, &lines->cap, (size_t)d->rows.n + 1,
                 sizeof *lines->v))
        return cf_nomem(err, cf_csv_name(d->csv));
    int rc = cf_dict_add(&d->rows, key, &id, &fresh, err);
    if (rc)
        return rc;
    if (!fresh)
        return cf_fail(err, CF_EDATA,
                       "%s:%" PRIu64
                       ": key %s=%.*s appears again (first at line %" PRIu64
                       ")",
                       cf_csv_name(d->csv), row->line,
                       cf_csv_header(d->csv)->field[d->own].p,
                       key.n < 256 ? (int)key.n : 256, key.p, lines->v[id]);
    lines->v[id] = row->line;
    return 0;
}

/* field: room for a row. */
static int load_rows(struct cf_dim *d, const struct cf_schema *s,
                     struct lines *lines, struct cf_str *field,
                     struct cf_err *err)
{
    const struct cf_csv_row *row;
    int rc = 0;

    if (d->part >= 0)
        rc = cf_store_init(&d->store, s, (uint32_t)d->part, err);
    while (!rc && (rc = cf_csv_next(d->csv, &row, err)) == 0 && row) {
        for (size_t i = 0, k = 0; i < row->n; i++)
            if (i != d->own)
                field[k++] = row->field[i];
        rc = add_key(d, row, lines, err);
        if (!rc && d->part >= 0)
            rc = cf_store_add_strs(&d->store, field, err);
    }
    return rc;
}

int cf_dim_load(struct cf_dim *d, const struct cf_schema *s, struct cf_err *err)
{
    size_t n = cf_csv_header(d->csv)->n;
    struct cf_str *field = cf_alloc(n, sizeof *field);
    struct lines lines = {0};
    int rc = field ? load_rows(d, s, &lines, field, err)
                   : cf_nomem(err, cf_csv_name(d->csv));

    free(field);
    free(lines.v);
    cf_csv_close(d->csv);
    d->csv = NULL;
    return rc;
}

void cf_dim_free(struct cf_dim *d)
{
    cf_csv_close(d->csv);
    cf_dict_free(&d->rows);
    cf_store_free(&d->store);
    memset(d, 0, sizeof *d);
}
