/* probit_kernels.h - the kernels of probit.h in registers, written once, by the
 * formulas of probit_scalar.c. Included by the file of each instruction set,
 * which defines WIDTH, SQRT, ANY (is a lane of a mask set?), MULTIPLY (of lower
 * halves of 64 bits), NAME and TABLE. */
#include "math/gauss_regs.h"

static inline reg at_least(reg x, float least)
{
    return choose(x > least, x, all(least));
}

static inline reg exponential(reg x)
{
    x = at_least(x, CF_EXPF_LOW);
    reg n = x * 1.44269504F + CF_ROUND, whole = n - CF_ROUND;
    reg r = x - whole * .693359375F + whole * 2.12194440e-4F, r2 = r * r;
    const float *c = cf_expf_terms;
    reg y =
        ((c[0] * r + c[1]) * r2 + (c[2] * r + c[3])) * r2 + (c[4] * r + c[5]);

    return (y * r2 + (r + 1)) * (reg)(((words)n + 127) << 23);
}

static inline reg beyond(reg x, reg more)
{
    reg positive = (reg)((bits)x & 0x7fffffff);
    reg t = 1 / (1 + .5F * CF_ROOT_HALF_F * positive);
    reg t2 = t * t, t4 = t2 * t2;
    const float *c = cf_erfc_terms;
    reg y =
        ((c[0] * t + c[1]) * t4 + (c[2] * t + c[3]) * t2 + (c[4] * t + c[5])) *
            t4 +
        ((c[6] * t + c[7]) * t2 + (c[8] * t + c[9]));

    return .5F * t * exponential(y + more);
}

struct ends {
    reg lo, hi, sd;
    bits turned;
};

static inline struct ends ends(const struct cf_between *b, size_t i)
{
    reg f = load(b->f + i);
    reg s = b->root ? b->scale * load(b->root + i) : all(b->scale);
    reg lo = (b->lo - f) * s, hi = (b->hi - f) * s;
    bits turned = lo > 0;

    return (struct ends){choose(turned, -hi, lo), choose(turned, -lo, hi),
                         1 / s, turned};
}

/* What is left from i on. */
static inline struct cf_between rest(const struct cf_between *b, size_t i)
{
    struct cf_between r = *b;

    r.n = b->n - i;
    r.f += i;
    r.root = b->root ? b->root + i : NULL;
    return r;
}

/* ---- the sum of logarithms of chances ---- */

static inline reg log_chance(const struct cf_between *b, size_t i)
{
    struct ends e = ends(b, i);
    reg half_hi = .5F * e.hi * e.hi, m = choose(e.hi < 0, half_hi, (reg){0});
    reg over = beyond(e.hi, m - half_hi);
    reg under = beyond(e.lo, m - .5F * e.lo * e.lo);
    reg p = choose(e.hi < 0, over, 1 - over) - under;

    return logarithm(at_least(p, CF_CHANCE_LEAST)) - m;
}

/* The same with the lower end, or `sign` -1 the upper one, open: what is beyond
 * that is 0. */
static inline reg log_chance_open(const struct cf_between *b, size_t i,
                                  float sign)
{
    reg f = load(b->f + i);
    reg s = b->root ? b->scale * load(b->root + i) : all(b->scale);
    reg hi = sign > 0 ? (b->hi - f) * s : -((b->lo - f) * s);
    reg half_hi = .5F * hi * hi, m = choose(hi < 0, half_hi, (reg){0});
    reg over = beyond(hi, m - half_hi);
    reg p = choose(hi < 0, over, 1 - over);

    return logarithm(at_least(p, CF_CHANCE_LEAST)) - m;
}

static struct lanes sum_chances(const struct cf_between *b, size_t n)
{
    bool open_lo = isinf(b->lo), open_hi = isinf(b->hi);
    struct lanes sum = {{{0}}};

    for (size_t i = 0; i < n; i += LANES)
        for (size_t r = 0; r < REGS; r++) {
            size_t at = i + r * WIDTH;
            sum.r[r] += open_lo   ? log_chance_open(b, at, 1)
                        : open_hi ? log_chance_open(b, at, -1)
                                  : log_chance(b, at);
        }
    return sum;
}

static float chance(const struct cf_between *b)
{
    size_t i = b->n / LANES * LANES;
    float lane[LANES];

    put(lane, sum_chances(b, i));
    for (size_t l = 0; i + l < b->n; l++) {
        struct cf_between one = rest(b, i + l);
        one.n = 1;
        lane[l] += cf_probit_scalar.chance(&one);
    }
    return sum_lanes(take(lane));
}

/* ---- draws ---- */

static inline reg inverse(reg p)
{
    reg w = -logarithm(4 * p * (1 - p));
    reg y = polynomial(cf_erfinv_near, CF_ERFINV_TERMS, w - 2.5F);

    if (ANY(w >= 5)) {
        reg far = polynomial(cf_erfinv_far, CF_ERFINV_TERMS, (reg)SQRT(w) - 3);
        y = choose(w >= 5, far, y);
    }
    return 1.41421356F * (2 * p - 1) * y;
}

static inline reg far_draw(struct ends e, reg u)
{
    reg b = -e.hi, top = beyond(b, (reg){0});
    reg bottom = beyond(e.lo, .5F * b * b - .5F * e.lo * e.lo);
    reg l = at_least(-logarithm((bottom + u * (top - bottom)) / top), 0);
    reg d = 2 * l / (b + (reg)SQRT(b * b + 2 * l));

    for (int step = 0; step < 2; step++) {
        reg r = beyond(b + d, (reg){0});
        reg off = b * d + .5F * d * d + logarithm(top / r) - l;
        d = d - off * CF_ROOT_TWO_PI * r;
    }
    return e.hi - d;
}

