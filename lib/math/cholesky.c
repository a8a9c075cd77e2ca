/* cholesky.c - the plain algorithm, row by row. */
#include "math/cholesky.h"

#include <math.h>

static double dot(const double *x, const double *y, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

bool cf_cholesky(double *a, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double *row = a + i * n;
        for (size_t j = 0; j < i; j++) {
            const double *up = a + j * n;
            row[j] = (row[j] - dot(row, up, j)) / up[j];
        }
        double square = row[i] - dot(row, row, i);
        if (!(square > 0) || !isfinite(square))
            return false;
        row[i] = sqrt(square);
    }
    return true;
}

void cf_cholesky_solve(const double *l, size_t n, double *x)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (x[i] - dot(l + i * n, x, i)) / l[i * n + i];
    for (size_t i = n; i-- > 0;) {
        x[i] /= l[i * n + i];
        for (size_t j = 0; j < i; j++)
            x[j] -= l[i * n + j] * x[i];
    }
}

void cf_cholesky_inverse(const double *l, size_t n, double *out)
{
    /* The inverse is symmetric, so its columns may be put down as rows. */
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            out[i * n + j] = i == j;
        cf_cholesky_solve(l, n, out + i * n);
    }
}
