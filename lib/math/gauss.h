/* gauss.h - kernels for drawing many small normal vectors at once: the sums of
 * a regression for each row, and 16 rows solved side by side, a row a lane.
 *
 * As of vec.h there is a table of functions for each instruction set, and every
 * table gives the same bits: each number is found by the same operations in the
 * same order, whatever the width of a register, and none is fused. */
#ifndef CF_MATH_GAUSS_H
#define CF_MATH_GAUSS_H

#include <stddef.h>
#include <stdint.h>

#include "math/vec.h"

enum { CF_GAUSS_LANES = 16 };

/* Floats of a row of d numbers, padded with zeros. */
#define CF_GAUSS_WIDE(d)                                                       \
    (((d) + CF_GAUSS_LANES - 1) / CF_GAUSS_LANES * CF_GAUSS_LANES)
/* Numbers of a lower triangle with d rows; (i, j) is at i (i + 1) / 2 + j. */
#define CF_GAUSS_TRI(d) ((d) * ((d) + 1) / 2)

/* Regressors from rows of tables whose first number is a bias: of entry e, with
 * rows a and b of one or two tables, z becomes
 *
 *   r (1, a + b, y[e] - their biases - a . b)
 *
 * r the product of the roots of its rows, vectors without biases, the dot
 * product added up in the lanes of vec.h. */
enum { CF_GAUSS_TABLES = 2 };
struct cf_gather {
    size_t n, d, tables; /* entries, numbers of a row, tables */
    struct cf_gather_from {
        const float *w;      /* rows of CF_GAUSS_WIDE(d) floats */
        const uint32_t *row; /* (n) of the table */
        const float *root;   /* of each row of the table; NULL: 1 */
    } from[CF_GAUSS_TABLES];
    const float *y; /* (n) */
    float *z;       /* n rows of CF_GAUSS_WIDE(d + 1) floats, d + 1 of them set
                     */
};

/* a[i][j] += sum over e of z[e][i] z[e][j], in that order, for j <= i < d.
 * Numbers right of the diagonal are spoilt. */
struct cf_syrk {
    size_t n, d;
    const float *z; /* n rows of CF_GAUSS_WIDE(d) floats */
    float *a;       /* d rows of CF_GAUSS_WIDE(d) floats */
};

/* Posterior of 16 regressions with d unknowns: lane l has
 *   S = beta A + prec,  r = beta g + pull,  x = S^-1 r + L^-T eps,  S = L L'
 * so that x ~ N(S^-1 r, S^-1) for eps ~ N(0, I), and
 *   left = x'A x - 2 g'x + y'y,  the weighted squares that are left. */
struct cf_draw16 {
    size_t d;
    const float *sums; /* (TRI(d + 1), 16): A, then the row (g, y'y) */
    const float *beta; /* (16) */
    const float *prec; /* (TRI(d)) of the prior */
    const float *pull; /* (d, 16): prec times the prior mean */
    const float *eps;  /* (d, 16) */
    float *s;          /* (TRI(d), 16) scratch */
    float *x;          /* (d, 16) */
    float *left;       /* (16) */
};

/* out[e] = base + dot(w, row row[e] of the table); see vec.h for the order. */
struct cf_row_dots {
    size_t n, d;
    const float *w;     /* CF_GAUSS_WIDE(d) floats */
    const float *table; /* rows of as many */
    const uint32_t *row;
    float base;
    float *out;
};

/* Rows of a table that belong together, each with a weight. */
struct cf_bundle {
    size_t n, wide; /* rows, floats of each: a multiple of 16 */
    float *table;
    const uint32_t *row;
    const float *x; /* (n) weights */
};

/* A small system of d unknowns: a = U'U, x becomes a^-1 x + U^-1 eps. */
struct cf_draw1 {
    size_t d;
    float *a;         /* d rows of CF_GAUSS_WIDE(d), symmetric; spoilt */
    float *x;         /* CF_GAUSS_WIDE(d) */
    const float *eps; /* (d) */
};

struct cf_gauss {
    const char *name;
    /* Standard normals from random bits: the inverse of the normal
     * distribution function at the middle of one of 2^23 equal parts of (0, 1)
     * (Giles, "Approximating the erfinv function", 2010). */
    void (*normals)(const uint32_t *bits, float *out, size_t n);
    void (*gather)(const struct cf_gather *g);
    void (*syrk)(const struct cf_syrk *s);
    void (*draw16)(const struct cf_draw16 *d);
    void (*dots)(const struct cf_row_dots *d);
    /* out += sum over the rows of x[e] table[row[e]], in that order. */
    void (*collect)(const struct cf_bundle *b, float *out);
    /* table[row[e]] += x[e] v, for each. */
    void (*spread)(const struct cf_bundle *b, const float *v);
    /* table[row[e]] += x[e] A v, with A row row[e] of a: CF_GAUSS_WIDE(d) =
     * b->wide, A of d rows, symmetric. */
    void (*follow)(const struct cf_bundle *b, const float *a, size_t d,
                   const float *v);
    void (*draw1)(const struct cf_draw1 *d);
};

extern const struct cf_gauss cf_gauss_scalar;
/* The table of the same instruction set. */
const struct cf_gauss *cf_gauss_of(const struct cf_vec *vec);

#endif
