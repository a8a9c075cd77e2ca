/* ridge_kernels.h - the kernels of ridge.h in registers, written once. Included
 * by the file of each instruction set, which is compiled for it and defines
 * WIDTH (floats in a register), ROWS and COLS (registers, of a tile of syrk),
 * GEMM, NAME and TABLE.
 *
 * No include guard is needed, and no other file may include it. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "math/vec_reg.h"

#include "math/vec_fma.h"
#include "math/vec_half.h"
#include "math/vec_tables.h"

typedef float four __attribute__((vector_size(16)));

enum {
    LANES = CF_RIDGE_LANES,
    REGS = LANES / WIDTH, /* registers that hold the lanes of a dot product */
    WIDE = 128 / WIDTH < 8 ? 128 / WIDTH : 8 /* registers of a sum of rows */
};

#define UNROLL _Pragma("GCC unroll 16")

/* ---- dot products ---- */

/* 16 lanes to 4: l with l + 8, then l + 4. */
static inline four fold(const reg *lane)
{
#if WIDTH == 16
    typedef float eight __attribute__((vector_size(32)));
    eight half =
        __builtin_shufflevector(lane[0], lane[0], 0, 1, 2, 3, 4, 5, 6, 7) +
        __builtin_shufflevector(lane[0], lane[0], 8, 9, 10, 11, 12, 13, 14, 15);
#elif WIDTH == 8
    reg half = lane[0] + lane[1];
#else
    return (lane[0] + lane[2]) + (lane[1] + lane[3]);
#endif
#if WIDTH > 4
    return __builtin_shufflevector(half, half, 0, 1, 2, 3) +
           __builtin_shufflevector(half, half, 4, 5, 6, 7);
#endif
}

/* Four times 4 lanes to their sums: l with l + 2, then l + 1. */
static inline four sums(four a, four b, four c, four d)
{
    four ab = __builtin_shufflevector(a, b, 0, 1, 4, 5) +
              __builtin_shufflevector(a, b, 2, 3, 6, 7);
    four cd = __builtin_shufflevector(c, d, 0, 1, 4, 5) +
              __builtin_shufflevector(c, d, 2, 3, 6, 7);

    return __builtin_shufflevector(ab, cd, 0, 2, 4, 6) +
           __builtin_shufflevector(ab, cd, 1, 3, 5, 7);
}

/* Four rows, or fewer, some of them more than once. */
struct rows4 {
    float *z[4];
    const uint16_t *half[4]; /* where they come from, */
    bool widen;              /* if they are not in z yet */
};

/* Of four rows at once, so that a part of x is loaded once for them. */
static inline four dots4(const struct rows4 *q, size_t w, const float *x)
{
    reg lane[4][REGS] = {{{0}}};

    for (size_t i = 0; i < w; i += LANES)
        UNROLL for (size_t g = i; g < i + LANES; g += WIDTH)
        {
            reg part = load(x + g), *sum = &lane[0][(g - i) / WIDTH];
            UNROLL for (size_t r = 0; r < 4; r++)
            {
                reg z = q->widen ? widen(q->half[r] + g) : load(q->z[r] + g);
                if (q->widen)
                    store(q->z[r] + g, z);
                sum[r * REGS] = fused(z, part, sum[r * REGS]);
            }
        }
    return sums(fold(lane[0]), fold(lane[1]), fold(lane[2]), fold(lane[3]));
}

/* ---- sums of rows ---- */

/* regs is a constant where this is called. */
static inline void combine_part(const float *const *z, size_t n, const float *s,
                                size_t at, float *out, size_t regs)
{
    reg sum[WIDE];

    UNROLL for (size_t g = 0; g < regs; g++) sum[g] =
        load(out + at + g * WIDTH);
    for (size_t r = 0; r < n; r++) {
        const float *row = z[r] + at;
        UNROLL for (size_t g = 0; g < regs; g++) sum[g] =
            fused(all(s[r]), load(row + g * WIDTH), sum[g]);
    }
    UNROLL for (size_t g = 0; g < regs; g++)
        store(out + at + g * WIDTH, sum[g]);
}

