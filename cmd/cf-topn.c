/* cf-topn - the best items for users, the best users for items, or the items
 * most like an item. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/par.h"
#include "cli.h"
#include "eval/topn_stream.h"
#include "given.h"
#include "topn_ask.h"
#include "topn_rules.h"

enum { BY_USER, BY_ITEM };
static const char *const sides[] = {"user", "item", NULL};
static const char *const measures[] = {"cosine", "dot", NULL};

struct opts {
    const char *model;
    uint64_t n, why;
    int by, measure;
    bool similar, keep_seen, no_bias, has_measure;
    double penalty, diversity;
    struct cf_topn_ask ask;
    struct cf_topn_rules rules;
    struct cf_given_cli given;
};

/* All that ranking holds. */
struct job {
    struct cf_model model;
    bool has_seen;
    struct cf_schema history, schema;
    struct cf_topn_job how;
    struct cf_pool *pool;
    struct cf_sink out;
};

/* ---- options ---- */

static enum cf_topn_what what(const struct opts *o)
{
    return o->similar         ? CF_TOPN_SIMILAR
           : o->by == BY_ITEM ? CF_TOPN_USERS
                              : CF_TOPN_ITEMS;
}

/* Options that mean nothing beside another one. */
static int check_kind(struct cf_cli *c, const struct opts *o)
{
    bool score = !o->similar, items = what(o) == CF_TOPN_ITEMS;
    const char *wrong = o->no_bias && !score             ? "--no-bias"
                        : o->penalty > 0 && !items       ? "--popularity-penalty"
                        : o->why > 0 && !items           ? "--why"
                        : o->given.path && !items        ? "--ratings"
                        : o->keep_seen && !score         ? "--keep-seen"
                        : o->by == BY_ITEM && o->similar ? "--by item"
                                                         : NULL;

    if (wrong && o->similar)
        return cf_fail(&c->err, CF_EUSAGE,
                       "--similar is about items; leave out %s", wrong);
    if (wrong)
        return cf_fail(&c->err, CF_EUSAGE,
                       "--by item lists users; leave out %s", wrong);
    if (o->has_measure && !o->similar)
        return cf_fail(&c->err, CF_EUSAGE, "--measure goes with --similar");
    return 0;
}

static int check_inputs(struct cf_cli *c, const struct opts *o)
{
    const char *from[] = {
        o->model, o->given.path, o->ask.from, o->rules.candidates,
        o->rules.exclude,
        cf_topn_ask_live(c, &o->ask, &o->given) ? "-" : NULL};
    static const char *const as[] = {"model",      "ratings", "who is asked for",
                                     "candidates", "what is excluded",
                                     "who is asked for"};
    int code = 0;

    for (size_t i = 1; i < sizeof from / sizeof *from; i++)
        for (size_t j = 0; !code && j < i; j++)
            code = cf_cli_once(c, from[j], as[j], from[i], as[i]);
    return code;
}

static int check(struct cf_cli *c, const struct opts *o)
{
    const struct cf_given_cli *g = &o->given;

    if (!o->model)
        return cf_fail(&c->err, CF_EUSAGE, "no model: name one with -m");
    int code = check_kind(c, o);
    if (code)
        return code;
    if (!g->path && (g->item || g->rating || (g->user && !o->ask.from)))
        return cf_fail(&c->err, CF_EUSAGE,
                       "--user, --item and --rating name columns of --ratings");
    code = cf_topn_ask_check(c, &o->ask, g, what(o));
    if (!code)
        code = check_inputs(c, o);
    return code ? code : cf_given_check(c, g, o->model, NULL);
}

/* ---- what is told ---- */

static void tell_fewer(struct cf_cli *c, const struct opts *o,
                       const struct job *j, const struct cf_topn_report *r)
{
    bool users = what(o) == CF_TOPN_USERS;
    const struct cf_side *side = users ? &j->model.user : &j->model.item;
    bool seen = !o->similar && !o->keep_seen && j->has_seen;

    if (r->fewer == 0)
        return;
    if (!o->rules.barred && r->listable == side->n)
        cf_cli_note(c,
                    "%" PRIu64 " of %" PRIu64 " list%s shorter than %" PRIu64
                    ": there are no more %ss",
                    r->fewer, r->lists, cf_s(r->lists), o->n,
                    users ? "user" : "item");
    else
        cf_cli_note(c,
                    "%" PRIu64 " of %" PRIu64 " list%s shorter than %" PRIu64
                    ": %" PRIu64 " of %" PRIu64 " %ss %s training rows%s%s",
                    r->fewer, r->lists, cf_s(r->lists), o->n, r->listable,
                    side->n, users ? "user" : "item",
                    r->listable == 1 ? "has" : "have",
                    o->rules.barred ? " and keep to the rules" : "",
                    seen ? "; seen ones are left out" : "");
}

