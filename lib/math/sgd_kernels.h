/* sgd_kernels.h - the steps of sgd.h in registers, written once. Included by
 * the file of each instruction set, which is compiled for it and defines WIDTH
 * (floats in a register), REG (their type), SUM (of CF_SGD_LANES lanes, lane l
 * added to l + 8, then 4, 2, 1) and KERNEL, the name.
 *
 * No include guard is needed, and no other file may include it. */
#include <string.h>

enum { REGS = CF_SGD_LANES / WIDTH }; /* registers that hold all lanes */

typedef int bits __attribute__((vector_size(4 * WIDTH)));

#define INLINE static inline __attribute__((always_inline))

INLINE REG load(const float *p)
{
    REG x;
    memcpy(&x, p, sizeof x);
    return x;
}

INLINE void store(float *p, REG x)
{
    memcpy(p, &x, sizeof x);
}

INLINE REG moved(const struct cf_sgd *s, bool nonneg, REG step, REG own,
                 REG other)
{
    REG w = step * other + s->keep * own;

    if (nonneg) /* all bits of what is not below 0 */
        w = (REG)((bits)w & ~(bits)(w < 0));
    return w;
}

/* ---- any width ---- */

/* A step; the kind of loss and the sign are constants where it is called. */
INLINE void any_step(const struct cf_sgd *s, const struct cf_sgd_row *row,
                     bool nonneg, bool bce, double *loss)
{
    float *p = s->user + (size_t)row->user * s->width;
    float *q = s->item + (size_t)row->item * s->width;
    float *bu = &s->user_bias[row->user], *bi = &s->item_bias[row->item];
    REG sum[REGS], step;

    for (size_t r = 0; r < REGS; r++)
        sum[r] = load(p + r * WIDTH) * load(q + r * WIDTH);
    for (size_t f = CF_SGD_LANES; f < s->width; f += CF_SGD_LANES)
        for (size_t r = 0; r < REGS; r++)
            sum[r] += load(p + f + r * WIDTH) * load(q + f + r * WIDTH);
    float e = cf_sgd_error(bce, s->mean + *bu + *bi, SUM(sum), row->rating,
                           loss);
    *bu = s->bias_keep * *bu + s->bias_rate * e;
    *bi = s->bias_keep * *bi + s->bias_rate * e;
    step = s->rate * e - (REG){0};
    for (size_t f = 0; f < s->width; f += WIDTH) {
        REG own = load(p + f), other = load(q + f);
        store(p + f, moved(s, nonneg, step, own, other));
        store(q + f, moved(s, nonneg, step, other, own));
    }
}

INLINE double any_steps(const struct cf_sgd *s, const struct cf_sgd_row *row,
                        size_t n, bool nonneg, bool bce)
{
    size_t half = cf_sgd_half(row, n);
    double loss[2] = {0};

    for (size_t i = 0; i < half; i++) {
        any_step(s, row + i, nonneg, bce, &loss[0]);
        any_step(s, row + half + i, nonneg, bce, &loss[1]);
    }
    for (size_t i = 2 * half; i < n; i++)
        any_step(s, row + i, nonneg, bce, &loss[1]);
    return loss[0] + loss[1];
}

/* ---- a width known here: a user's numbers stay in registers ---- */

enum { MOST = 128 }; /* widest */

struct stream {
    const struct cf_sgd_row *row; /* next */
    uint32_t user;
    float bias; /* of the user */
    double loss;
    REG p[MOST / WIDTH];
};

INLINE void take_user(const struct cf_sgd *s, struct stream *t, size_t width)
{
    t->user = t->row->user;
    t->bias = s->user_bias[t->user];
    for (size_t r = 0; r < width / WIDTH; r++)
        t->p[r] = load(s->user + t->user * width + r * WIDTH);
}

INLINE void put_user(const struct cf_sgd *s, const struct stream *t,
                     size_t width)
{
    s->user_bias[t->user] = t->bias;
    for (size_t r = 0; r < width / WIDTH; r++)
        store(s->user + t->user * width + r * WIDTH, t->p[r]);
}

INLINE void own_step(const struct cf_sgd *s, struct stream *t, size_t width)
{
    if (__builtin_expect(t->row->user != t->user, 0)) {
        put_user(s, t, width);
        take_user(s, t, width);
    }
    float *q = s->item + t->row->item * width,
          *bi = &s->item_bias[t->row->item];
    REG other[MOST / WIDTH], sum[REGS], step;

    for (size_t f = 0; f < width; f += 16)
        __builtin_prefetch(s->item + t->row[4].item * width + f);
    for (size_t r = 0; r < width / WIDTH; r++)
        other[r] = load(q + r * WIDTH);
    for (size_t r = 0; r < REGS; r++)
        sum[r] = t->p[r] * other[r];
    for (size_t r = REGS; r < width / WIDTH; r++)
        sum[r % REGS] += t->p[r] * other[r];
    float e = cf_sgd_error(false, s->mean + t->bias + *bi, SUM(sum),
                           t->row->rating, &t->loss);
    t->bias = s->bias_keep * t->bias + s->bias_rate * e;
    *bi = s->bias_keep * *bi + s->bias_rate * e;
    step = s->rate * e - (REG){0};
    for (size_t r = 0; r < width / WIDTH; r++) {
        store(q + r * WIDTH, moved(s, false, step, other[r], t->p[r]));
        t->p[r] = moved(s, false, step, t->p[r], other[r]);
    }
    t->row++;
}

INLINE double own_steps(const struct cf_sgd *given,
                        const struct cf_sgd_row *row, size_t n, size_t width)
{
    const struct cf_sgd copy = *given, *s = &copy;
    size_t half = cf_sgd_half(row, n);
    struct stream a = {.row = row}, b = {.row = row + half};

    if (half > 0)
        take_user(s, &a, width);
    take_user(s, &b, width);
    for (size_t i = 0; i < half; i++) {
        own_step(s, &a, width);
        own_step(s, &b, width);
    }
    if (half > 0)
        put_user(s, &a, width);
    for (size_t i = 2 * half; i < n; i++)
        own_step(s, &b, width);
    put_user(s, &b, width);
    return a.loss + b.loss;
}

/* Kept apart, so that each has the registers for itself. */
#define OWN(width)                                                             \
    static __attribute__((noinline)) double own_##width(                       \
        const struct cf_sgd *s, const struct cf_sgd_row *row, size_t n)        \
    {                                                                          \
        return own_steps(s, row, n, width);                                    \
    }
OWN(16)
OWN(32)
OWN(64)
OWN(128)

double KERNEL(const struct cf_sgd *s, const struct cf_sgd_row *row, size_t n)
{
    if (n == 0)
        return 0;
    if (s->bce)
        return s->nonneg ? any_steps(s, row, n, true, true)
                         : any_steps(s, row, n, false, true);
    if (s->nonneg)
        return any_steps(s, row, n, true, false);
    switch (s->width) {
    case 16:
        return own_16(s, row, n);
    case 32:
        return own_32(s, row, n);
    case 64:
        return own_64(s, row, n);
    case 128:
        return own_128(s, row, n);
    default:
        return any_steps(s, row, n, false, false);
    }
}
