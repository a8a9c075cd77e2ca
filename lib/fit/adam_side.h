/* adam_side.h - the users' or the items' weights under Adam.
 *
 * Adam moves every weight at every step, also those without a gradient (by
 * decay and what is left of their momentum). For the factors of a row that a
 * mini-batch does not touch, this is put off until the row is looked at, or
 * CF_ADAM_LOG steps have gone by: the same operations on each weight in the
 * same order, so the same bits, while memory is read once for many steps. */
#ifndef CF_FIT_ADAM_SIDE_H
#define CF_FIT_ADAM_SIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/par.h"
#include "math/vec.h"
#include "model/model.h"

enum { CF_ADAM_LOG = 64 };

/* Steps that some rows have still to go through. */
struct cf_adam_log {
    struct cf_adam_step step[CF_ADAM_LOG];
    uint8_t n;
};

struct cf_adam_side {
    struct cf_side *side; /* n rows; borrowed */
    uint32_t k;
    const struct cf_vec *vec;
    bool frozen;            /* nothing is learnt; only side is used */
    bool no_bias;           /* biases are not learnt */
    float *m, *v;           /* (n, k) moments of the factors */
    float *bias_m, *bias_v; /* (n) */
    float *bias_g;          /* (n) gradient of the bias in this mini-batch */
    uint8_t *done;          /* (n) steps of the log behind each row */
    uint32_t *slot;         /* (n) 1 + its place in touched; 0: not in it */
    uint32_t *touched;      /* (ntouched) rows of this mini-batch */
    float *grad;            /* (ntouched, k) gradients of their factors */
    size_t ntouched, cap_touched, cap_grad;
};

/* Of a, side .. no_bias are set, all else is zero. It is to be freed after an
 * error, too. */
int cf_adam_side_init(struct cf_adam_side *a, struct cf_err *err);
void cf_adam_side_free(struct cf_adam_side *a);
/* Room for a mini-batch that touches at most n rows. */
int cf_adam_side_room(struct cf_adam_side *a, size_t n, struct cf_err *err);
/* Brings a row up to date and returns its gradient, zeros at first; NULL if
 * the side is frozen. */
float *cf_adam_side_touch(struct cf_adam_side *a, const struct cf_adam_log *log,
                          uint32_t row);
/* Sum of squares of the mini-batch's gradient, in the order in which rows were
 * touched; and all of it times a number. */
double cf_adam_side_square(const struct cf_adam_side *a);
void cf_adam_side_scale(struct cf_adam_side *a, float by);
/* Takes the step that was added to the log last, and forgets the gradients. */
void cf_adam_side_step(struct cf_adam_side *a, const struct cf_adam_log *log);
/* Brings every row up to date; the log may then be emptied. pool: may be
 * NULL. */
void cf_adam_side_settle(struct cf_adam_side *a, const struct cf_adam_log *log,
                         struct cf_pool *pool);

#endif
