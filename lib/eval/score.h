/* score.h - the work of cf-score: predicts the pairs of a ratings or a table
 * stream as they arrive. */
#ifndef CF_EVAL_SCORE_H
#define CF_EVAL_SCORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/par.h"
#include "model/model.h"
#include "stream/reader.h"
#include "stream/writer.h"

/* Columns of a table; NULL: named as the model names its ids, and a rating
 * (time) only if there is a column "rating" ("timestamp" or "time"). */
struct cf_score_opts {
    const char *user, *item, *rating, *time;
    bool sd;         /* the standard deviation of the rating, too */
    double interval; /* and where it is with this chance, below 1; 0: not */
    bool stars;      /* and the chance of each star */
    struct cf_pool *pool; /* borrowed until close; NULL: no threads */
};

struct cf_score_report {
    uint64_t rows;
    uint64_t no_user, no_item; /* rows whose user (item) is not in the model,
                                  or without a training row there, */
    uint64_t user_drawn, item_drawn; /* and, not among these, rows whose user
                                        (item) has none, but attributes */
    uint64_t no_day; /* rows scored with the mean day, of a model with days */
    uint64_t no_session; /* rows out of the sessions known, of one with those */
};

/* A scoring under way. The schema of the result: dictionaries "user" and
 * "item" (of a ratings stream as they come, of a table just the ids), "known"
 * (none, user, item, both), and "rows": user, item, the rating if the input
 * has one (CF_RATING), the prediction (CF_SCORE), perhaps "sd", perhaps "low"
 * and "high", perhaps "p_1" and so on, for each star; which of user and item
 * the model knows (CF_KNOWN). Of a model with stars low and high are the ends
 * of the fewest stars in a row that have this chance. */
struct cf_score;

/* r and m are borrowed until close. CF_EDATA for a stream of another kind,
 * CF_EUSAGE with the list of columns if a table does not have those, or if the
 * model has no samples, or no stars, that opts asks for. *x is to
 * be closed after an error, too. */
int cf_score_open(struct cf_score **x, struct cf_reader *r,
                  const struct cf_model *m, const struct cf_score_opts *opts,
                  struct cf_err *err);
/* With the history of the input; the caller adds its step. */
struct cf_schema *cf_score_schema(struct cf_score *x);
/* The caller finishes w. */
int cf_score_run(struct cf_score *x, struct cf_writer *w, struct cf_err *err);
const struct cf_score_report *cf_score_report(const struct cf_score *x);
void cf_score_close(struct cf_score *x);

#endif
