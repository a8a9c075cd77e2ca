/* ridge.c - ridge regressions solved exactly. */
#include "math/ridge.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/ridge_impl.h"
#include "math/ridge_tables.h"

/* A pivot below this share of the diagonal is none. */
#define LEAST 1e-6F

/* The least penalty as a share of the diagonal: with less, what rounding makes
 * of a matrix without full rank would be taken for its inverse. */
#define RIDGE 1e-5F

enum { AHEAD = 16 /* rows that are fetched before they are needed */ };

typedef float four __attribute__((vector_size(16)));

size_t cf_ridge_width(size_t n)
{
    return (n + CF_RIDGE_LANES - 1) / CF_RIDGE_LANES * CF_RIDGE_LANES;
}

const struct cf_ridge *cf_ridge_of(const struct cf_vec *v)
{
#ifdef __x86_64__
    const struct cf_ridge *all[] = {&cf_ridge_sse2, &cf_ridge_avx2,
                                    &cf_ridge_avx512, NULL};

    for (size_t i = 0; all[i]; i++)
        if (!strcmp(v->name, all[i]->name))
            return all[i];
#endif
    (void)v;
    return &cf_ridge_scalar;
}

/* ---- scratch ---- */

/* Columns of the largest matrix, and what is between its rows: a power of two
 * would have them share few lines of the cache. */
static size_t stride(size_t n)
{
    return n + (size_t)2 * CF_RIDGE_LANES;
}

int cf_ridge_work_init(struct cf_ridge_work *work, size_t w, struct cf_err *err)
{
    size_t matrix, rest = 8 * w + CF_RIDGE_BLOCK;
    size_t rows = (4 + CF_RIDGE_PART) * w + CF_RIDGE_NEAR;

    work->n = w;
    work->room = NULL;
    if (!cf_mul(w + CF_RIDGE_BLOCK + CF_RIDGE_LANES, stride(w), &matrix) ||
        matrix > SIZE_MAX / 4 ||
        !(work->room = cf_aalloc(2 * matrix + rest + rows, sizeof(float))))
        return cf_nomem(err, "normal equations");
    return 0;
}

void cf_ridge_work_free(struct cf_ridge_work *work)
{
    free(work->room);
    work->room = NULL;
}

/* ---- rows ---- */

/* Row number r of the regression, or beyond its end of the next one, into the
 * cache. */
static void expect(const struct cf_ridge_table *t,
                   const struct cf_ridge_row *row, size_t r)
{
    enum { LINE = 16 };
    const uint32_t *col = r < row->n ? row->col : row->next;
    size_t i = r < row->n ? r : r - row->n;

    if (r >= row->n && i >= row->nnext)
        return;
    for (size_t c = 0; c < t->w; c += LINE)
        __builtin_prefetch(t->z + (size_t)col[i] * t->w + c);
}

/* Where rows `at` and on of the regression are, a block at most; how many. */
static size_t gather(const struct cf_ridge_table *t,
                     const struct cf_ridge_row *row, size_t at, const float **z)
{
    size_t n = row->n - at;

    if (n > CF_RIDGE_BLOCK)
        n = CF_RIDGE_BLOCK;
    for (size_t r = 0; r < n; r++)
        z[r] = t->z + (size_t)row->col[at + r] * t->w;
    return n;
}

static float weight(const struct cf_ridge_row *row, size_t r)
{
    return row->weight ? row->weight[r] : 1;
}

static float target(const struct cf_ridge_row *row, size_t r)
{
    return row->target ? row->target[r] : 1;
}

static double squares(const struct cf_ridge_row *row)
{
    double sum = 0;

    for (size_t r = 0; r < row->n; r++) {
        double t = (double)target(row, r);
        sum += (double)weight(row, r) * t * t;
    }
    return sum;
}

/* ---- A x = y ---- */

/* Of n unknowns; U replaces A, which has rows `row` apart. */
struct factored {
    const struct cf_ridge_table *t;
    float *a;
    size_t n, row;
    float *least, *inverse; /* (n) */
    float *panel;           /* (16, row) scratch */
};

/* A = U' U, 16 rows of U at a time: to A there goes what the rows before them
 * have made of it. The right side y is a further column, so U'^-1 y is there
 * when U is. */
