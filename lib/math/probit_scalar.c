/* probit_scalar.c - the kernels as plain loops: the reference, and the table
 * for processors that no other one is for. */
#include "math/probit_tables.h"

#include <math.h>

#include "math/gauss_plain.h"

enum { LANES = CF_GAUSS_LANES };

static float at_least(float x, float least)
{
    return x > least ? x : least;
}

static float at_most(float x, float most)
{
    return x < most ? x : most;
}

/* For x up to 88. */
static float exponential(float x)
{
    x = at_least(x, CF_EXPF_LOW);
    float n = x * 1.44269504F + CF_ROUND, whole = n - CF_ROUND;
    float r = x - whole * .693359375F + whole * 2.12194440e-4F, r2 = r * r;
    const float *c = cf_expf_terms;
    float y =
        ((c[0] * r + c[1]) * r2 + (c[2] * r + c[3])) * r2 + (c[4] * r + c[5]);
    uint32_t bits;

    memcpy(&bits, &n, sizeof bits);
    bits = (bits + 127) << 23;
    memcpy(&n, &bits, sizeof n);
    return (y * r2 + (r + 1)) * n;
}

/* The chance to be beyond |x|, times exp(x^2 / 2 + more). */
static float beyond(float x, float more)
{
    float t = 1 / (1 + .5F * CF_ROOT_HALF_F * fabsf(x));
    float t2 = t * t, t4 = t2 * t2;
    const float *c = cf_erfc_terms;
    float y =
        ((c[0] * t + c[1]) * t4 + (c[2] * t + c[3]) * t2 + (c[4] * t + c[5])) *
            t4 +
        ((c[6] * t + c[7]) * t2 + (c[8] * t + c[9]));

    return .5F * t * exponential(y + more);
}

/* Where a standard normal lies; turned round if it is above 0, so that lo is
 * not. */
struct ends {
    float lo, hi, sd;
    bool turned;
};

static struct ends ends(const struct cf_between *b, size_t i)
{
    float s = b->scale * (b->root ? b->root[i] : 1);
    float lo = (b->lo - b->f[i]) * s, hi = (b->hi - b->f[i]) * s;
    bool turned = lo > 0;

    return (struct ends){turned ? -hi : lo, turned ? -lo : hi, 1 / s, turned};
}

/* ---- the sum of logarithms of chances ---- */

/* Both chances are scaled by exp(m), so that they do not vanish. */
static float log_chance(const struct cf_between *b, size_t i)
{
    struct ends e = ends(b, i);
    float half_hi = .5F * e.hi * e.hi, m = e.hi < 0 ? half_hi : 0;
    float over = beyond(e.hi, m - half_hi);
    float under = beyond(e.lo, m - .5F * e.lo * e.lo);
    float p = (e.hi < 0 ? over : 1 - over) - under;

    return logarithm(at_least(p, CF_CHANCE_LEAST)) - m;
}

static float sum_lanes(float *lane)
{
    for (size_t half = LANES / 2; half > 0; half /= 2)
        for (size_t l = 0; l < half; l++)
            lane[l] += lane[l + half];
    return lane[0];
}

static float chance(const struct cf_between *b)
{
    float lane[LANES] = {0};

    for (size_t i = 0; i < b->n; i++)
        lane[i % LANES] += log_chance(b, i);
    return sum_lanes(lane);
}

/* ---- draws ---- */

/* The normal's distribution function inverted. */
static float inverse(float p)
{
    float w = -logarithm(4 * p * (1 - p));
    float near = polynomial(cf_erfinv_near, CF_ERFINV_TERMS, w - 2.5F);
    float far = polynomial(cf_erfinv_far, CF_ERFINV_TERMS, sqrtf(w) - 3);

    return 1.41421356F * (2 * p - 1) * (w < 5 ? near : far);
}

/* x = hi - d with Phi(x) = Phi(lo) + u (Phi(hi) - Phi(lo)): with R(x) =
 * Phi(-x) exp(x^2 / 2) and b = -hi,
 *
 *   b d + d^2 / 2 + log R(b) - log R(b + d) = l,
 *   l = log of Phi(hi) / (Phi(lo) + u (Phi(hi) - Phi(lo)))
 *
 * from where log R does not change, which is not below; it is convex in d. */
static float far_draw(struct ends e, float u)
{
    float b = -e.hi, top = beyond(b, 0);
    float bottom = beyond(e.lo, .5F * b * b - .5F * e.lo * e.lo);
    float l = at_least(-logarithm((bottom + u * (top - bottom)) / top), 0);
    float d = 2 * l / (b + sqrtf(b * b + 2 * l));

    for (int step = 0; step < 2; step++) {
        float r = beyond(b + d, 0);
        float off = b * d + .5F * d * d + logarithm(top / r) - l;
        d = d - off * CF_ROOT_TWO_PI * r;
    }
    return e.hi - d;
}

static float near_draw(struct ends e, float u)
{
    float over = beyond(e.hi, -.5F * e.hi * e.hi);
    float under = beyond(e.lo, -.5F * e.lo * e.lo);
    float p = under + u * ((e.hi < 0 ? over : 1 - over) - under);

    return inverse(at_most(at_least(p, CF_CHANCE_LEAST), 0x1.fffffep-1F));
}

static void draw(const struct cf_between *b, const uint32_t *word, float *out)
{
    for (size_t i = 0; i < b->n; i++) {
        struct ends e = ends(b, i);
        float u = ((float)(int32_t)(word[i] >> 9) + .5F) * 0x1p-23F;
        float x = e.hi < CF_FAR ? far_draw(e, u) : near_draw(e, u);
        x = at_most(at_least(x, e.lo), e.hi);
        out[i] = b->f[i] + (e.turned ? -x : x) * e.sd;
    }
}

/* ---- random words ---- */

static void some_words(const struct cf_rng *r, uint64_t index, size_t n,
                       uint32_t *out)
{
    for (size_t i = 0; i < n; i++)
        cf_rng_words(r, index + i, 0, out + 4 * i);
}

/* ---- chances ---- */

static void below(const struct cf_below *b, float *out)
{
    for (size_t j = 0; j < b->cuts; j++) {
        float lane[LANES] = {0};
        for (size_t i = 0; i < b->n; i++) {
            float x = (b->cut[j * b->stride + i] - b->f[i]) * b->root[i];
            float tail = beyond(x, -.5F * x * x);
            lane[i % LANES] += x < 0 ? tail : 1 - tail;
        }
        out[j] = sum_lanes(lane);
    }
}

static void above(const struct cf_above *a, float *out)
{
    for (size_t i = 0; i < a->n; i++) {
        float sum = 0;
        for (size_t j = 0; j < a->cuts; j++) {
            float x = (a->cut[j * a->stride] - a->f[i]) * a->root[i];
            float tail = beyond(x, -.5F * x * x);
            sum += a->gap[j] * (x < 0 ? 1 - tail : tail);
        }
        out[i] = sum;
    }
}

const struct cf_probit cf_probit_scalar = {"scalar",   chance, draw,
                                           some_words, below,  above};
