/* cf-topn - the best items for users, or the items most like an item. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/par.h"
#include "cli.h"
#include "eval/topn_stream.h"
#include "given.h"
#include "model/lookup.h"

struct opts {
    const char *model;
    uint64_t n;
    bool all, similar, keep_seen;
    struct cf_given_cli given;
};

/* All that ranking holds. */
struct job {
    struct cf_model model;
    bool has_seen;
    struct cf_schema history, schema;
    struct cf_lookup lookup;
    struct cf_ask *ask; /* who is asked for, unless all are */
    size_t nask;
    struct cf_pool *pool;
    struct cf_sink out;
};

static bool names_column(const struct cf_given_cli *g)
{
    return g->user || g->item || g->rating;
}

static int check(struct cf_cli *c, const struct opts *o)
{
    if (!o->model)
        return cf_fail(&c->err, CF_EUSAGE, "no model: name one with -m");
    if (o->similar && o->given.path)
        return cf_fail(&c->err, CF_EUSAGE,
                       "--similar is about items; leave out --ratings");
    if (!o->given.path && names_column(&o->given))
        return cf_fail(&c->err, CF_EUSAGE,
                       "--user, --item and --rating name columns of --ratings");
    if (o->all && c->args.n > 0)
        return cf_fail(&c->err, CF_EUSAGE,
                       "--all means everybody; leave out '%s'",
                       c->args.operand[0]);
    if (!o->all && !o->given.path && c->args.n == 0)
        return cf_fail(&c->err, CF_EUSAGE,
                       "nobody to list for: name %s, or use --all",
                       o->similar ? "items by id or title" : "users by id");
    return cf_given_check(c, &o->given, o->model, NULL);
}

/* ---- who is asked for ---- */

static int find_item(struct cf_cli *c, struct job *j, struct cf_ask *a)
{
    int code = cf_lookup_any(&j->lookup, a->name, "item", &a->row, &c->err);
    if (code || j->model.item.count[a->row] > 0)
        return code;
    return cf_fail(&c->err, CF_EDATA,
                   "item '%.*s' has no training row, so the model does not "
                   "know what is like it",
                   (int)a->name.n, a->name.p);
}

static int find_operands(struct cf_cli *c, const struct opts *o, struct job *j)
{
    int code = cf_lookup_open(
        &j->lookup, o->similar ? &j->model.item : &j->model.user, &c->err);

    for (size_t i = 0; !code && i < c->args.n; i++) {
        struct cf_ask *a = &j->ask[i];
        a->name = cf_cstr(c->args.operand[i]);
        if (o->similar) {
            code = find_item(c, j, a);
            continue;
        }
        a->row = cf_lookup_id(&j->lookup, a->name);
        if (a->row == CF_NONE)
            cf_cli_note(c, "no user '%s' in the model%s", c->args.operand[i],
                        o->given.path ? " or the ratings" : "");
    }
    return code;
}

/* The operands or, without any, who has given ratings. */
static int find_asked(struct cf_cli *c, const struct opts *o, struct job *j)
{
    const struct cf_given_cli *g = &o->given;

    j->nask = c->args.n ? c->args.n : g->ratings.users.n;
    j->ask = cf_alloc(j->nask, sizeof *j->ask);
    if (!j->ask)
        return cf_nomem(&c->err, "users");
    if (c->args.n)
        return find_operands(c, o, j);
    for (size_t i = 0; i < j->nask; i++)
        j->ask[i] = (struct cf_ask){.row = g->row[i]};
    return 0;
}

/* ---- the work ---- */

static void done(void *ctx, uint64_t lists)
{
    cf_cli_done(ctx, lists);
}

static void report(struct cf_cli *c, const struct opts *o, bool has_seen,
                   const struct cf_topn_report *r)
{
    if (!o->similar && !o->keep_seen && !has_seen)
        cf_cli_note(c, "the model does not hold who rated what, so lists may "
                       "have items that the user knows");
    if (r->none > 0)
        cf_cli_note(c,
                    "no list for %" PRIu64 " of %" PRIu64 " item%s: without a "
                    "training row the model does not know what is like it",
                    r->none, r->none + r->lists, cf_s(r->none + r->lists));
    if (r->cold > 0)
        cf_cli_note(c,
                    "%" PRIu64 " of %" PRIu64 " list%s for a user that the "
                    "model knows nothing about: the items liked best by all",
                    r->cold, r->lists, cf_s(r->lists));
    if (r->fewer > 0)
        cf_cli_note(c,
                    "%" PRIu64 " of %" PRIu64 " list%s shorter than %" PRIu64
                    ": there are no more items",
                    r->fewer, r->lists, cf_s(r->lists), o->n);
}

