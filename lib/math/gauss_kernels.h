/* gauss_kernels.h - the kernels of gauss.h in registers, written once. Included
 * by the file of each instruction set, which is compiled for it and defines
 * WIDTH (floats in a register), SQRT (of a register), NAME and TABLE.
 *
 * No include guard is needed, and no other file may include it. */
#include "math/gauss_regs.h"

/* ---- normals ---- */

static inline reg normal(words w)
{
    reg u = (__builtin_convertvector((bits)(w >> 9), reg) + .5F) * 0x1p-22F - 1;
    reg v = -logarithm((1 - u) * (1 + u));
    reg near = polynomial(cf_erfinv_near, CF_ERFINV_TERMS, v - 2.5F);
    reg far = polynomial(cf_erfinv_far, CF_ERFINV_TERMS, (reg)SQRT(v) - 3);

    return 1.41421356F * u * choose(v < 5, near, far);
}

static void normals(const uint32_t *from, float *out, size_t n)
{
    size_t i = 0;
    words w;

    for (; i + WIDTH <= n; i += WIDTH) {
        memcpy(&w, from + i, sizeof w);
        store(out + i, normal(w));
    }
    cf_gauss_scalar.normals(from + i, out + i, n - i);
}

/* ---- sums of regressions ---- */

/* One entry; tables is a constant where this is called. */
static inline __attribute__((always_inline)) void gather_one(
    const struct cf_gather *g, size_t e, size_t wide, size_t tables)
{
    const float *w[CF_GAUSS_TABLES] = {NULL};
    float c = 1, bias = 0, *z = g->z + e * CF_GAUSS_WIDE(g->d + 1);
    struct lanes dot = {{{0}}};

    for (size_t t = 0; t < tables; t++) {
        uint32_t row = g->from[t].row[e];
        w[t] = g->from[t].w + row * wide;
        c *= g->from[t].root ? g->from[t].root[row] : 1;
        bias += w[t][0];
    }
    for (size_t i = 0; i < wide; i += LANES)
        for (size_t r = 0; r < REGS; r++) {
            reg x = load(w[0] + i + r * WIDTH);
            if (tables > 1) {
                reg y = load(w[1] + i + r * WIDTH);
                if (i + r == 0)
                    x[0] = 0;
                dot.r[r] += x * y;
                x += y;
            }
            if (i + r == 0)
                x[0] = 1;
            store(z + i + r * WIDTH, c * x);
        }
    z[g->d] = c * (g->y[e] - (tables > 1 ? bias + sum_lanes(dot) : bias));
}

/* By value, as stores may change what a pointer points to. */
static inline __attribute__((always_inline)) void gather_all(
    const struct cf_gather g, size_t tables)
{
    const size_t wide = CF_GAUSS_WIDE(g.d);

    for (size_t e = 0; e < g.n; e++) {
        for (size_t t = 0; e + AHEAD < g.n && t < tables; t++)
            for (size_t j = 0; j < wide; j += LANES)
                __builtin_prefetch(g.from[t].w +
                                   g.from[t].row[e + AHEAD] * wide + j);
        if (wide == LANES)
            gather_one(&g, e, LANES, tables);
        else
            gather_one(&g, e, wide, tables);
    }
}

static void gather(const struct cf_gather *g)
{
    if (g->tables == 1)
        gather_all(*g, 1);
    else
        gather_all(*g, 2);
}

enum { TALL = 4, TALLEST = 8, COLS = 3 };

/* Rows i .. i + tall - 1 of a, `cols` registers from column j; tall and cols
 * are constants where this is called. */
static inline __attribute__((always_inline)) void tile(const struct cf_syrk *s,
                                                       size_t i, size_t j,
                                                       size_t tall, size_t cols)
{
    size_t wide = CF_GAUSS_WIDE(s->d);
    float *a = s->a + i * wide + j;
    reg sum[TALLEST][COLS];

    for (size_t r = 0; r < tall; r++)
        for (size_t c = 0; c < cols; c++)
            sum[r][c] = load(a + r * wide + c * WIDTH);
    for (size_t e = 0; e < s->n; e++) {
        const float *z = s->z + e * wide;
        reg x[COLS];
        for (size_t c = 0; c < cols; c++)
            x[c] = load(z + j + c * WIDTH);
        for (size_t r = 0; r < tall; r++)
            for (size_t c = 0; c < cols; c++)
                sum[r][c] += z[i + r] * x[c];
    }
    for (size_t r = 0; r < tall; r++)
        for (size_t c = 0; c < cols; c++)
            store(a + r * wide + c * WIDTH, sum[r][c]);
}

