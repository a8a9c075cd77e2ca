/* train_tell.h - the table of epochs on standard error. */
#ifndef CF_CMD_TRAIN_TELL_H
#define CF_CMD_TRAIN_TELL_H

#include "train_opts.h"

struct cf_tell {
    struct cf_cli *c;
    bool samples;             /* epochs are the sweeps of a sampler */
    uint64_t epochs, burn_in; /* of the run */
    bool some;                /* not all epochs are told */
    uint64_t told;            /* epochs that there were so far */
    bool train, valid;        /* they have that loss */
    double spent;             /* seconds that they took */
};

void cf_tell_start(struct cf_tell *t, struct cf_cli *c,
                   const struct cf_train_opts *o);
/* An epoch ended. */
void cf_tell_epoch(struct cf_tell *t, const struct cf_epoch *e);
/* All of them did. */
void cf_tell_end(struct cf_tell *t);

#endif
