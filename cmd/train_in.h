/* train_in.h - the rows that cf-train learns from. */
#ifndef CF_CMD_TRAIN_IN_H
#define CF_CMD_TRAIN_IN_H

#include "cli.h"
#include "data/feed.h"
#include "data/ratings.h"
#include "train_opts.h"

struct cf_train_in {
    struct cf_source in;
    struct cf_ratings ratings; /* users and items of a batches stream, too */
    struct cf_feed *feed;
};

/* Opens the operand; start zeroed. Batches decide what -e and -b would. */
int cf_train_in_open(struct cf_cli *c, struct cf_train_in *in,
                     const struct cf_train_opts *o);
/* Says what the plan leaves out, and returns the mini-batches of an epoch. */
uint64_t cf_train_in_note(struct cf_cli *c, const struct cf_train_in *in,
                          const struct cf_train_opts *o);
void cf_train_in_close(struct cf_train_in *in);

#endif
