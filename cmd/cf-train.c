/* cf-train - learns a model from ratings or batches. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/par.h"
#include "fit/fit.h"
#include "init.h"
#include "keep.h"
#include "losses.h"
#include "model/file.h"
#include "train_in.h"
#include "train_opts.h"
#include "train_tell.h"

struct job {
    struct cf_cli *c;
    struct cf_train_opts *o;
    struct cf_train_in in;
    struct cf_pool *pool;
    struct cf_init init;
    struct cf_keep keep;
    struct cf_model model;
    struct cf_curve curve; /* with --lr-find, instead of the model */
    struct cf_schema schema;
    struct cf_losses losses;
    struct cf_tell tell;
    struct cf_sink out;
    struct cf_fit_opts how;
    struct cf_buf shared; /* options, of solver gibbs */
};

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

    if (cf_train_solver(j->o)->whole)
        cf_cli_done(j->c, (uint64_t)e->epoch + 1);
    cf_tell_epoch(&j->tell, e);
}

static int init_model(struct job *j)
{
    const struct cf_schema *s = j->in.in.schema;
    uint32_t user = (uint32_t)cf_schema_find_part(s, "user");
    uint32_t item = (uint32_t)cf_schema_find_part(s, "item");
    const struct cf_model *old = cf_init_model(&j->init);
    bool as_old = old && !j->o->has_factors;
    struct cf_nn_opts nn;

    int code = cf_train_nn(j->c, j->o, &nn);
    if (!code && !as_old)
        code = cf_init_factors(j->c, &j->init, cf_train_factors(j->o));
    uint32_t k = as_old           ? old->k
                 : nn.nlayers > 0 ? nn.layer[0]
                                  : cf_train_factors(j->o);
    if (!code)
        code = cf_model_init(&j->model, k, s, user, &j->in.ratings.users, item,
                             &j->in.ratings.items, &j->c->err);
    return code ? code
                : cf_init_start(j->c, &j->init, &j->model,
                                (enum cf_freeze)j->o->freeze);
}

static int open_keep(struct job *j)
{
    struct cf_keep_run r = {.input = j->in.in.schema,
                            .plan = cf_feed_plan(j->in.feed),
                            .model = &j->model,
                            .init = j->init.path ? &j->init.model : NULL,
                            .seed = &j->o->seed};
    struct cf_buf values = {0};

    j->keep.c = j->c;
    j->keep.path = j->o->checkpoint;
    int code = cf_train_values(j->c, j->o, &j->how, &j->model, &values);
    r.options = (struct cf_str){values.p, values.n};
    if (!code)
        code = cf_keep_open(&j->keep, j->o->every, &r);
    cf_buf_free(&values);
    return code;
}

static uint64_t epochs(const struct job *j)
{
    return cf_train_solver(j->o)->whole ? cf_train_epochs(j->o)
                                        : cf_feed_plan(j->in.feed)->epochs;
}

static void start_news(struct job *j)
{
    uint64_t batches = cf_train_in_note(j->c, &j->in, j->o);

    cf_train_gibbs_note(j->c, j->o, &j->model);
    cf_tell_start(&j->tell, j->c, j->o);
    j->in.in.in.watch = NULL; /* batches or epochs are counted from here on */
    if (cf_train_solver(j->o)->whole && epochs(j) == 0)
        cf_cli_progress(j->c, "items", j->model.item.n);
    else if (cf_train_solver(j->o)->whole)
        cf_cli_progress(j->c, j->tell.samples ? "sweeps" : "epochs", epochs(j));
    else if (!j->o->lr_find)
        cf_cli_progress(j->c, "batches", batches * epochs(j));
    if (j->init.samples)
        cf_cli_from(j->c, j->init.model.nepochs);
}

static void end_news(struct job *j)
{
    const struct cf_model *m = &j->model, *old = cf_init_model(&j->init);

    cf_tell_end(&j->tell);
    cf_train_gibbs_end(j->c, m);
    if (m->nepochs < epochs(j))
        cf_cli_note(
            j->c, "stopped: no better validation loss for %" PRIu64 " epoch%s",
            j->o->patience, cf_s(j->o->patience));
    if (old && (old->lo < m->lo || old->lo > m->lo || old->hi < m->hi ||
                old->hi > m->hi))
        cf_cli_note(j->c,
                    "predictions now go from %g to %g, not from %g to %g as "
                    "in %s: all that it predicted has changed",
                    (double)m->lo, (double)m->hi, (double)old->lo,
                    (double)old->hi, j->init.path);
    if (old && !cf_model_has_seen(old) && !j->o->no_seen)
        cf_cli_note(j->c,
                    "%s does not hold who rated what, so the model holds that "
                    "of the new rows alone",
                    j->init.path);
    if (m->has_kept)
        cf_cli_note(j->c, "kept epoch %" PRIu32 ", the best", m->kept);
}

/* Says what memory the solver takes, if that is much; refuses what the machine
 * does not have. */
static int check_memory(struct job *j)
{
    const struct cf_solver *s = cf_train_solver(j->o);
    uint64_t need = s->memory ? s->memory(&j->model) : 0;
    uint64_t has = cf_memory_size();
    const double giga = 1e9;

    if (has > 0 && need > has)
        return cf_fail(&j->c->err, CF_EMEM,
                       "solver %s takes %.1f GB for %" PRIu64
                       " items, and this machine has %.1f GB",
                       s->name, (double)need / giga, j->model.item.n,
                       (double)has / giga);
    if (need >= (uint64_t)1 << 30 || (j->c->verbose && need > 0))
        cf_cli_note(j->c, "%.1f GB for the weights of %" PRIu64 " items",
                    (double)need / giga, j->model.item.n);
    return 0;
}

