/* grid.h - ratings in a grid of blocks. Blocks that have neither users nor
 * items in common may be learnt at the same time, and what comes of it does not
 * depend on who does it, or when: as Gemulla et al., "Large-scale matrix
 * factorization with distributed stochastic gradient descent", KDD 2011. The
 * grid is the same for any number of threads. */
#ifndef CF_FIT_GRID_H
#define CF_FIT_GRID_H

#include "base/par.h"
#include "data/ratings.h"
#include "math/sgd.h"

enum { CF_GRID_SIDE = 16, CF_GRID_BLOCKS = CF_GRID_SIDE * CF_GRID_SIDE };

/* Users and items have new numbers, their places, which are drawn at random;
 * users of a row of the grid are neighbours, items of a column, too. */
struct cf_grid {
    uint32_t *user_place, *item_place; /* of each user and item */
    struct cf_sgd_row *row; /* by block, then by user's place, then as they
                               came; users and items are places */
    uint64_t start[CF_GRID_BLOCKS + 1]; /* of block (row * SIDE + column) */
};

/* Of the ratings of r, whose rows are freed. g is to be freed after an error,
 * too. pool: or NULL. */
int cf_grid_build(struct cf_grid *g, struct cf_ratings *r, size_t users,
                  size_t items, uint64_t seed, struct cf_pool *pool,
                  struct cf_err *err);
void cf_grid_free(struct cf_grid *g);

/* Numbers of blocks in the order of an epoch: SIDE rounds, one after the other,
 * of SIDE blocks that may be learnt at the same time. */
void cf_grid_order(uint64_t seed, uint32_t epoch,
                   uint32_t block[CF_GRID_BLOCKS]);

#endif