static inline void sum_rows(const float *const *z, size_t n, size_t w,
                            const float *s, float *out)
{
    size_t at = 0;

    for (; at + (size_t)WIDE * WIDTH <= w; at += (size_t)WIDE * WIDTH)
        combine_part(z, n, s, at, out, WIDE);
    for (; at < w; at += LANES)
        combine_part(z, n, s, at, out, REGS);
}

static void combine(const float *const *z, size_t n, size_t w, const float *s,
                    float *out)
{
    sum_rows(z, n, w, s, out);
}

/* ---- passes over rows of the table ---- */

enum {
    PART = CF_RIDGE_PART,
    LINE = 32 /* half floats in a cache line */
};

enum pass { PRODUCT, RESIDUAL, SQUARES };

/* Row number `at` of those that are needed next, into the cache. */
static inline void expect(const struct cf_ridge_pass *p, size_t at, size_t w)
{
    const uint16_t *row = p->z->v + (size_t)p->ahead[at] * w;

    for (size_t c = 0; c < w; c += LINE)
        __builtin_prefetch(row + c);
}

/* Products of x and rows `at` and on, n of them. */
static inline void dots(const struct cf_ridge_pass *p, size_t at, size_t n,
                        bool widen, size_t w, const float *x, float *copy,
                        float *s)
{
    for (size_t r = 0; r < n; r += 4) {
        struct rows4 q = {.widen = widen};
        for (size_t i = 0; i < 4; i++) {
            size_t row = r + i < n ? r + i : r;
            q.z[i] = copy + row * w;
            if (widen)
                q.half[i] = p->z->v + (size_t)p->col[at + row] * w;
            if (r + i < n && at + row < p->nahead)
                expect(p, at + row, w);
        }
        four sum = dots4(&q, w, x) * p->z->unit;
        memcpy(s + r, &sum, sizeof sum);
    }
}

/* Of a part of the rows, the first of which is number at; adds to sum. What and
 * w are constants where this counts. */
static inline double pass_part(const struct cf_ridge_pass *p, size_t at,
                               size_t n, enum pass what, size_t w,
                               const float *x, float *out, double sum)
{
    float *copy = p->keep ? p->copy + at * w : p->copy;
    const float *z[PART];
    float s[PART];

    for (size_t r = 0; r < n; r++)
        z[r] = copy + r * w;
    if (p->col)
        dots(p, at, n, true, w, x, copy, s);
    else
        dots(p, at, n, false, w, x, copy, s);
    for (size_t r = 0; r < n; r++) {
        float off = what == RESIDUAL ? 1 - s[r] : s[r];
        s[r] = p->weight ? p->weight[at + r] * off : off;
        if (what != PRODUCT)
            sum += (double)(s[r] * off);
        s[r] *= p->z->unit;
    }
    if (what != SQUARES)
        sum_rows(z, n, w, s, out);
    return sum;
}

static inline double pass_of(const struct cf_ridge_pass *p, enum pass what,
                             size_t w, const float *x, float *out)
{
    double sum = 0;
    size_t at = 0;

    for (; at + PART <= p->n; at += PART)
        sum = pass_part(p, at, PART, what, w, x, out, sum);
    if (at < p->n)
        sum = pass_part(p, at, p->n - at, what, w, x, out, sum);
    return sum;
}

static inline double pass(const struct cf_ridge_pass *p, enum pass what,
                          const float *x, float *out)
{
    if (p->w == 64)
        return pass_of(p, what, 64, x, out);
    return p->w == 128 ? pass_of(p, what, 128, x, out)
                       : pass_of(p, what, p->w, x, out);
}

static void product(const struct cf_ridge_pass *p, const float *x, float *out)
{
    pass(p, PRODUCT, x, out);
}

