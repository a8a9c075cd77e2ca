/* probit.h - kernels for normal variables of which only an interval is known,
 * in which each lies: an ordered probit.
 *
 * As of gauss.h there is a table of functions for each instruction set, and
 * every table gives the same bits. */
#ifndef CF_MATH_PROBIT_H
#define CF_MATH_PROBIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "math/vec.h"

/* n variables around f[i], of standard deviation 1 / (scale root[i]), all
 * between lo and hi. */
struct cf_between {
    size_t n;
    const float *f;
    const float *root;   /* (n); NULL: 1 */
    float scale, lo, hi; /* lo < hi; lo may be -INFINITY, hi INFINITY */
};

/* For n variables and each of some cuts: the chance to be below. */
struct cf_below {
    size_t n, cuts;
    const float *f;    /* (n) what they are around */
    const float *root; /* (n) inverse standard deviations */
    const float *cut;  /* (cuts, stride), n of them are taken */
    size_t stride;
};

/* n variables that share some cuts. */
struct cf_above {
    size_t n, cuts;
    const float *f, *root; /* (n) as above */
    const float *cut;      /* cut j is cut[j * stride] */
    size_t stride;
    const float *gap; /* (cuts) what being above one is worth */
};

struct cf_probit {
    const char *name;
    /* The sum of the logarithms of the chances to be between lo and hi, to
     * within 1e-6 of each and what adding up rounds (16 lanes, then by halves);
     * exact to 1e-6 also where a chance is below the least float. */
    float (*chance)(const struct cf_between *b);
    /* Draws each, given that it lies there, from its random bits: the
     * distribution function is inverted at the middle of one of 2^23 equal
     * parts of what is between (of the normal's as gauss.h does; beyond three
     * standard deviations by Newton's method on its logarithm). */
    void (*draw)(const struct cf_between *b, const uint32_t *word, float *out);
    /* The words of cf_rng_words, block 0, of draws number index, index + 1 and
     * so on, n of them: 4 n words. */
    void (*words)(const struct cf_rng *r, uint64_t index, size_t n,
                  uint32_t *out);
    /* out[j]: the sum over the variables of the chances to be below cut j. */
    void (*below)(const struct cf_below *b, float *out);
    /* out[i]: what variable i is worth by its chances to be above cuts. */
    void (*above)(const struct cf_above *a, float *out);
};

extern const struct cf_probit cf_probit_scalar;
/* The table of the same instruction set. */
const struct cf_probit *cf_probit_of(const struct cf_vec *vec);

#endif
