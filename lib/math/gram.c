/* gram.c - products of a tall table with itself and with a square matrix. */
#include "math/gram.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
    BLOCK = 64,    /* rows that are copied, to where they do not share lines
                      of the cache */
    IN_FLOAT = 8,  /* blocks whose sum is float32 */
    DEEP = 256,    /* rows of A at a time */
    ROTATED = 120, /* rows of T at a time; 6 is the height of a tile of gemm */
    GROUPS_MOST = 16 /* of rows, whose sums are in double */
};

static size_t threads(const struct cf_table *t)
{
    return t->pool ? cf_pool_threads(t->pool) : 1;
}

static void run(const struct cf_table *t, size_t n, cf_task_fn *fn, void *ctx)
{
    if (t->pool)
        cf_pool_run(t->pool, n, fn, ctx);
    else
        for (size_t i = 0; i < n; i++)
            fn(ctx, i, 0);
}

/* ---- Gram matrix ---- */

struct gram {
    const struct cf_table *t;
    size_t k, groups;
    double *sum;    /* (groups, k, k) upper triangles */
    float *scratch; /* of each worker */
    size_t nscratch;
};

static size_t groups(size_t w)
{
    enum { NARROW = 128, LEAST = 4 };
    size_t n = GROUPS_MOST;

    for (; w > NARROW && n > LEAST; w /= 2)
        n /= 2;
    return n;
}

static void add(double *sum, float *c, size_t k, size_t w, size_t c_row)
{
    for (size_t i = 0; i < k; i++)
        for (size_t j = i; j < k; j++)
            sum[i * k + j] += (double)c[i * c_row + j];
    memset(c, 0, w * c_row * sizeof *c);
}

static void gram_group(void *ctx, size_t group, size_t worker)
{
    const struct gram *g = ctx;
    const struct cf_table *t = g->t;
    size_t row = t->w + CF_RIDGE_LANES, blocks = (t->n + BLOCK - 1) / BLOCK;
    size_t from = blocks * group / g->groups;
    size_t to = blocks * (group + 1) / g->groups;
    double *sum = g->sum + group * g->k * g->k;
    float *c = g->scratch + worker * g->nscratch, *copy = c + t->w * row;

    memset(c, 0, t->w * row * sizeof *c);
    for (size_t b = from; b < to; b++) {
        size_t at = b * BLOCK, n = t->n - at;
        if (n > BLOCK)
            n = BLOCK;
        for (size_t i = 0; i < n; i++)
            memcpy(copy + i * row, t->v + (at + i) * t->w, t->w * sizeof *copy);
        t->ridge->syrk(copy, row, n, c, row, t->w);
        if ((b + 1 - from) % IN_FLOAT == 0 || b + 1 == to)
            add(sum, c, g->k, t->w, row);
    }
}

static void add_groups(const struct gram *g, double *out)
{
    size_t k = g->k;

    for (size_t i = 0; i < k; i++)
        for (size_t j = i; j < k; j++) {
            double sum = 0;
            for (size_t group = 0; group < g->groups; group++)
                sum += g->sum[(group * k + i) * k + j];
            out[i * k + j] = out[j * k + i] = sum;
        }
}

int cf_gram(const struct cf_table *t, size_t k, double *out, struct cf_err *err)
{
    size_t row = t->w + CF_RIDGE_LANES;
    struct gram g = {.t = t,
                     .k = k,
                     .groups = groups(t->w),
                     .nscratch = (t->w + BLOCK) * row};
    int rc = 0;

    g.sum = cf_zalloc(g.groups * k, k * sizeof *g.sum);
    g.scratch = cf_aalloc(threads(t), g.nscratch * sizeof *g.scratch);
    if (g.sum && g.scratch) {
        run(t, g.groups, gram_group, &g);
        add_groups(&g, out);
    } else {
        rc = cf_nomem(err, "Gram matrix");
    }
    free(g.sum);
    free(g.scratch);
    return rc;
}

/* ---- rotation ---- */

struct rotation {
    const struct cf_table *t;
    const struct cf_halves *half;
    float *a;       /* columns of A, 16 at a time: (w / 16, w, 16) */
    float *scratch; /* of each worker */
    size_t nscratch;
};

static void rotate_rows(void *ctx, size_t task, size_t worker)
{
    const struct rotation *r = ctx;
    const struct cf_table *t = r->t;
    size_t w = t->w, row = w + CF_RIDGE_LANES, at = task * ROTATED;
    size_t n = t->n - at < ROTATED ? t->n - at : ROTATED;
    float *to = t->v + at * w, *copy = r->scratch + worker * r->nscratch;
    struct cf_gemm g = {.m = n,
                        .n = CF_RIDGE_LANES,
                        .a_row = row,
                        .a_col = 1,
                        .b_row = CF_RIDGE_LANES,
                        .c_row = w};

    for (size_t i = 0; i < n; i++)
        memcpy(copy + i * row, to + i * w, w * sizeof *copy);
    memset(to, 0, n * w * sizeof *to);
    for (size_t p = 0; p < w; p += DEEP)
        for (size_t j = 0; j < w; j += CF_RIDGE_LANES) {
            g.k = w - p < DEEP ? w - p : DEEP;
            g.a = copy + p;
            g.b = r->a + j * w + p * CF_RIDGE_LANES;
            g.c = to + j;
            t->ridge->gemm(&g);
        }
    if (r->half)
        t->ridge->narrow(to, 1 / r->half->unit, r->half->v + at * w, n * w);
}

int cf_rotate(const struct cf_table *t, size_t k, const double *a,
              const struct cf_halves *half, struct cf_err *err)
{
    struct rotation r = {
        .t = t, .half = half, .nscratch = ROTATED * (t->w + CF_RIDGE_LANES)};
    int rc = 0;

    r.a = cf_aalloc(t->w, t->w * sizeof *r.a);
    r.scratch = cf_aalloc(threads(t), r.nscratch * sizeof *r.scratch);
    if (r.a && r.scratch) {
        for (size_t p = 0; p < k; p++)
            for (size_t j = 0; j < k; j++)
                r.a[j / CF_RIDGE_LANES * CF_RIDGE_LANES * t->w +
                    p * CF_RIDGE_LANES + j % CF_RIDGE_LANES] =
                    (float)a[p * k + j];
        run(t, (t->n + ROTATED - 1) / ROTATED, rotate_rows, &r);
    } else {
        rc = cf_nomem(err, "rotation");
    }
    free(r.a);
    free(r.scratch);
    return rc;
}
