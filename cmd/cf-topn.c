/* cf-topn - the best items for users, the best users for items, or the items
 * most like an item. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/par.h"
#include "cli.h"
#include "eval/topn_stream.h"
#include "math/normal.h"
#include "model/file.h"
#include "topn_opts.h"

/* All that ranking holds. */
struct job {
    struct cf_model model;
    bool has_seen;
    struct cf_schema history, schema;
    struct cf_topn_job how;
    struct cf_pool *pool;
    struct cf_sink out;
};

/* ---- what is told ---- */

static void tell_fewer(struct cf_cli *c, const struct cf_topn_cli *o,
                       const struct job *j, const struct cf_topn_report *r)
{
    bool users = cf_topn_what(o) == CF_TOPN_USERS;
    const struct cf_side *side = users ? &j->model.user : &j->model.item;
    const char *kind = users ? "user" : "item", *without = "";

    if (r->fewer == 0)
        return;
    if (o->similar)
        without = ", less the item itself";
    else if (!o->keep_seen && j->has_seen)
        without = users ? ", less those who have rated the item"
                        : ", less those that the user has rated";
    cf_cli_note(c,
                "%" PRIu64 " of %" PRIu64 " list%s %s shorter than %" PRIu64
                ": of %" PRIu64 " %s%s in the model %" PRIu64
                " %s training rows%s%s",
                r->fewer, r->lists, cf_s(r->lists),
                r->fewer == 1 ? "is" : "are", o->n, side->n, kind,
                cf_s(side->n), r->listable, r->listable == 1 ? "has" : "have",
                o->rules.barred ? " and may be listed" : "", without);
}

/* --min-count 0 asks for more than there is. */
static void tell_unrated(struct cf_cli *c, const struct cf_topn_cli *o,
                         const struct job *j)
{
    bool users = cf_topn_what(o) == CF_TOPN_USERS;
    const struct cf_side *side = users ? &j->model.user : &j->model.item;

    if (j->how.opts.unrated && !side->drawn)
        cf_cli_note(c,
                    "the model knows nothing of %ss without training rows "
                    "(cf-train -s gibbs --attributes does), so none is listed",
                    users ? "user" : "item");
}

static void tell_empty(struct cf_cli *c, const struct cf_topn_cli *o,
                       const struct job *j)
{
    bool items = cf_topn_what(o) == CF_TOPN_ITEMS;
    uint64_t n = items ? j->model.user.n : j->model.item.n;

    if (o->ask.shard && j->how.from == j->how.to)
        cf_cli_note(c,
                    "part %s is empty: the model has %" PRIu64 " %s%s, and "
                    "the first parts get one each",
                    o->ask.shard, n, items ? "user" : "item", cf_s(n));
}

static void report(struct cf_cli *c, const struct cf_topn_cli *o,
                   const struct job *j, const struct cf_topn_report *r)
{
    if (o->why > 0 && !j->has_seen)
        cf_cli_note(c, "the model does not hold who rated what, so there are "
                       "no reasons but of ratings that are given");
    if (!o->similar && !o->keep_seen && !j->has_seen)
        cf_cli_note(c, "the model does not hold who rated what, so lists may "
                       "have items that the user knows");
    if (r->none > 0)
        cf_cli_note(c,
                    "no list for %" PRIu64 " of %" PRIu64 " item%s: without a "
                    "training row the model does not know %s",
                    r->none, r->none + r->lists, cf_s(r->none + r->lists),
                    cf_topn_unknown(cf_topn_what(o)));
    if (r->cold > 0)
        cf_cli_note(c,
                    "%" PRIu64 " of %" PRIu64 " list%s %s for a user that the "
                    "model knows nothing about: the items %s",
                    r->cold, r->lists, cf_s(r->lists),
                    r->cold == 1 ? "is" : "are",
                    o->rank == CF_TOPN_MEAN ? "liked best by all"
                                            : "of the samples' mean user");
    tell_empty(c, o, j);
    tell_unrated(c, o, j);
    tell_fewer(c, o, j, r);
}

/* ---- the work ---- */

static void done(void *ctx, uint64_t lists)
{
    cf_cli_done(ctx, lists);
}

/* Is there a user of whom the model has not what was rated? */
static bool lacks_seen(const struct cf_model *m)
{
    if (cf_model_has_seen(m))
        return false;
    for (uint64_t i = 0; i < m->user.n; i++)
        if (m->user.count[i] > 0)
            return true;
    return false;
}

