/* cf-train - learns a model from ratings or batches. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/par.h"
#include "cli.h"
#include "data/feed.h"
#include "data/ratings.h"
#include "fit/fit.h"
#include "init.h"
#include "losses.h"
#include "model/file.h"

enum { FACTORS_MAX = 65536, SOLVERS_MAX = 16 };

struct opts {
    int solver; /* of cf_solvers */
    uint64_t factors, epochs, batch, seed;
    bool has_factors, has_epochs, has_batch, has_range;
    double lr, wd, range[2];
    const char *init, *losses;
};

struct job {
    struct cf_cli *c;
    const struct opts *o;
    struct cf_source in;
    struct cf_ratings ratings; /* users and items of a batches stream, too */
    struct cf_feed *feed;
    struct cf_pool *pool;
    struct cf_init init;
    struct cf_model model;
    struct cf_schema schema;
    struct cf_losses losses;
    struct cf_sink out;
};

/* ---- where the rows come from; batches decide what -e and -b would ---- */

static int check_batches(struct job *j)
{
    const struct cf_plan *p = cf_feed_plan(j->feed);

    if (!j->o->has_epochs && !j->o->has_batch)
        return 0;
    return cf_fail(&j->c->err, CF_EUSAGE,
                   "option --%s: the batches stream decides: it has %" PRIu32
                   " epoch%s of batches of %" PRIu32 " row%s (set them in "
                   "cf-batch)",
                   j->o->has_epochs ? "epochs" : "batch", p->epochs,
                   cf_s(p->epochs), p->batch, cf_s(p->batch));
}

static int open_ratings(struct job *j)
{
    const struct cf_feed_opts how = {.batch = (uint32_t)j->o->batch,
                                     .epochs = (uint32_t)j->o->epochs,
                                     .seed = j->o->seed};
    int code = cf_ratings_read(&j->ratings, j->in.reader, &j->c->err);
    if (!code)
        code = cf_feed_memory(&j->feed, &j->ratings, &how, &j->c->err);
    if (code)
        return code;
    cf_cli_note(j->c,
                "learning from all %" PRIu64 " row%s, none to validate with "
                "(cf-batch sets some aside)",
                j->ratings.n, cf_s(j->ratings.n));
    return 0;
}

static int open_feed(struct job *j)
{
    if (j->in.schema->kind == CF_RATINGS)
        return open_ratings(j);
    int code = cf_feed_stream(&j->feed, j->in.reader, &j->ratings.users,
                              &j->ratings.items, &j->c->err);
    return code ? code : check_batches(j);
}

static int check_range(struct job *j)
{
    const struct cf_plan *p = cf_feed_plan(j->feed);
    double lo = (double)p->lo, hi = (double)p->hi;
    float from = (float)j->o->range[0], to = (float)j->o->range[1];

    if (j->o->has_range && !(from < to && isfinite(to - from)))
        return cf_fail(&j->c->err, CF_EUSAGE,
                       "option --y-range: no range of 32-bit numbers");
    if (j->o->has_range && (lo < j->o->range[0] || hi > j->o->range[1]))
        cf_cli_note(j->c,
                    "ratings go from %g to %g, beyond --y-range; no "
                    "prediction will",
                    lo, hi);
    return 0;
}

/* ---- training ---- */

static void on_batch(void *ctx, uint64_t step, double loss)
{
    struct job *j = ctx;

    cf_losses_add(&j->losses, step, loss);
    cf_cli_done(j->c, step + 1);
}

static void on_epoch(void *ctx, const struct cf_epoch *e)
{
    struct job *j = ctx;
    char valid[32] = "-";

    if (!isnan(e->valid_loss))
        snprintf(valid, sizeof valid, "%.6f", e->valid_loss);
    cf_cli_line(j->c, "%-5" PRIu32 "  %10.6f  %10s  %.2f s", e->epoch,
                e->train_loss, valid, e->seconds);
}

static int init_model(struct job *j)
{
    const struct cf_schema *s = j->in.schema;
    uint32_t user = (uint32_t)cf_schema_find_part(s, "user");
    uint32_t item = (uint32_t)cf_schema_find_part(s, "item");
    const struct cf_model *old = cf_init_model(&j->init);
    bool as_old = old && !j->o->has_factors;
    int code = as_old ? 0 : cf_init_factors(j->c, &j->init, j->o->factors);

    if (!code)
        code = cf_model_init(
            &j->model, as_old ? old->k : (uint32_t)j->o->factors, s, user,
            &j->ratings.users, item, &j->ratings.items, &j->c->err);
    return code ? code : cf_init_note(j->c, &j->init, &j->model);
}

/* The mini-batches of an epoch. */
static uint64_t note_batches(struct job *j)
{
    const struct cf_plan *p = cf_feed_plan(j->feed);
    uint64_t left, n = cf_fit_batches(p, &left);

    if (left > 0)
        cf_cli_note(j->c,
                    "%" PRIu64 " row%s of each epoch left over after %" PRIu64
                    " batch%s of %" PRIu32 ", not learnt from",
                    left, cf_s(left), n, n == 1 ? "" : "es", p->batch);
    return n;
}

