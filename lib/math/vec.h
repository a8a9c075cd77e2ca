/* vec.h - vector kernels. One table of functions for each instruction set;
 * every table gives the same bits: the order of additions is fixed (16 lanes,
 * lane l takes elements l, l + 16, ...; lanes are summed pairwise, l with l +
 * 8, then 4, 2, 1; of gemm see there) and no multiplication is fused with an
 * addition. */
#ifndef CF_MATH_VEC_H
#define CF_MATH_VEC_H

#include <stdbool.h>
#include <stddef.h>

/* What an Adam step needs besides the arrays; where the numbers come from is in
 * fit/adam.c. */
struct cf_adam_step {
    float decay; /* 1 - lr * wd */
    float beta1; /* momentum of this step */
    float beta2;
    float rest1; /* 1 - beta1 */
    float rest2; /* 1 - beta2 */
    float rate;  /* lr / (1 - beta1^t) */
    float scale; /* 1 / (1 - beta2^t) */
    float eps;
};

/* A mean or a mean square below these is stored as 0: with an eps of 1e-10 or
 * more it moves no weight by a bit, and denormal numbers, where it would end up
 * otherwise, are slow on many processors. */
#define CF_MOMENT_MIN 1e-30F
#define CF_SQUARE_MIN 1e-37F

/* C += A B, of m x k and k x n numbers. */
struct cf_gemm {
    size_t m, n, k;
    const float *a; /* element (i, p) at a[i * a_row + p * a_col] */
    size_t a_row, a_col;
    const float *b; /* (p, j) at b[p * b_row + j] */
    size_t b_row;
    float *c; /* (i, j) at c[i * c_row + j] */
    size_t c_row;
};

/* Pairs of rows of n numbers. */
struct cf_dots {
    const float *const *x, *const *y;
    size_t pairs, n;
};

struct cf_vec {
    const char *name; /* "scalar", "sse2", "avx2", "avx512" */
    /* Sum of x[i] * y[i]. */
    float (*dot)(const float *x, const float *y, size_t n);
    /* y[i] += a * x[i]. */
    void (*axpy)(float a, const float *x, float *y, size_t n);
    /* out[r] = dot(row r of m (rows x n, row-major), x). */
    void (*gemv)(const float *m, const float *x, float *out, size_t rows,
                 size_t n);
    /* The first i with x[i] >= least, or n. */
    size_t (*above)(const float *x, float least, size_t n);
    /* To each element of C its k products are added one after the other. */
    void (*gemm)(const struct cf_gemm *g);
    /* The same within the error bound of a sum of k + 1 numbers, but not the
     * same bits from table to table, for products may be fused with additions:
     * to tell what cannot matter, never for what is written. */
    void (*product)(const struct cf_gemm *g);
    /* m = beta1 m + rest1 g; v = beta2 v + rest2 g g; w = decay w - rate m /
     * (sqrt(scale v) + eps), element by element; v is not negative. */
    void (*adam)(const struct cf_adam_step *s, const float *g, float *w,
                 float *m, float *v, size_t n);
    /* The same for s[0], s[1], ... s[steps - 1] with a gradient of zeros. */
    void (*adam_idle)(const struct cf_adam_step *s, size_t steps, float *w,
                      float *m, float *v, size_t n);
    /* out[j] = dot(x[j], y[j]) of p, for rows anywhere in memory. */
    void (*dots)(const struct cf_dots *p, float *out);
    /* x[i] = cf_sigmoid(x[i]) of math/link.h. */
    void (*sigmoid)(float *x, size_t n);
};

/* The plain loops that the others are compared with. */
extern const struct cf_vec cf_vec_scalar;
/* The fastest table that this processor runs; CF_KERNEL in the environment is
 * looked at by cmd/ only. */
const struct cf_vec *cf_vec_best(void);
/* The table of that name if it is built in and this processor runs it, or
 * NULL. */
const struct cf_vec *cf_vec_find(const char *name);

/* Is every x[i] a number and not infinite? */
bool cf_vec_finite(const float *x, size_t n);

#endif
