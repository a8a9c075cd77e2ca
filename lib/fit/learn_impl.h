/* learn_impl.h - the loop from the inside: validation, the best epoch, and
 * going on from a checkpoint have files of their own. */
#ifndef CF_FIT_LEARN_IMPL_H
#define CF_FIT_LEARN_IMPL_H

#include "fit/adam_side.h"
#include "fit/learn.h"

/* Rows of the next mini-batch, as far as they have come. */
struct cf_pending {
    uint32_t *user, *item;
    float *rating;
    size_t n, cap_user, cap_item, cap_rating;
};

/* Losses of this epoch's validation rows. */
struct cf_validation {
    double *loss; /* (cap) of rows at hand */
    size_t cap;
    double sum;
    uint64_t n;
};

/* The epoch with the best validation loss so far. */
struct cf_best {
    bool any;
    uint32_t epoch, since; /* epochs since then */
    double loss;
    float *weights; /* all of the net's; NULL: not kept */
};

_Static_assert((int)CF_LEARN_SETTLE <= (int)CF_ADAM_LOG,
               "a net's log has room for the steps between two settlings");

struct cf_learner {
    struct cf_model *m;
    struct cf_net *net;
    const struct cf_fit_opts *o;
    const struct cf_fit_news *news;
    struct cf_pending next;
    size_t batch; /* rows of a mini-batch */
    uint64_t step, steps;
    unsigned unsettled; /* steps since the net was settled */
    double smooth;      /* average of losses, not debiased */
    bool negatives;     /* rows rated 0 are nobody's */
    struct cf_seen seen;
    uint32_t epoch; /* epochs that ended */
    bool settled;   /* this epoch's training rows are done with */
    bool stop;      /* before the end of the feed */
    double start;   /* of this epoch */
    struct cf_validation valid;
    struct cf_best best;
    size_t cap_epoch;
    uint64_t rows; /* checksum of the rows so far, if there is a keeper */
    bool replay;   /* rows are those from before the checkpoint, */
    uint64_t replay_step, replay_rows; /* which was taken at this step, */
    uint32_t replay_epoch;             /* in this epoch */
    double saved;                      /* when the last one was */
};

/* ---- learn.c ---- */

/* Adds the epoch that ends to the model's, with its training loss and what was
 * validated, tells of it, and begins the next. */
int cf_learn_epoch(struct cf_learner *l, double loss, struct cf_err *err);

/* ---- validate.c ---- */

/* Adds the losses of validation rows to those of the epoch. */
int cf_validate(struct cf_learner *l, const struct cf_feed_rows *rows,
                struct cf_err *err);

/* ---- best.c ---- */

/* Takes note of the epoch that ended last: is it the best, is it time to
 * stop? */
int cf_best_judge(struct cf_learner *l, struct cf_err *err);
/* Keeps the weights as they are as the best ones, if the last epoch was. */
int cf_best_keep(struct cf_learner *l, struct cf_err *err);
/* Makes the best weights the net's, if they are kept. */
void cf_best_take(struct cf_learner *l);

/* ---- resume.c ---- */

/* Goes on from the keeper's checkpoint, if there is one. */
int cf_resume_start(struct cf_learner *l, struct cf_err *err);
/* Rows at .. at + n - 1 were taken from the feed. */
void cf_resume_rows(struct cf_learner *l, const struct cf_feed_rows *rows,
                    size_t at, size_t n);
/* A step or an epoch was replayed: ends the replay where the checkpoint was. */
int cf_resume_arrive(struct cf_learner *l, struct cf_err *err);
/* The feed ended before that. */
int cf_resume_short(const struct cf_learner *l, struct cf_err *err);
/* Saves a checkpoint if it is time for one; the net is settled. */
int cf_resume_save(struct cf_learner *l, struct cf_err *err);

#endif
