/* topn.h - lists of a model: the best items for a user or a group of users, the
 * best users for an item, the items most like an item. */
#ifndef CF_EVAL_TOPN_H
#define CF_EVAL_TOPN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/par.h"
#include "math/top.h"
#include "math/vec.h"
#include "model/model.h"

enum cf_topn_what {
    CF_TOPN_ITEMS,  /* items for a user, by raw score (which orders by predicted
                       rating, also where that reaches the end of its range) */
    CF_TOPN_USERS,  /* users for an item, likewise */
    CF_TOPN_SIMILAR /* items like an item, by the cosine of their factors */
};

/* What a score is ranked by: the mean, or, of a model with samples, an end of
 * the interval that it is in, or one sample; see topn_samples.c. */
enum cf_topn_rank {
    CF_TOPN_MEAN,
    CF_TOPN_LOWER,
    CF_TOPN_UPPER,
    CF_TOPN_THOMPSON
};

/* A cold user's list by the mean is that of the mean user of the training rows,
 * each item's score drawn towards the mean over all training rows as if it had
 * been given by this many rows more: an item that few have is not on top by
 * chance. */
enum { CF_TOPN_DAMPING = 5 };
/* Lists are made diverse from that many times as many items. */
enum { CF_TOPN_POOL = 10 };

struct cf_topn_opts {
    enum cf_topn_what what;
    size_t n;
    bool dot;       /* similar by dot product */
    bool keep_seen; /* items that the user has, users that have it, may be in
                       it */
    enum cf_topn_rank rank;
    double within;  /* standard deviations from the mean to an end */
    uint64_t seed;  /* of CF_TOPN_THOMPSON */
    bool unrated;   /* what has no training row may be listed, too, if the model
                       says something of it */
    bool no_bias;   /* of what is listed: left out of the score */
    double penalty; /* times the logarithm of an item's training rows comes off
                       the raw score */
    double diversity;   /* 0 to 1, see topn_mmr.c */
    uint32_t why;       /* reasons for each row, at most; see topn_why.c */
    const bool *barred; /* of what is listed: is not listed; NULL: none is */
    const struct cf_vec *vec;
    struct cf_pool *pool;
};

/* Several users as one: their mean, and all that any has seen. */
struct cf_group {
    float *factors; /* (k) */
    float bias;
    float *sample_bias; /* (samples) */
    uint32_t *row;      /* (n) in the model, those that it knows */
    size_t n;
    uint32_t *seen; /* ascending, once each */
    size_t nseen;
};

/* Who is asked for: a user, an item, a group. */
struct cf_ask {
    uint32_t row;                 /* in the model, or CF_NONE */
    struct cf_str name;           /* used if row is CF_NONE */
    const struct cf_group *group; /* or NULL */
};

/* Why an item is listed: what the user has of it. */
struct cf_reason {
    uint32_t item;
    float share; /* of the absolute parts of all that the user has */
};

/* What there is besides the score that a row was ranked by. */
struct cf_sampled {
    float mean, sd; /* the prediction; of the samples around their mean */
};

/* Lists in the making. */
struct cf_lists {
    const struct cf_ask *ask; /* (n) */
    size_t n;
    size_t batch;               /* lists made by a task */
    struct cf_scored *place;    /* (n, stride): best first */
    size_t *count;              /* (n) of each list */
    struct cf_sampled *sampled; /* (n, opts.n), but for CF_TOPN_MEAN */
    struct cf_reason *reason;   /* (n, opts.n, opts.why); item CF_NONE: none */
};

struct cf_topn;

/* m and o are borrowed until close. CF_EUSAGE for what a model with layers, or
 * without samples, cannot do. *t is to be closed after an error, too. */
int cf_topn_open(struct cf_topn **t, const struct cf_model *m,
                 const struct cf_topn_opts *o, struct cf_err *err);
/* Rows that may be listed, at most; of all those the model has. */
size_t cf_topn_listable(const struct cf_topn *t);
/* The places that a list needs: n, or those that it is chosen from. */
size_t cf_topn_stride(const struct cf_topn *t);
/* Rows of a list at most. */
size_t cf_topn_length(const struct cf_topn *t);

/* Before a run of tasks: what they share is made. more: lists that will follow,
 * as far as is known. */
int cf_topn_ready(struct cf_topn *t, struct cf_lists *l, uint64_t more,
                  struct cf_err *err);
size_t cf_topn_tasks(const struct cf_lists *l);
/* Makes lists number task * batch and following: n rows unless fewer may be
 * listed, ties by row. Scores are predictions, cosines or products. What has no
 * training row is not listed, but see opts.unrated, nor is an item for itself.
 */
void cf_topn_task(struct cf_topn *t, struct cf_lists *l, size_t task,
                  size_t worker);
/* Does the model know the asked one? Of a cold user a list is made; of an item
 * that it does not know, or that has no direction, none is. */
bool cf_topn_cold(const struct cf_topn *t, const struct cf_ask *a);
bool cf_topn_none(const struct cf_topn *t, const struct cf_ask *a);
/* cf_model_known of the asked one and a row of its list; 0 for similar items,
 * as no user has a part in them. */
unsigned cf_topn_known(const struct cf_topn *t, const struct cf_ask *a,
                       uint32_t listed);
void cf_topn_close(struct cf_topn *t);

/* Makes a group of those rows that the model has a vector of. *g is to be freed
 * after an error, too. */
int cf_group_make(struct cf_group **g, const struct cf_model *m,
                  const uint32_t *row, size_t n, struct cf_err *err);
void cf_group_free(struct cf_group *g);

#endif
