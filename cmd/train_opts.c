/* train_opts.c - the options of cf-train: defaults and table. */
#include "train_opts.h"

#include <math.h>
#include <string.h>

enum { FACTORS_MAX = 65536, CANDIDATES_MAX = 1000 };
#define DROPOUT_MAX 0.99

/* By cf_train_opts.keep. */
static const char *const keep_names[] = {"last", "best", NULL};
/* By cf_train_opts.prior, likelihood and noise. */
static const char *const prior_names[] = {"gamma", "wishart", NULL};
static const char *const likelihood_names[] = {"gaussian", "probit", NULL};
static const char *const noise_names[] = {"one", "own", NULL};
/* By cf_train_opts.implicit: bit 0 users, bit 1 items. */
static const char *const implicit_names[] = {"none", "users", "items", "both",
                                             NULL};

/* By cf_train_opts.time. */
static const char *const time_names[] = {"none", "day", "session", NULL};

static void set_usual(struct cf_train_opts *o)
{
    const struct cf_fit_opts usual = cf_fit_usual();

    *o = (struct cf_train_opts){.factors = cf_solvers[0].k,
                                .epochs = cf_solvers[0].epochs,
                                .batch = 64,
                                .seed = usual.seed,
                                .lr = usual.schedule.max,
                                .wd = usual.wd,
                                .beta2 = usual.beta2,
                                .eps = usual.eps,
                                .clip = (double)NAN,
                                .l2 = (double)NAN,
                                .decay = (double)NAN,
                                .alpha0 = usual.ials.alpha0,
                                .alpha = usual.ials.alpha,
                                .nu = usual.ials.nu,
                                .steps = usual.ials.steps,
                                .candidates = usual.candidates,
                                .every = 60,
                                .burn_in = usual.gibbs.burn_in,
                                .samples = usual.gibbs.samples,
                                .keep_samples = usual.gibbs.keep,
                                .noise = usual.gibbs.noise,
                                .moms = "0.95,0.85,0.95",
                                .schedule = (int)usual.schedule.course,
                                .loss = (int)usual.loss,
                                .link = (int)usual.link,
                                .keep = -1,
                                .layers = "100,50"};
    for (size_t i = 0; i < CF_TRAIN_SOLVERS && cf_solvers[i].name; i++)
        o->solvers[i] = cf_solvers[i].name;
}

const struct cf_solver *cf_train_solver(const struct cf_train_opts *o)
{
    return &cf_solvers[o->solver];
}

uint32_t cf_train_epochs(const struct cf_train_opts *o)
{
    if (cf_solver_takes(cf_train_solver(o), "samples"))
        return (uint32_t)(o->burn_in + o->samples);
    return o->has_epochs ? (uint32_t)o->epochs : cf_train_solver(o)->epochs;
}

uint32_t cf_train_kept(const struct cf_train_opts *o)
{
    return (uint32_t)(o->keep_samples < o->samples ? o->keep_samples
                                                   : o->samples);
}

uint32_t cf_train_factors(const struct cf_train_opts *o)
{
    const struct cf_solver *s = cf_train_solver(o);
    uint32_t k = o->has_factors ? (uint32_t)o->factors : s->k;

    return cf_solver_takes(s, "samples") ? k * cf_train_kept(o) : k;
}

/* Copies n options to table[*at] and on. */
static void add(struct cf_opt *table, size_t *at, const struct cf_opt *all,
                size_t n)
{
    memcpy(table + *at, all, n * sizeof *all);
    *at += n;
}

