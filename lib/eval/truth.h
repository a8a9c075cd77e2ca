/* truth.h - what recommendations are judged by: the held-out pairs, the
 * candidates, and what is known of the training data. */
#ifndef CF_EVAL_TRUTH_H
#define CF_EVAL_TRUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eval/by_user.h"
#include "eval/pairs_in.h"
#include "model/model.h"

/* Starts zeroed but for ids. Users and items are numbers of ids. */
struct cf_truth {
    struct cf_pair_ids ids;
    /* The held-out pairs, those that are relevant. */
    struct cf_by_user held;
    bool has_held, held_rated;
    const double *least;    /* a rating below it is not relevant; or NULL */
    uint64_t below;         /* rows left out for that */
    uint64_t held_users;    /* with a held-out pair */
    uint64_t held_training; /* held-out pairs that are in the training data */
    /* The items to rank for each user, beside the held-out ones. */
    struct cf_by_user candidates;
    bool has_candidates;
    /* The training data: its pairs, by user, if they are known, */
    struct cf_by_user seen;
    bool has_training, has_seen;
    uint64_t *count;       /* users who have each item; rows, if it is not
                              known who has what */
    bool *trained;         /* has the user any item? */
    size_t nitems, nusers; /* of those two */
    uint64_t users, items; /* with a row */
    /* Of a model, the factors of items at unit length (rows, k). */
    float *unit;
    uint32_t *unit_row; /* of each of nunit items; CF_NONE: no direction */
    size_t nunit;
    uint32_t k;
};

/* Each reads all of in, which may be a ratings stream, a table or text. */
int cf_truth_held(struct cf_truth *t, struct cf_in *in,
                  const struct cf_pair_names *names, struct cf_err *err);
int cf_truth_candidates(struct cf_truth *t, struct cf_in *in,
                        const struct cf_pair_names *names, struct cf_err *err);
int cf_truth_training(struct cf_truth *t, struct cf_in *in,
                      const struct cf_pair_names *names, struct cf_err *err);
/* What a model knows: the factors of its items and, unless the training data
 * were read, those too; without who rated what if it does not hold it. */
int cf_truth_model(struct cf_truth *t, const struct cf_model *m,
                   struct cf_err *err);
/* A held-out pair from elsewhere. */
int cf_truth_add(struct cf_truth *t, uint32_t user, uint32_t item, float rating,
                 struct cf_err *err);
/* After all of them, before it is used: sorts the held-out pairs. */
int cf_truth_ready(struct cf_truth *t, struct cf_err *err);
void cf_truth_free(struct cf_truth *t);

/* Training users who have the item; 0 if nobody has, or it is not known. */
uint64_t cf_truth_count(const struct cf_truth *t, uint32_t item);
/* What the training data know of a pair, as cf_model_known. */
unsigned cf_truth_known(const struct cf_truth *t, uint32_t user, uint32_t item);

#endif