static void factor(const struct factored *f, const float *y)
{
    size_t n = f->n, rhs = n;

    for (size_t i = 0; i < n; i++) {
        float *row = f->a + i * f->row;
        f->least[i] = LEAST * row[i];
        memset(row + rhs, 0, CF_RIDGE_LANES * sizeof *row);
        row[rhs] = y[i];
    }
    for (size_t b = 0; b < n; b += CF_RIDGE_LANES) {
        size_t cols = n + CF_RIDGE_LANES - b;
        const struct cf_gemm g = {
            CF_RIDGE_LANES, cols,     b,      f->a + b, 1,
            f->row,         f->a + b, f->row, f->panel, f->row};
        float *rows = f->a + b * f->row + b;
        if (b > 0) {
            memset(f->panel, 0, CF_RIDGE_LANES * f->row * sizeof *f->panel);
            f->t->ridge->gemm(&g);
            for (size_t i = 0; i < CF_RIDGE_LANES; i++)
                f->t->vec->axpy(-1, f->panel + i * f->row, rows + i * f->row,
                                cols);
        }
        f->t->ridge->panel(rows, f->row, cols, f->least + b, f->inverse + b);
    }
}

/* y becomes x of U x = U'^-1 y. */
static void solve_back(const struct factored *f, float *y)
{
    for (size_t i = f->n; i-- > 0;) {
        const float *row = f->a + i * f->row;
        float sum = f->t->vec->dot(row + i + 1, y + i + 1, f->n - i - 1);
        y[i] = (row[f->n] - sum) * f->inverse[i];
    }
}

static struct factored share(const struct cf_ridge_table *t,
                             const struct cf_ridge_work *work, size_t n)
{
    size_t row = stride(n), most = work->n;
    float *a = work->room;
    float *panel = a + (most + CF_RIDGE_LANES) * stride(most);

    return (struct factored){t,
                             a,
                             n,
                             row,
                             panel + CF_RIDGE_LANES * row,
                             panel + CF_RIDGE_LANES * row + most,
                             panel};
}

/* ---- w x w ---- */

/* A block of rows, scaled, one after the other; z becomes where they are. */
static void copy_scaled(const struct cf_ridge_table *t,
                        const struct cf_ridge_row *row, size_t at, size_t n,
                        const float **z, float *out, size_t out_row)
{
    for (size_t r = 0; r < n; r++) {
        float *to = out + r * out_row;
        expect(t, row, at + r + AHEAD);
        memcpy(to, z[r], t->w * sizeof *to);
        float scale = sqrtf(weight(row, at + r));
        for (size_t c = 0; row->weight && c < t->w; c++)
            to[c] *= scale;
        z[r] = to;
    }
}

static void add_ridge(float *a, size_t n, size_t row, const float *d)
{
    for (size_t i = 0; i < n; i++) {
        float *own = a + i * row + i, least = RIDGE * *own;
        if (d[i] < least)
            *own += least - d[i];
    }
}

static double primal(const struct cf_ridge_table *t,
                     const struct cf_ridge_row *row,
                     const struct cf_ridge_work *work, float *x)
{
    struct factored f = share(t, work, t->w);
    float *copy = f.inverse + work->n, *y = copy + CF_RIDGE_BLOCK * f.row;
    const float *z[CF_RIDGE_BLOCK];
    float s[CF_RIDGE_BLOCK];

    memset(f.a, 0, f.n * f.row * sizeof *f.a);
    memset(y, 0, f.n * sizeof *y);
    for (size_t i = 0; i < f.n; i++)
        f.a[i * f.row + i] = row->d[i];
    for (size_t at = 0, n; at < row->n; at += n) {
        n = gather(t, row, at, z);
        copy_scaled(t, row, at, n, z, copy, f.row);
        for (size_t r = 0; r < n; r++)
            s[r] = sqrtf(weight(row, at + r)) * target(row, at + r);
        t->ridge->combine(z, n, t->w, s, y);
        t->ridge->syrk(copy, f.row, n, f.a, f.row, t->w);
    }
    add_ridge(f.a, f.n, f.row, row->d);
    memcpy(x, y, f.n * sizeof *x);
    factor(&f, y);
    double least = squares(row);
    solve_back(&f, y);
    for (size_t i = 0; i < f.n; i++)
        least -= (double)x[i] * (double)y[i];
    memcpy(x, y, f.n * sizeof *x);
    return least;
}

/* ---- n x n ---- */

