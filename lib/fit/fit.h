/* fit.h - the table of solvers and what they share. A new solver is one file
 * and one line in the table of fit.c. */
#ifndef CF_FIT_FIT_H
#define CF_FIT_FIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/par.h"
#include "data/feed.h"
#include "fit/checkpoint.h"
#include "fit/lr_find.h"
#include "fit/origin.h"
#include "fit/schedule.h"
#include "math/loss.h"
#include "math/vec.h"
#include "model/model.h"

/* An eps below may lose the smallest moments, see math/vec.h. */
#define CF_EPS_MIN 1e-10

/* Of solver nn. k is the width of the first hidden layer. */
struct cf_nn_opts {
    uint32_t emb[2]; /* widths of the embeddings of users and items; 0: by the
                        rule of fastai, see cf_nn_width */
    uint32_t nlayers, layer[CF_MLP_LAYERS]; /* widths of the hidden layers */
    double dropout, emb_dropout; /* shares of what goes out of hidden layers,
                                    and of embeddings */
};

/* Of solver ials. */
struct cf_ials_opts {
    double alpha0;  /* weight of all pairs */
    double alpha;   /* weight of a row: 1 + alpha * rating; 0: 1 */
    double nu;      /* exponent of the frequency in the penalty */
    uint32_t steps; /* of conjugate gradients; 0, or as many as factors or more:
                       rows are solved exactly */
};

/* Of solver gibbs; the defaults of its sweeps. */
enum {
    CF_GIBBS_FACTORS = 128, /* at most */
    CF_GIBBS_BURN_IN = 20,
    CF_GIBBS_SAMPLES = 500,
    CF_GIBBS_KEEP = 100
};
struct cf_gibbs_opts {
    uint32_t k;                /* factors of a sample */
    uint32_t burn_in, samples; /* sweeps before the first one, and of them */
    uint32_t keep;             /* samples whose factors the model gets */
    bool wishart;     /* rows have a full prior precision, not a diagonal one */
    bool probit;      /* ratings are stars, see gibbs_probit.c */
    bool noise;       /* a noise scale for each user and each item */
    bool implicit[2]; /* rows of users, of items, depend on whom or what
                         they have ratings with */
    bool days;        /* ratings depend on their day */
    bool sessions;    /* on their session */
    const char *attributes; /* and on these columns of the dictionaries, divided
                               by commas; "all"; or NULL: none */
    const struct cf_model *more; /* whose samples go on: burn_in, samples are
                                    those from its start, keep of all; or
                                    NULL */
    const char *options; /* what else is to be the same then, in words; or
                            NULL */
};

struct cf_fit_opts {
    uint32_t k;
    double wd, beta2, eps; /* of Adam, see adam.c */
    double clip;           /* most L2 norm of a mini-batch's gradient; 0: any */
    struct cf_schedule schedule;
    enum cf_loss loss;
    enum cf_link link;
    bool no_bias;
    bool no_seen; /* the model gets no seen items */
    bool has_range;
    double lo, hi; /* prediction range if has_range; else it is taken from the
                      ratings, see cf_fit_range, and not narrower than init's */
    uint64_t seed;
    const struct cf_vec *vec;
    struct cf_pool *pool;   /* or NULL */
    struct cf_origin *init; /* start from these weights, or NULL */
    uint32_t patience; /* stop after so many epochs without a better validation
                          loss; 0: never */
    bool keep_best;    /* the weights of the epoch with the best one, not the
                          last's */
    struct cf_curve *find; /* do not learn, but look for a learning rate; m is
                              not to be used then; or NULL */
    const struct cf_keeper *keeper; /* of checkpoints, or NULL */
    struct cf_nn_opts nn;
    struct cf_gibbs_opts gibbs;
    /* ---- of solvers that hold all rows ---- */
    uint32_t epochs; /* the others have those of the plan */
    double lr, l2;   /* learning rate, regularization; NaN: the solver's own
                        default */
    double decay;    /* of the learning rate, see sgd.c; NaN: the default */
    bool nonneg;     /* no factor is below 0 */
    struct cf_ials_opts ials;
    uint32_t candidates; /* of bpr, see there */
};

/* The defaults: of fastai's collab_learner; no range, no kernels. */
struct cf_fit_opts cf_fit_usual(void);

/* News from a solver; all calls on the caller's thread. */
struct cf_fit_news {
    void *ctx;
    /* A mini-batch was learnt: its number from 0, its loss before the step. */
    void (*batch)(void *ctx, uint64_t step, double loss);
    /* An epoch ended. */
    void (*epoch)(void *ctx, const struct cf_epoch *e);
};

/* Learns m (initialised: sizes, dictionaries; all zeros) from feed. Stores
 * factors, biases, link, range, counts, seen items, epochs. With patience the
 * rest of the feed may only be read, so that its end is known to be sound.
 * CF_EDIVERGED when a loss, a gradient or a weight is not finite. */
typedef int cf_fit_fn(struct cf_model *m, struct cf_feed *feed,
                      const struct cf_fit_opts *o,
                      const struct cf_fit_news *news, struct cf_err *err);

struct cf_solver {
    const char *name, *summary;
    cf_fit_fn *fit;
    const char *takes;    /* names of the options that it has besides --solver,
                             --seed and --no-seen, each between spaces */
    uint32_t k, epochs;   /* defaults */
    double lr, l2, decay; /* these, too; 0: none, or it goes by the ratings */
    enum cf_link link;    /* of its models, if there is no option */
    bool layers;          /* it has what struct cf_nn_opts says */
    bool implicit; /* what counts is who has a row of what; ratings are at
                      most its weight */
    bool by_seen;  /* its models predict by the seen items */
    /* Bytes that it takes for a model of this many users and items, besides
     * the rows and what all models have; NULL: nothing to speak of. */
    uint64_t (*memory)(const struct cf_model *m);
    bool whole; /* it holds all rows: the epochs of a batches stream are
                   not its own, and there are no mini-batches */
};

/* The table ends with a NULL name; the first is the default. */
extern const struct cf_solver cf_solvers[];
/* Has the solver the option of that name? */
bool cf_solver_takes(const struct cf_solver *s, const char *option);

/* Mini-batches that an epoch is learnt in: only whole ones, but an epoch
 * shorter than one is one. left: rows beyond them, not learnt from. */
uint64_t cf_fit_batches(const struct cf_plan *plan, uint64_t *left);

/* The default range from the lowest and highest rating: beyond each end by a
 * tenth of the span (so 0.5..5 gives 0.05..5.45), because a sigmoid never
 * reaches its ends; for a span of 0, by a half. The identity reaches them, so
 * it needs no more than a span that is not 0. */
void cf_fit_range(enum cf_link link, float lowest, float highest, float *lo,
                  float *hi);

#endif
