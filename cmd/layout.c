/* layout.c - how the text of several files is laid out. */
#include "layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* What was given for file i, or NULL. */
static const char *nth(const struct cf_strs *l, size_t i)
{
    if (i >= l->n || !l->v[i][0] || !strcmp(l->v[i], "-"))
        return NULL;
    return l->v[i];
}

static int check_number(const struct cf_strs *l, const char *option, size_t n,
                        struct cf_err *err)
{
    if (l->n <= n)
        return 0;
    return cf_fail(err, CF_EUSAGE,
                   "option --%s: given %zu times for %zu file%s", option, l->n,
                   n, n == 1 ? "" : "s");
}

/* \t is a tab, a backslash before any other character that character. */
static int unescape(const char *text, struct cf_buf *out, struct cf_err *err)
{
    for (const char *p = text; *p; p++) {
        if (*p == '\\' && p[1])
            cf_buf_putc(out, *++p == 't' ? '\t' : *p);
        else
            cf_buf_putc(out, *p);
        if (strchr("\"\r\n", out->p[out->n - 1]))
            return cf_fail(err, CF_EUSAGE,
                           "option --delimiter: '%s' is not "
                           "possible, quotes and line ends have their meaning",
                           text);
    }
    cf_buf_putc(out, '\0');
    return out->failed ? cf_nomem(err, "delimiter") : 0;
}

static int split_names(const char *text, struct cf_strs *out,
                       struct cf_err *err)
{
    struct cf_buf name = {0};

    for (const char *p = text;; p++) {
        if (*p && *p != ',') {
            cf_buf_putc(&name, *p);
            continue;
        }
        cf_buf_putc(&name, '\0');
        bool ok = !name.failed && cf_strs_add(out, name.p);
        name.n = 0;
        if (ok && *p)
            continue;
        cf_buf_free(&name);
        return ok ? 0 : cf_nomem(err, "header");
    }
}

static int make_one(struct cf_layouts *l, const struct cf_layout_opts *o,
                    size_t i, struct cf_err *err)
{
    struct cf_csv_opts *csv = &l->csv[i];
    const char *delim = nth(&o->delim, i), *header = nth(&o->header, i);
    int code = 0;

    csv->skip_ragged = o->ragged != 0;
    if (delim) {
        code = unescape(delim, &l->delim[i], err);
        csv->delim = l->delim[i].p;
    }
    if (!code && header) {
        code = split_names(header, &l->names[i], err);
        csv->names = (const char *const *)l->names[i].v;
        csv->nnames = l->names[i].n;
    }
    csv->no_header = o->no_header && i >= o->header.n;
    return code;
}

int cf_layouts_make(struct cf_layouts *l, const struct cf_layout_opts *o,
                    size_t n, struct cf_err *err)
{
    int code = check_number(&o->delim, "delimiter", n, err);

    if (!code)
        code = check_number(&o->header, "header", n, err);
    if (!code)
        code = check_number(&o->charset, "from", n, err);
    if (code)
        return code;
    l->n = n;
    l->csv = cf_zalloc(n, sizeof *l->csv);
    l->names = cf_zalloc(n, sizeof *l->names);
    l->delim = cf_zalloc(n, sizeof *l->delim);
    if (!l->csv || !l->names || !l->delim)
        return cf_nomem(err, "options");
    for (size_t i = 0; !code && i < n; i++)
        code = make_one(l, o, i, err);
    return code;
}

int cf_layouts_charset(const struct cf_layout_opts *o, size_t i,
                       struct cf_in *in, struct cf_err *err)
{
    const char *name = nth(&o->charset, i);
    return name ? cf_in_charset(in, name, err) : 0;
}

void cf_layouts_free(struct cf_layouts *l)
{
    for (size_t i = 0; l->names && i < l->n; i++)
        cf_strs_free(&l->names[i]);
    for (size_t i = 0; l->delim && i < l->n; i++)
        cf_buf_free(&l->delim[i]);
    free(l->names);
    free(l->delim);
    free(l->csv);
}

void cf_layout_opts_free(struct cf_layout_opts *o)
{
    cf_strs_free(&o->delim);
    cf_strs_free(&o->header);
    cf_strs_free(&o->charset);
}
