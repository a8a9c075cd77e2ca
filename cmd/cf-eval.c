/* cf-eval - judges recommendations: how far predicted ratings are off, or how
 * well ranked lists find what was held out. */
#include <math.h>
#include <string.h>

#include "eval.h"

static const char *const forms[] = {"table", "csv", "tsv", "jsonl", NULL};
static const char *const drawn_names[] = {"users", "rows", NULL};

/* ---- what it is judged by ---- */

typedef int read_fn(struct cf_truth *t, struct cf_in *in,
                    const struct cf_pair_names *names, struct cf_err *err);

static int read_pairs(struct cf_eval *e, const char *path, read_fn *fn)
{
    struct cf_in in = {0};

    if (!path)
        return 0;
    int code = cf_cli_open(e->c, &in, path);
    if (!code)
        code = fn(&e->truth, &in, &e->o->names, &e->c->err);
    cf_in_close(&in);
    return code;
}

static int read_model(struct cf_eval *e)
{
    struct cf_schema history = {0};
    struct cf_model m = {0};

    if (!e->o->model)
        return 0;
    int code = cf_cli_model(e->c, e->o->model, "-m", &m, &history);
    if (!code)
        code = cf_truth_model(&e->truth, &m, &e->c->err);
    cf_schema_free(&history);
    cf_model_free(&m);
    return code;
}

static int read_truth(struct cf_eval *e)
{
    struct cf_truth *t = &e->truth;

    cf_pair_ids_init(&t->ids);
    t->least = e->o->has_least ? &e->o->least : NULL;
    int code = read_pairs(e, e->o->held, cf_truth_held);
    if (!code)
        code = read_pairs(e, e->o->candidates, cf_truth_candidates);
    if (!code)
        code = read_pairs(e, e->o->train, cf_truth_training);
    if (!code)
        code = read_model(e);
    if (code || !e->o->held)
        return code;
    if (!e->ranking && !t->held_rated)
        return cf_fail(&e->c->err, CF_EUSAGE,
                       "%s: no ratings to compare scores with; name their "
                       "column with --rating",
                       e->o->held);
    code = cf_truth_ready(t, &e->c->err);
    return code ? code : cf_eval_tell_truth(e);
}

/* ---- what is judged ---- */

static int open_side(struct cf_eval *e, struct cf_eval_side *s)
{
    const struct cf_eval_opts *o = e->o;
    /* A second side has the held-out pairs of the first one. */
    const struct cf_ranking_opts ranking = {.k = e->k,
                                            .nk = e->nk,
                                            .own = !o->held && s == e->side,
                                            .seed = o->seed};
    const struct cf_errors_opts errors = {
        .held = o->held, .rows = o->drawn == 1, .seed = o->seed};

    return e->ranking
               ? cf_ranking_open(&s->ranking, &e->truth, &ranking, &e->c->err)
               : cf_errors_open(&s->errors, &e->truth, &errors, &e->c->err);
}

static int read_side(struct cf_eval *e, struct cf_eval_side *s)
{
    const struct cf_pair_opts how = {.use = CF_PAIRS_LISTED,
                                     .names = &e->o->names,
                                     .history =
                                         s == e->side ? &e->history : NULL};
    int code = open_side(e, s);
    if (code)
        return code;
    cf_cli_progress(e->c, "bytes", s->in.size);
    struct cf_pair_taker to =
        e->ranking ? cf_ranking_taker(s->ranking) : cf_errors_taker(s->errors);
    code = cf_pairs_in(&s->in, &e->truth.ids, &how, &to, &e->c->err);
    if (!code && e->ranking)
        code = cf_ranking_finish(s->ranking, &e->c->err);
    if (!code && e->ranking && !e->o->held && s == e->side)
        code = cf_eval_tell_truth(e);
    return code ? code : cf_eval_tell_side(e, s);
}

