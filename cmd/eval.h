/* eval.h - what cf-eval does: options, the work, and what is told of it. */
#ifndef CF_CMD_EVAL_H
#define CF_CMD_EVAL_H

#include "cli.h"
#include "eval/errors.h"
#include "eval/ranking.h"

/* As given. */
struct cf_eval_opts {
    const char *held, *candidates, *train, *model;
    const char *cutoffs;
    bool has_cutoffs;
    double least;
    bool has_least;
    bool errors;
    struct cf_pair_names names;
    uint64_t resamples, seed;
    double level;
    int drawn; /* 0: users, 1: rows */
    int to;    /* an enum cf_format; -1: as the output is */
};

/* One of what is judged. */
struct cf_eval_side {
    struct cf_in in;
    struct cf_ranking *ranking;
    struct cf_errors *errors;
};

/* All that an evaluation holds. */
struct cf_eval {
    struct cf_cli *c;
    const struct cf_eval_opts *o;
    bool ranking; /* else errors */
    uint64_t k[CF_CUTS_MAX];
    size_t nk;
    struct cf_truth truth;
    struct cf_eval_side side[2];
    size_t sides;
    struct cf_pool *pool;
    struct cf_metrics metrics;
    struct cf_schema history, schema;
    struct cf_sink out;
};

/* What the options mean together; sets ranking and k. */
int cf_eval_check(struct cf_eval *e);

/* What is to be known of the held-out pairs, CF_EDATA if there are none, and of
 * a side that was read, CF_EDATA if it has nothing to do with them. */
int cf_eval_tell_truth(struct cf_eval *e);
int cf_eval_tell_side(struct cf_eval *e, const struct cf_eval_side *s);

#endif
