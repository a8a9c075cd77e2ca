/* errors.h - judges predicted ratings. Of n rows with rating r and score s:
 *
 *   rmse  square root of the mean of (s - r)^2
 *   mae   mean of |s - r|
 *   r2    1 - sum of (s - r)^2 / sum of (r - mean of r)^2
 *
 * among all rows, and, where it is known who is in the training data, among the
 * rows whose user and item are ("warm"), whose user is not ("cold users") and
 * whose item is not ("cold items"; a row may be both of the latter). Rows are
 * read once and not kept. */
#ifndef CF_EVAL_ERRORS_H
#define CF_EVAL_ERRORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eval/metric.h"
#include "eval/pairs_in.h"
#include "eval/resample.h"
#include "eval/truth.h"

enum cf_errors_of {
    CF_ALL,
    CF_WARM,
    CF_COLD_USERS,
    CF_COLD_ITEMS,
    CF_PARTS_OF
};

struct cf_errors_opts {
    bool held; /* the ratings are those of the held-out pairs, not beside the
                  scores */
    bool rows; /* rows are drawn again, not users */
    uint64_t seed;
};

struct cf_errors_report {
    uint64_t rows[CF_PARTS_OF];
    uint64_t users[CF_PARTS_OF];
    uint64_t unrated;  /* rows left out: not among the held-out pairs */
    uint64_t training; /* rows whose pair is in the training data */
    bool parts;        /* it is known who is in the training data */
};

struct cf_errors;

/* t is borrowed until close; *x is to be closed after an error, too. */
int cf_errors_open(struct cf_errors **x, struct cf_truth *t,
                   const struct cf_errors_opts *opts, struct cf_err *err);
/* Who takes the rows, of use CF_PAIRS_LISTED. CF_EDATA for an input without
 * scores, or without ratings where they are needed. */
struct cf_pair_taker cf_errors_taker(struct cf_errors *x);
const struct cf_errors_report *cf_errors_report(const struct cf_errors *x);
/* The measures of one side, or of two that are compared. CF_EDATA if two do not
 * score the same rows, or, with opts.rows, not in the same order. */
int cf_errors_measure(struct cf_errors *const *side, size_t sides,
                      const struct cf_resample_opts *o, struct cf_metrics *out,
                      struct cf_err *err);
void cf_errors_close(struct cf_errors *x);

#endif
