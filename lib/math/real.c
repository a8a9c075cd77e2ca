/* real.c - the kernels of real.h as plain loops, and which there are. */
#include "math/real.h"

#include <string.h>

#include "math/real_tables.h"

static double dot_of(const double *x, const double *y, size_t n, size_t lanes)
{
    double lane[CF_REAL_LANES] = {0};

    for (size_t i = 0; i < n; i++)
        lane[i % lanes] += x[i] * y[i];
    for (size_t half = lanes / 2; half > 0; half /= 2)
        for (size_t l = 0; l < half; l++)
            lane[l] += lane[l + half];
    return lane[0];
}

static double dot(const double *x, const double *y, size_t n)
{
    return dot_of(x, y, n, CF_REAL_LANES);
}

static void axpy(double a, const double *x, double *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] += a * x[i];
}

static void axpy2(double a, const double *x, double b, const double *y,
                  double *z, size_t n)
{
    axpy(a, x, z, n);
    axpy(b, y, z, n);
}

static void dots(struct cf_reals *p)
{
    for (size_t v = 0; v < CF_REAL_PAIR; v++)
        for (size_t r = 0; r < CF_REAL_ROWS; r++)
            p->product[v][r] = dot_of(p->u + r * p->u_row, p->x + v * p->x_row,
                                      p->n, CF_REAL_FEW);
}

static void axpys(const struct cf_reals *p)
{
    for (size_t v = 0; v < CF_REAL_PAIR; v++)
        for (size_t r = 0; r < CF_REAL_ROWS; r++)
            axpy(p->product[v][r], p->u + r * p->u_row, p->x + v * p->x_row,
                 p->n);
}

static void turn(double *part, const struct cf_turn *t, size_t n)
{
    for (size_t r = 0; r < n; r++) {
        double *x = part + t[r].i * CF_TURN_WIDTH, *y = x + CF_TURN_WIDTH;
        for (size_t j = 0; j < CF_TURN_WIDTH; j++) {
            double was = y[j];
            y[j] = t[r].s * x[j] + t[r].c * was;
            x[j] = t[r].c * x[j] - t[r].s * was;
        }
    }
}

const struct cf_real cf_real_scalar = {"scalar", dot,   axpy, axpy2,
                                       dots,     axpys, turn};

const struct cf_real *cf_real_of(const char *name)
{
#ifdef __x86_64__
    if (!strcmp(name, "avx2") || !strcmp(name, "avx512"))
        return &cf_real_avx2;
    if (!strcmp(name, "sse2"))
        return &cf_real_sse2;
#endif
    (void)name;
    return &cf_real_scalar;
}
