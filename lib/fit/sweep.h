/* sweep.h - the loop that solvers share which hold all rows: sweeps over them,
 * validation, early stopping, the best epoch. What a sweep does is the
 * solver's. */
#ifndef CF_FIT_SWEEP_H
#define CF_FIT_SWEEP_H

#include "data/csr.h"
#include "data/whole.h"
#include "fit/learn.h"

struct cf_sweeper {
    void *ctx;
    /* Goes through all training rows once; epoch counts from 0. *loss: the mean
     * loss of training, or NaN if it is not known. */
    int (*sweep)(void *ctx, uint32_t epoch, double *loss, struct cf_err *err);
    /* Makes the model what is learnt so far: factors, biases, mean. NULL: it
     * is that at any time. */
    int (*publish)(void *ctx, struct cf_err *err);
    /* The sum of the losses of all validation rows. NULL: that of the model as
     * it is published. */
    double (*validate)(void *ctx);
    bool own_cold; /* publish says how rows that are not known are
                      predicted; else it is by the mean */
    /* What comes to the mean validation loss of rows; NULL: nothing. */
    double (*more)(void *ctx);
    const char *advice; /* after a divergence: "try a lower --lr" */
    /* ---- of checkpoints ----
     * Adds to a net that has the model's weights what else the next sweep goes
     * on from; NULL: nothing. */
    void (*list)(void *ctx, struct cf_net *net);
    bool derived; /* publish makes the model's factors of that */
    /* All that is listed was set to what it was after so many epochs. NULL:
     * nothing else depends on them. */
    void (*resume)(void *ctx, uint32_t epochs);
    uint64_t rows; /* see cf_sweep_rows */
};

/* Before all of these: cf_learn_start. */

/* Checksums of rows, as they came; of all of them. */
uint64_t cf_sweep_sum(const struct cf_ratings *r, uint64_t seed);
uint64_t cf_sweep_rows(const struct cf_whole *w);

/* Counts the training rows of each user and item, but those that are made up,
 * and adds what the model to start from had. */
void cf_sweep_count(struct cf_model *m, const struct cf_whole *w,
                    const struct cf_fit_opts *o);
/* How many of a side have training rows, once they are counted. */
double cf_sweep_live(const struct cf_side *side);
/* Makes the seen items of m, unless there are to be none. */
int cf_sweep_seen(struct cf_model *m, const struct cf_whole *w,
                  const struct cf_fit_opts *o, struct cf_err *err);

/* Sweeps o->epochs times, or until it is time to stop; afterwards m predicts
 * with the weights of the last epoch, or of the best. Counts are there before.
 * valid may have no rows. If m has epochs already, it goes on after them. With
 * o->keeper, from the keeper's checkpoint, if there is one. CF_EDIVERGED when a
 * loss or a weight is not finite. */
int cf_sweep(struct cf_model *m, const struct cf_sweeper *s,
             const struct cf_ratings *valid, const struct cf_fit_opts *o,
             const struct cf_fit_news *news, struct cf_err *err);

#endif
