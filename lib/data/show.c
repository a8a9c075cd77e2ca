/* show.c - a tap that makes text of a stream. */
#include "data/show.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/show_impl.h"

enum { WRITE_SIZE = 64 * 1024 };

struct cf_show {
    struct cf_out *out;
    struct cf_show_opts opts;
    struct cf_tap tap;
    const struct cf_schema *schema;
    struct cf_dicts dicts;
    struct cf_buf buf;      /* text to write */
    struct cf_panel *panel; /* CF_SHOW_TABLE: of each part */
    struct cf_panel *last;  /* whose row came last */
    struct cf_view view;    /* the others: of the one part */
    uint64_t rows;
};

static int write_text(struct cf_show *v, struct cf_err *err)
{
    if (v->buf.failed)
        return cf_nomem(err, "text to show");
    size_t n = v->buf.n;
    v->buf.n = 0;
    return n ? cf_out_write(v->out, v->buf.p, n, err) : 0;
}

/* ---- what is shown ---- */

static int no_part(const struct cf_schema *s, const char *name,
                   struct cf_err *err)
{
    struct cf_buf all = {0};

    for (size_t i = 0; i < s->nparts; i++)
        cf_buf_printf(&all, "%s%s", i ? ", " : "", s->part[i].name);
    cf_buf_putc(&all, 0);
    int rc = all.failed ? cf_nomem(err, "names of parts")
                        : cf_fail(err, CF_EUSAGE,
                                  "a %s stream has no part '%s', only %s",
                                  cf_kind_name(s->kind), name, all.p);
    cf_buf_free(&all);
    return rc;
}

/* The part that was asked for, or the one with the rows. */
static int choose_part(const struct cf_show *v, const struct cf_schema *s,
                       uint32_t *part, struct cf_err *err)
{
    const char *rows = s->kind == CF_BATCHES ? "train" : "rows";
    const char *name = v->opts.part ? v->opts.part : rows;
    int i = cf_schema_find_part(s, name);

    *part = (uint32_t)i;
    return i < 0 ? no_part(s, name, err) : 0;
}

/* Is a table of it about nothing but its rows? */
static bool rows_only(const struct cf_show *v)
{
    enum cf_kind kind = v->schema->kind;
    return v->opts.part || kind == CF_BATCHES ||
           ((kind == CF_SCORES || kind == CF_TOPN) &&
            v->opts.head >= CF_SHOW_ALL);
}

/* A table shows one part if one is asked for, of batches what is learnt from,
 * of scores and top lists usually the rows, of all others everything. */
static int open_panels(struct cf_show *v, struct cf_err *err)
{
    const struct cf_schema *s = v->schema;
    uint32_t from = 0, to = (uint32_t)s->nparts;
    int rc = 0;

    if (rows_only(v)) {
        rc = choose_part(v, s, &from, err);
        to = from + 1;
    }
    v->panel = cf_zalloc(s->nparts, sizeof *v->panel);
    if (!rc && !v->panel)
        rc = cf_nomem(err, "table to show");
    for (uint32_t i = from; !rc && i < to; i++)
        rc = cf_panel_init(&v->panel[i], s, i, &v->opts, err);
    return rc;
}

static void use_dicts(struct cf_show *v, const struct cf_view *view)
{
    for (size_t i = 0; i < view->n; i++)
        if (view->col[i].at.dict >= 0)
            v->dicts.used[view->col[i].at.dict] = true;
}

/* Only the dictionaries that are looked at are kept. */
static int open_dicts(struct cf_show *v, struct cf_err *err)
{
    const struct cf_schema *s = v->schema;
    int rc = cf_dicts_init(&v->dicts, s, err);

    if (rc)
        return rc;
    for (size_t i = 0; i < s->nparts; i++)
        v->dicts.used[i] = false;
    for (size_t i = 0; v->panel && i < s->nparts; i++)
        use_dicts(v, &v->panel[i].view);
    use_dicts(v, &v->view);
    return 0;
}

/* ---- the first line of a table ---- */

