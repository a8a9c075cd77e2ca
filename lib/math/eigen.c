/* eigen.c - the largest eigenvalues of a symmetric matrix A and their vectors.
 *
 * Householder reflections make A tridiagonal, T = P A P' (n^3 * 4/3 operations,
 * all along rows); the eigenvalues of T are found by bisection, counting those
 * below a number (Sturm), its vectors by inverse iteration; the reflections
 * turn these into vectors of A. If all are wanted, eigen_ql.c finds those of T.
 * As in EISPACK's tred1, bisect, tinvit and
 * trbak1: Wilkinson and Reinsch, Handbook for Automatic Computation II, 1971.
 */
#include "math/eigen.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sum.h"
#include "math/eigen_ql.h"
#include "math/vec.h"

/* T, and what made it. */
struct tridiagonal {
    const struct cf_real *real;
    double *a; /* row i: the vector u of reflection I - u u' / h[i] of the first
                  i coordinates */
    double *h; /* (n); 0: no reflection */
    double *d; /* (n) diagonal */
    double *e; /* (n) e[i] stands beside d[i - 1] and d[i]; e[0] is 0 */
    double *shared; /* (n, CF_REAL_ROWS) dot products of reflections */
    double norm;    /* no eigenvalue is larger */
    size_t n;
};

/* ---- A to T ---- */

/* p = A u for the first m coordinates, by the lower triangle. */
static void multiply(const struct tridiagonal *t, const double *u, double *p,
                     size_t m)
{
    for (size_t j = 0; j < m; j++) {
        const double *row = t->a + j * t->n;
        p[j] = t->real->dot(row, u, j + 1);
        t->real->axpy(u[j], row, p, j);
    }
}

/* The reflection that leaves of row i of the lower triangle only its last
 * element; p is scratch. */
static void reflect(struct tridiagonal *t, size_t i, double *p)
{
    double *u = t->a + i * t->n, square = i ? t->real->dot(u, u, i - 1) : 0;

    t->d[i] = u[i];
    t->h[i] = 0;
    t->e[i] = i ? u[i - 1] : 0;
    if (square == 0)
        return;
    square += u[i - 1] * u[i - 1];
    t->e[i] = u[i - 1] < 0 ? sqrt(square) : -sqrt(square);
    t->h[i] = square - u[i - 1] * t->e[i];
    u[i - 1] -= t->e[i];
    multiply(t, u, p, i);
    for (size_t j = 0; j < i; j++)
        p[j] /= t->h[i];
    t->real->axpy(-t->real->dot(p, u, i) / (2 * t->h[i]), u, p, i);
    for (size_t j = 0; j < i; j++)
        t->real->axpy2(-u[j], p, -p[j], u, t->a + j * t->n, j + 1);
}

static void make_tridiagonal(struct tridiagonal *t, double *scratch)
{
    for (size_t i = t->n; i-- > 0;)
        reflect(t, i, scratch);
    t->norm = 0;
    for (size_t i = 0; i < t->n; i++) {
        double right = i + 1 < t->n ? fabs(t->e[i + 1]) : 0;
        t->norm = fmax(t->norm, fabs(t->d[i]) + fabs(t->e[i]) + right);
    }
}

/* What is shared by reflection i and the one `before` ones before it. */
static double *shared(const struct tridiagonal *t, size_t i, size_t before)
{
    return t->shared + i * CF_REAL_ROWS + before;
}

/* Reflections are used CF_REAL_ROWS at a time, the last of these being the last
 * of all; rows of a are made as long as the longest of their block by zeros. */
static void make_blocks(struct tridiagonal *t)
{
    for (size_t i = t->n % CF_REAL_ROWS; i < t->n; i++) {
        size_t r = (i - t->n % CF_REAL_ROWS) % CF_REAL_ROWS;
        double *u = t->a + i * t->n;
        memset(u + i, 0, (CF_REAL_ROWS - r) * sizeof *u);
        for (size_t before = 1; before <= r; before++)
            *shared(t, i, before) = t->real->dot(u, u - before * t->n, i);
    }
}