/* What is learnt. */
static void add_model(struct cf_train_opts *o, struct cf_opt *table, size_t *at)
{
    const struct cf_opt all[] = {
        {"solver", 's', CF_OPT_CHOICE, &o->solver, "NAME", "how to learn",
         .choices = o->solvers},
        {"factors", 'k', CF_OPT_UINT, &o->factors, "N",
         "numbers that describe a user or an item; by solver, of adam",
         .min = 1, .max = FACTORS_MAX, .given = &o->has_factors},
        {"layers", 0, CF_OPT_STR, &o->layers, "N[,N ...]",
         "widths of the hidden layers of solver nn", .min = 0},
        {"emb", 0, CF_OPT_STR, &o->emb, "USER,ITEM",
         "widths of its embeddings; by the number of ids if not given",
         .min = 0},
        {"dropout", 0, CF_OPT_REAL, &o->dropout, "SHARE",
         "share of its hidden numbers that is dropped", .max = DROPOUT_MAX},
        {"emb-dropout", 0, CF_OPT_REAL, &o->emb_dropout, "SHARE",
         "share of its embeddings that is dropped", .max = DROPOUT_MAX},
        {"loss", 0, CF_OPT_CHOICE, &o->loss, "NAME", "what is minimised",
         .choices = cf_loss_names, .given = &o->has_loss},
        {"link", 0, CF_OPT_CHOICE, &o->link, "NAME", "from score to prediction",
         .choices = cf_link_names, .given = &o->has_link},
        {"y-range", 0, CF_OPT_RANGE, o->range, "LO,HI",
         "range of predictions; by the ratings if not given",
         .given = &o->has_range},
        {"no-bias", 0, CF_OPT_FLAG, &o->no_bias, NULL,
         "learn no biases, vectors only", .min = 0},
        {"nonneg", 0, CF_OPT_FLAG, &o->nonneg, NULL,
         "no number of a vector is below 0", .min = 0},
        {"seed", 0, CF_OPT_UINT, &o->seed, "N",
         "seed of first weights and shuffles", .min = 0},
        {"no-seen", 0, CF_OPT_FLAG, &o->no_seen, NULL,
         "the model does not hold who rated what", .min = 0}};

    add(table, at, all, sizeof all / sizeof *all);
}

/* How it is learnt. */
static void add_steps(struct cf_train_opts *o, struct cf_opt *table, size_t *at)
{
    const struct cf_opt all[] = {
        {"epochs", 'e', CF_OPT_UINT, &o->epochs, "N",
         "times to go through a ratings stream; by solver, of adam", .min = 1,
         .max = UINT32_MAX, .given = &o->has_epochs},
        {"batch", 'b', CF_OPT_UINT, &o->batch, "N",
         "rows of a mini-batch of a ratings stream", .min = 1,
         .max = UINT32_MAX, .given = &o->has_batch},
        {"lr", 0, CF_OPT_REAL, &o->lr, "RATE",
         "highest learning rate; by solver, of adam", .max = 1e6,
         .given = &o->has_lr},
        {"schedule", 0, CF_OPT_CHOICE, &o->schedule, "NAME",
         "course of the learning rate", .choices = cf_course_names,
         .given = &o->has_schedule},
        {"moms", 0, CF_OPT_STR, &o->moms, "HI,LO[,HI]",
         "momentum at first, at the highest rate, at last; or one number",
         .given = &o->has_moms},
        {"beta2", 0, CF_OPT_REAL, &o->beta2, "B",
         "decay of the mean square of gradients", .max = 0.999999},
        {"eps", 0, CF_OPT_REAL, &o->eps, "E", "added to its square root",
         .min = CF_EPS_MIN, .max = 1},
        {"wd", 0, CF_OPT_REAL, &o->wd, "RATE", "weight decay", .max = 1e6},
        {"decay", 0, CF_OPT_REAL, &o->decay, "RATE",
         "solver sgd: how fast the learning rate falls", .max = 1e6},
        {"clip", 0, CF_OPT_REAL, &o->clip, "NORM",
         "shorten a batch's gradient to NORM", .min = 1e-12, .max = 1e12,
         .given = &o->has_clip}};

    add(table, at, all, sizeof all / sizeof *all);
}

/* How solvers that hold all rows learn. */
static void add_whole(struct cf_train_opts *o, struct cf_opt *table, size_t *at)
{
    const struct cf_opt all[] = {
        {"l2", 0, CF_OPT_REAL, &o->l2, "WEIGHT",
         "penalty of squared weights; the solver's own if not given",
         .max = 1e12, .given = &o->has_l2},
        {"candidates", 0, CF_OPT_UINT, &o->candidates, "N",
         "solver bpr: items drawn for a pair, to compare with the best",
         .min = 1, .max = CANDIDATES_MAX},
        {"alpha0", 0, CF_OPT_REAL, &o->alpha0, "WEIGHT",
         "solver ials: weight of all pairs", .min = 1e-9, .max = 1e6},
        {"alpha", 0, CF_OPT_REAL, &o->alpha, "A",
         "solver ials: a row weighs 1 + A * rating", .max = 1e6},
        {"nu", 0, CF_OPT_REAL, &o->nu, "EXPONENT",
         "solver ials: of the number of rows in the penalty", .max = 2},
        {"steps", 0, CF_OPT_UINT, &o->steps, "N",
         "solver ials: steps for each row; 0: solve it exactly",
         .max = UINT32_MAX}};

    add(table, at, all, sizeof all / sizeof *all);
}

