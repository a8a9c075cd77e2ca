/* real_kernels.h - the kernels of real.h in registers, written once. Included
 * by the file of each instruction set, which is compiled for it and defines
 * WIDTH (doubles in a register), NAME and TABLE.
 *
 * No include guard is needed, and no other file may include it. */
#include <stdint.h>
#include <string.h>

typedef double reg __attribute__((vector_size(8 * WIDTH)));

#define UNROLL _Pragma("GCC unroll 16")

enum {
    REGS = CF_REAL_LANES / WIDTH,
    PARTS = CF_TURN_WIDTH / WIDTH,
    FEW = CF_REAL_FEW / WIDTH
};

static inline reg load(const double *p)
{
    reg x;
    memcpy(&x, p, sizeof x);
    return x;
}

static inline void store(double *p, reg x)
{
    memcpy(p, &x, sizeof x);
}

static double dot(const double *x, const double *y, size_t n)
{
    reg sum[REGS] = {{0}};
    double lane[CF_REAL_LANES];
    size_t i = 0;

    for (; i + CF_REAL_LANES <= n; i += CF_REAL_LANES)
        UNROLL for (size_t r = 0; r < REGS; r++) sum[r] +=
            load(x + i + r * WIDTH) * load(y + i + r * WIDTH);
    memcpy(lane, sum, sizeof lane);
    for (size_t l = 0; i + l < n; l++)
        lane[l] += x[i + l] * y[i + l];
    for (size_t half = CF_REAL_LANES / 2; half > 0; half /= 2)
        for (size_t l = 0; l < half; l++)
            lane[l] += lane[l + half];
    return lane[0];
}

static void axpy(double a, const double *x, double *y, size_t n)
{
    size_t i = 0;

    for (; i + WIDTH <= n; i += WIDTH)
        store(y + i, load(y + i) + a * load(x + i));
    for (; i < n; i++)
        y[i] += a * x[i];
}

static void axpy2(double a, const double *x, double b, const double *y,
                  double *z, size_t n)
{
    size_t i = 0;

    for (; i + WIDTH <= n; i += WIDTH)
        store(z + i, (load(z + i) + a * load(x + i)) + b * load(y + i));
    for (; i < n; i++)
        z[i] = (z[i] + a * x[i]) + b * y[i];
}

static void dots(struct cf_reals *p)
{
    reg sum[CF_REAL_PAIR][CF_REAL_ROWS][FEW] = {{{{0}}}};
    size_t i = 0;

    for (; i + CF_REAL_FEW <= p->n; i += CF_REAL_FEW)
        UNROLL for (size_t l = 0; l < FEW; l++)
            UNROLL for (size_t v = 0; v < CF_REAL_PAIR; v++)
        {
            reg x = load(p->x + v * p->x_row + i + l * WIDTH);
            UNROLL for (size_t r = 0; r < CF_REAL_ROWS; r++) sum[v][r][l] +=
                load(p->u + r * p->u_row + i + l * WIDTH) * x;
        }
    for (size_t v = 0; v < CF_REAL_PAIR; v++)
        for (size_t r = 0; r < CF_REAL_ROWS; r++) {
            double lane[CF_REAL_FEW];
            memcpy(lane, sum[v][r], sizeof lane);
            for (size_t l = 0; i + l < p->n; l++)
                lane[l] +=
                    p->u[r * p->u_row + i + l] * p->x[v * p->x_row + i + l];
            p->product[v][r] = (lane[0] + lane[2]) + (lane[1] + lane[3]);
        }
}

static void axpys(const struct cf_reals *reals)
{
    const struct cf_reals p = *reals; /* no store changes it */
    reg a[CF_REAL_PAIR][CF_REAL_ROWS];
    size_t i = 0;

    UNROLL for (size_t v = 0; v < CF_REAL_PAIR; v++)
        UNROLL for (size_t r = 0; r < CF_REAL_ROWS; r++) a[v][r] =
            p.product[v][r] - (reg){0};
    for (; i + WIDTH <= p.n; i += WIDTH)
        UNROLL for (size_t v = 0; v < CF_REAL_PAIR; v++)
        {
            reg x = load(p.x + v * p.x_row + i);
            UNROLL for (size_t r = 0; r < CF_REAL_ROWS; r++) x +=
                a[v][r] * load(p.u + r * p.u_row + i);
            store(p.x + v * p.x_row + i, x);
        }
    for (; i < p.n; i++)
        for (size_t v = 0; v < CF_REAL_PAIR; v++)
            for (size_t r = 0; r < CF_REAL_ROWS; r++)
                p.x[v * p.x_row + i] += p.product[v][r] * p.u[r * p.u_row + i];
}

/* After a rotation the next mostly takes vector i - 1 and i: i is kept in
 * registers, so that it need not be stored and loaded again. */
static void turn(double *part, const struct cf_turn *t, size_t n)
{
    reg kept[PARTS] = {{0}};
    size_t which = SIZE_MAX;

    for (size_t r = 0; r < n; r++) {
        double *x = part + t[r].i * CF_TURN_WIDTH, *y = x + CF_TURN_WIDTH;
        reg c = t[r].c - (reg){0}, s = t[r].s - (reg){0};
        if (which != t[r].i + 1) {
            UNROLL for (size_t j = 0; which != SIZE_MAX && j < PARTS; j++)
                store(part + which * CF_TURN_WIDTH + j * WIDTH, kept[j]);
            UNROLL for (size_t j = 0; j < PARTS; j++) kept[j] =
                load(y + j * WIDTH);
        }
        UNROLL for (size_t j = 0; j < PARTS; j++)
        {
            reg was = load(x + j * WIDTH);
            store(y + j * WIDTH, s * was + c * kept[j]);
            kept[j] = c * was - s * kept[j];
        }
        which = t[r].i;
    }
    UNROLL for (size_t j = 0; which != SIZE_MAX && j < PARTS; j++)
        store(part + which * CF_TURN_WIDTH + j * WIDTH, kept[j]);
}

const struct cf_real TABLE = {NAME, dot, axpy, axpy2, dots, axpys, turn};
