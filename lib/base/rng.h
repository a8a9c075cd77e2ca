/* rng.h - counter-based random numbers: a draw is a function of a seed, a
 * purpose, an epoch and an index, so it does not depend on who asks first.
 *
 * Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
 * easy as 1, 2, 3", SC11. Key: the seed. Counter: index (64 bits), epoch,
 * purpose. */
#ifndef CF_BASE_RNG_H
#define CF_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

/* What a draw is for; one number space each. Values are part of the promise
 * that a seed gives the same bytes: never reuse or renumber. */
enum cf_purpose {
    CF_RNG_SPLIT = 1,   /* train or valid, by row */
    CF_RNG_SHUFFLE = 2, /* order of rows, by epoch */
    CF_RNG_INIT_USER = 3,
    CF_RNG_INIT_ITEM = 4,
    CF_RNG_INIT_USER_BIAS = 5,
    CF_RNG_INIT_ITEM_BIAS = 6,
    CF_RNG_TEST = 7,
    CF_RNG_NEGATIVE = 8,       /* items that a user has no row of, by epoch */
    CF_RNG_VALID_NEGATIVE = 9, /* the same to validate with */
    CF_RNG_INIT_LAYER = 10,    /* weights, by layer */
    CF_RNG_DROPOUT = 11,       /* inputs dropped, by layer */
    CF_RNG_GRID_USER = 12,     /* users' places in a grid of blocks (epoch 0),
                                  the order of its rows in epoch - 1 */
    CF_RNG_GRID_ITEM = 13,     /* the same of items and columns */
    CF_RNG_ALTERNATE = 14,     /* items' factors that alternating begins with */
    CF_RNG_GIBBS_ROW = 16,     /* rows drawn, by sweep */
    CF_RNG_GIBBS_HYPER = 17,   /* what rows are drawn from, by sweep */
    CF_RNG_GIBBS_NOISE = 18,   /* noise scales, by sweep */
    CF_RNG_GIBBS_LATENT = 19,  /* what stands behind stars, by sweep */
    CF_RNG_RESAMPLE = 20,      /* groups drawn again, by resample */
    CF_RNG_GROUP = 21,         /* the group of a user or row */
    CF_RNG_DEAL = 22,          /* items' columns in a grid, by epoch */
    CF_RNG_PAIR = 23,          /* items to compare a pair's with, by epoch */
    CF_RNG_THOMPSON = 24       /* the sample that a user's list is by */
};

/* The block cipher itself: out = philox4x32-10(counter, key). */
void cf_philox(const uint32_t counter[4], const uint32_t key[2],
               uint32_t out[4]);

struct cf_rng {
    uint64_t seed;
    uint32_t purpose, epoch;
};

/* Words number 4 * block .. of draw number index; block < 2^16. */
void cf_rng_words(const struct cf_rng *r, uint64_t index, uint32_t block,
                  uint32_t out[4]);
/* 64 random bits of draw number index. */
uint64_t cf_rng_u64(const struct cf_rng *r, uint64_t index);
/* Uniform in [0, 1), 53 bits. */
double cf_rng_real(const struct cf_rng *r, uint64_t index);
/* Standard normal (Box and Muller 1958, cosine branch; both uniforms from one
 * Philox block). */
double cf_rng_normal(const struct cf_rng *r, uint64_t index);
/* Uniform in [0, n), unbiased (Lemire 2019, rejection), n > 0. It uses the two
 * halves of the block and then those of blocks 1, 2, ... of the same draw,
 * which have their number in the upper 16 bits of the purpose. */
uint64_t cf_rng_below(const struct cf_rng *r, uint64_t index, uint64_t n);
/* Uniformly random permutation of perm[0..n-1] in place (Fisher and Yates):
 * from the last to the second, i changes places with draw number i below
 * i + 1. */
void cf_rng_shuffle(const struct cf_rng *r, uint32_t *perm, size_t n);

#endif
