/* train_opts.h - the options of cf-train. */
#ifndef CF_CMD_TRAIN_OPTS_H
#define CF_CMD_TRAIN_OPTS_H

#include "base/opt.h"
#include "cli.h"
#include "fit/fit.h"

enum { CF_TRAIN_OPTIONS = 64, CF_TRAIN_SOLVERS = 16 };

struct cf_train_opts {
    int solver;                                /* of cf_solvers */
    const char *solvers[CF_TRAIN_SOLVERS + 1]; /* their names */
    uint64_t factors, epochs, batch, seed, patience;
    uint64_t burn_in, samples, keep_samples;
    double lr, wd, beta2, eps, clip, range[2], every;
    double alpha0, alpha, nu;
    uint64_t steps;
    double dropout, emb_dropout;
    double l2, decay;
    uint64_t candidates;
    const char *moms, *init, *losses, *checkpoint, *layers, *emb, *attributes;
    int schedule, loss, link, keep, freeze, prior, likelihood, noise, implicit,
        time;
    bool no_bias, no_seen, lr_find, nonneg;
    bool has_factors, has_epochs, has_batch, has_range, has_patience, has_lr,
        has_schedule, has_moms, has_clip, has_loss, has_link, has_keep,
        has_every, has_l2, has_keep_samples;
    bool given[CF_TRAIN_OPTIONS]; /* options without a has_ of their own */
};

/* Sets the defaults and fills the table; returns the number of options. */
size_t cf_train_options(struct cf_train_opts *o,
                        struct cf_opt table[CF_TRAIN_OPTIONS]);
/* Do the options, as they were given, go together? */
int cf_train_check(struct cf_cli *c, const struct cf_train_opts *o);
/* The solver that is to learn. */
const struct cf_solver *cf_train_solver(const struct cf_train_opts *o);
/* As given, or the solver's own; of sampling, all sweeps. */
uint32_t cf_train_epochs(const struct cf_train_opts *o);
/* Factors of the model: as given, or the solver's own; of sampling, those of
 * all samples that are kept. */
uint32_t cf_train_factors(const struct cf_train_opts *o);
/* Samples that are kept: as many as there are, at most. */
uint32_t cf_train_kept(const struct cf_train_opts *o);
/* Those of a solver that samples. */
int cf_train_gibbs(struct cf_cli *c, const struct cf_train_opts *o,
                   struct cf_gibbs_opts *g);
/* The options that samples which go on must share with those before, as one
 * text, ended by a 0. */
int cf_train_shared(struct cf_cli *c, struct cf_buf *out);
/* The samples of m, the model of --init, go on: options that are not given
 * become its own, burn-in and samples those from its start. */
int cf_train_more(struct cf_cli *c, struct cf_train_opts *o,
                  const struct cf_model *m);
/* Says what the model m will hold of its samples. */
void cf_train_gibbs_note(struct cf_cli *c, const struct cf_train_opts *o,
                         const struct cf_model *m);
/* Says of how many days or sessions it is, when it is learnt. */
void cf_train_gibbs_end(struct cf_cli *c, const struct cf_model *m);
/* Those of a solver with hidden layers alone; the width of the first one is the
 * model's number of factors. */
int cf_train_nn(struct cf_cli *c, const struct cf_train_opts *o,
                struct cf_nn_opts *nn);
/* The options of the solver; old: the model to start from, or NULL. */
int cf_train_fit_opts(struct cf_cli *c, const struct cf_train_opts *o,
                      const struct cf_model *old, struct cf_fit_opts *how);
/* What the options come to, whether they were given or not, as a text: that of
 * runs which learn m, not yet learnt, the same way is the same. Local options
 * have no part in it. */
int cf_train_values(struct cf_cli *c, const struct cf_train_opts *o,
                    const struct cf_fit_opts *how, const struct cf_model *m,
                    struct cf_buf *out);

#endif
