/* training.h - runs of a solver on small ratings. */
#ifndef CF_TESTS_TRAINING_H
#define CF_TESTS_TRAINING_H

#include "fit/fit.h"

/* A training: what goes in, and the news. */
struct training {
    struct cf_ratings ratings;
    struct cf_feed_opts order;
    struct cf_fit_opts fit;
    cf_fit_fn *solver;           /* NULL: adam */
    const struct cf_model *from; /* start from it, with a side frozen */
    enum cf_freeze freeze;
    size_t portion; /* 0: as the feed likes */
    double loss[800];
    size_t before; /* epochs of the model that is gone on from */
    bool resumed;  /* batches need not begin with the first */
    size_t batches, epochs;
    struct cf_err err;
};

/* The defaults of collab_learner. */
struct training training_usual(uint32_t batch, uint32_t epochs);
/* Learns m, initialised; the result of the solver, with its error in t->err. */
int training_run(struct training *t, struct cf_model *m);
/* The same with t->fit.keeper, from whose checkpoint it goes on. */
int training_resume(struct training *t, struct cf_model *m);

/* A few ratings and many, of users and items with K factors, so U and I factors
 * in all. Of many, most users and items have few rows, some have more, and some
 * none. */
enum {
    FEW = 8,
    FEW_K = 2,
    FEW_USERS = 3,
    FEW_ITEMS = 4,
    FEW_U = FEW_USERS * FEW_K,
    FEW_I = FEW_ITEMS * FEW_K
};
enum {
    MANY = 300,
    MANY_K = 19,
    MANY_USERS = 40,
    MANY_ITEMS = 60,
    MANY_U = MANY_USERS * MANY_K,
    MANY_I = MANY_ITEMS * MANY_K
};
extern const struct cf_ratings training_few;
struct cf_ratings training_many(void);
/* Models to learn them. */
void training_few_model(struct cf_model *m);
void training_many_model(struct cf_model *m);

#endif
