/* dim.c - the files that are joined to the first one, and on what. */
#include "data/dim.h"

#include <stdlib.h>
#include <string.h>

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

/* Fails with what is in b, which it frees. */
static int fail_usage(struct cf_buf *b, struct cf_err *err)
{
    cf_buf_putc(b, '\0');
    int rc = b->failed ? cf_nomem(err, "message")
                       : cf_fail(err, CF_EUSAGE, "%s", b->p);
    cf_buf_free(b);
    return rc;
}

int cf_dim_open(struct cf_dim *d, struct cf_in *in,
                const struct cf_csv_opts *opts, struct cf_err *err)
{
    d->part = -1;
    cf_dict_init(&d->keys, cf_dict_seed());
    return cf_csv_open(&d->csv, in, opts, err);
}

/* ---- the key ---- */

static void split(const char *on, struct cf_str *left, struct cf_str *right)
{
    const char *equals = strchr(on, '=');

    *left = *right = cf_cstr(on);
    if (equals) {
        *left = (struct cf_str){on, (size_t)(equals - on)};
        *right = cf_cstr(equals + 1);
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
        cf_buf_puts(&b, "; choose with --on");
    } else {
        cf_buf_printf(&b, "%s: no column in common with %s (", cf_csv_name(csv),
                      cf_csv_name(first));
        list_names(own, NULL, &b);
        cf_buf_puts(&b, "; there: ");
        list_names(other, NULL, &b);
        cf_buf_puts(&b, "); pair two with --on");
    }
    return fail_usage(&b, err);
}

static int common_key(struct cf_dim *d, const struct cf_csv *first,
                      struct cf_err *err)
{
    const struct cf_csv_row *own = cf_csv_header(d->csv);
    const struct cf_csv_row *other = cf_csv_header(first);
    size_t common = 0;

    for (size_t i = 0; i < own->n; i++) {
        size_t key = find_name(other, own->field[i]);
        if (key == other->n)
            continue;
        common++;
        d->key = key;
        d->own = i;
    }
    return common == 1 ? 0 : fail_common(d->csv, first, common, err);
}

/* *found: a pair of on fits. */
static int paired_key(struct cf_dim *d, const struct cf_csv *first,
                      const struct cf_on *on, bool *found, struct cf_err *err)
{
    const struct cf_csv_row *own = cf_csv_header(d->csv);
    const char *fits = NULL;
    struct cf_str left, right;

    *found = false;
    for (size_t i = 0; i < on->n; i++) {
        split(on->v[i], &left, &right);
        size_t at = find_name(own, right);
        if (at == own->n)
            continue;
        if (fits)
            return cf_fail(err, CF_EUSAGE,
                           "%s: has columns for both --on %s and --on %s",
                           cf_csv_name(d->csv), fits, on->v[i]);
        fits = on->v[i];
        *found = true;
        d->own = at;
        d->key = find_name(cf_csv_header(first), left);
    }
    return 0;
}

int cf_dim_key(struct cf_dim *d, const struct cf_csv *first,
               const struct cf_on *on, struct cf_err *err)
{
    bool found;
    int rc = paired_key(d, first, on, &found, err);

    return rc || found ? rc : common_key(d, first, err);
}

static int fail_on(const char *on, const struct cf_csv *csv, struct cf_str name,
                   struct cf_err *err)
{
    struct cf_buf b = {0};

    cf_buf_printf(&b, "--on %s: %s has no column '%.*s'; there are ", on,
                  cf_csv_name(csv), (int)name.n, name.p);
    list_names(cf_csv_header(csv), NULL, &b);
    return fail_usage(&b, err);
}

int cf_on_check(const struct cf_on *on, const struct cf_csv *first,
                const struct cf_dim *dim, size_t n, struct cf_err *err)
{
    const struct cf_csv_row *h = cf_csv_header(first);
    struct cf_str left, right;

    for (size_t i = 0; i < on->n; i++) {
        size_t k = 0;
        split(on->v[i], &left, &right);
        if (find_name(h, left) == h->n)
            return fail_on(on->v[i], first, left, err);
        while (k < n && find_name(cf_csv_header(dim[k].csv), right) ==
                            cf_csv_header(dim[k].csv)->n)
            k++;
        if (k == n && n == 1)
            return fail_on(on->v[i], dim[0].csv, right, err);
        if (k == n)
            return cf_fail(err, CF_EUSAGE,
                           "--on %s: no joined file has a column '%s'",
                           on->v[i], right.p);
    }
    return 0;
}

/* ---- names ---- */

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

void cf_dim_free(struct cf_dim *d)
{
    cf_csv_close(d->csv);
    cf_dict_free(&d->keys);
    cf_store_free(&d->store);
    free(d->next);
    memset(d, 0, sizeof *d);
}
