/* train_opts.c - the options of cf-train: defaults, table, checks. */
#include "train_opts.h"

#include <math.h>
#include <string.h>

#include "fit/fit.h"

enum { FACTORS_MAX = 65536 };

size_t cf_train_options(struct cf_train_opts *o,
                        struct cf_opt table[CF_TRAIN_OPTIONS])
{
    *o = (struct cf_train_opts){.factors = 50,
                                .epochs = 5,
                                .batch = 64,
                                .seed = 42,
                                .lr = 5e-3,
                                .wd = 0.1};
    for (size_t i = 0; i < CF_TRAIN_SOLVERS && cf_solvers[i].name; i++)
        o->solvers[i] = cf_solvers[i].name;
    const struct cf_opt all[] = {
        {"solver", 's', CF_OPT_CHOICE, &o->solver, "NAME", "how to learn",
         .choices = o->solvers},
        {"factors", 'k', CF_OPT_UINT, &o->factors, "N",
         "numbers that describe a user or an item", .min = 1,
         .max = FACTORS_MAX, .given = &o->has_factors},
        {"epochs", 'e', CF_OPT_UINT, &o->epochs, "N",
         "times to go through a ratings stream", .min = 1, .max = UINT32_MAX,
         .given = &o->has_epochs},
        {"batch", 'b', CF_OPT_UINT, &o->batch, "N",
         "rows of a mini-batch of a ratings stream", .min = 1,
         .max = UINT32_MAX, .given = &o->has_batch},
        {"lr", 0, CF_OPT_REAL, &o->lr, "RATE", "highest learning rate",
         .max = 1e6},
        {"wd", 0, CF_OPT_REAL, &o->wd, "RATE", "weight decay", .max = 1e6},
        {"y-range", 0, CF_OPT_RANGE, o->range, "LO,HI",
         "range of predictions; a little beyond the ratings' if not given",
         .given = &o->has_range},
        {"seed", 0, CF_OPT_UINT, &o->seed, "N",
         "seed of first weights and shuffles", .min = 0},
        {"init", 0, CF_OPT_STR, &o->init, "MODEL",
         "start from the weights of MODEL", .min = 0},
        {"losses", 0, CF_OPT_STR, &o->losses, "FILE",
         "write the loss of every mini-batch to FILE", .local = true}};
    size_t n = sizeof all / sizeof *all;

    memcpy(table, all, sizeof all);
    return n;
}

int cf_train_check(struct cf_cli *c, const struct cf_train_opts *o)
{
    float from = (float)o->range[0], to = (float)o->range[1];

    if (o->has_range && !(from < to && isfinite(to - from)))
        return cf_fail(&c->err, CF_EUSAGE,
                       "option --y-range: no range of 32-bit numbers");
    return 0;
}