/* Rows i .. i + tall - 1 up to the diagonal. */
static inline __attribute__((always_inline)) void band(const struct cf_syrk *s,
                                                       size_t i, size_t tall)
{
    size_t end = i + tall, j = 0;

    for (; j + (size_t)(COLS - 1) * WIDTH < end; j += (size_t)COLS * WIDTH)
        tile(s, i, j, tall, COLS);
    if (j + WIDTH < end)
        tile(s, i, j, tall, 2);
    else if (j < end)
        tile(s, i, j, tall, 1);
}

static void syrk(const struct cf_syrk *s)
{
    size_t i = 0;

    if (WIDTH >= TALLEST && s->d >= TALLEST) {
        tile(s, 0, 0, TALLEST, 1);
        i = TALLEST;
    }
    for (; i + TALL <= s->d; i += TALL)
        band(s, i, TALL);
    if (i + 3 == s->d)
        band(s, i, 3);
    else if (i + 2 == s->d)
        band(s, i, 2);
    else if (i < s->d)
        band(s, i, 1);
}

/* ---- draws ---- */

/* t -= a b. */
static inline void less(struct lanes *t, const float *a, const float *b)
{
    for (size_t r = 0; r < REGS; r++)
        t->r[r] -= load(a + r * WIDTH) * load(b + r * WIDTH);
}

static inline void times(struct lanes *t, const float *a)
{
    for (size_t r = 0; r < REGS; r++)
        t->r[r] *= load(a + r * WIDTH);
}

static void posterior(const struct cf_draw16 *p)
{
    const float *g = p->sums + CF_GAUSS_TRI(p->d) * LANES;
    const struct lanes beta = take(p->beta);

    for (size_t i = 0; i < CF_GAUSS_TRI(p->d); i++)
        for (size_t r = 0; r < REGS; r++)
            store(p->s + i * LANES + r * WIDTH,
                  beta.r[r] * load(p->sums + i * LANES + r * WIDTH) +
                      p->prec[i]);
    for (size_t j = 0; j < p->d; j++)
        for (size_t r = 0; r < REGS; r++)
            store(p->x + j * LANES + r * WIDTH,
                  beta.r[r] * load(g + j * LANES + r * WIDTH) +
                      load(p->pull + j * LANES + r * WIDTH));
}

static void factor(const struct cf_draw16 *p)
{
    for (size_t j = 0; j < p->d; j++) {
        float *lj = p->s + CF_GAUSS_TRI(j) * LANES;
        struct lanes d = take(lj + j * LANES), x = take(p->x + j * LANES);
        for (size_t k = 0; k < j; k++) {
            less(&d, lj + k * LANES, lj + k * LANES);
            less(&x, lj + k * LANES, p->x + k * LANES);
        }
        for (size_t r = 0; r < REGS; r++)
            d.r[r] = 1 / (reg)SQRT(d.r[r]);
        put(lj + j * LANES, d);
        times(&x, lj + j * LANES);
        put(p->x + j * LANES, x);
        for (size_t i = j + 1; i < p->d; i++) {
            float *li = p->s + CF_GAUSS_TRI(i) * LANES;
            struct lanes t = take(li + j * LANES);
            for (size_t k = 0; k < j; k++)
                less(&t, li + k * LANES, lj + k * LANES);
            times(&t, lj + j * LANES);
            put(li + j * LANES, t);
        }
    }
}

static void back(const struct cf_draw16 *p)
{
    for (size_t j = p->d; j-- > 0;) {
        struct lanes t = take(p->x + j * LANES);
        for (size_t r = 0; r < REGS; r++)
            t.r[r] += load(p->eps + j * LANES + r * WIDTH);
        for (size_t i = j + 1; i < p->d; i++)
            less(&t, p->s + (CF_GAUSS_TRI(i) + j) * LANES, p->x + i * LANES);
        times(&t, p->s + (CF_GAUSS_TRI(j) + j) * LANES);
        put(p->x + j * LANES, t);
    }
}

/* One register of the squares that are left. */
static inline reg squares(const struct cf_draw16 *p, size_t at)
{
    const float *g = p->sums + CF_GAUSS_TRI(p->d) * LANES + at;
    const float *x = p->x + at;
    reg sum = load(g + p->d * LANES);

    for (size_t i = 0; i < p->d; i++) {
        const float *a = p->sums + CF_GAUSS_TRI(i) * LANES + at;
        reg t = {0}, xi = load(x + i * LANES);
        for (size_t j = 0; j < i; j++)
            t += load(a + j * LANES) * load(x + j * LANES);
        t = t - load(g + i * LANES);
        t = t + t + load(a + i * LANES) * xi;
        sum += t * xi;
    }
    return choose(sum > 0, sum, (reg){0});
}