static double residual(const struct cf_ridge_pass *p, const float *x,
                       float *out)
{
    return pass(p, RESIDUAL, x, out);
}

static double squares(const struct cf_ridge_pass *p, const float *x)
{
    return pass(p, SQUARES, x, NULL);
}

static void narrow(const float *x, float scale, uint16_t *out, size_t n)
{
    for (size_t i = 0; i < n; i += WIDTH)
        narrow_to(out + i, scale * load(x + i));
}

/* ---- C += Z' Z ---- */

struct square {
    const float *z;
    size_t z_row, m;
    float *c;
    size_t c_row;
};

/* cols is a constant where this is called. */
static inline void tile(const struct square *q, size_t i, size_t j, size_t cols)
{
    float *c = q->c + i * q->c_row + j;
    const float *z = q->z;
    reg sum[ROWS][COLS];

    UNROLL for (size_t r = 0; r < ROWS; r++)
        UNROLL for (size_t g = 0; g < cols; g++) sum[r][g] =
            load(c + r * q->c_row + g * WIDTH);
    for (size_t p = 0; p < q->m; p++, z += q->z_row) {
        reg part[COLS];
        UNROLL for (size_t g = 0; g < cols; g++) part[g] =
            load(z + j + g * WIDTH);
        UNROLL for (size_t r = 0; r < ROWS; r++)
            UNROLL for (size_t g = 0; g < cols; g++) sum[r][g] =
                fused(all(z[i + r]), part[g], sum[r][g]);
    }
    UNROLL for (size_t r = 0; r < ROWS; r++)
        UNROLL for (size_t g = 0; g < cols; g++)
            store(c + r * q->c_row + g * WIDTH, sum[r][g]);
}

static void syrk(const float *z, size_t z_row, size_t m, float *c, size_t c_row,
                 size_t n)
{
    const struct square q = {z, z_row, m, c, c_row};

    for (size_t i = 0; i < n; i += ROWS) {
        size_t j = i / WIDTH * WIDTH;
        for (; j + (size_t)COLS * WIDTH <= n; j += (size_t)COLS * WIDTH)
            tile(&q, i, j, COLS);
        if (COLS == 3 && n - j == (size_t)2 * WIDTH)
            tile(&q, i, j, 2);
        else if (n > j)
            tile(&q, i, j, 1);
    }
}

/* ---- Cholesky ---- */

/* The diagonal block. */
static void corner(float *a, size_t a_row, const float *least, float *inverse)
{
    for (size_t p = 0; p < LANES; p++) {
        float *row = a + p * a_row;
        inverse[p] = row[p] <= least[p] ? 0 : 1 / sqrtf(row[p]);
        UNROLL for (size_t j = 0; j < LANES; j += WIDTH)
            store(row + j, inverse[p] * load(row + j));
        for (size_t i = p + 1; i < LANES; i++) {
            float *below = a + i * a_row;
            UNROLL for (size_t j = 0; j < LANES; j += WIDTH) store(
                below + j, fused(all(-row[i]), load(row + j), load(below + j)));
        }
    }
}

static void panel(float *a, size_t a_row, size_t n, const float *least,
                  float *inverse)
{
    corner(a, a_row, least, inverse);
    for (size_t j = LANES; j < n; j += WIDTH) {
        reg row[LANES];
        UNROLL for (size_t i = 0; i < LANES; i++) row[i] =
            load(a + i * a_row + j);
        UNROLL for (size_t p = 0; p < LANES; p++)
        {
            row[p] *= inverse[p];
            store(a + p * a_row + j, row[p]);
            UNROLL for (size_t i = p + 1; i < LANES; i++) row[i] =
                fused(all(-a[p * a_row + i]), row[p], row[i]);
        }
    }
}

const struct cf_ridge TABLE = {.name = NAME,
                               .product = product,
                               .residual = residual,
                               .squares = squares,
                               .narrow = narrow,
                               .gemm = GEMM,
                               .combine = combine,
                               .syrk = syrk,
                               .panel = panel};