static int open_sides(struct cf_eval *e)
{
    size_t n = e->c->args.n;
    int code = cf_cli_open(e->c, &e->side[0].in,
                           n > 1 ? e->c->args.operand[0] : cf_cli_only(e->c));

    e->sides = 1;
    if (code || n < 2)
        return code;
    e->sides = 2;
    return cf_cli_open(e->c, &e->side[1].in, e->c->args.operand[1]);
}

/* ---- the result ---- */

static int measure(struct cf_eval *e)
{
    const struct cf_resample_opts how = {.resamples = e->o->resamples,
                                         .level = e->o->level,
                                         .seed = e->o->seed,
                                         .pool = e->pool};
    struct cf_ranking *ranking[] = {e->side[0].ranking, e->side[1].ranking};
    struct cf_errors *errors[] = {e->side[0].errors, e->side[1].errors};
    struct cf_err *err = &e->c->err;

    if (!e->ranking)
        return cf_errors_measure(errors, e->sides, &how, &e->metrics, err);
    if (e->sides > 1 &&
        strcmp(cf_ranking_among(ranking[0]), cf_ranking_among(ranking[1])) != 0)
        return cf_fail(err, CF_EDATA,
                       "%s ranks %s, %s %s: that does not compare",
                       e->side[0].in.name, cf_ranking_among(ranking[0]),
                       e->side[1].in.name, cf_ranking_among(ranking[1]));
    return cf_ranking_measure(ranking, e->sides, &how, &e->metrics, err);
}

static int add_facts(struct cf_eval *e)
{
    const struct cf_eval_opts *o = e->o;
    struct cf_schema *s = &e->schema;
    struct cf_err *err = &e->c->err;
    int code = 0;

    if (e->truth.held.n > 0)
        code = cf_schema_int(s, "held_out", (int64_t)e->truth.held.n, err);
    if (!code && e->truth.has_seen && e->truth.held.n > 0)
        code = cf_schema_int(s, "held_out_in_training",
                             (int64_t)e->truth.held_training, err);
    if (!code && o->resamples > 0)
        code = cf_schema_real(s, "level", o->level, err);
    if (!code)
        code = cf_schema_int(s, "resamples", (int64_t)o->resamples, err);
    if (!code && o->resamples > 0)
        code = cf_schema_text(s, "drawn", drawn_names[o->drawn], err);
    return code;
}

static int begin(struct cf_eval *e)
{
    const struct cf_show_opts how = {
        .format = (enum cf_format)e->o->to,
        .head = CF_SHOW_USUAL,
        .width = cf_sink_tty(e->c) ? cf_sink_width() : 0};

    return e->o->to < 0 ? cf_sink_begin(e->c, &e->out, &e->schema)
                        : cf_sink_begin_text(e->c, &e->out, &e->schema, &how);
}

static int write_metrics(struct cf_eval *e)
{
    struct cf_err *err = &e->c->err;

    cf_schema_init(&e->schema, CF_METRICS);
    int code = cf_metrics_part(&e->schema, &e->metrics, err);
    if (!code)
        code = add_facts(e);
    if (!code)
        code = cf_schema_history(&e->schema, &e->history, err);
    if (!code)
        code = cf_cli_step(e->c, &e->schema, &e->o->seed);
    if (!code)
        code = begin(e);
    if (!code)
        code = cf_metrics_write(&e->metrics, &e->schema, e->out.writer, err);
    return code ? code : cf_sink_finish(e->c, &e->out);
}

/* ---- the program ---- */

static int work(struct cf_eval *e)
{
    int code = cf_eval_check(e);

    if (!code)
        code = cf_sink_open(e->c, &e->out);
    if (!code)
        code = open_sides(e);
    if (!code)
        code = cf_pool_open(&e->pool, (size_t)e->c->threads, &e->c->err);
    if (!code)
        code = read_truth(e);
    for (size_t i = 0; !code && i < e->sides; i++)
        code = read_side(e, &e->side[i]);
    if (!code)
        code = measure(e);
    return code ? code : write_metrics(e);
}

