/* vec_kernels.h - the kernels of vec.h in registers, written once. Included by
 * the file of each instruction set, which is compiled for it and defines WIDTH
 * (floats in a register), SQRT (of a register), NAME and TABLE.
 *
 * No include guard is needed, and no other file may include it. */
#include <string.h>

#include "math/link.h"

/* Registers of floats and of their bits. */
typedef float reg __attribute__((vector_size(4 * WIDTH)));
typedef int bits __attribute__((vector_size(4 * WIDTH)));

static inline reg load(const float *p)
{
    reg x;
    memcpy(&x, p, sizeof x);
    return x;
}

static inline void store(float *p, reg x)
{
    memcpy(p, &x, sizeof x);
}

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

/* ---- gemm: C in tiles of ROWS x COLS registers ---- */

enum {
    ROWS = 6,
    COLS = 2,
    DEEP = 128 /* rows of B that the edge copies at a time */
};

/* rows and cols are constants where this is called. */
static inline void tile(const struct cf_gemm *g, int rows, int cols)
{
    reg sum[ROWS][COLS];

    for (int i = 0; i < rows; i++)
        for (int j = 0; j < cols; j++)
            sum[i][j] = load(g->c + (size_t)i * g->c_row + j * WIDTH);
    for (size_t p = 0; p < g->k; p++) {
        const float *a = g->a + p * g->a_col;
        reg b[COLS];
        for (int j = 0; j < cols; j++)
            b[j] = load(g->b + p * g->b_row + j * WIDTH);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < cols; j++)
                sum[i][j] += a[(size_t)i * g->a_row] * b[j];
    }
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < cols; j++)
            store(g->c + (size_t)i * g->c_row + j * WIDTH, sum[i][j]);
}

/* All rows of C, `cols` registers of its columns. */
static inline void panel(const struct cf_gemm *g, int cols)
{
    struct cf_gemm t = *g;
    size_t i = 0;

    for (; i + ROWS <= g->m; i += ROWS) {
        tile(&t, ROWS, cols);
        t.a += ROWS * g->a_row;
        t.c += ROWS * g->c_row;
    }
    for (; i < g->m; i++) {
        tile(&t, 1, cols);
        t.a += g->a_row;
        t.c += g->c_row;
    }
}

/* Columns fewer than a register holds, by way of copies. */
static void edge(const struct cf_gemm *g, size_t cols)
{
    float b[DEEP * WIDTH] = {0}, c[WIDTH] = {0};
    struct cf_gemm t = *g;

    t.b = b;
    t.b_row = WIDTH;
    t.c = c;
    for (size_t p = 0; p < g->k; p += DEEP) {
        t.k = g->k - p < DEEP ? g->k - p : DEEP;
        for (size_t q = 0; q < t.k; q++)
            memcpy(b + q * WIDTH, g->b + (p + q) * g->b_row,
                   cols * sizeof(float));
        for (size_t i = 0; i < g->m; i++) {
            t.a = g->a + i * g->a_row + p * g->a_col;
            memcpy(c, g->c + i * g->c_row, cols * sizeof(float));
            tile(&t, 1, 1);
            memcpy(g->c + i * g->c_row, c, cols * sizeof(float));
        }
    }
}

static void gemm(const struct cf_gemm *g)
{
    struct cf_gemm t = *g;
    size_t j = 0;

    for (; j + COLS * WIDTH <= g->n; j += COLS * WIDTH) {
        panel(&t, COLS);
        t.b += COLS * WIDTH;
        t.c += COLS * WIDTH;
    }
    for (; j + WIDTH <= g->n; j += WIDTH) {
        panel(&t, 1);
        t.b += WIDTH;
        t.c += WIDTH;
    }
    if (j < g->n)
        edge(&t, g->n - j);
}

#include "math/vec_sigmoid.h"

const struct cf_vec TABLE = {NAME, dot,       axpy, gemv,   gemm,
                             adam, adam_idle, dots, sigmoid};
