/* side.c - the users or the items of a model. */
#include "side.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/lookup.h"
#include "model/view.h"

bool cf_side_asked(const struct cf_side_opts *o)
{
    return o->users || o->items || o->export >= 0;
}

/* ---- options ---- */

/* An option that is about rows, or NULL. */
static const char *row_option(const struct cf_side_opts *o)
{
    return o->factors   ? "factors"
           : o->has_pca ? "pca"
           : o->near    ? "near"
           : o->least   ? "min-count"
           : o->only.n  ? "only"
           : o->sort    ? "sort"
           : o->reverse ? "reverse"
                        : NULL;
}

static int check_export(struct cf_cli *c, struct cf_side_opts *o,
                        const char *text)
{
    const char *name = cf_export_names[o->export];
    bool binary = cf_export_binary((enum cf_export)o->export);
    struct cf_side_opts other = *o;

    /* Text has the ids, so that rows can be left out. */
    if (!binary)
        other.least = 0;
    if (text || row_option(&other))
        return cf_fail(&c->err, CF_EUSAGE,
                       "--export %s writes all vectors in the order of the "
                       "model, so --%s means nothing",
                       name, text ? text : row_option(&other));
    if (o->export == CF_EXPORT_SAFETENSORS && !o->users && !o->items)
        o->users = o->items = true;
    if (o->export != CF_EXPORT_SAFETENSORS && o->users == o->items)
        return cf_fail(&c->err, CF_EUSAGE,
                       "%s holds the vectors of one side: choose --users or "
                       "--items",
                       name);
    if (binary && cf_sink_tty(c))
        return cf_fail(&c->err, CF_EUSAGE,
                       "%s is not for a terminal; name a file with -o", name);
    return 0;
}

int cf_side_check(struct cf_cli *c, struct cf_side_opts *o, const char *text)
{
    if (cf_side_asked(o) && c->args.n > 1)
        return cf_fail(&c->err, CF_EUSAGE,
                       "one model is read, but '%s' is a second operand",
                       c->args.operand[1]);
    if (o->export >= 0)
        return check_export(c, o, text);
    if (o->fold)
        return cf_fail(&c->err, CF_EUSAGE, "--fold-bias goes with --export");
    if (row_option(o) && !cf_side_asked(o))
        return cf_fail(&c->err, CF_EUSAGE, "--%s goes with --users or --items",
                       row_option(o));
    if (o->users && o->items)
        return cf_fail(&c->err, CF_EUSAGE,
                       "--users and --items are different things: choose one");
    if (o->reverse && !o->sort && !o->near)
        return cf_fail(&c->err, CF_EUSAGE,
                       "--reverse needs an order: --sort, or --near");
    return 0;
}

/* ---- text ---- */

/* All that showing holds. */
struct job {
    const struct cf_model *m;
    struct cf_lookup lookup;
    uint32_t *only; /* rows */
    uint32_t near;
    struct cf_side_view *view;
};

static const char *what(const struct cf_side_opts *o)
{
    return o->users ? "user" : "item";
}

static const struct cf_side *side_of(const struct cf_side_opts *o,
                                     const struct cf_model *m)
{
    return o->users ? &m->user : &m->item;
}

static int find_near(struct cf_cli *c, const struct cf_side_opts *o,
                     struct job *j)
{
    int code =
        cf_lookup_any(&j->lookup, cf_cstr(o->near), what(o), &j->near, &c->err);
    if (code || side_of(o, j->m)->count[j->near] > 0)
        return code;
    return cf_fail(&c->err, CF_EDATA,
                   "%s '%s' has no training row, so the model does not know "
                   "what is like it",
                   what(o), o->near);
}

static int find_named(struct cf_cli *c, const struct cf_side_opts *o,
                      struct job *j)
{
    if (!o->near && o->only.n == 0)
        return 0;
    int code = cf_lookup_open(&j->lookup, side_of(o, j->m), &c->err);
    if (!code && o->near)
        code = find_near(c, o, j);
    j->only = cf_alloc(o->only.n, sizeof *j->only);
    if (!code && !j->only)
        code = cf_nomem(&c->err, "rows");
    for (size_t i = 0; !code && i < o->only.n; i++)
        code = cf_lookup_any(&j->lookup, cf_cstr(o->only.v[i]), what(o),
                             &j->only[i], &c->err);
    return code;
}

static int open_view(struct cf_cli *c, const struct cf_side_opts *o,
                     uint64_t head, struct job *j)
{
    struct cf_view_opts view = {.users = o->users,
                                .factors = o->factors,
                                .near = o->near ? &j->near : NULL,
                                .pca = o->pca,
                                .only = o->only.n ? j->only : NULL,
                                .nonly = o->only.n,
                                .least = o->least,
                                .sort = o->sort,
                                .reverse = o->reverse,
                                .head = head};

    int code = cf_cli_kernel(c, &view.vec);
    return code ? code : cf_view_open(&j->view, j->m, &view, &c->err);
}