static int run(struct cf_cli *c, const struct cf_eval_opts *o)
{
    struct cf_eval e = {.c = c, .o = o};

    cf_schema_init(&e.history, CF_METRICS);
    int code = work(&e);
    cf_sink_close(&e.out);
    cf_pool_close(e.pool);
    for (size_t i = 0; i < e.sides; i++) {
        cf_ranking_close(e.side[i].ranking);
        cf_errors_close(e.side[i].errors);
        cf_in_close(&e.side[i].in);
    }
    cf_truth_free(&e.truth);
    cf_metrics_free(&e.metrics);
    cf_schema_free(&e.history);
    cf_schema_free(&e.schema);
    return code;
}

static const struct cf_eval_opts usual = {.cutoffs = "5,10,20",
                                          .resamples = 1000,
                                          .level = 0.95,
                                          .seed = 42,
                                          .least = (double)NAN,
                                          .to = -1};

int main(int argc, char **argv)
{
    struct cf_eval_opts o = usual;
    const struct cf_opt opt[] = {
        {"held-out", 0, CF_OPT_STR, &o.held, "FILE",
         "pairs that were held out: judge how well lists find them", .min = 0},
        {"cutoffs", 'k', CF_OPT_STR, &o.cutoffs, "K,...",
         "lengths of the lists", .min = 0, .given = &o.has_cutoffs},
        {"min-rating", 0, CF_OPT_REAL, &o.least, "X",
         "only pairs rated X or more are relevant", .given = &o.has_least},
        {"candidates", 0, CF_OPT_STR, &o.candidates, "FILE",
         "pairs: the items to rank for each user, beside the held-out ones",
         .min = 0},
        {"errors", 0, CF_OPT_FLAG, &o.errors, NULL,
         "compare scores with the ratings of --held-out", .min = 0},
        {"train", 0, CF_OPT_STR, &o.train, "FILE",
         "the training ratings, for popularity, coverage and overlap",
         .min = 0},
        {"model", 'm', CF_OPT_STR, &o.model, "MODEL",
         "a model, for the same and for diversity", .min = 0},
        {"user", 'u', CF_OPT_STR, &o.names.user, "NAME",
         "column with the user, of text and tables; the first if not given",
         .min = 0},
        {"item", 'i', CF_OPT_STR, &o.names.item, "NAME",
         "column with the item likewise; the second if not given", .min = 0},
        {"rating", 'r', CF_OPT_STR, &o.names.rating, "NAME",
         "column with the rating; rating if not given", .min = 0},
        {"score", 's', CF_OPT_STR, &o.names.score, "NAME",
         "column with the score; score, or the third, if not given", .min = 0},
        {"rank", 0, CF_OPT_STR, &o.names.rank, "NAME",
         "column with the rank; rank, if there is one", .min = 0},
        {"resamples", 0, CF_OPT_UINT, &o.resamples, "N",
         "resamples for the intervals; 0: no intervals", .max = 1000000},
        {"level", 0, CF_OPT_REAL, &o.level, "X", "level of the intervals",
         .min = 0.01, .max = 0.9999},
        {"resample", 0, CF_OPT_CHOICE, &o.drawn, "WHAT",
         "what is drawn again; lists always by users", .choices = drawn_names},
        {"seed", 0, CF_OPT_UINT, &o.seed, "N", "seed of the resamples",
         .min = 0},
        {"to", 't', CF_OPT_CHOICE, &o.to, "FORM",
         "write as text; table if to a terminal", .choices = forms}};
    const struct cf_cmd cmd = {
        "cf-eval", "[FILE [FILE]]",
        "Judge predicted ratings or ranked lists, or compare two of them.", opt,
        sizeof opt / sizeof *opt};
    struct cf_cli c;

    cf_cli_start(&c, &cmd, argc, argv);
    return cf_cli_end(&c, run(&c, &o));
}
