/* learn.h - the loop that mini-batch solvers share: rows to mini-batches,
 * steps, epochs, validation, early stopping, checkpoints, the search for a
 * learning rate. What is learnt, and how a step is taken, is the net's. */
#ifndef CF_FIT_LEARN_H
#define CF_FIT_LEARN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fit/fit.h"

/* Of Adam's step number t = 1, 2, ... */
struct cf_rates {
    uint64_t t;
    double lr, beta1; /* learning rate, momentum */
};

/* Rows of a mini-batch. */
struct cf_minibatch {
    size_t n;
    const uint32_t *user, *item;
    const float *rating;
};

/* What came of it. */
struct cf_learnt {
    double loss; /* mean over the mini-batch, before the step */
    bool finite; /* is the gradient? */
};

enum {
    CF_TENSORS_MAX = 96,
    CF_LEARN_SETTLE = 64 /* steps at most from one settling to the next */
};

struct cf_net {
    void *ctx;
    struct cf_tensor tensor[CF_TENSORS_MAX];
    size_t ntensors;
    /* Finds the loss and the gradient, and takes the step, unless one of them
     * is not finite. */
    int (*learn)(void *ctx, const struct cf_minibatch *b,
                 const struct cf_rates *rates, struct cf_learnt *out,
                 struct cf_err *err);
    /* Brings all tensors up to date, so that they may be looked at or set; and,
     * if `predict`, what the model predicts with. */
    int (*settle)(void *ctx, bool predict, struct cf_err *err);
};

/* Appends a tensor to the net's. */
void cf_net_add(struct cf_net *net, const char *name, float *v, size_t n,
                bool state);
/* The same of numbers of state in double. */
void cf_net_add_reals(struct cf_net *net, const char *name, double *v,
                      size_t n);

/* What a gradient of that L2 norm is to be scaled by, 1 at most, so that it is
 * no longer than clip; as clip_grad_norm_ of PyTorch. */
float cf_learn_clip(double norm, double clip);

/* What the kernels need for Adam's step of these rates. */
struct cf_adam_step cf_learn_step(const struct cf_fit_opts *o,
                                  const struct cf_rates *rates);

/* Sets solver name, link and range of m, as o and the plan say. CF_EDATA if
 * there is no row to learn from, no range, or a rating that the loss does not
 * take. */
int cf_learn_start(struct cf_model *m, const char *solver,
                   const struct cf_plan *plan, const struct cf_fit_opts *o,
                   struct cf_err *err);
/* Learns m by way of net from all of feed; as cf_fit_fn. */
int cf_learn(struct cf_model *m, struct cf_net *net, struct cf_feed *feed,
             const struct cf_fit_opts *o, const struct cf_fit_news *news,
             struct cf_err *err);

#endif