/* Where it begins and ends, and what else comes of it. */
static void add_run(struct cf_train_opts *o, struct cf_opt *table, size_t *at)
{
    const struct cf_opt all[] = {
        {"patience", 0, CF_OPT_UINT, &o->patience, "N",
         "stop after N epochs without a better validation loss", .min = 1,
         .max = UINT32_MAX, .given = &o->has_patience},
        {"keep", 0, CF_OPT_CHOICE, &o->keep, "EPOCH",
         "whose weights to keep; best if --patience is given, else last",
         .choices = keep_names, .given = &o->has_keep},
        {"init", 0, CF_OPT_STR, &o->init, "MODEL",
         "go on from MODEL; what is new is added to it", .min = 0},
        {"freeze", 0, CF_OPT_CHOICE, &o->freeze, "SIDE",
         "leave this side of the --init model as it is",
         .choices = cf_freeze_names},
        {"lr-find", 0, CF_OPT_FLAG, &o->lr_find, NULL,
         "find a learning rate: write a curve, no model", .min = 0},
        {"losses", 0, CF_OPT_STR, &o->losses, "FILE",
         "write the loss of every mini-batch to FILE", .local = true},
        {"checkpoint", 0, CF_OPT_STR, &o->checkpoint, "FILE",
         "keep the run in FILE, and go on from it", .local = true},
        {"checkpoint-every", 0, CF_OPT_REAL, &o->every, "SECONDS",
         "time between two checkpoints", .max = 1e9, .given = &o->has_every,
         .local = true}};

    add(table, at, all, sizeof all / sizeof *all);
}

/* How it is sampled. */
static void add_samples(struct cf_train_opts *o, struct cf_opt *table,
                        size_t *at)
{
    const struct cf_opt all[] = {
        {"burn-in", 0, CF_OPT_UINT, &o->burn_in, "N",
         "sweeps of solver gibbs before its samples", .min = 0, .max = 1e6},
        {"samples", 0, CF_OPT_UINT, &o->samples, "N", "its samples", .min = 1,
         .max = 1e6},
        {"keep-samples", 0, CF_OPT_UINT, &o->keep_samples, "N",
         "those whose factors go into the model", .min = 1, .max = 1e6,
         .given = &o->has_keep_samples},
        {"prior", 0, CF_OPT_CHOICE, &o->prior, "NAME",
         "precision of its rows: for each number, or a matrix",
         .choices = prior_names},
        {"likelihood", 0, CF_OPT_CHOICE, &o->likelihood, "NAME",
         "what a rating is: a normal number, or stars",
         .choices = likelihood_names},
        {"noise", 0, CF_OPT_CHOICE, &o->noise, "NAME",
         "its noise: one scale, or of each user's and item's own",
         .choices = noise_names},
        {"implicit", 0, CF_OPT_CHOICE, &o->implicit, "SIDE",
         "whose rows depend on what they have ratings with",
         .choices = implicit_names},
        {"time", 0, CF_OPT_CHOICE, &o->time, "NAME",
         "what of their time ratings depend on", .choices = time_names},
        {"attributes", 0, CF_OPT_STR, &o->attributes, "NAME[,NAME ...]",
         "columns of users and items that rows depend on; or all", .min = 0}};

    add(table, at, all, sizeof all / sizeof *all);
}

size_t cf_train_options(struct cf_train_opts *o,
                        struct cf_opt table[CF_TRAIN_OPTIONS])
{
    size_t n = 0;

    set_usual(o);
    add_model(o, table, &n);
    add_steps(o, table, &n);
    add_samples(o, table, &n);
    add_whole(o, table, &n);
    add_run(o, table, &n);
    for (size_t i = 0; i < n; i++)
        if (!table[i].given)
            table[i].given = &o->given[i];
    return n;
}