/* A vector by the first `end` reflections, one after the other. */
static void reflect_one(const struct tridiagonal *t, size_t end, double *x)
{
    for (size_t i = 0; i < end; i++) {
        const double *u = t->a + i * t->n;
        if (t->h[i] > 0)
            t->real->axpy(-t->real->dot(u, x, i) / t->h[i], u, x, i);
    }
}

/* Vectors x and the next one by reflections i, i + 1, ... Their products with x
 * as it comes are found all at once; what a reflection adds to the products of
 * those after it is known by what they share. */
static void reflect_pair(const struct tridiagonal *t, size_t i, double *x)
{
    struct cf_reals p = {.u = t->a + i * t->n,
                         .x = x,
                         .u_row = t->n,
                         .x_row = t->n,
                         .n = i + CF_REAL_ROWS - 1};

    t->real->dots(&p);
    for (size_t v = 0; v < CF_REAL_PAIR; v++)
        for (size_t r = 0; r < CF_REAL_ROWS; r++) {
            double sum = p.product[v][r], h = t->h[i + r];
            for (size_t before = r; before > 0; before--)
                sum += p.product[v][r - before] * *shared(t, i + r, before);
            p.product[v][r] = h > 0 ? -sum / h : 0;
        }
    t->real->axpys(&p);
}

/* Vectors of T as vectors of A, some at a time while they stay in the cache. */
static void turn_back(struct tridiagonal *t, double *vector, size_t want)
{
    enum { SOME = 16 };
    size_t n = t->n, first = n % CF_REAL_ROWS;

    make_blocks(t);
    for (size_t v = 0; v < want; v++)
        reflect_one(t, v + 1 == want && v % CF_REAL_PAIR == 0 ? n : first,
                    vector + v * n);
    for (size_t at = 0; at < want; at += SOME) {
        size_t end = at + SOME < want ? at + SOME : want;
        for (size_t i = first; i < n; i += CF_REAL_ROWS)
            for (size_t v = at; v + CF_REAL_PAIR <= end; v += CF_REAL_PAIR)
                reflect_pair(t, i, vector + v * n);
    }
}

/* ---- eigenvalues ---- */

/* How many eigenvalues are below x: the signs of the pivots of T - x. */
static size_t count_below(const struct tridiagonal *t, double x)
{
    double q = 1, least = DBL_EPSILON * DBL_EPSILON * t->norm;
    size_t n = 0;

    for (size_t i = 0; i < t->n; i++) {
        q = t->d[i] - x - t->e[i] * t->e[i] / q;
        if (fabs(q) < least)
            q = -least;
        n += q < 0;
    }
    return n;
}

/* The eigenvalue that has `above` larger ones, and is at most hi. */
static double find_value(const struct tridiagonal *t, size_t above, double hi)
{
    double lo = -t->norm;

    while (hi - lo > DBL_EPSILON * t->norm) {
        double mid = lo + (hi - lo) / 2;
        if (count_below(t, mid) + above >= t->n)
            hi = mid;
        else
            lo = mid;
    }
    return lo + (hi - lo) / 2;
}

/* ---- eigenvectors ---- */

/* T - x = L U by elimination with row exchanges. */
struct factored {
    double *pivot, *next, *after; /* (n) rows of U */
    double *times;                /* (n) rows of L */
    bool *swapped;                /* (n) row i with the one before */
};

static void factor(const struct tridiagonal *t, double x, struct factored *f)
{
    double p = t->d[0] - x, q = t->n > 1 ? t->e[1] : 0;
    double least = DBL_EPSILON * t->norm;

    for (size_t i = 1; i <= t->n; i++) {
        double below = i < t->n ? t->e[i] : 0;
        double d = i < t->n ? t->d[i] - x : 0;
        double right = i + 1 < t->n ? t->e[i + 1] : 0;
        bool swap = fabs(below) > fabs(p);
        double pivot = swap ? below : p;
        if (pivot == 0)
            pivot = least;
        f->pivot[i - 1] = pivot;
        f->next[i - 1] = swap ? d : q;
        f->after[i - 1] = swap ? right : 0;
        if (i == t->n)
            break;
        f->swapped[i] = swap;
        f->times[i] = (swap ? p : below) / pivot;
        p = swap ? q - f->times[i] * d : d - f->times[i] * q;
        q = swap ? -f->times[i] * right : right;
    }
}

