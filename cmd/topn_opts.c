/* topn_opts.c - the options of cf-topn. */
#include "topn_opts.h"

#include <math.h>
#include <string.h>

static const char *const sides[] = {"user", "item", NULL};
static const char *const measures[] = {"cosine", "dot", NULL};
static const char *const ranks[] = {"mean", "lower", "upper", "thompson", NULL};

/* ---- the table ---- */

static void add(struct cf_opt *table, size_t *at, const struct cf_opt *all,
                size_t n)
{
    memcpy(table + *at, all, n * sizeof *all);
    *at += n;
}

static void add_who(struct cf_topn_cli *o, struct cf_opt *table, size_t *at)
{
    const struct cf_opt all[] = {
        {"model", 'm', CF_OPT_STR, &o->model, "MODEL",
         "model to rank with; needed", .min = 0},
        {"number", 'n', CF_OPT_UINT, &o->n, "N", "length of a list", .min = 1,
         .max = UINT32_MAX},
        {"all", 0, CF_OPT_FLAG, &o->ask.all, NULL, "a list for everybody",
         .min = 0},
        {"shard", 0, CF_OPT_STR, &o->ask.shard, "I/N",
         "of everybody the I-th of N parts", .min = 0},
        {"for", 0, CF_OPT_STR, &o->ask.from, "STREAM",
         "a list for each user (or item) in a stream", .min = 0},
        {"group", 0, CF_OPT_FLAG, &o->ask.group, NULL,
         "IDs are groups, USER,USER ...: a list for all of them together",
         .min = 0},
        {"by", 0, CF_OPT_CHOICE, &o->by, "SIDE",
         "item: IDs are items (or titles): list users for them",
         .choices = sides}};

    add(table, at, all, sizeof all / sizeof *all);
}

static void add_lists(struct cf_topn_cli *o, struct cf_opt *table, size_t *at)
{
    const struct cf_opt all[] = {
        {"similar", 0, CF_OPT_FLAG, &o->similar, NULL,
         "IDs are items (or titles): list the items most like them", .min = 0},
        {"measure", 0, CF_OPT_CHOICE, &o->measure, "MEASURE", "what is similar",
         .choices = measures, .given = &o->has_measure},
        {"keep-seen", 0, CF_OPT_FLAG, &o->keep_seen, NULL,
         "also list items that the user has rated", .min = 0}};

    add(table, at, all, sizeof all / sizeof *all);
}

static void add_rules(struct cf_topn_cli *o, struct cf_opt *table, size_t *at)
{
    const struct cf_opt all[] = {
        {"rank", 0, CF_OPT_CHOICE, &o->rank, "BY",
         "rank by the prediction, an end of its interval, or one sample of it",
         .choices = ranks},
        {"interval", 0, CF_OPT_REAL, &o->interval, "SHARE",
         "of --rank lower and upper: the chance that a score is in it",
         .max = 0.999999, .given = &o->has_interval},
        {"seed", 0, CF_OPT_UINT, &o->seed, "N",
         "of --rank thompson: seed of the samples", .min = 0,
         .given = &o->has_seed},
        {"candidates", 0, CF_OPT_STR, &o->rules.candidates, "FILE",
         "list only those whose ids are lines of FILE", .min = 0},
        {"exclude", 0, CF_OPT_STR, &o->rules.exclude, "FILE",
         "do not list those whose ids are lines of FILE", .min = 0},
        {"where", 0, CF_OPT_LIST, &o->rules.where, "COLUMN~TEXT",
         "list only those whose attribute has TEXT in it; also !~ = != < <= > "
         ">=",
         .min = 0},
        {"min-count", 0, CF_OPT_UINT, &o->rules.least, "N",
         "list only those with N training rows at least; 0: also those that "
         "the model knows by attributes alone",
         .min = 0, .given = &o->rules.has_least},
        {"no-bias", 0, CF_OPT_FLAG, &o->no_bias, NULL,
         "rank without the biases of what is listed", .min = 0},
        {"popularity-penalty", 0, CF_OPT_REAL, &o->penalty, "X",
         "take X times the logarithm of an item's count off its raw score",
         .min = 0, .max = 1e6},
        {"diversity", 0, CF_OPT_REAL, &o->diversity, "X",
         "the more, up to 1, the less alike the rows of a list", .min = 0,
         .max = 1},
        {"why", 0, CF_OPT_UINT, &o->why, "K",
         "K reasons for each row, from what the user has rated: part 'why'",
         .min = 0, .max = 1000}};

    add(table, at, all, sizeof all / sizeof *all);
}