static int rank(struct cf_cli *c, const struct opts *o, struct job *j)
{
    struct cf_topn_job how = {
        .m = &j->model,
        .opts = {.n = (size_t)o->n, .keep_seen = o->keep_seen},
        .similar = o->similar,
        .ask = j->ask,
        .n = j->nask,
        .pool = j->pool,
        .done = done,
        .ctx = c};
    struct cf_topn_report r;

    int code = cf_cli_kernel(c, &how.opts.vec);
    if (!code)
        code = cf_topn_schema(&j->schema, &how, &c->err);
    if (!code)
        code = cf_schema_history(&j->schema, &j->history, &c->err);
    if (!code)
        code = cf_cli_step(c, &j->schema, NULL);
    j->out.all = !o->all;
    if (!code)
        code = cf_sink_begin(c, &j->out, &j->schema);
    if (code)
        return code;
    cf_cli_progress(c, "lists",
                    !o->all      ? j->nask
                    : o->similar ? j->model.item.n
                                 : j->model.user.n);
    code = cf_topn_write(&how, &j->schema, j->out.writer, &r, &c->err);
    if (!code)
        code = cf_sink_finish(c, &j->out);
    if (!code)
        report(c, o, j->has_seen, &r);
    return code;
}

static int run(struct cf_cli *c, struct opts *o)
{
    struct job j = {0};

    int code = check(c, o);
    if (!code)
        code = cf_sink_open(c, &j.out);
    if (!code)
        code = cf_cli_model(c, o->model, "-m", &j.model, &j.history);
    if (!code)
        code = cf_pool_open(&j.pool, (size_t)c->threads, &c->err);
    /* Folding adds what is given. */
    j.has_seen = !code && cf_model_has_seen(&j.model);
    if (!code)
        code = cf_given_fold(c, &o->given, &j.model, j.pool);
    if (!code && !o->all)
        code = find_asked(c, o, &j);
    if (!code)
        code = rank(c, o, &j);
    cf_sink_close(&j.out);
    cf_pool_close(j.pool);
    cf_lookup_free(&j.lookup);
    free(j.ask);
    cf_schema_free(&j.schema);
    cf_schema_free(&j.history);
    cf_model_free(&j.model);
    cf_given_close(&o->given);
    return code;
}

int main(int argc, char **argv)
{
    struct opts o = {.n = 10, .given.l2 = (double)NAN};
    const struct cf_opt opt[] = {
        {"model", 'm', CF_OPT_STR, &o.model, "MODEL",
         "model to rank with; needed", .min = 0},
        {"number", 'n', CF_OPT_UINT, &o.n, "N", "length of a list", .min = 1,
         .max = UINT32_MAX},
        {"all", 0, CF_OPT_FLAG, &o.all, NULL, "a list for everybody", .min = 0},
        {"similar", 0, CF_OPT_FLAG, &o.similar, NULL,
         "IDs are items (or titles): list the items most like them", .min = 0},
        {"keep-seen", 0, CF_OPT_FLAG, &o.keep_seen, NULL,
         "also list items that the user has rated", .min = 0},
        cf_given_opt(&o.given),
        {"user", 'u', CF_OPT_STR, &o.given.user, "NAME",
         "column of the ratings with the user; found if not given", .min = 0},
        {"item", 'i', CF_OPT_STR, &o.given.item, "NAME",
         "column of the ratings with the item; found if not given", .min = 0},
        {"rating", 'r', CF_OPT_STR, &o.given.rating, "NAME",
         "column of the ratings with the rating; found if not given", .min = 0},
        cf_given_l2(&o.given)};
    const struct cf_cmd cmd = {
        "cf-topn", "[ID ...]",
        "List the best items for users, or the items most like an item.", opt,
        sizeof opt / sizeof *opt};
    struct cf_cli c;

    cf_cli_start(&c, &cmd, argc, argv);
    return cf_cli_end(&c, run(&c, &o));
}