static inline reg near_draw(struct ends e, reg u)
{
    reg over = beyond(e.hi, -.5F * e.hi * e.hi);
    reg under = beyond(e.lo, -.5F * e.lo * e.lo);
    reg p = under + u * (choose(e.hi < 0, over, 1 - over) - under);

    p = at_least(p, CF_CHANCE_LEAST);
    return inverse(choose(p < 0x1.fffffep-1F, p, all(0x1.fffffep-1F)));
}

static inline reg draw_some(const struct cf_between *b, size_t i,
                            const uint32_t *word)
{
    struct ends e = ends(b, i);
    words w;

    memcpy(&w, word + i, sizeof w);
    reg u = (__builtin_convertvector((bits)(w >> 9), reg) + .5F) * 0x1p-23F;
    reg x = near_draw(e, u);
    bits far = e.hi < CF_FAR;
    if (ANY(far))
        x = choose(far, far_draw(e, u), x);
    x = choose(x > e.lo, x, e.lo);
    x = choose(x < e.hi, x, e.hi);
    return load(b->f + i) + choose(e.turned, -x, x) * e.sd;
}

static void draw(const struct cf_between *b, const uint32_t *word, float *out)
{
    size_t i = 0;

    for (; i + WIDTH <= b->n; i += WIDTH)
        store(out + i, draw_some(b, i, word));
    const struct cf_between left = rest(b, i);
    cf_probit_scalar.draw(&left, word + i, out + i);
}

/* ---- random words ---- */

/* Words of as many draws as there are 64-bit lanes: a word in the lower half of
 * each, with anything above it. */
typedef uint64_t pairs __attribute__((vector_size(4 * WIDTH)));
enum { PAIRS = WIDTH / 2 };

static inline pairs all_pairs(uint64_t x)
{
    return x - (pairs){0};
}

/* Philox4x32-10 of base/rng.h. */
static inline void philox(const struct cf_rng *r, pairs index, pairs c[4])
{
    uint32_t k0 = (uint32_t)r->seed, k1 = (uint32_t)(r->seed >> 32);

    c[0] = index;
    c[1] = index >> 32;
    c[2] = all_pairs(r->epoch);
    c[3] = all_pairs(r->purpose);
    for (int i = 0; i < 10; i++) {
        pairs p0 = (pairs)MULTIPLY(c[0], all_pairs(0xD2511F53)),
              p1 = (pairs)MULTIPLY(c[2], all_pairs(0xCD9E8D57));
        c[0] = (p1 >> 32) ^ c[1] ^ all_pairs(k0);
        c[1] = p1;
        c[2] = (p0 >> 32) ^ c[3] ^ all_pairs(k1);
        c[3] = p0;
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
}

static void some_words(const struct cf_rng *r, uint64_t index, size_t n,
                       uint32_t *out)
{
    const uint64_t low = UINT32_MAX;
    pairs number = {0}, c[4];
    size_t i = 0;

    for (size_t l = 0; l < PAIRS; l++)
        number[l] = index + l;
    for (; i + PAIRS <= n; i += PAIRS, number += PAIRS) {
        uint64_t two[2][PAIRS];
        philox(r, number, c);
        c[0] = (c[0] & low) | c[1] << 32;
        c[2] = (c[2] & low) | c[3] << 32;
        memcpy(two[0], &c[0], sizeof two[0]);
        memcpy(two[1], &c[2], sizeof two[1]);
        for (size_t l = 0; l < PAIRS; l++)
            for (size_t h = 0; h < 2; h++)
                memcpy(out + 4 * (i + l) + 2 * h, &two[h][l], sizeof two[h][l]);
    }
    cf_probit_scalar.words(r, index + i, n - i, out + 4 * i);
}

/* ---- chances ---- */

static inline reg below_some(const struct cf_below *b, const float *cut,
                             size_t i)
{
    reg x = (load(cut + i) - load(b->f + i)) * load(b->root + i);
    reg tail = beyond(x, -.5F * x * x);

    return choose(x < 0, tail, 1 - tail);
}

static inline float below_one(const struct cf_below *b, const float *cut,
                              size_t i)
{
    const struct cf_below one = {1, 1, b->f + i, b->root + i, cut + i, 1};
    float out;

    cf_probit_scalar.below(&one, &out);
    return out;
}

static void below(const struct cf_below *b, float *out)
{
    for (size_t j = 0; j < b->cuts; j++) {
        const float *cut = b->cut + j * b->stride;
        struct lanes sum = {{{0}}};
        float lane[LANES];
        size_t i = 0;
        for (; i + LANES <= b->n; i += LANES)
            for (size_t r = 0; r < REGS; r++)
                sum.r[r] += below_some(b, cut, i + r * WIDTH);
        put(lane, sum);
        for (size_t l = 0; i + l < b->n; l++)
            lane[l] += below_one(b, cut, i + l);
        out[j] = sum_lanes(take(lane));
    }
}

static void above(const struct cf_above *a, float *out)
{
    struct cf_above left = *a;
    size_t i = 0;

    for (; i + WIDTH <= a->n; i += WIDTH) {
        reg f = load(a->f + i), root = load(a->root + i), sum = {0};
        for (size_t j = 0; j < a->cuts; j++) {
            reg x = (a->cut[j * a->stride] - f) * root;
            reg tail = beyond(x, -.5F * x * x);
            sum += a->gap[j] * choose(x < 0, 1 - tail, tail);
        }
        store(out + i, sum);
    }
    left.n -= i;
    left.f += i;
    left.root += i;
    cf_probit_scalar.above(&left, out + i);
}

const struct cf_probit TABLE = {NAME, chance, draw, some_words, below, above};
