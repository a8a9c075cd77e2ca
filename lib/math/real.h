/* real.h - vector kernels on doubles, for eigenvalues. As in vec.h there is a
 * table for each instruction set, with the same bits from each: dot products
 * have 16 lanes, lane l taking elements l, l + 16, ..., summed pairwise, l with
 * l + 8, then 4, 2, 1; no multiplication is fused with an addition. */
#ifndef CF_MATH_REAL_H
#define CF_MATH_REAL_H

#include <stddef.h>

enum {
    CF_REAL_LANES = 16,
    CF_TURN_WIDTH = 16, /* coordinates of a vector that are turned together */
    CF_REAL_ROWS = 4,   /* of U */
    CF_REAL_PAIR = 2,   /* vectors */
    CF_REAL_FEW = 4     /* lanes of their dot products */
};

/* Row r of U is at u[r * u_row], n numbers; vector v at x[v * x_row]; and
 * product[v][r] belongs to both. */
struct cf_reals {
    const double *u;
    double *x;
    size_t u_row, x_row, n;
    double product[CF_REAL_PAIR][CF_REAL_ROWS];
};

/* A rotation of vectors i and i + 1, x and y, which become c x - s y and
 * s x + c y. */
struct cf_turn {
    size_t i;
    double c, s;
};

struct cf_real {
    const char *name; /* as those of vec.h */
    /* Sum of x[i] * y[i]. */
    double (*dot)(const double *x, const double *y, size_t n);
    /* y[i] += a * x[i]. */
    void (*axpy)(double a, const double *x, double *y, size_t n);
    /* z[i] += a * x[i], and then z[i] += b * y[i]. */
    void (*axpy2)(double a, const double *x, double b, const double *y,
                  double *z, size_t n);
    /* The products become the dot products of each row with each vector, of
     * CF_REAL_FEW lanes. */
    void (*dots)(struct cf_reals *p);
    /* To each vector each row is added as often as the product says, one after
     * the other. */
    void (*axpys)(const struct cf_reals *p);
    /* n rotations, one after the other, of CF_TURN_WIDTH coordinates of all
     * vectors: of vector i they are at part[i * CF_TURN_WIDTH]. */
    void (*turn)(double *part, const struct cf_turn *t, size_t n);
};

/* The plain loops that the others are compared with. */
extern const struct cf_real cf_real_scalar;
/* The table for the processors that run the one of vec.h of that name: there is
 * none of 512 bits, for which that of 256 stands in. */
const struct cf_real *cf_real_of(const char *name);

#endif