static int fit(struct job *j)
{
    const struct cf_fit_news news = {j, on_batch, on_epoch};
    struct cf_fit_opts *how = &j->how;

    int code = check_memory(j);
    if (code)
        return code;
    how->k = j->model.k;
    how->pool = j->pool;
    how->init = cf_init_model(&j->init) ? &j->init.origin : NULL;
    how->gibbs.more = j->init.samples ? &j->init.model : NULL;
    how->gibbs.options = j->shared.p;
    how->find = j->o->lr_find ? &j->curve : NULL;
    how->keeper = cf_keep_keeper(&j->keep);
    start_news(j);
    code = cf_train_solver(j->o)->fit(&j->model, j->in.feed, how, &news,
                                      &j->c->err);
    if (code || how->find)
        return code;
    end_news(j);
    return cf_init_join(j->c, &j->init, &j->model, !how->no_seen);
}

/* The model to start from, or whose samples go on. */
static int open_init(struct job *j)
{
    bool samples = cf_solver_takes(cf_train_solver(j->o), "samples");

    j->init.samples = j->o->init && samples;
    int code = cf_init_open(j->c, &j->init, j->o->init);
    if (!code && j->init.samples)
        code = cf_train_more(j->c, j->o, &j->init.model);
    return code || !samples ? code : cf_train_shared(j->c, &j->shared);
}

/* ---- what comes out ---- */

/* The schema gets the history of the data and this run. */
static int begin(struct job *j)
{
    struct cf_cli *c = j->c;

    int code = cf_schema_history(&j->schema, j->in.in.schema, &c->err);
    if (!code)
        code = cf_cli_step(c, &j->schema, &j->o->seed);
    return code ? code : cf_sink_begin(c, &j->out, &j->schema);
}

static int save_model(struct job *j)
{
    struct cf_cli *c = j->c;

    int code = cf_model_schema(&j->model, cf_cli_clock(c), &j->schema, &c->err);
    if (!code)
        code = begin(j);
    if (!code)
        code = cf_model_write(&j->model, &j->schema, j->out.writer, &c->err);
    if (!code)
        code = cf_sink_finish(c, &j->out);
    if (!code && cf_sink_tty(c))
        cf_cli_note(c, "the model was shown, not kept; use -o FILE to keep it");
    return code ? code : cf_keep_remove(&j->keep);
}

static void suggest(struct job *j)
{
    struct cf_suggestions found;

    cf_curve_suggest(&j->curve, &found);
    cf_cli_note(j->c,
                "try --lr %.2g (valley: half of the way down the longest fall "
                "of the loss; steep %.2g, minimum %.2g, slide %.2g)",
                found.valley, found.steep, found.minimum, found.slide);
}

static int save_curve(struct job *j)
{
    struct cf_cli *c = j->c;

    if (j->curve.n <= CF_FIND_LEFT_OUT)
        return cf_fail(&c->err, CF_EDIVERGED,
                       "the loss got out of hand within %zu batches, so there "
                       "is no learning rate to suggest",
                       j->curve.n);
    int code = cf_curve_schema(&j->curve, &j->schema, &c->err);
    if (!code)
        code = begin(j);
    if (!code)
        code = cf_curve_write(&j->curve, j->out.writer, &c->err);
    if (!code)
        code = cf_sink_finish(c, &j->out);
    if (!code)
        suggest(j);
    return code;
}

static int train(struct job *j)
{
    struct cf_cli *c = j->c;

    int code = cf_train_check(c, j->o);
    if (!code)
        code = cf_sink_open(c, &j->out);
    if (!code)
        code = cf_losses_open(c, &j->losses, j->o->losses, j->o->init);
    if (!code)
        code = open_init(j);
    if (!code)
        code = cf_train_in_open(c, &j->in, j->o);
    if (!code)
        code = init_model(j);
    if (!code)
        code = cf_train_fit_opts(c, j->o, cf_init_model(&j->init), &j->how);
    if (!code)
        code = open_keep(j);
    if (!code)
        code = cf_pool_open(&j->pool, (size_t)c->threads, &c->err);
    if (!code)
        code = fit(j);
    if (!code)
        code = cf_losses_finish(&j->losses);
    if (code)
        return code;
    return j->o->lr_find ? save_curve(j) : save_model(j);
}

static int run(struct cf_cli *c, struct cf_train_opts *o)
{
    struct job j = {.c = c, .o = o};
    int code = train(&j);

    cf_sink_close(&j.out);
    cf_losses_close(&j.losses);
    cf_schema_free(&j.schema);
    cf_model_free(&j.model);
    cf_keep_close(&j.keep);
    cf_buf_free(&j.shared);
    cf_init_close(&j.init);
    cf_pool_close(j.pool);
    cf_train_in_close(&j.in);
    return code;
}

int main(int argc, char **argv)
{
    struct cf_train_opts o;
    struct cf_opt opt[CF_TRAIN_OPTIONS];
    struct cf_cmd cmd = {"cf-train", "[STREAM]",
                         "Learn a model from ratings or batches.", opt, 0};
    struct cf_cli c;

    cmd.nopt = cf_train_options(&o, opt);
    cf_cli_start(&c, &cmd, argc, argv);
    return cf_cli_end(&c, run(&c, &o));
}