static void report(struct cf_cli *c, const struct opts *o, const struct job *j,
                   const struct cf_topn_report *r)
{
    if (!o->similar && !o->keep_seen && !j->has_seen)
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
    tell_fewer(c, o, j, r);
}

/* ---- the work ---- */

static void done(void *ctx, uint64_t lists)
{
    cf_cli_done(ctx, lists);
}

static int prepare(struct cf_cli *c, struct opts *o, struct job *j)
{
    bool users = what(o) == CF_TOPN_USERS;

    j->how = (struct cf_topn_job){.m = &j->model,
                                  .opts = {.what = what(o),
                                           .n = (size_t)o->n,
                                           .dot = o->measure == 1,
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
    o->ask.what = what(o);
    int code = cf_cli_kernel(c, &j->how.opts.vec);
    if (!code)
        code = cf_topn_rules_apply(c, &o->rules,
                                   users ? &j->model.user : &j->model.item,
                                   users ? "user" : "item");
    j->how.opts.barred = o->rules.barred;
    return code ? code
                : cf_topn_ask_find(&o->ask, &o->given, &j->how, j->out.out);
}

static int rank(struct cf_cli *c, const struct opts *o, struct job *j)
{
    struct cf_topn_report r;

    int code = cf_topn_schema(&j->schema, &j->how, &c->err);
    if (!code)
        code = cf_schema_history(&j->schema, &j->history, &c->err);
    if (!code)
        code = cf_cli_step(c, &j->schema, NULL);
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

/* ---- the command line ---- */

int main(int argc, char **argv)
{
    struct opts o = {.n = 10, .given.l2 = (double)NAN};
    const struct cf_opt opt[] = {
        {"model", 'm', CF_OPT_STR, &o.model, "MODEL",
         "model to rank with; needed", .min = 0},
        {"number", 'n', CF_OPT_UINT, &o.n, "N", "length of a list", .min = 1,
         .max = UINT32_MAX},
        {"all", 0, CF_OPT_FLAG, &o.ask.all, NULL, "a list for everybody",
         .min = 0},
        {"shard", 0, CF_OPT_STR, &o.ask.shard, "I/N",
         "of everybody the I-th of N parts", .min = 0},
        {"for", 0, CF_OPT_STR, &o.ask.from, "STREAM",
         "a list for each user (or item) in a stream", .min = 0},
        {"group", 0, CF_OPT_FLAG, &o.ask.group, NULL,
         "IDs are groups, USER,USER ...: a list for all of them together",
         .min = 0},
        {"by", 0, CF_OPT_CHOICE, &o.by, "SIDE",
         "item: IDs are items (or titles): list users for them",
         .choices = sides},
        {"similar", 0, CF_OPT_FLAG, &o.similar, NULL,
         "IDs are items (or titles): list the items most like them", .min = 0},
        {"measure", 0, CF_OPT_CHOICE, &o.measure, "MEASURE",
         "what is similar", .choices = measures, .given = &o.has_measure},
        {"keep-seen", 0, CF_OPT_FLAG, &o.keep_seen, NULL,
         "also list items that the user has rated", .min = 0},
        {"candidates", 0, CF_OPT_STR, &o.rules.candidates, "FILE",
         "list only those whose ids are lines of FILE", .min = 0},
        {"exclude", 0, CF_OPT_STR, &o.rules.exclude, "FILE",
         "do not list those whose ids are lines of FILE", .min = 0},
        {"where", 0, CF_OPT_LIST, &o.rules.where, "COLUMN~TEXT",
         "list only those whose attribute has TEXT in it; also !~ = != < <= > "
         ">=",
         .min = 0},
        {"min-count", 0, CF_OPT_UINT, &o.rules.least, "N",
         "list only those with N training rows at least", .min = 0},
        {"no-bias", 0, CF_OPT_FLAG, &o.no_bias, NULL,
         "rank without the biases of what is listed", .min = 0},
        {"popularity-penalty", 0, CF_OPT_REAL, &o.penalty, "X",
         "take X times the logarithm of an item's count off its raw score",
         .min = 0, .max = 1e6},
        {"diversity", 0, CF_OPT_REAL, &o.diversity, "X",
         "the more, up to 1, the less alike the rows of a list", .min = 0,
         .max = 1},
        {"why", 0, CF_OPT_UINT, &o.why, "K",
         "K reasons for each row, from what the user has rated: part 'why'",
         .min = 0, .max = 1000},
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
        "List the best items for users, the best users for items, or the items "
        "most like an item.",
        opt, sizeof opt / sizeof *opt};
    struct cf_cli c;

    cf_cli_start(&c, &cmd, argc, argv);
    return cf_cli_end(&c, run(&c, &o));
}