/* All of it, or of the users only those who are named. */
static int read_model(struct cf_cli *c, struct cf_topn_cli *o, struct job *j)
{
    const struct cf_users_wanted wanted = {o->ask.names, o->ask.nnames};
    struct cf_in in = {0};

    if (!wanted.id)
        return cf_cli_model(c, o->model, "-m", &j->model, &j->history);
    int code = cf_cli_open(c, &in, o->model);
    if (!code)
        code =
            cf_model_read_users(&j->model, &j->history, &in, &wanted, &c->err);
    cf_in_close(&in);
    return code;
}

static int prepare(struct cf_cli *c, struct cf_topn_cli *o, struct job *j)
{
    bool users = cf_topn_what(o) == CF_TOPN_USERS;

    j->how = (struct cf_topn_job){
        .m = &j->model,
        .opts = {.what = cf_topn_what(o),
                 .n = (size_t)o->n,
                 .dot = o->measure == CF_MEASURE_DOT,
                 .rank = (enum cf_topn_rank)o->rank,
                 .within = cf_normal_within(o->interval),
                 .seed = o->seed,
                 .unrated = o->rules.has_least && o->rules.least == 0,
                 .keep_seen = o->keep_seen,
                 .no_bias = o->no_bias,
                 .penalty = o->penalty,
                 .diversity = o->diversity,
                 .why = (uint32_t)o->why,
                 .pool = j->pool},
        .done = done,
        .ctx = c};
    o->ask.c = c;
    o->ask.m = &j->model;
    o->ask.what = cf_topn_what(o);
    o->ask.ratings = o->given.path != NULL;
    int code = cf_cli_kernel(c, &j->how.opts.vec);
    if (!code)
        code = cf_topn_rules_apply(c, &o->rules,
                                   users ? &j->model.user : &j->model.item,
                                   users ? "user" : "item");
    j->how.opts.barred = o->rules.barred;
    return code ? code
                : cf_topn_ask_find(&o->ask, &o->given, &j->how, j->out.out);
}

static int rank(struct cf_cli *c, const struct cf_topn_cli *o, struct job *j)
{
    struct cf_topn_report r;

    int code = cf_topn_schema(&j->schema, &j->how, &c->err);
    if (!code)
        code = cf_schema_history(&j->schema, &j->history, &c->err);
    if (!code)
        code = cf_cli_step(c, &j->schema,
                           o->rank == CF_TOPN_THOMPSON ? &o->seed : NULL);
    j->out.all = j->how.ask != NULL;
    if (!code)
        code = cf_sink_begin(c, &j->out, &j->schema);
    if (code)
        return code;
    cf_cli_progress(c, "lists",
                    j->how.ask ? j->how.n : j->how.to - j->how.from);
    code = cf_topn_write(&j->how, &j->schema, j->out.writer, &r, &c->err);
    if (!code)
        code = cf_sink_finish(c, &j->out);
    if (!code)
        report(c, o, j, &r);
    return code;
}

static int run(struct cf_cli *c, struct cf_topn_cli *o)
{
    struct job j = {0};

    int code = cf_topn_check(c, o);
    if (!code)
        code = cf_sink_open(c, &j.out);
    if (!code)
        code = cf_topn_ask_names(c, &o->ask, &o->given, cf_topn_what(o));
    if (!code)
        code = read_model(c, o, &j);
    if (!code)
        code = cf_pool_open(&j.pool, (size_t)c->threads, &c->err);
    /* Folding adds what is given. */
    j.has_seen = !code && !lacks_seen(&j.model);
    if (!code)
        code = cf_given_fold(c, &o->given, &j.model, j.pool);
    if (!code)
        code = prepare(c, o, &j);
    if (!code)
        code = rank(c, o, &j);
    cf_sink_close(&j.out);
    cf_pool_close(j.pool);
    cf_topn_ask_close(&o->ask);
    cf_topn_rules_close(&o->rules);
    cf_schema_free(&j.schema);
    cf_schema_free(&j.history);
    cf_model_free(&j.model);
    cf_given_close(&o->given);
    return code;
}

int main(int argc, char **argv)
{
    struct cf_topn_cli o;
    struct cf_opt opt[CF_TOPN_OPTIONS];
    const struct cf_cmd cmd = {
        "cf-topn", "[ID ...]",
        "List the best items for users, the best users for items, or the items "
        "most like an item.",
        opt, cf_topn_options(&o, opt)};
    struct cf_cli c;

    cf_cli_start(&c, &cmd, argc, argv);
    return cf_cli_end(&c, run(&c, &o));
}