static int fit(struct job *j)
{
    const struct cf_plan *p = cf_feed_plan(j->feed);
    const struct cf_fit_news news = {j, on_batch, on_epoch};
    struct cf_fit_opts how = {.k = j->model.k,
                              .lr = j->o->lr,
                              .wd = j->o->wd,
                              .has_range = j->o->has_range,
                              .lo = j->o->range[0],
                              .hi = j->o->range[1],
                              .seed = j->o->seed,
                              .pool = j->pool,
                              .init = cf_init_model(&j->init)};

    int code = cf_cli_kernel(j->c, &how.vec);
    if (!code)
        code = check_range(j);
    if (code)
        return code;
    j->in.in.watch = NULL; /* batches are counted from here on */
    cf_cli_progress(j->c, "batches", note_batches(j) * p->epochs);
    cf_cli_line(j->c, "epoch  train loss  valid loss  time");
    return cf_solvers[j->o->solver].fit(&j->model, j->feed, &how, &news,
                                        &j->c->err);
}

static int save(struct job *j)
{
    struct cf_cli *c = j->c;

    int code = cf_model_schema(&j->model, cf_cli_clock(c), &j->schema, &c->err);
    if (!code)
        code = cf_schema_history(&j->schema, j->in.schema, &c->err);
    if (!code)
        code = cf_cli_step(c, &j->schema, &j->o->seed);
    if (!code)
        code = cf_sink_begin(c, &j->out, &j->schema);
    if (!code)
        code = cf_model_write(&j->model, &j->schema, j->out.writer, &c->err);
    if (!code)
        code = cf_sink_finish(c, &j->out);
    if (!code && cf_sink_tty(c))
        cf_cli_note(c, "the model was shown, not kept; use -o FILE to keep it");
    return code;
}

static int train(struct job *j)
{
    struct cf_cli *c = j->c;

    int code = cf_sink_open(c, &j->out);
    if (!code)
        code = cf_losses_open(c, &j->losses, j->o->losses);
    if (!code)
        code = cf_init_open(c, &j->init, j->o->init);
    if (!code)
        code = cf_source_operand(c, &j->in,
                                 CF_KIND(CF_RATINGS) | CF_KIND(CF_BATCHES));
    if (!code)
        code = open_feed(j);
    if (!code)
        code = init_model(j);
    if (!code)
        code = cf_pool_open(&j->pool, (size_t)c->threads, &c->err);
    if (!code)
        code = fit(j);
    if (!code)
        code = cf_losses_finish(&j->losses);
    return code ? code : save(j);
}

static int run(struct cf_cli *c, const struct opts *o)
{
    struct job j = {.c = c, .o = o};
    int code = train(&j);

    cf_sink_close(&j.out);
    cf_losses_close(&j.losses);
    cf_schema_free(&j.schema);
    cf_model_free(&j.model);
    cf_init_close(&j.init);
    cf_pool_close(j.pool);
    cf_feed_close(j.feed);
    cf_ratings_free(&j.ratings);
    cf_source_close(&j.in);
    return code;
}

static const struct opts usual = {
    .factors = 50, .epochs = 5, .batch = 64, .seed = 42, .lr = 5e-3, .wd = 0.1};

int main(int argc, char **argv)
{
    struct opts o = usual;
    const char *solvers[SOLVERS_MAX + 1] = {NULL};
    const struct cf_opt opt[] = {
        {"solver", 's', CF_OPT_CHOICE, &o.solver, "NAME", "how to learn",
         .choices = solvers},
        {"factors", 'k', CF_OPT_UINT, &o.factors, "N",
         "numbers that describe a user or an item", .min = 1,
         .max = FACTORS_MAX, .given = &o.has_factors},
        {"epochs", 'e', CF_OPT_UINT, &o.epochs, "N",
         "times to go through a ratings stream", .min = 1, .max = UINT32_MAX,
         .given = &o.has_epochs},
        {"batch", 'b', CF_OPT_UINT, &o.batch, "N",
         "rows of a mini-batch of a ratings stream", .min = 1,
         .max = UINT32_MAX, .given = &o.has_batch},
        {"lr", 0, CF_OPT_REAL, &o.lr, "RATE", "highest learning rate",
         .max = 1e6},
        {"wd", 0, CF_OPT_REAL, &o.wd, "RATE", "weight decay", .max = 1e6},
        {"y-range", 0, CF_OPT_RANGE, o.range, "LO,HI",
         "range of predictions; a little beyond the ratings' if not given",
         .given = &o.has_range},
        {"seed", 0, CF_OPT_UINT, &o.seed, "N",
         "seed of first weights and shuffles", .min = 0},
        {"init", 0, CF_OPT_STR, &o.init, "MODEL",
         "start from the weights of MODEL", .min = 0},
        {"losses", 0, CF_OPT_STR, &o.losses, "FILE",
         "write the loss of every mini-batch to FILE", .local = true}};
    const struct cf_cmd cmd = {"cf-train", "[STREAM]",
                               "Learn a model from ratings or batches.", opt,
                               sizeof opt / sizeof *opt};
    struct cf_cli c;

    for (size_t i = 0; i < SOLVERS_MAX && cf_solvers[i].name; i++)
        solvers[i] = cf_solvers[i].name;
    cf_cli_start(&c, &cmd, argc, argv);
    return cf_cli_end(&c, run(&c, &o));
}
