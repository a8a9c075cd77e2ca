/* rank_impl.h - what the files of rank.h share. */
#ifndef CF_EVAL_RANK_IMPL_H
#define CF_EVAL_RANK_IMPL_H

#include "eval/rank.h"

enum { CF_RANK_PANEL = 32 }; /* targets whose factors are beside each other */

/* The rows that may be listed in blocks, long ones first. Position p is column
 * p % CF_RANK_BLOCK of block p / CF_RANK_BLOCK. */
struct cf_rank_blocks {
    uint32_t n, nblocks;
    uint32_t *id;  /* (n) the row at a position */
    uint32_t *pos; /* (rows) the position of a row, or CF_NONE */
    float *factor; /* (nblocks * CF_RANK_BLOCK / CF_RANK_PANEL, k,
                      CF_RANK_PANEL) */
    float *bias;   /* (nblocks, CF_RANK_BLOCK); past the end -infinity */
    double *longest, *highest;     /* (nblocks) length, bias */
    double most_length, most_bias; /* of all; of bias the absolute value */
    double least_norm, most_norm;  /* by cosine: of the rows as they are */
};

/* b is to be freed after an error, too. */
int cf_rank_blocks_make(struct cf_rank_blocks *b, const struct cf_targets *t,
                        double typical, struct cf_err *err);
void cf_rank_blocks_free(struct cf_rank_blocks *b);

enum {
    CF_RANK_TILE = 6,  /* queries that vec->product multiplies together */
    CF_RANK_SPARE = 64 /* targets near the n-th that are kept for a query */
};

/* What is found for a query so far. */
struct cf_finding {
    const struct cf_query *q;
    double length, margin;
    struct cf_top top; /* by product; the id is the position */
    struct cf_scored
        *spare; /* (CF_RANK_SPARE), not in top, but near its last */
    size_t nspare;
    float least; /* products below it do not matter any more */
    bool plain;  /* every target is to be scored */
};

/* Room of a thread. */
struct cf_rank_room {
    struct cf_finding f[CF_RANK_BATCH];
    struct cf_scored *top, *spare;
    float *q, *c;     /* (CF_RANK_BATCH, k), (CF_RANK_BATCH, CF_RANK_BLOCK) */
    uint32_t *active; /* (CF_RANK_BATCH) whose factors are in a row of q */
    uint32_t *skip, *start; /* not listed, block by block: query, column */
    size_t skip_cap;
    uint64_t computed, all; /* products */
};

struct cf_rank {
    struct cf_targets t;
    size_t n, threads;
    struct cf_rank_blocks blocks;
    bool indexed;
    struct cf_rank_room *room; /* (threads) */
};

#endif