static void solve(const struct factored *f, double *x, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (f->swapped[i]) {
            double old = x[i - 1];
            x[i - 1] = x[i];
            x[i] = old;
        }
        x[i] -= f->times[i] * x[i - 1];
    }
    for (size_t i = n; i-- > 0;) {
        double next = i + 1 < n ? f->next[i] * x[i + 1] : 0;
        double after = i + 2 < n ? f->after[i] * x[i + 2] : 0;
        x[i] = (x[i] - next - after) / f->pivot[i];
    }
}

/* To length 1. The largest element comes to 1 first: it may be huge. */
static void normalise(const struct tridiagonal *t, double *x)
{
    size_t n = t->n;
    double most = 0;

    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs(x[i]));
    for (size_t i = 0; i < n; i++)
        x[i] /= most;
    double length = sqrt(t->real->dot(x, x, n));
    for (size_t i = 0; i < n; i++)
        x[i] /= length;
}

/* Takes from x, twice for the sake of rounding, what it shares with the first
 * `found` vectors. Those of values that are equal, or nearly, come out as
 * neighbours only by this. */
static void separate(const struct tridiagonal *t, const double *vector,
                     size_t found, double *x)
{
    size_t n = t->n;

    normalise(t, x);
    for (size_t i = 0; i < 2 * found; i++) {
        const double *v = vector + i % found * n;
        t->real->axpy(-t->real->dot(v, x, n), v, x, n);
    }
    normalise(t, x);
}

/* The vector of T that belongs to value x and comes after `found` others. */
static void find_vector(const struct tridiagonal *t, double x,
                        struct factored *f, double *vector, size_t found)
{
    enum { ROUNDS = 3 };
    double *v = vector + found * t->n;

    factor(t, x, f);
    for (uint64_t i = 0; i < t->n; i++) /* like random */
        v[i] = (double)(cf_sum(&i, sizeof i, found) >> 11) - 0x1p52;
    separate(t, vector, found, v);
    for (int round = 0; round < ROUNDS; round++) {
        solve(f, v, t->n);
        separate(t, vector, found, v);
    }
}

/* ---- all together ---- */

/* The arrays of t and f are parts of room. */
static void share(struct tridiagonal *t, struct factored *f, double *room)
{
    double **part[] = {&t->h,    &t->d,     &t->e,    &f->pivot,
                       &f->next, &f->after, &f->times};

    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        *part[i] = room + i * t->n;
    t->shared = room + sizeof part / sizeof *part * t->n;
}

static void find(struct tridiagonal *t, size_t want, struct factored *f,
                 double *value, double *vector)
{
    bool zero = t->norm == 0;
    if (zero)
        t->norm = 1; /* it is a measure for what is next to nothing */
    for (size_t i = 0; i < want; i++)
        value[i] = zero ? 0 : find_value(t, i, i ? value[i - 1] : t->norm);
    for (size_t i = 0; i < want; i++)
        find_vector(t, value[i], f, vector, i);
}

int cf_eigen(double *a, size_t n, size_t want, double *value, double *vector,
             struct cf_err *err)
{
    enum { ARRAYS = 7 + CF_REAL_ROWS };
    struct tridiagonal t = {
        .real = cf_real_of(cf_vec_best()->name), .a = a, .n = n};
    struct factored f = {.swapped = cf_alloc(n, sizeof *f.swapped)};
    double *room = cf_alloc(n, ARRAYS * sizeof *room);
    int rc = 0;

    if (room && f.swapped) {
        share(&t, &f, room);
        make_tridiagonal(&t, f.pivot);
        if (want < n)
            find(&t, want, &f, value, vector);
        else
            rc = cf_eigen_ql(t.d, t.e, n, t.norm, vector, t.real, err);
        if (!rc && want == n)
            memcpy(value, t.d, n * sizeof *value);
        turn_back(&t, vector, rc ? 0 : want);
    } else {
        rc = cf_nomem(err, "eigenvalues");
    }
    free(room);
    free(f.swapped);
    return rc;
}