static void add_given(struct cf_topn_cli *o, struct cf_opt *table, size_t *at)
{
    const struct cf_opt all[] = {
        cf_given_opt(&o->given),
        {"user", 'u', CF_OPT_STR, &o->given.user, "NAME",
         "column of the ratings with the user; found if not given", .min = 0},
        {"item", 'i', CF_OPT_STR, &o->given.item, "NAME",
         "column of the ratings with the item; found if not given", .min = 0},
        {"rating", 'r', CF_OPT_STR, &o->given.rating, "NAME",
         "column of the ratings with the rating; found if not given", .min = 0},
        cf_given_l2(&o->given)};

    add(table, at, all, sizeof all / sizeof *all);
}

size_t cf_topn_options(struct cf_topn_cli *o,
                       struct cf_opt table[CF_TOPN_OPTIONS])
{
    size_t n = 0;

    memset(o, 0, sizeof *o);
    o->n = 10;
    o->interval = .9;
    o->seed = 42;
    o->given.l2 = (double)NAN;
    add_who(o, table, &n);
    add_lists(o, table, &n);
    add_rules(o, table, &n);
    add_given(o, table, &n);
    return n;
}

/* ---- do they go together? ---- */

enum cf_topn_what cf_topn_what(const struct cf_topn_cli *o)
{
    return o->similar            ? CF_TOPN_SIMILAR
           : o->by == CF_BY_ITEM ? CF_TOPN_USERS
                                 : CF_TOPN_ITEMS;
}

static int check_rank(struct cf_cli *c, const struct cf_topn_cli *o)
{
    bool end = o->rank == CF_TOPN_LOWER || o->rank == CF_TOPN_UPPER;

    if (o->has_interval && !end)
        return cf_fail(&c->err, CF_EUSAGE,
                       "--interval goes with --rank lower or upper");
    if (o->has_seed && o->rank != CF_TOPN_THOMPSON)
        return cf_fail(&c->err, CF_EUSAGE, "--seed goes with --rank thompson");
    return 0;
}

/* Options that mean nothing beside another one. */
static int check_kind(struct cf_cli *c, const struct cf_topn_cli *o)
{
    const bool score = !o->similar;
    const bool items = cf_topn_what(o) == CF_TOPN_ITEMS;
    const struct {
        const char *name;
        bool given, fits;
    } option[] = {{"--rank", o->rank != CF_TOPN_MEAN, score},
                  {"--no-bias", o->no_bias, score},
                  {"--popularity-penalty", o->penalty > 0, items},
                  {"--why", o->why > 0, items},
                  {"--ratings", o->given.path != NULL, items},
                  {"--keep-seen", o->keep_seen, score},
                  {"--by item", o->by == CF_BY_ITEM, score}};
    const char *wrong = NULL;

    for (size_t i = 0; i < sizeof option / sizeof *option; i++)
        if (option[i].given && !option[i].fits)
            wrong = option[i].name;
    if (wrong && o->similar)
        return cf_fail(&c->err, CF_EUSAGE,
                       "--similar is about items; leave out %s", wrong);
    if (wrong)
        return cf_fail(&c->err, CF_EUSAGE,
                       "--by item lists users; leave out %s", wrong);
    if (o->has_measure && !o->similar)
        return cf_fail(&c->err, CF_EUSAGE, "--measure goes with --similar");
    return check_rank(c, o);
}

static int check_inputs(struct cf_cli *c, const struct cf_topn_cli *o)
{
    const char *from[] = {
        o->model,         o->given.path,
        o->ask.from,      o->rules.candidates,
        o->rules.exclude, cf_topn_ask_live(c, &o->ask, &o->given) ? "-" : NULL};
    static const char *const as[] = {
        "model",      "ratings",          "who is asked for",
        "candidates", "what is excluded", "who is asked for"};
    int code = 0;

    for (size_t i = 1; i < sizeof from / sizeof *from; i++)
        for (size_t j = 0; !code && j < i; j++)
            code = cf_cli_once(c, from[j], as[j], from[i], as[i]);
    return code;
}

int cf_topn_check(struct cf_cli *c, const struct cf_topn_cli *o)
{
    const struct cf_given_cli *g = &o->given;

    if (!o->model)
        return cf_fail(&c->err, CF_EUSAGE, "no model: name one with -m");
    int code = check_kind(c, o);
    if (code)
        return code;
    bool items = cf_topn_what(o) == CF_TOPN_ITEMS;
    const char *asked = o->ask.from ? (items ? g->user : g->item) : NULL;
    if (!g->path && ((g->user && g->user != asked) ||
                     (g->item && g->item != asked) || g->rating))
        return cf_fail(&c->err, CF_EUSAGE,
                       "--user, --item and --rating name columns of --ratings, "
                       "and of --for the one that lists are for");
    code = cf_topn_ask_check(c, &o->ask, g, cf_topn_what(o));
    if (!code)
        code = check_inputs(c, o);
    return code ? code : cf_given_check(c, g, o->model, NULL);
}