/* "3 components have 34.1 % of the variance: pc1 20.2 %, ..." */
static void tell_shares(struct cf_cli *c, const struct cf_pca *p)
{
    enum { TOLD = 10 };
    struct cf_buf each = {0};
    double sum = 0;

    for (uint32_t i = 0; i < p->n; i++) {
        sum += p->share[i];
        if (i < TOLD)
            cf_buf_printf(&each, "%s pc%" PRIu32 " %.1f %%", i ? "," : "",
                          i + 1, 100 * p->share[i]);
    }
    if (!each.failed && p->n > 0)
        cf_cli_note(c, "%" PRIu32 " component%s %.1f %% of the variance:%s%s",
                    p->n, p->n == 1 ? " has" : "s have", 100 * sum, each.p,
                    p->n > TOLD ? ", ..." : "");
    cf_buf_free(&each);
}

static void tell_unknown(struct cf_cli *c, const struct cf_side_opts *o,
                         uint64_t n)
{
    const char *them = n == 1 ? "it" : "them";

    if (n > 0 && o->least > 1)
        cf_cli_note(c,
                    "%" PRIu64 " %s%s left out: fewer than %" PRIu64
                    " training rows",
                    n, what(o), cf_s(n), o->least);
    else if (n > 0)
        cf_cli_note(c,
                    "%" PRIu64 " %s%s left out: the model knows nothing about "
                    "%s",
                    n, what(o), cf_s(n), them);
}

static void tell_no_bias(struct cf_cli *c, const struct cf_side_opts *o,
                         const struct cf_model *m)
{
    bool none = !cf_model_is_dot(m) && m->stars.n == 0;

    if (o->sort && strcmp(o->sort, "bias") == 0 && none)
        cf_cli_note(c,
                    "a model of solver %s has no biases: all are 0, and the "
                    "order is that of the model",
                    m->solver);
}

static int show(struct cf_cli *c, const struct cf_side_opts *o,
                const struct cf_show_opts *how, struct job *j,
                struct cf_sink *out)
{
    int code = find_named(c, o, j);

    if (!code)
        code = open_view(c, o, how->head, j);
    if (!code)
        code = cf_show_open(&out->show, out->out, how, &c->err);
    if (!code)
        code = cf_view_show(j->view, cf_show_tap(out->show), &c->err);
    if (!code)
        code = cf_sink_commit(c, out);
    if (!code) {
        tell_shares(c, cf_view_pca(j->view));
        tell_unknown(c, o, cf_view_unknown(j->view));
        tell_no_bias(c, o, j->m);
    }
    cf_show_close(out->show); /* it looks at the schema to the end */
    out->show = NULL;
    return code;
}

/* ---- export ---- */

static void tell_untrained(struct cf_cli *c, const struct cf_export_count *n,
                           const char *name)
{
    if (n->untrained > 0)
        cf_cli_note(c,
                    "%" PRIu64 " of %" PRIu64
                    " %ss have no training row: their "
                    "vectors mean nothing",
                    n->untrained, n->rows, name);
}

static int export(struct cf_cli *c, const struct cf_side_opts *o,
                  const char *path, struct cf_sink *out)
{
    struct cf_export_opts how = {.format = (enum cf_export)o->export,
                                 .users = o->users,
                                 .items = o->items,
                                 .fold = o->fold,
                                 .least = o->least};
    struct cf_export_report report;
    struct cf_in in = {0};

    int code = cf_cli_open(c, &in, path);
    if (!code && !cf_export_binary(how.format))
        code = cf_pool_open(&how.pool, (size_t)c->threads, &c->err);
    if (!code)
        code = cf_export(&in, &how, out->out, &report, &c->err);
    cf_pool_close(how.pool);
    cf_in_close(&in);
    if (!code)
        code = cf_sink_commit(c, out);
    if (!code) {
        tell_untrained(c, &report.users, "user");
        tell_untrained(c, &report.items, "item");
        tell_unknown(c, o, report.users.left_out + report.items.left_out);
    }
    return code;
}

/* ---- all together ---- */

int cf_side(struct cf_cli *c, const struct cf_side_opts *o,
            const struct cf_show_opts *how, struct cf_sink *out)
{
    struct cf_model m = {0};
    struct cf_schema history = {0};
    struct job j = {.m = &m};
    const char *path = c->args.n ? c->args.operand[0] : NULL;

    if (o->export >= 0)
        return export(c, o, path, out);
    int code = cf_cli_model(c, path ? path : "-", NULL, &m, &history);
    if (!code)
        code = show(c, o, how, &j, out);
    cf_view_close(j.view);
    cf_lookup_free(&j.lookup);
    free(j.only);
    cf_schema_free(&history);
    cf_model_free(&m);
    return code;
}
