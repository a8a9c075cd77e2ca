/* sgd_kernels.h - the steps of sgd.h in registers, written once. Included by
 * the file of each instruction set, which is compiled for it and defines WIDTH
 * (floats in a register), REG (their type), SUM (of CF_SGD_LANES lanes, lane l
 * added to l + 8, then 4, 2, 1) and KERNEL, the name.
 *
 * No include guard is needed, and no other file may include it. */
#include <string.h>

enum { REGS = CF_SGD_LANES / WIDTH }; /* registers that hold all lanes */

typedef int bits __attribute__((vector_size(4 * WIDTH)));

/* What was loaded before is loaded again after it, for there are not enough
 * registers to keep it. */
#define BARRIER __asm__ volatile("" ::: "memory")

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

/* The kind of a call, known where it is compiled. */
struct kind {
    size_t width;
    bool nonneg, bce;
};

INLINE float dot(const struct cf_sgd *s, const struct cf_sgd_row *row,
                 struct kind k)
{
    const float *p = s->user + row->user * k.width;
    const float *q = s->item + row->item * k.width;
    REG sum[REGS];

    for (size_t r = 0; r < REGS; r++)
        sum[r] = load(p + r * WIDTH) * load(q + r * WIDTH);
    for (size_t f = CF_SGD_LANES; f < k.width; f += CF_SGD_LANES)
        for (size_t r = 0; r < REGS; r++)
            sum[r] += load(p + f + r * WIDTH) * load(q + f + r * WIDTH);
    return SUM(sum);
}

INLINE void step(const struct cf_sgd *s, const struct cf_sgd_row *row,
                 struct kind k, float e)
{
    float *p = s->user + row->user * k.width;
    float *q = s->item + row->item * k.width;
    REG by = s->rate * e - (REG){0};

    cf_sgd_move_biases(s, row, e);
    for (size_t f = 0; f < k.width; f += WIDTH) {
        REG own = load(p + f), other = load(q + f);
        store(p + f, moved(s, k.nonneg, by, own, other));
        store(q + f, moved(s, k.nonneg, by, other, own));
    }
}

/* A row of each stream, if n is CF_SGD_STREAMS, or of one. */
INLINE double turn(const struct cf_sgd *s, const struct cf_sgd_row *const *row,
                   size_t n, struct kind k)
{
    float e[CF_SGD_STREAMS];
    double loss = 0;

    for (size_t i = 0; i < n; i++)
        e[i] = dot(s, row[i], k);
    for (size_t i = 0; i < n; i++)
        e[i] = cf_sgd_error(s, k.bce, row[i], e[i], &loss);
    BARRIER;
    for (size_t i = 0; i < n; i++)
        step(s, row[i], k, e[i]);
    return loss;
}

INLINE double steps(const struct cf_sgd *given, const struct cf_sgd_row *row,
                    size_t n, struct kind k)
{
    const struct cf_sgd copy = *given, *s = &copy; /* which no store changes */
    struct cf_sgd_streams t;
    double sum = 0;

    cf_sgd_cut(&t, row, n);
    for (size_t at = 0; at < t.turns; at++) {
        sum += turn(s, t.at, CF_SGD_STREAMS, k);
        for (size_t i = 0; i < CF_SGD_STREAMS; i++)
            t.at[i]++;
    }
    for (size_t i = 0; i < CF_SGD_STREAMS; i++)
        for (; t.at[i] < t.end[i]; t.at[i]++)
            sum += turn(s, &t.at[i], 1, k);
    return sum;
}

/* A function each, so that one kind has the registers for itself. */
#define KIND(name, width, nonneg, bce)                                         \
    static __attribute__((noinline)) double name(                              \
        const struct cf_sgd *s, const struct cf_sgd_row *row, size_t n)        \
    {                                                                          \
        return steps(s, row, n, (struct kind){width, nonneg, bce});            \
    }
KIND(plain_16, 16, false, false)
KIND(plain_32, 32, false, false)
KIND(plain_64, 64, false, false)
KIND(plain_128, 128, false, false)
KIND(plain, s->width, false, false)
KIND(nonneg, s->width, true, false)
KIND(bce, s->width, false, true)
KIND(nonneg_bce, s->width, true, true)

double KERNEL(const struct cf_sgd *s, const struct cf_sgd_row *row, size_t n)
{
    if (s->bce)
        return s->nonneg ? nonneg_bce(s, row, n) : bce(s, row, n);
    if (s->nonneg)
        return nonneg(s, row, n);
    switch (s->width) {
    case 16:
        return plain_16(s, row, n);
    case 32:
        return plain_32(s, row, n);
    case 64:
        return plain_64(s, row, n);
    case 128:
        return plain_128(s, row, n);
    default:
        return plain(s, row, n);
    }
}
