/* deal.h - who has seen what, dealt to a grid of blocks anew for each epoch.
 *
 * Users are cut into rows of the grid as they come, items into columns at
 * random. Blocks that have neither users nor items in common may be learnt at
 * the same time, and what comes of it does not depend on who does it, or when.
 * For solvers that draw for a pair another item: it may be one of the same
 * column, because every epoch has other ones. The grid is the same for any
 * number of threads. */
#ifndef CF_FIT_DEAL_H
#define CF_FIT_DEAL_H

#include "base/par.h"
#include "model/model.h"

enum { CF_DEAL_SIDE = 16, CF_DEAL_BLOCKS = CF_DEAL_SIDE * CF_DEAL_SIDE };

struct cf_deal_pair {
    uint32_t user, item;
};

struct cf_deal {
    const struct cf_model *m; /* borrowed: its seen items */
    uint64_t seed;
    struct cf_pool *pool; /* or NULL */
    size_t side;          /* rows and columns, CF_DEAL_SIDE at most */
    /* Users of row r: first_user[r] .. first_user[r + 1] - 1. */
    uint64_t first_user[CF_DEAL_SIDE + 1];
    /* Items that somebody has seen, those of column c:
     * item[first_item[c]] .. item[first_item[c + 1] - 1]. */
    uint32_t *item;
    size_t items, first_item[CF_DEAL_SIDE + 1];
    uint8_t *column; /* of each item of m */
    /* Pairs by block, which is row * side + column, then by user, then item. */
    struct cf_deal_pair *pair;
    uint64_t start[CF_DEAL_BLOCKS + 1];
};

/* Of the seen items of m. d is to be freed after an error, too. Memory: 8 bytes
 * a pair, 5 an item. */
int cf_deal_init(struct cf_deal *d, const struct cf_model *m, uint64_t seed,
                 struct cf_pool *pool, struct cf_err *err);
/* Epochs follow each other, from 0 on. */
void cf_deal_epoch(struct cf_deal *d, uint32_t epoch);
/* Leaves out the first n epochs. */
void cf_deal_skip(struct cf_deal *d, uint32_t n);
void cf_deal_free(struct cf_deal *d);

/* Runs fn(ctx, block, worker) for all blocks, in rounds of blocks that have
 * nothing in common. */
void cf_deal_run(const struct cf_deal *d, cf_task_fn *fn, void *ctx);

#endif