/* Four rows from column c on, four numbers of each, as columns. */
static inline void transpose4(const float *const *z, size_t c,
                              const float *scale, float *out, size_t out_row)
{
    four a[4], b[4], times;

    memcpy(&times, scale + c, sizeof times);
    for (size_t r = 0; r < 4; r++) {
        memcpy(&a[r], z[r] + c, sizeof a[r]);
        a[r] *= times;
    }
    for (size_t i = 0; i < 2; i++) {
        const four *x = a + 2 * i;
        b[i] = __builtin_shufflevector(x[0], x[1], 0, 4, 1, 5);
        b[2 + i] = __builtin_shufflevector(x[0], x[1], 2, 6, 3, 7);
    }
    for (size_t i = 0; i < 2; i++) {
        const four *x = b + 2 * i;
        a[2 * i] = __builtin_shufflevector(x[0], x[1], 0, 1, 4, 5);
        a[2 * i + 1] = __builtin_shufflevector(x[0], x[1], 2, 3, 6, 7);
    }
    for (size_t i = 0; i < 4; i++)
        memcpy(out + i * out_row, &a[i], sizeof a[i]);
}

/* The rows as columns, in the unit of D. */
static void transpose(const struct cf_ridge_table *t,
                      const struct cf_ridge_row *row, const float *scale,
                      float *out, size_t out_row)
{
    const float *z[4];
    size_t at = 0;

    for (; at + 4 <= row->n; at += 4) {
        for (size_t i = 0; i < 4; i++) {
            z[i] = t->z + (size_t)row->col[at + i] * t->w;
            expect(t, row, at + i + AHEAD);
        }
        for (size_t c = 0; c < t->w; c += 4)
            transpose4(z, c, scale, out + c * out_row + at, out_row);
    }
    for (; at < row->n; at++) {
        z[0] = t->z + (size_t)row->col[at] * t->w;
        expect(t, row, at + AHEAD);
        for (size_t c = 0; c < t->w; c++)
            out[c * out_row + at] = scale[c] * z[0][c];
    }
}

static double dual(const struct cf_ridge_table *t,
                   const struct cf_ridge_row *row,
                   const struct cf_ridge_work *work, float *x)
{
    size_t n = cf_ridge_width(row->n), w = t->w;
    struct factored f = share(t, work, n);
    float *y = f.inverse + work->n, *root = y + n, *scale = root + n;
    float *across = scale + w;
    const float *z[CF_RIDGE_BLOCK];

    for (size_t c = 0; c < w; c++)
        scale[c] = 1 / sqrtf(row->d[c]);
    memset(across, 0, w * f.row * sizeof *across);
    transpose(t, row, scale, across, f.row);
    memset(f.a, 0, n * f.row * sizeof *f.a);
    t->ridge->syrk(across, f.row, w, f.a, f.row, n);
    for (size_t i = 0; i < n; i++) {
        root[i] = i < row->n ? sqrtf(weight(row, i)) : 0;
        y[i] = i < row->n ? root[i] * target(row, i) : 0;
    }
    for (size_t i = 0; i < n; i++) {
        if (row->weight)
            for (size_t j = i; j < n; j++)
                f.a[i * f.row + j] *= root[i] * root[j];
        f.a[i * f.row + i] += 1;
    }
    double least = 0;
    factor(&f, y);
    memset(x, 0, w * sizeof *x);
    solve_back(&f, y);
    for (size_t i = 0; i < row->n; i++) {
        least += (double)y[i] * (double)(root[i] * target(row, i));
        y[i] *= root[i];
    }
    for (size_t at = 0, m; at < row->n; at += m) {
        m = gather(t, row, at, z);
        t->ridge->combine(z, m, w, y + at, x);
    }
    for (size_t c = 0; c < w; c++)
        x[c] *= scale[c] * scale[c];
    return least;
}

/* Multiplications. */
static double work_primal(double n, double w)
{
    return n * w * (w + 16) / 2 + w * w * w / 6 + 4 * w * w;
}

static bool all_positive(const float *d, size_t w)
{
    for (size_t c = 0; c < w; c++)
        if (!(d[c] > 0))
            return false;
    return true;
}

double cf_ridge_exact(const struct cf_ridge_table *t,
                      const struct cf_ridge_row *row,
                      const struct cf_ridge_work *work, float *x)
{
    size_t n = cf_ridge_width(row->n);
    double m = (double)n, w = (double)t->w;

    if (n <= work->n && all_positive(row->d, t->w) &&
        work_primal(w, m) + 2 * m * w < work_primal(m, w))
        return dual(t, row, work, x);
    return primal(t, row, work, x);
}
