/* train_opts.h - the options of cf-train. */
#ifndef CF_CMD_TRAIN_OPTS_H
#define CF_CMD_TRAIN_OPTS_H

#include "base/opt.h"
#include "cli.h"

enum { CF_TRAIN_OPTIONS = 48, CF_TRAIN_SOLVERS = 16 };

struct cf_train_opts {
    int solver; /* of cf_solvers */
    uint64_t factors, epochs, batch, seed;
    bool has_factors, has_epochs, has_batch, has_range;
    double lr, wd, range[2];
    const char *init, *losses;
    const char *solvers[CF_TRAIN_SOLVERS + 1]; /* their names */
};

/* Sets the defaults and fills the table; returns the number of options. */
size_t cf_train_options(struct cf_train_opts *o,
                        struct cf_opt table[CF_TRAIN_OPTIONS]);
/* Do the options, as they were given, go together? */
int cf_train_check(struct cf_cli *c, const struct cf_train_opts *o);

#endif
