/* vec_kernels.h - the kernels of vec.h in registers, written once. Included by
 * the file of each instruction set, which is compiled for it and defines WIDTH
 * (floats in a register), SQRT (of a register), NAME and TABLE.
 *
 * No include guard is needed, and no other file may include it. */
#include <stdint.h>
#include <string.h>

#include "math/link.h"
#include "math/vec_reg.h"

enum { REGS = CF_LANES / WIDTH };

/* The sum of all lanes, in the order that vec.h says. */
static inline float total(reg sum[REGS])
{
    enum { QUADS = WIDTH / 4 };
    float part[QUADS][4];

    for (size_t half = REGS / 2; half > 0; half /= 2)
        for (size_t r = 0; r < half; r++)
            sum[r] += sum[r + half];
    memcpy(part, sum, sizeof part);
    for (size_t half = QUADS / 2; half > 0; half /= 2)
        for (size_t q = 0; q < half; q++)
            for (size_t l = 0; l < 4; l++)
                part[q][l] += part[q + half][l];
    return (part[0][0] + part[0][2]) + (part[0][1] + part[0][3]);
}

/* The last products, fewer than there are lanes. */
static inline void add_rest(const float *x, const float *y, size_t n,
                            reg sum[REGS])
{
    float lane[CF_LANES];

    memcpy(lane, sum, sizeof lane);
    for (size_t l = 0; l < n; l++)
        lane[l] += x[l] * y[l];
    memcpy(sum, lane, sizeof lane);
}

static inline float dot_of(const float *x, const float *y, size_t n)
{
    reg sum[REGS] = {{0}};
    size_t i = 0;

    for (; i + CF_LANES <= n; i += CF_LANES)
        for (size_t r = 0; r < REGS; r++)
            sum[r] += load(x + i + r * WIDTH) * load(y + i + r * WIDTH);
    if (i < n)
        add_rest(x + i, y + i, n - i, sum);
    return total(sum);
}

static float dot(const float *x, const float *y, size_t n)
{
    return dot_of(x, y, n);
}

static inline void expect(const float *x, size_t n)
{
    enum { LINE = 16 };

    for (size_t i = 0; i < n; i += LINE)
        __builtin_prefetch(x + i);
}

/* Rows are asked for some pairs before their turn: memory is what takes the
 * time. */
static void dots(const struct cf_dots *p, float *out)
{
    enum { AHEAD = 12 };

    for (size_t j = 0; j < p->pairs; j++) {
        if (j + AHEAD < p->pairs) {
            expect(p->x[j + AHEAD], p->n);
            expect(p->y[j + AHEAD], p->n);
        }
        out[j] = dot_of(p->x[j], p->y[j], p->n);
    }
}

static void axpy(float a, const float *x, float *y, size_t n)
{
    size_t i = 0;

    for (; i + WIDTH <= n; i += WIDTH)
        store(y + i, load(y + i) + a * load(x + i));
    for (; i < n; i++)
        y[i] += a * x[i];
}

static void gemv(const float *m, const float *x, float *out, size_t rows,
                 size_t n)
{
    for (size_t r = 0; r < rows; r++)
        out[r] = dot_of(m + r * n, x, n);
}

/* Is it all zeros? */
static inline int none(bits x)
{
    uint64_t part[sizeof x / sizeof(uint64_t)], any = 0;

    memcpy(part, &x, sizeof x);
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        any |= part[i];
    return any == 0;
}

/* Four registers at a time, until one of them has it. */
static size_t above(const float *x, float least, size_t n)
{
    enum { STEP = 4 * WIDTH };
    size_t i = 0;

    for (; i + STEP <= n; i += STEP) {
        const float *p = x + i;
        bits any = load(p) >= least;
        any |= load(p + WIDTH) >= least;
        any |= load(p + (size_t)2 * WIDTH) >= least;
        any |= load(p + (size_t)3 * WIDTH) >= least;
        if (!none(any))
            break;
    }
    return i + cf_vec_scalar.above(x + i, least, n - i);
}

/* Lanes whose size is below the least become 0; a NaN stays, so that it is
 * found. */
static inline reg flush(reg x, float least)
{
    reg size = (reg)((bits)x & 0x7fffffff);
    return (reg)((bits)x & ~(size < least));
}

