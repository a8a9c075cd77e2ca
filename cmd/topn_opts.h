/* topn_opts.h - the options of cf-topn. */
#ifndef CF_CMD_TOPN_OPTS_H
#define CF_CMD_TOPN_OPTS_H

#include "given.h"
#include "topn_ask.h"
#include "topn_rules.h"

enum { CF_TOPN_OPTIONS = 32 };
enum { CF_BY_USER, CF_BY_ITEM };
enum { CF_MEASURE_COSINE, CF_MEASURE_DOT };

struct cf_topn_cli {
    const char *model;
    uint64_t n, why;
    int by, measure;
    int rank; /* an enum cf_topn_rank */
    uint64_t seed;
    double interval;
    bool has_seed, has_interval;
    bool similar, keep_seen, no_bias, has_measure;
    double penalty, diversity;
    struct cf_topn_ask ask;
    struct cf_topn_rules rules;
    struct cf_given_cli given;
};

/* Sets the defaults and fills the table; returns the number of options. */
size_t cf_topn_options(struct cf_topn_cli *o,
                       struct cf_opt table[CF_TOPN_OPTIONS]);
/* Do the options, as they were given, go together? */
int cf_topn_check(struct cf_cli *c, const struct cf_topn_cli *o);
/* What is listed. */
enum cf_topn_what cf_topn_what(const struct cf_topn_cli *o);

#endif