static void put_fact(struct cf_buf *out, const struct cf_fact *f)
{
    char number[CF_NUM_MAX];

    cf_text_plain(out, cf_cstr(f->name));
    cf_buf_putc(out, ' ');
    if (f->type == CF_FACT_INT)
        cf_buf_printf(out, "%" PRId64, f->i);
    else if (f->type == CF_FACT_REAL)
        cf_buf_add(out, number, cf_format_f64(f->r, number));
    else
        cf_text_plain(out, cf_cstr(f->text));
}

static void put_facts(struct cf_show *v)
{
    const struct cf_schema *s = v->schema;

    cf_buf_printf(&v->buf, "%s stream", cf_kind_name(s->kind));
    for (size_t i = 0; i < s->nfacts; i++) {
        cf_buf_puts(&v->buf, i ? ", " : ": ");
        put_fact(&v->buf, &s->fact[i]);
    }
    cf_buf_putc(&v->buf, '\n');
}

/* ---- the tap ---- */

static int show_head(void *ctx, const struct cf_schema *s, struct cf_err *err)
{
    struct cf_show *v = ctx;
    uint32_t part;
    int rc;

    v->schema = s;
    if (v->opts.format == CF_SHOW_TABLE) {
        put_facts(v);
        rc = open_panels(v, err);
    } else {
        rc = choose_part(v, s, &part, err);
        if (!rc)
            rc = cf_view_init(&v->view, s, part, false, err);
        if (!rc)
            cf_line_head(&v->buf, &v->view, v->opts.format);
    }
    return rc ? rc : open_dicts(v, err);
}

static void panel_row(struct cf_show *v, const struct cf_block *b, uint32_t row)
{
    struct cf_panel *p = &v->panel[b->part];

    if (p->open && v->last != p && p->rows < p->head)
        cf_panel_resume(p, &v->buf);
    v->last = p;
    cf_panel_row(p, &v->dicts, b, row, &v->buf);
}

static bool is_shown(const struct cf_show *v, const struct cf_block *b)
{
    return v->panel ? v->panel[b->part].opts != NULL : b->part == v->view.part;
}

static int show_block(void *ctx, const struct cf_block *b, struct cf_err *err)
{
    struct cf_show *v = ctx;
    bool took;
    int rc = cf_dicts_take(&v->dicts, b, &took, err);

    for (uint32_t i = 0; !rc && i < b->rows && is_shown(v, b); i++) {
        if (v->panel)
            panel_row(v, b, i);
        else if (v->rows++ < v->opts.head)
            cf_line_row(&v->buf, &v->view, &v->dicts, b, i, v->opts.format);
        if (v->buf.failed || v->buf.n >= WRITE_SIZE)
            rc = write_text(v, err);
    }
    return rc;
}

static int show_end(void *ctx, struct cf_err *err)
{
    struct cf_show *v = ctx;

    for (size_t i = 0; v->panel && i < v->schema->nparts; i++)
        if (v->panel[i].opts)
            cf_panel_end(&v->panel[i], &v->buf);
    return write_text(v, err);
}

/* ---- opening and closing ---- */

int cf_show_open(struct cf_show **out, struct cf_out *file,
                 const struct cf_show_opts *opts, struct cf_err *err)
{
    struct cf_show *v = cf_zalloc(1, sizeof *v);

    *out = v;
    if (!v)
        return cf_nomem(err, "show");
    v->out = file;
    v->opts = *opts;
    v->tap = (struct cf_tap){v, show_head, show_block, show_end};
    return 0;
}

const struct cf_tap *cf_show_tap(struct cf_show *v)
{
    return &v->tap;
}

void cf_show_close(struct cf_show *v)
{
    if (!v)
        return;
    for (size_t i = 0; v->panel && i < v->schema->nparts; i++)
        cf_panel_free(&v->panel[i]);
    if (v->schema)
        cf_dicts_free(&v->dicts);
    cf_view_free(&v->view);
    free(v->panel);
    cf_buf_free(&v->buf);
    free(v);
}