static void adam(const struct cf_adam_step *step, const float *g, float *w,
                 float *m, float *v, size_t n)
{
    const struct cf_adam_step s = *step;
    size_t i = 0;

    for (; i + WIDTH <= n; i += WIDTH) {
        reg gi = load(g + i);
        reg mi = flush(s.beta1 * load(m + i) + s.rest1 * gi, CF_MOMENT_MIN);
        reg vv =
            flush(s.beta2 * load(v + i) + s.rest2 * gi * gi, CF_SQUARE_MIN);
        reg down = s.rate * mi / ((reg)SQRT(s.scale * vv) + s.eps);
        store(w + i, s.decay * load(w + i) - down);
        store(m + i, mi);
        store(v + i, vv);
    }
    cf_vec_scalar.adam(step, g + i, w + i, m + i, v + i, n - i);
}

/* Registers of an array that go through the steps together: two, so that one
 * computes while the other waits. */
enum { PAIR = 2 };
struct pair {
    reg r[PAIR];
};

static inline int all_zero(const struct pair *p)
{
    int any = 0;
    for (size_t r = 0; r < PAIR; r++)
        for (size_t l = 0; l < WIDTH; l++)
            any |= ((bits)p->r[r])[l];
    return any == 0;
}

/* A pair through all steps. Without momentum nothing moves but by decay. */
static inline void idle(const struct cf_adam_step *s, size_t steps, float *w,
                        float *m, float *v)
{
    struct pair pw, pm, pv;

    memcpy(&pw, w, sizeof pw);
    memcpy(&pm, m, sizeof pm);
    memcpy(&pv, v, sizeof pv);
    if (all_zero(&pm)) {
        for (size_t t = 0; t < steps; t++)
            for (size_t r = 0; r < PAIR; r++) {
                pv.r[r] = s[t].beta2 * pv.r[r];
                pw.r[r] = s[t].decay * pw.r[r];
            }
    } else {
        for (size_t t = 0; t < steps; t++)
            for (size_t r = 0; r < PAIR; r++) {
                pm.r[r] = s[t].beta1 * pm.r[r];
                pv.r[r] = s[t].beta2 * pv.r[r];
                reg root = (reg)SQRT(s[t].scale * pv.r[r]);
                pw.r[r] = s[t].decay * pw.r[r] -
                          s[t].rate * pm.r[r] / (root + s[t].eps);
            }
    }
    for (size_t r = 0; r < PAIR; r++) {
        pm.r[r] = flush(pm.r[r], CF_MOMENT_MIN);
        pv.r[r] = flush(pv.r[r], CF_SQUARE_MIN);
    }
    memcpy(w, &pw, sizeof pw);
    memcpy(m, &pm, sizeof pm);
    memcpy(v, &pv, sizeof pv);
}

static void adam_idle(const struct cf_adam_step *s, size_t steps, float *w,
                      float *m, float *v, size_t n)
{
    enum { STEP = PAIR * WIDTH };
    size_t i = 0;

    for (; i + STEP <= n; i += STEP)
        idle(s, steps, w + i, m + i, v + i);
    if (i < n) {
        size_t bytes = (n - i) * sizeof(float);
        float tw[STEP] = {0}, tm[STEP] = {0}, tv[STEP] = {0};
        memcpy(tw, w + i, bytes);
        memcpy(tm, m + i, bytes);
        memcpy(tv, v + i, bytes);
        idle(s, steps, tw, tm, tv);
        memcpy(w + i, tw, bytes);
        memcpy(m + i, tm, bytes);
        memcpy(v + i, tv, bytes);
    }
}

static inline reg add_product(reg sum, float a, reg b)
{
    return sum + a * b;
}

#include "math/vec_gemm.h"

#include "math/vec_sigmoid.h"

const struct cf_vec TABLE = {.name = NAME,
                             .dot = dot,
                             .axpy = axpy,
                             .gemv = gemv,
                             .above = above,
                             .gemm = gemm,
                             .product = PRODUCT,
                             .adam = adam,
                             .adam_idle = adam_idle,
                             .dots = dots,
                             .sigmoid = sigmoid};
