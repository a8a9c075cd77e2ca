/* cf-merge - joins CSV files into a table stream. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli.h"
#include "data/merge.h"
#include "layout.h"

struct options {
    struct cf_layout_opts layout;
    struct cf_strs on;
    int dup, missing;
    uint64_t expect;
    bool expected;
};

struct work {
    const struct options *o;
    struct cf_in *in;
    size_t n;
    struct cf_layouts layouts;
    struct cf_merge *merge;
    struct cf_sink out;
};

static int open_inputs(struct cf_cli *c, struct work *w)
{
    int code = 0;

    w->in = cf_zalloc(w->n, sizeof *w->in);
    if (!w->in)
        return cf_nomem(&c->err, "inputs");
    /* The first one last, so that the progress shown is its own. */
    for (size_t i = w->n; !code && i-- > 0;) {
        code = cf_cli_open(c, &w->in[i], c->args.n ? c->args.operand[i] : NULL);
        if (!code)
            code = cf_layouts_charset(&w->o->layout, i, &w->in[i], &c->err);
    }
    return code;
}

/* ---- what it tells ---- */

/* -v: how each file was read. */
static void tell_layout(struct cf_cli *c, const struct cf_merge_report *r)
{
    for (size_t i = 0; c->verbose && i < r->nfiles; i++) {
        const struct cf_file_report *f = &r->file[i];
        if (f->on)
            cf_cli_note(c, "%s: %s; key %s = %s of %s", f->name, f->layout,
                        f->key, f->on, r->file[0].name);
        else
            cf_cli_note(c, "%s: %s", f->name, f->layout);
    }
}

static void count(struct cf_buf *b, const char *before, uint64_t n,
                  const char *what)
{
    if (n)
        cf_buf_printf(b, "%s%" PRIu64 " row%s %s", before, n, cf_s(n), what);
}

static void tell_joined(struct cf_buf *b, const struct options *o,
                        const struct cf_file_report *f)
{
    static const char *const again[] = {"", "with a key again left out",
                                        "replaced by one with the same key",
                                        "with a key again, all joined"};

    cf_buf_printf(b, "; %s (%" PRIu64 " row%s, on %s): %" PRIu64 " row%s %s",
                  f->name, f->rows, cf_s(f->rows), f->on, f->unmatched,
                  cf_s(f->unmatched),
                  o->missing == CF_MISSING_KEEP ? "kept without a match"
                                                : "without a match");
    count(b, ", ", f->again, again[o->dup]);
    count(b, ", ", f->ragged, "left out as ragged");
}

/* Is every row of the files there, once? */
static bool is_whole(const struct cf_merge_report *r)
{
    for (size_t i = 0; i < r->nfiles; i++)
        if (r->file[i].ragged || r->file[i].again || r->file[i].unmatched)
            return false;
    return true;
}

/* Speaks if a row was left out, or with -v. */
static int tell_rows(struct cf_cli *c, const struct options *o,
                     const struct cf_merge_report *r)
{
    const struct cf_file_report *first = &r->file[0];
    struct cf_buf b = {0};

    if (is_whole(r) && !c->verbose)
        return 0;
    cf_buf_printf(&b, "%" PRIu64 " row%s read", first->rows, cf_s(first->rows));
    count(&b, ", ", first->ragged, "left out as ragged");
    cf_buf_printf(&b, ", %" PRIu64 " written", r->written);
    for (size_t i = 1; i < r->nfiles; i++)
        tell_joined(&b, o, &r->file[i]);
    cf_buf_putc(&b, '\0');
    int code = b.failed ? cf_nomem(&c->err, "report") : 0;
    if (!code)
        cf_cli_note(c, "%s", b.p);
    cf_buf_free(&b);
    return code;
}

/* ---- the work ---- */

