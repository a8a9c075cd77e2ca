/* same.c - are the columns of two streams the same? */
#include "data/same.h"

#include <string.h>

static bool same_text(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

static bool same_column(const struct cf_column *a, const struct cf_column *b)
{
    return !strcmp(a->name, b->name) && a->part == b->part &&
           a->type == b->type && a->width == b->width && a->role == b->role &&
           a->dict == b->dict && a->none == b->none && same_text(a->on, b->on);
}

/* Does s have a column of the same name in a part of the same name? */
static bool has_column(const struct cf_schema *s, const struct cf_schema *other,
                       const struct cf_column *c)
{
    int part = cf_schema_find_part(s, other->part[c->part].name);

    return part >= 0 && cf_schema_find_column(s, (uint32_t)part, c->name) >= 0;
}

/* " 'tags', 'year'": columns of a that b does not have. */
static void list_columns(const struct cf_schema *a, const struct cf_schema *b,
                         struct cf_buf *out)
{
    for (size_t i = 0; i < a->ncolumns; i++)
        if (!has_column(b, a, &a->column[i]))
            cf_buf_printf(out, "%s '%s'", out->n ? "," : "", a->column[i].name);
    cf_buf_putc(out, '\0');
}

/* Columns that only one of two streams has. */
static int check_names(const struct cf_schema *a, const char *first,
                       const struct cf_reader *r, struct cf_err *err)
{
    const struct cf_schema *b = cf_reader_schema(r);
    const char *name = cf_reader_name(r);
    struct cf_buf missing = {0}, more = {0};
    int rc = 0;

    list_columns(a, b, &missing);
    list_columns(b, a, &more);
    if (missing.failed || more.failed)
        rc = cf_nomem(err, "message");
    else if (missing.n > 1)
        rc = cf_fail(err, CF_EDATA, "%s: does not have%s, which %s has%s%s",
                     name, missing.p, first, more.n > 1 ? ", but has" : "",
                     more.p);
    else if (more.n > 1)
        rc = cf_fail(err, CF_EDATA, "%s: has%s, which %s does not have", name,
                     more.p, first);
    cf_buf_free(&missing);
    cf_buf_free(&more);
    return rc;
}

/* Columns of the same names that are not the same. */
static int check_columns(const struct cf_schema *a, const char *first,
                         const struct cf_reader *r, struct cf_err *err)
{
    const struct cf_schema *b = cf_reader_schema(r);
    const char *name = cf_reader_name(r);

    for (size_t i = 0; i < a->ncolumns; i++) {
        const struct cf_column *c = &a->column[i], *d = &b->column[i];
        if (strcmp(c->name, d->name) != 0 || c->part != d->part)
            return cf_fail(err, CF_EDATA,
                           "%s: the columns are in another order than in %s: "
                           "'%s' where that has '%s'",
                           name, first, d->name, c->name);
        if (c->type != d->type || c->width != d->width)
            return cf_fail(err, CF_EDATA,
                           "%s: column '%s' holds %s, but in %s it holds %s",
                           name, c->name, cf_type_name(d->type), first,
                           cf_type_name(c->type));
        if (!same_column(c, d))
            return cf_fail(err, CF_EDATA,
                           "%s: column '%s' has another meaning than in %s",
                           name, c->name, first);
    }
    return 0;
}

static bool same_parts(const struct cf_schema *a, const struct cf_schema *b)
{
    if (a->nparts != b->nparts || a->ncolumns != b->ncolumns)
        return false;
    for (size_t i = 0; i < a->nparts; i++)
        if (strcmp(a->part[i].name, b->part[i].name) != 0)
            return false;
    return true;
}

int cf_same_columns(const struct cf_schema *a, const char *first,
                    const struct cf_reader *r, struct cf_err *err)
{
    const struct cf_schema *b = cf_reader_schema(r);
    const char *name = cf_reader_name(r);

    if (a->kind != b->kind)
        return cf_fail(err, CF_EDATA, "%s: a %s stream, but %s is a %s stream",
                       name, cf_kind_name(b->kind), first,
                       cf_kind_name(a->kind));
    int rc = check_names(a, first, r, err);
    if (!rc && !same_parts(a, b))
        rc = cf_fail(err, CF_EDATA, "%s: the parts are others than in %s", name,
                     first);
    return rc ? rc : check_columns(a, first, r, err);
}
