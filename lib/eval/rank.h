/* rank.h - the n best targets for queries, exactly, without scoring every
 * target.
 *
 * The score of target t for a query is, in float32 and in this order,
 *
 *   z = (base + bias[t]) + vec->dot(query, row t)
 *
 * or cf_cosine of the two rows. Better is a higher z, among equal ones the
 * lower row number; NaN is never listed. What comes out is what scoring and
 * sorting all targets would give, bit for bit.
 *
 * It is found in two steps. Blocks of targets, long rows first, are multiplied
 * with blocks of queries by vec->product, whose bits are others than those of
 * vec->dot. With u = 2^-24 and L the product of the lengths of both rows, both
 * are within
 *
 *   margin = 2 u (k + 8) (L + |base| + |bias|)
 *
 * of each other (the bound of a sum of k products, Higham, Accuracy and
 * Stability of Numerical Algorithms, 3.1, once for each of them). So all
 * targets of which the product is no more than two margins below the n-th
 * highest one are kept, and only those are scored. And a block is skipped for a
 * query where bias + L, which no product exceeds (Cauchy-Schwarz), is three
 * margins below it; see Teflioudi, Gemulla, Mykytiuk, LEMP, SIGMOD 2015, for
 * that idea. Where this does not help, it costs a comparison for each block.
 *
 * Memory: a copy of the rows that may be listed, and for each thread
 * CF_RANK_BATCH (k + CF_RANK_BLOCK + 2 n + 128) numbers, whatever the number of
 * queries. */
#ifndef CF_EVAL_RANK_H
#define CF_EVAL_RANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "math/top.h"
#include "math/vec.h"

enum {
    CF_RANK_BATCH = 240, /* queries ranked together, at most; whole tiles */
    CF_RANK_BLOCK = 256  /* targets in a block */
};

/* What is ranked; all borrowed. */
struct cf_targets {
    const float *factors; /* (n, k) */
    const float *bias;    /* (n) */
    const double *length; /* (n) of the rows, none 0: rank by cosine; NULL: by
                             score */
    uint64_t n;
    uint32_t k;
    const uint32_t *id; /* the rows that may be listed, ascending */
    uint32_t nid;
    const struct cf_vec *vec;
};

/* Who asks; all borrowed. */
struct cf_query {
    const float *factors; /* (k) */
    float base;
    double length;        /* of factors, not 0; for the cosine */
    const uint32_t *skip; /* rows that are not listed, ascending */
    size_t nskip;
};

struct cf_rank;

/* Lists of n, for threads that call the below at the same time. *r is to be
 * closed after an error, too. */
int cf_rank_open(struct cf_rank **r, const struct cf_targets *t, size_t n,
                 size_t threads, struct cf_err *err);
/* From now on blocks are used, which is worth it from some dozens of queries
 * on, unless lists are so long that most is listed. typical: a usual length of
 * a query, for the order of the blocks. */
int cf_rank_index(struct cf_rank *r, double typical, struct cf_err *err);
/* The best targets for nq <= CF_RANK_BATCH queries: count[j] of them, best
 * first, n unless there are fewer, at out[j * n]. */
void cf_rank_some(struct cf_rank *r, const struct cf_query *q, size_t nq,
                  size_t worker, struct cf_scored *out, size_t *count);
/* The share of all products of queries and targets that was computed, in
 * blocks. */
double cf_rank_share(const struct cf_rank *r);
void cf_rank_close(struct cf_rank *r);

/* The best of the scores z (t->n), or NULL: those by rank.h, one after the
 * other; as cf_rank_some gives them. Returns how many. */
size_t cf_rank_scored(const struct cf_targets *t, const struct cf_query *q,
                      const float *z, size_t n, struct cf_scored *out);

/* The length of a row of k numbers. */
double cf_rank_length(const float *x, uint32_t k);

#endif
