/* alternate.h - what solvers share that alternate between users and items: a
 * regression for each row of one side on those of the other. */
#ifndef CF_FIT_ALTERNATE_H
#define CF_FIT_ALTERNATE_H

#include "data/csr.h"
#include "data/whole.h"
#include "fit/learn.h"
#include "math/gram.h"

enum { CF_USERS, CF_ITEMS };

struct cf_alternate_side {
    struct cf_side *side;  /* of the model */
    struct cf_csr entry;   /* of each row */
    uint32_t *order;       /* rows with most entries first */
    struct cf_table table; /* the factors, padded */
    bool in_place;         /* the table is the model's */
    bool frozen;
};

struct cf_alternate {
    struct cf_model *m;
    const struct cf_fit_opts *o;
    struct cf_alternate_side side[2]; /* CF_USERS, CF_ITEMS */
    size_t w;                         /* of a row of the tables */
    size_t threads, longest;          /* longest: entries of a row */
    struct cf_ridge_work *work;       /* of each thread */
    float *d;                         /* (threads, w) for its regression */
};

/* A regression of one row: sets what of r is not yet set (d, targets), solves
 * for x, which is the row's; returns what is left of the loss. */
typedef double cf_regress_fn(void *ctx, size_t row, struct cf_ridge_row *r,
                             size_t worker, float *x);

/* Takes the training rows of w, whose arrays are freed: counts, entries by
 * user and by item (with the ratings unless `plain`, when each is 1). Tables
 * have `extra` columns after the factors, and are the model's own where they
 * can be. a is to be freed after an error, too. */
struct cf_alternate_how {
    bool plain;
    bool in_place; /* the tables may be the model's */
    size_t extra;
};
int cf_alternate_open(struct cf_alternate *a, struct cf_model *m,
                      struct cf_whole *w, const struct cf_fit_opts *o,
                      const struct cf_alternate_how *how, struct cf_err *err);
/* Random factors for items, or those of the model to start from. */
int cf_alternate_start(struct cf_alternate *a, double deviation,
                       struct cf_err *err);
/* A regression for each row of that side that has entries; the others become 0.
 * *sum: of what is left of the losses. */
int cf_alternate_half(struct cf_alternate *a, int side, cf_regress_fn *fn,
                      void *ctx, double *sum, struct cf_err *err);
/* The factors of v, which is a side's table or like it, become the model's,
 * where they are not. */
void cf_alternate_publish(const struct cf_alternate *a, int side,
                          const float *v);
/* Adds to a net what the next epoch goes on from besides biases. */
void cf_alternate_list(const struct cf_alternate *a, struct cf_net *net);
/* The entries become the model's seen items, if it is to have them. */
void cf_alternate_seen(struct cf_alternate *a);
void cf_alternate_free(struct cf_alternate *a);

#endif