static void draw16(const struct cf_draw16 *p)
{
    posterior(p);
    factor(p);
    back(p);
    for (size_t at = 0; at < LANES; at += WIDTH)
        store(p->left + at, squares(p, at));
}

static void dots(const struct cf_row_dots *d)
{
    size_t wide = CF_GAUSS_WIDE(d->d);

    for (size_t e = 0; e < d->n; e++) {
        const float *w = d->table + d->row[e] * wide;
        struct lanes sum = {{{0}}};
        for (size_t i = 0; i < wide; i += LANES)
            for (size_t r = 0; r < REGS; r++)
                sum.r[r] +=
                    load(d->w + i + r * WIDTH) * load(w + i + r * WIDTH);
        d->out[e] = d->base + sum_lanes(sum);
    }
}

/* ---- bundles ---- */

static void collect(const struct cf_bundle *b, float *out)
{
    for (size_t j = 0; j < b->wide; j += LANES) {
        struct lanes sum = take(out + j);
        for (size_t e = 0; e < b->n; e++) {
            const float *t = b->table + b->row[e] * b->wide + j;
            for (size_t r = 0; r < REGS; r++)
                sum.r[r] += b->x[e] * load(t + r * WIDTH);
        }
        put(out + j, sum);
    }
}

static void spread(const struct cf_bundle *b, const float *v)
{
    for (size_t e = 0; e < b->n; e++) {
        float *t = b->table + b->row[e] * b->wide;
        for (size_t j = 0; j < b->wide; j += WIDTH)
            store(t + j, load(t + j) + b->x[e] * load(v + j));
    }
}

static void follow(const struct cf_bundle *b, const float *a, size_t d,
                   const float *v)
{
    for (size_t e = 0; e < b->n; e++) {
        const float *square = a + b->row[e] * d * b->wide;
        float *t = b->table + b->row[e] * b->wide;
        for (size_t j = 0; j < b->wide; j += LANES) {
            struct lanes sum = {{{0}}};
            for (size_t i = 0; i < d; i++)
                for (size_t r = 0; r < REGS; r++)
                    sum.r[r] +=
                        load(square + i * b->wide + j + r * WIDTH) * v[i];
            for (size_t r = 0; r < REGS; r++)
                store(t + j + r * WIDTH,
                      load(t + j + r * WIDTH) + b->x[e] * sum.r[r]);
        }
    }
}

/* y -= by u, from the register that has number `from` on. */
static inline void reduce(float *y, float by, const float *u, size_t from,
                          size_t wide)
{
    for (size_t c = from / WIDTH * WIDTH; c < wide; c += WIDTH)
        store(y + c, load(y + c) - by * load(u + c));
}

/* Row j of U, and the rows below it without its part. */
static void draw1_row(const struct cf_draw1 *p, size_t j)
{
    size_t wide = CF_GAUSS_WIDE(p->d);
    float *u = p->a + j * wide, x;
    float root = ((reg)SQRT(all(u[j])))[0];

    root = 1 / root;
    for (size_t c = j / WIDTH * WIDTH; c < wide; c += WIDTH)
        store(u + c, load(u + c) * root);
    for (size_t i = j + 1; i < p->d; i++)
        reduce(p->a + i * wide, u[i], u, i, wide);
    x = p->x[j] * root;
    /* Numbers before these are done with: reduce() would spoil them. */
    for (size_t i = j + 1; i < p->d; i++)
        p->x[i] -= x * u[i];
    p->x[j] = x;
    u[j] = root;
}

static void draw1(const struct cf_draw1 *p)
{
    size_t wide = CF_GAUSS_WIDE(p->d);

    for (size_t j = 0; j < p->d; j++)
        draw1_row(p, j);
    for (size_t j = p->d; j-- > 0;) {
        float x = (p->x[j] + p->eps[j]) * p->a[j * wide + j];
        p->x[j] = x;
        for (size_t i = 0; i < j; i++)
            p->x[i] -= p->a[i * wide + j] * x;
    }
}

const struct cf_gauss TABLE = {NAME, normals, gather, syrk,   draw16,
                               dots, collect, spread, follow, draw1};