static int open_merge(struct cf_cli *c, struct work *w)
{
    const struct options *o = w->o;
    const struct cf_merge_opts opts = {
        .csv = w->layouts.csv,
        .on = {o->on.v, o->on.n},
        .dup = (enum cf_key_dup)o->dup,
        .missing = (enum cf_missing)o->missing,
        .expect = o->expected ? &o->expect : NULL,
    };
    int code = cf_merge_open(&w->merge, w->in, w->n, &opts, &c->err);

    if (!code)
        tell_layout(c, cf_merge_report(w->merge));
    return code;
}

static int merge(struct cf_cli *c, struct work *w)
{
    int code = open_merge(c, w);
    if (!code)
        code = cf_cli_step(c, cf_merge_schema(w->merge), NULL);
    if (!code)
        code = cf_sink_begin(c, &w->out, cf_merge_schema(w->merge));
    if (!code)
        code = cf_merge_run(w->merge, w->out.writer, &c->err);
    if (!code)
        code = cf_sink_finish(c, &w->out);
    return code ? code : tell_rows(c, w->o, cf_merge_report(w->merge));
}

static int run(struct cf_cli *c, const struct options *o)
{
    struct work w = {.o = o, .n = c->args.n ? c->args.n : 1};

    int code = cf_layouts_make(&w.layouts, &o->layout, w.n, &c->err);
    if (!code)
        code = cf_sink_open(c, &w.out);
    if (!code)
        code = open_inputs(c, &w);
    if (!code)
        code = merge(c, &w);
    cf_sink_close(&w.out);
    cf_merge_close(w.merge);
    for (size_t i = 0; w.in && i < w.n; i++)
        cf_in_close(&w.in[i]);
    free(w.in);
    cf_layouts_free(&w.layouts);
    return code;
}

int main(int argc, char **argv)
{
    static const char *const dup[] = {"fail", "first", "last", "all", NULL};
    static const char *const missing[] = {"drop", "keep", "fail", NULL};
    static const char *const ragged[] = {"fail", "skip", NULL};
    struct options o = {0};
    struct cf_layout_opts *l = &o.layout;
    const struct cf_opt opt[] = {
        {"on", 0, CF_OPT_LIST, &o.on, "A=B",
         "match column A of the first file with B of a joined one", .min = 0},
        {"dup", 0, CF_OPT_CHOICE, &o.dup, "WHAT",
         "for a key that appears again in a joined file", .choices = dup},
        {"missing", 0, CF_OPT_CHOICE, &o.missing, "WHAT",
         "for a row without a match", .choices = missing},
        {"delimiter", 'd', CF_OPT_LIST, &l->delim, "TEXT",
         "separator of fields; the n-th is for the n-th file", .min = 0},
        {"header", 0, CF_OPT_LIST, &l->header, "NAMES",
         "names of columns, for a file that has none; n-th as above", .min = 0},
        {"no-header", 0, CF_OPT_FLAG, &l->no_header, NULL,
         "files without a --header have columns 1, 2, 3 ...", .min = 0},
        {"from", 0, CF_OPT_LIST, &l->charset, "CHARSET",
         "encoding of the text if not UTF-8; n-th as above", .min = 0},
        {"ragged", 0, CF_OPT_CHOICE, &l->ragged, "WHAT",
         "for a row with more or fewer fields than columns", .choices = ragged},
        {"expect-rows", 0, CF_OPT_UINT, &o.expect, "N",
         "fail unless the first file has N rows, if given",
         .given = &o.expected, .local = true},
    };
    const struct cf_cmd cmd = {
        .name = "cf-merge",
        .operands = "[FILE ...]",
        .summary = "Join CSV files: the first one with each of the others, on "
                   "the column they share.",
        .opt = opt,
        .nopt = sizeof opt / sizeof *opt};
    struct cf_cli c;

    cf_cli_start(&c, &cmd, argc, argv);
    int code = run(&c, &o);
    cf_layout_opts_free(&o.layout);
    cf_strs_free(&o.on);
    return cf_cli_end(&c, code);
}
