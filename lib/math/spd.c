/* spd.c - the sweep operator on blocks. */
#include "math/spd.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
    SIDE = 96, /* of a block, of the last perhaps less; tiles of gemm fit */
    SQUARE = SIDE * SIDE
}; /* of a block, of the last perhaps less; tiles of gemm fit */

struct sweep {
    const struct cf_spd *s;
    size_t blocks, pivot; /* number of the block that is swept */
    float *across;  /* (blocks, SIDE, SIDE): A_KR, the columns of each block */
    float *scaled;  /* (blocks, SIDE, SIDE): -A_RK D, the rows of each block */
    double *square; /* (SIDE, SIDE) the pivot */
    float *minus;   /* (SIDE, SIDE): -D */
};

static size_t rows_of(const struct sweep *w, size_t block)
{
    size_t left = w->s->n - block * SIDE;
    return left < SIDE ? left : SIDE;
}

/* The block at that place of the lower triangle. */
static float *block_at(const struct sweep *w, size_t row, size_t col)
{
    return w->s->a + row * SIDE * w->s->n + col * SIDE;
}

/* ---- the pivot ---- */

/* The sweep operator on one row after the other of a (n, n). */
static bool sweep_small(double *a, size_t n)
{
    for (size_t p = 0; p < n; p++) {
        double *up = a + p * n, d = up[p];
        if (!(d > 0) || !isfinite(d))
            return false;
        for (size_t j = 0; j < n; j++)
            up[j] /= d;
        up[p] = -1 / d;
        for (size_t i = 0; i < n; i++) {
            double *row = a + i * n, x = row[p];
            if (i == p)
                continue;
            row[p] = 0;
            for (size_t j = 0; j < n; j++)
                row[j] -= x * up[j];
            row[p] = x / d;
        }
    }
    return true;
}

static int invert_pivot(struct sweep *w, struct cf_err *err)
{
    const float *a = block_at(w, w->pivot, w->pivot);
    size_t m = rows_of(w, w->pivot);

    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j <= i; j++)
            w->square[i * m + j] = w->square[j * m + i] =
                (double)a[i * w->s->n + j];
    if (!sweep_small(w->square, m))
        return cf_fail(err, CF_EDIVERGED, "the matrix cannot be inverted");
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
            w->minus[i * SIDE + j] = (float)w->square[i * m + j];
    return 0;
}

static void put_pivot(const struct sweep *w)
{
    float *a = block_at(w, w->pivot, w->pivot);
    size_t m = rows_of(w, w->pivot);

    for (size_t i = 0; i < m; i++)
        memcpy(a + i * w->s->n, w->minus + i * SIDE, m * sizeof *a);
}

/* ---- its row and column ---- */

/* A_KR of one block, and -A_RK D. */
static void gather(void *ctx, size_t block, size_t worker)
{
    const struct sweep *w = ctx;
    size_t n = w->s->n, m = rows_of(w, w->pivot), many = rows_of(w, block);
    float *across = w->across + block * SQUARE;
    float *scaled = w->scaled + block * SQUARE;

    (void)worker;
    if (block < w->pivot) {
        const float *a = block_at(w, w->pivot, block);
        for (size_t i = 0; i < m; i++)
            memcpy(across + i * SIDE, a + i * n, many * sizeof *a);
    } else {
        const float *a = block_at(w, block, w->pivot);
        for (size_t i = 0; i < many; i++)
            for (size_t j = 0; j < m; j++)
                across[j * SIDE + i] = a[i * n + j];
    }
    memset(scaled, 0, SQUARE * sizeof *scaled);
    w->s->vec->gemm(&(struct cf_gemm){.m = many,
                                      .n = m,
                                      .k = m,
                                      .a = across,
                                      .a_row = 1,
                                      .a_col = SIDE,
                                      .b = w->minus,
                                      .b_row = SIDE,
                                      .c = scaled,
                                      .c_row = SIDE});
}

/* A_RK D of one block to where it belongs. */
static void put_scaled(const struct sweep *w, size_t block)
{
    size_t n = w->s->n, m = rows_of(w, w->pivot), many = rows_of(w, block);
    const float *scaled = w->scaled + block * SQUARE;

    if (block < w->pivot) {
        float *a = block_at(w, w->pivot, block);
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < many; j++)
                a[i * n + j] = -scaled[j * SIDE + i];
    } else {
        float *a = block_at(w, block, w->pivot);
        for (size_t i = 0; i < many; i++)
            for (size_t j = 0; j < m; j++)
                a[i * n + j] = -scaled[i * SIDE + j];
    }
}

/* ---- the rest ---- */

/* The blocks of a row up to the diagonal; the longest row first. */
static void update(void *ctx, size_t task, size_t worker)
{
    const struct sweep *w = ctx;
    size_t row = w->blocks - 1 - task;

    (void)worker;
    if (row == w->pivot)
        return;
    for (size_t col = 0; col <= row; col++)
        if (col != w->pivot)
            w->s->vec->gemm(&(struct cf_gemm){.m = rows_of(w, row),
                                              .n = rows_of(w, col),
                                              .k = rows_of(w, w->pivot),
                                              .a = w->scaled + row * SQUARE,
                                              .a_row = SIDE,
                                              .a_col = 1,
                                              .b = w->across + col * SQUARE,
                                              .b_row = SIDE,
                                              .c = block_at(w, row, col),
                                              .c_row = w->s->n});
    put_scaled(w, row);
}

static int sweep(struct sweep *w, struct cf_err *err)
{
    int rc = invert_pivot(w, err);

    if (rc)
        return rc;
    cf_pool_run(w->s->pool, w->blocks, gather, w);
    cf_pool_run(w->s->pool, w->blocks, update, w);
    put_pivot(w);
    return 0;
}

int cf_spd_negate_inverse(const struct cf_spd *s, struct cf_err *err)
{
    struct sweep w = {.s = s, .blocks = (s->n + SIDE - 1) / SIDE};
    int rc = 0;

    w.across = cf_aalloc(w.blocks * SQUARE, sizeof *w.across);
    w.scaled = cf_aalloc(w.blocks * SQUARE, sizeof *w.scaled);
    w.minus = cf_aalloc(SQUARE, sizeof *w.minus);
    w.square = cf_alloc(SQUARE, sizeof *w.square);
    if (!w.across || !w.scaled || !w.minus || !w.square)
        rc = cf_nomem(err, "inverse");
    for (; !rc && w.pivot < w.blocks; w.pivot++) {
        rc = sweep(&w, err);
        if (!rc && s->done)
            s->done(s->ctx, w.pivot * SIDE + rows_of(&w, w.pivot));
    }
    free(w.across);
    free(w.scaled);
    free(w.minus);
    free(w.square);
    return rc;
}
