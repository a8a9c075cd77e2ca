/* ridge.h - many ridge regressions on rows of one table, as alternating least
 * squares solves them: for a diagonal d > 0, rows z_j of the table, weights c_j
 * and targets t_j, the x (w numbers) that makes least
 *
 *   f(x) = sum over j of c_j (t_j - z_j . x)^2 + x' diag(d) x,
 *
 * so (diag(d) + Z' C Z) x = Z' C t. Exactly, by Cholesky, or nearly, by some
 * steps of conjugate gradients. Everything is in float32 but f, and the table
 * that conjugate gradients read, which is of half floats: how fast memory gives
 * rows is what limits them.
 *
 * Vectors are padded: w is a multiple of 16, and what is beyond the factors is
 * 0 in every row and at will in d. */
#ifndef CF_MATH_RIDGE_H
#define CF_MATH_RIDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "math/vec.h"

enum {
    CF_RIDGE_LANES = 16,
    CF_RIDGE_PART = 8 /* rows of a pass while they stay in a near cache */
};

/* w for n factors. */
size_t cf_ridge_width(size_t n);

/* ---- kernels ----
 *
 * A table for each instruction set, as in vec.h, with the same bits from each:
 * dot products add in the order of those of vec.h; all else goes element by
 * element in a fixed order. But what is added to is fused with the
 * multiplication, i.e. rounded once, as fmaf() does. Numbers of columns (w, n
 * of syrk and panel) are multiples of 16. */

/* A table of half floats, see half.h, times a power of two. */
struct cf_halves {
    uint16_t *v;
    float unit;
};

/* A product with Z' C Z, Z being n rows of w numbers. */
struct cf_ridge_pass {
    const struct cf_halves *z;
    size_t w, n;
    const uint32_t *col;   /* which rows of z; NULL: they are in copy */
    float *copy;           /* gets them as floats, in halves' unit: */
    bool keep;             /* all n; or CF_RIDGE_PART at a time */
    const float *weight;   /* c; NULL: each 1 */
    const uint32_t *ahead; /* rows that are needed next: while it works these */
    size_t nahead;         /* are fetched into the cache */
};

struct cf_ridge {
    const char *name;
    /* out += sum over j of c_j (z_j . x) z_j, one row after the other. The
     * product that becomes a factor of z_j is rounded. */
    void (*product)(const struct cf_ridge_pass *p, const float *x, float *out);
    /* out += sum over j of c_j (1 - z_j . x) z_j; returns the sum of the
     * c_j (1 - z_j . x)^2. */
    double (*residual)(const struct cf_ridge_pass *p, const float *x,
                       float *out);
    /* The sum of the c_j (z_j . x)^2. */
    double (*squares)(const struct cf_ridge_pass *p, const float *x);
    /* out[i] = scale x[i] as half floats. */
    void (*narrow)(const float *x, float scale, uint16_t *out, size_t n);
    /* gemm of vec.h, fused. */
    void (*gemm)(const struct cf_gemm *g);
    /* out += sum over r of s[r] z[r], one after the other. */
    void (*combine)(const float *const *z, size_t n, size_t w, const float *s,
                    float *out);
    /* The upper triangle of C (n x n, rows c_row apart) += Z' Z, Z having m
     * rows z_row apart, which are added one after the other. Of the lower one
     * some is changed, too. */
    void (*syrk)(const float *z, size_t z_row, size_t m, float *c, size_t c_row,
                 size_t n);
    /* The first 16 rows of A (n columns, rows a_row apart) become those of the
     * upper U of A = U' U. inverse[i] becomes 1 / U[i][i], but 0 where the
     * pivot is at most least[i]: A is as good as singular there. */
    void (*panel)(float *a, size_t a_row, size_t n, const float *least,
                  float *inverse);
};

extern const struct cf_ridge cf_ridge_scalar;
/* The table for the same instruction set as v. */
const struct cf_ridge *cf_ridge_of(const struct cf_vec *v);

/* ---- a regression ---- */

struct cf_ridge_table {
    const struct cf_vec *vec;
    const struct cf_ridge *ridge;
    const float *z; /* rows of w numbers; only read to solve exactly */
    size_t w;
    const struct cf_halves *half; /* the same; only to solve nearly */
};

struct cf_ridge_row {
    size_t n;
    const uint32_t *col;  /* (n) rows of the table */
    const float *weight;  /* (n), not negative; NULL: each 1 */
    const float *target;  /* (n) NULL: each 1 */
    const float *d;       /* (w) */
    const uint32_t *next; /* rows that the next regression begins with: */
    size_t nnext;         /* they are fetched early */
};

/* Scratch memory of one thread. */
struct cf_ridge_work {
    float *room;
    size_t n; /* most rows in the dual */
};

/* For tables of that width. w is to be freed after an error, too. */
int cf_ridge_work_init(struct cf_ridge_work *work, size_t w,
                       struct cf_err *err);
void cf_ridge_work_free(struct cf_ridge_work *work);

/* Solves for x; returns f(x). For few rows (n x n is less work than w x w) it
 * is x = D^-1 Z~' (I + Z~ D^-1 Z~')^-1 t~ with Z~ and t~ scaled by the roots of
 * weights (Woodbury). Where a pivot vanishes x is 0. */
double cf_ridge_exact(const struct cf_ridge_table *t,
                      const struct cf_ridge_row *row,
                      const struct cf_ridge_work *work, float *x);

/* `steps` steps of conjugate gradients from x on, preconditioned by 1 / d;
 * returns f(x). All targets are 1. Hestenes and Stiefel 1952. */
double cf_ridge_cg(const struct cf_ridge_table *t,
                   const struct cf_ridge_row *row, uint32_t steps,
                   const struct cf_ridge_work *work, float *x);

#endif
