/* ease_inverse.c - by items or by users. */
#include "fit/ease_inverse.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/spd.h"

enum {
    TILE = 64,  /* of a matrix, is mirrored at a time */
    LARGE = 100 /* users of an item by l2, to which differences are sound */
};

/* ---- products ---- */

/* out = A A' + l2 I up to the diagonal, A by rows and by columns. */
struct product {
    const struct cf_csr *rows, *columns;
    float l2, *out;
};

static void product_row(void *ctx, size_t i, size_t worker)
{
    const struct product *p = ctx;
    const struct cf_csr *a = p->rows, *t = p->columns;
    float *row = p->out + i * a->n;

    (void)worker;
    memset(row, 0, (i + 1) * sizeof *row);
    for (uint64_t e = a->start[i]; e < a->start[i + 1]; e++) {
        uint32_t c = a->col[e];
        for (uint64_t f = t->start[c]; t->col[f] < i; f++)
            row[t->col[f]]++;
    }
    row[i] = (float)(a->start[i + 1] - a->start[i]) + p->l2;
}

struct told {
    const struct cf_ease_gram *g;
    size_t n;
};

static void tell(void *ctx, size_t rows)
{
    const struct told *t = ctx;
    size_t items = (size_t)((double)t->g->had->n * (double)rows / (double)t->n);

    if (items > 0)
        t->g->done(t->g->ctx, items);
}

/* The lower triangle of minus the inverse of A A' + l2 I. */
static int invert(const struct cf_ease_gram *g, const struct cf_csr *rows,
                  const struct cf_csr *columns, float *out, struct cf_err *err)
{
    struct product p = {rows, columns, g->l2, out};
    struct told t = {g, rows->n};
    const struct cf_spd s = {.a = out,
                             .n = rows->n,
                             .vec = g->vec,
                             .pool = g->pool,
                             .done = g->done ? tell : NULL,
                             .ctx = &t};

    cf_pool_run(g->pool, rows->n, product_row, &p);
    return cf_spd_negate_inverse(&s, err);
}

/* ---- by users ---- */

struct dual {
    const struct cf_ease_gram *g;
    float *m;    /* (users, users) minus the inverse of XX' + l2 I */
    float *sums; /* (threads, users) */
};

/* What is above the diagonal in the tiles of some columns. */
static void mirror(void *ctx, size_t task, size_t worker)
{
    const struct dual *d = ctx;
    size_t n = d->g->seen->n, from = task * TILE;
    size_t to = from + TILE < n ? from + TILE : n;

    (void)worker;
    for (size_t left = 0; left < to; left += TILE)
        for (size_t j = left; j < left + TILE && j < to; j++)
            for (size_t i = j < from ? from : j + 1; i < to; i++)
                d->m[j * n + i] = d->m[i * n + j];
}

/* Row i of (-I - X' m X) / l2, up to the diagonal. */
static void dual_row(void *ctx, size_t i, size_t worker)
{
    const struct dual *d = ctx;
    const struct cf_csr *seen = d->g->seen, *had = d->g->had;
    float *sum = d->sums + worker * seen->n, *row = d->g->out + i * had->n;
    float scale = 1 / d->g->l2;

    memset(sum, 0, seen->n * sizeof *sum);
    memset(row, 0, (i + 1) * sizeof *row);
    for (uint64_t e = had->start[i]; e < had->start[i + 1]; e++)
        d->g->vec->axpy(1, d->m + had->col[e] * seen->n, sum, seen->n);
    for (size_t u = 0; u < seen->n; u++)
        for (uint64_t e = seen->start[u]; e < seen->start[u + 1]; e++) {
            if (seen->col[e] > i)
                break;
            row[seen->col[e]] -= sum[u];
        }
    row[i] -= 1;
    for (size_t j = 0; j <= i; j++)
        row[j] *= scale;
}

static int by_users(const struct cf_ease_gram *g, struct cf_err *err)
{
    size_t users = g->seen->n, all, sums;
    size_t threads = g->pool ? cf_pool_threads(g->pool) : 1;
    struct dual d = {.g = g};

    if (cf_mul(users, users, &all) && cf_mul(threads, users, &sums)) {
        d.m = cf_alloc(all, sizeof *d.m);
        d.sums = cf_alloc(sums, sizeof *d.sums);
    }
    int rc = d.m && d.sums ? 0 : cf_nomem(err, "pairs of users");
    if (!rc)
        rc = invert(g, g->seen, g->had, d.m, err);
    if (!rc) {
        cf_pool_run(g->pool, (users + TILE - 1) / TILE, mirror, &d);
        cf_pool_run(g->pool, g->had->n, dual_row, &d);
    }
    free(d.m);
    free(d.sums);
    return rc;
}

/* ---- either ---- */

bool cf_ease_by_users(size_t users, size_t items)
{
    return users < items / 4 * 3;
}

static bool small(const struct cf_ease_gram *g)
{
    uint64_t most = 0;

    for (size_t i = 0; i < g->had->n; i++) {
        uint64_t n = g->had->start[i + 1] - g->had->start[i];
        most = n > most ? n : most;
    }
    return (double)most > LARGE * (double)g->l2;
}

int cf_ease_inverse(const struct cf_ease_gram *g, struct cf_err *err)
{
    if (cf_ease_by_users(g->seen->n, g->had->n) && !small(g))
        return by_users(g, err);
    return invert(g, g->had, g->seen, g->out, err);
}
