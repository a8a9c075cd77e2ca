/* cf-score - predicts the rating of pairs of user and item. */
#include <inttypes.h>
#include <math.h>

#include "cli.h"
#include "eval/score.h"
#include "given.h"

struct opts {
    const char *model;
    struct cf_score_opts columns;
    struct cf_given_cli given;
};

/* All that scoring holds. */
struct job {
    struct cf_model model;
    struct cf_schema model_history;
    struct cf_pool *pool;
    struct cf_source in;
    struct cf_score *score;
    struct cf_sink out;
};

static void note(struct cf_cli *c, uint64_t n, uint64_t rows, const char *what)
{
    if (n > 0)
        cf_cli_note(c, "%" PRIu64 " of %" PRIu64 " pair%s with %s", n, rows,
                    cf_s(rows), what);
}

static void report(struct cf_cli *c, const struct cf_score_report *r,
                   const struct cf_model *m)
{
    note(c, r->no_user, r->rows,
         "a user that the model knows nothing about, scored without it");
    note(c, r->no_item, r->rows,
         "an item that the model knows nothing about, scored without it");
    note(c, r->user_drawn, r->rows,
         "a user without training rows, scored by its attributes");
    note(c, r->item_drawn, r->rows,
         "an item without training rows, scored by its attributes");
    if (r->no_day > 0)
        cf_cli_note(c,
                    "%" PRIu64 " of %" PRIu64 " pair%s scored with the mean "
                    "day: no time, or of a day that the model does not know",
                    r->no_day, r->rows, cf_s(r->rows));
    if (r->no_session > 0)
        cf_cli_note(c,
                    "%" PRIu64 " of %" PRIu64 " pair%s scored without a known "
                    "session: no time, or no rating of the user within %" PRId64
                    " seconds of it",
                    r->no_session, r->rows, cf_s(r->rows),
                    m->sessions.gap[CF_SESSION_LEVELS - 1]);
}

static int score(struct cf_cli *c, const struct opts *o, struct job *j)
{
    struct cf_schema *s;

    int code =
        cf_score_open(&j->score, j->in.reader, &j->model, &o->columns, &c->err);
    if (code)
        return code;
    s = cf_score_schema(j->score);
    code = cf_cli_step(c, s, NULL);
    if (!code)
        code = cf_sink_begin(c, &j->out, s);
    if (!code)
        code = cf_score_run(j->score, j->out.writer, &c->err);
    if (!code)
        code = cf_sink_finish(c, &j->out);
    if (!code)
        report(c, cf_score_report(j->score), &j->model);
    return code;
}

/* The model, with the users that are folded in. */
static int open_model(struct cf_cli *c, struct opts *o, struct job *j)
{
    int code = cf_given_check(c, &o->given, o->model, cf_cli_operand(c));
    if (!code)
        code = cf_cli_model(c, o->model, "-m", &j->model, &j->model_history);
    if (code || !o->given.path)
        return code;
    o->given.user = o->columns.user;
    o->given.item = o->columns.item;
    o->given.rating = o->columns.rating;
    return cf_given_fold(c, &o->given, &j->model, j->pool);
}

static int run(struct cf_cli *c, struct opts *o)
{
    struct job j = {0};

    int code = cf_sink_open(c, &j.out);
    if (!code)
        code = cf_pool_open(&j.pool, (size_t)c->threads, &c->err);
    o->columns.pool = j.pool;
    if (!code)
        code = open_model(c, o, &j);
    if (!code)
        code = cf_source_operand(c, &j.in,
                                 CF_KIND(CF_RATINGS) | CF_KIND(CF_TABLE));
    if (!code)
        code = score(c, o, &j);
    cf_sink_close(&j.out);
    cf_score_close(j.score);
    cf_source_close(&j.in);
    cf_pool_close(j.pool);
    cf_schema_free(&j.model_history);
    cf_model_free(&j.model);
    cf_given_close(&o->given);
    return code;
}

int main(int argc, char **argv)
{
    struct opts o = {.given.l2 = (double)NAN};
    const struct cf_opt opt[] = {
        {"model", 'm', CF_OPT_STR, &o.model, "MODEL",
         "model to predict with; needed", .min = 0},
        {"user", 'u', CF_OPT_STR, &o.columns.user, "NAME",
         "column of a table with the user; as in the model if not given",
         .min = 0},
        {"item", 'i', CF_OPT_STR, &o.columns.item, "NAME",
         "column of a table with the item; as in the model if not given",
         .min = 0},
        {"rating", 'r', CF_OPT_STR, &o.columns.rating, "NAME",
         "column of a table with the rating, to stand beside the prediction; "
         "rating, if there is one",
         .min = 0},
        {"time", 0, CF_OPT_STR, &o.columns.time, "NAME",
         "column of a table with the time, for a model with days or sessions; "
         "timestamp or time, if there is one",
         .min = 0},
        {"sd", 0, CF_OPT_FLAG, &o.columns.sd, NULL,
         "also the standard deviation of the rating", .min = 0},
        {"interval", 0, CF_OPT_REAL, &o.columns.interval, "SHARE",
         "also the ends of where it is with this chance", .max = 0.999999},
        {"stars", 0, CF_OPT_FLAG, &o.columns.stars, NULL,
         "also the chance of each star", .min = 0},
        cf_given_opt(&o.given),
        cf_given_l2(&o.given)};
    const struct cf_cmd cmd = {
        "cf-score", "[STREAM]",
        "Predict the rating of each pair of user and item.", opt,
        sizeof opt / sizeof *opt};
    struct cf_cli c;

    cf_cli_start(&c, &cmd, argc, argv);
    return cf_cli_end(&c, run(&c, &o));
}
