/* eigen_ql.c - all eigenvalues and vectors of a tridiagonal matrix, by QL with
 * implicit shifts: EISPACK's tql2, Wilkinson and Reinsch, Handbook for
 * Automatic Computation II, 1971. Rotations of the vectors are put off until
 * there are many, and then done for a few coordinates at a time, which stay in
 * the cache meanwhile.
 *
 * The vectors begin as the identity: vector i has 0 at coordinate j until
 * i - j sweeps have been done, so that turns of zeros can be left out. */
#include "math/eigen_ql.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
    LONG = 64,       /* as many sweeps of all vectors are put off, */
    SWEEPS = 256,    /* or that many sweeps */
    SWEEPS_MOST = 64 /* to an eigenvalue; two or three are usual */
};

struct ql {
    double *d, *e, *vector;
    const struct cf_real *real;
    double *part; /* (n, CF_TURN_WIDTH) of the vectors */
    size_t n;
    struct cf_turn *put_off;
    size_t nput_off;
    size_t begin[SWEEPS + 1]; /* of sweeps that are put off, and the end */
    size_t nsweeps;
    size_t done;   /* sweeps before these */
    size_t lowest; /* vector that they turn */
};

/* m coordinates, from `at` on, of the vectors to q->part, or back from there. A
 * copy is what stays in the cache: where they are, a power of two as n has them
 * share few of its lines. m is a constant where this counts. */
static inline void copy_part(const struct ql *q, size_t at, size_t m, bool back)
{
    for (size_t i = q->lowest; i < q->n; i++) {
        double *part = q->part + i * CF_TURN_WIDTH;
        double *own = q->vector + i * q->n + at;
        memcpy(back ? own : part, back ? part : own, m * sizeof *own);
    }
}

static void turn_part(const struct ql *q, size_t at)
{
    for (size_t s = 0; s < q->nsweeps; s++) {
        const struct cf_turn *t = q->put_off + q->begin[s];
        size_t n = q->begin[s + 1] - q->begin[s];
        size_t last = at + CF_TURN_WIDTH - 1 + q->done + s; /* that is not 0 */
        size_t zeros = n > 0 && t->i > last ? t->i - last : 0;
        if (zeros < n)
            q->real->turn(q->part, t + zeros, n - zeros);
    }
}

static void rotate(struct ql *q)
{
    size_t at = 0;

    q->begin[q->nsweeps] = q->nput_off;
    for (; at + CF_TURN_WIDTH <= q->n; at += CF_TURN_WIDTH) {
        copy_part(q, at, CF_TURN_WIDTH, false);
        turn_part(q, at);
        copy_part(q, at, CF_TURN_WIDTH, true);
    }
    if (at < q->n) {
        copy_part(q, at, q->n - at, false);
        turn_part(q, at);
        copy_part(q, at, q->n - at, true);
    }
    q->done += q->nsweeps;
    q->nput_off = q->nsweeps = 0;
}

/* From the small block l .. m on, one sweep. */
static void sweep(struct ql *q, size_t l, size_t m)
{
    double *d = q->d, *e = q->e;
    double g = (d[l + 1] - d[l]) / (2 * e[l]), r = sqrt(g * g + 1);
    double s = 1, c = 1, p = 0;

    g = d[m] - d[l] + e[l] / (g + (g < 0 ? -r : r));
    for (size_t i = m; i-- > l;) {
        double f = s * e[i], b = c * e[i];
        r = sqrt(f * f + g * g);
        e[i + 1] = r;
        if (r == 0) {
            d[i + 1] -= p;
            e[m] = 0;
            return;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        r = (d[i] - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
        q->put_off[q->nput_off++] = (struct cf_turn){i, c, s};
    }
    d[l] -= p;
    e[l] = g;
    e[m] = 0;
}

static void iterate(struct ql *q, double least)
{
    for (size_t l = 0; l < q->n; l++)
        for (int i = 0; i < SWEEPS_MOST; i++) {
            size_t m = l;
            while (m + 1 < q->n && fabs(q->e[m]) > least)
                m++;
            if (m == l)
                break;
            if (q->nput_off + q->n > LONG * q->n || q->nsweeps == SWEEPS)
                rotate(q);
            if (q->nsweeps == 0)
                q->lowest = l;
            q->begin[q->nsweeps++] = q->nput_off;
            sweep(q, l, m);
        }
    rotate(q);
}

/* The largest first. */
static void sort(struct ql *q)
{
    for (size_t i = 0; i < q->n; i++) {
        size_t best = i;
        for (size_t j = i + 1; j < q->n; j++)
            if (q->d[j] > q->d[best])
                best = j;
        double value = q->d[i], *x = q->vector + i * q->n;
        double *y = q->vector + best * q->n;
        q->d[i] = q->d[best];
        q->d[best] = value;
        for (size_t j = 0; best != i && j < q->n; j++) {
            double old = x[j];
            x[j] = y[j];
            y[j] = old;
        }
    }
}

int cf_eigen_ql(double *d, double *e, size_t n, double norm, double *vector,
                const struct cf_real *real, struct cf_err *err)
{
    struct ql q = {.d = d, .e = e, .vector = vector, .n = n, .real = real};

    q.put_off = cf_alloc(LONG * n, sizeof *q.put_off);
    q.part = cf_aalloc(n, CF_TURN_WIDTH * sizeof *q.part);
    if (!q.put_off || !q.part) {
        free(q.put_off);
        free(q.part);
        return cf_nomem(err, "eigenvalues");
    }
    memset(vector, 0, n * n * sizeof *vector);
    for (size_t i = 0; i < n; i++)
        vector[i * n + i] = 1;
    memmove(e, e + 1, (n - 1) * sizeof *e);
    e[n - 1] = 0;
    iterate(&q, DBL_EPSILON * norm);
    sort(&q);
    free(q.put_off);
    free(q.part);
    return 0;
}
