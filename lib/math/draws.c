/* draws.c - uniform, normal and gamma, one after the other. */
#include "math/draws.h"

#include <math.h>

struct cf_draws cf_draws_of(const struct cf_rng *rng, uint64_t index)
{
    return (struct cf_draws){.rng = *rng, .index = index};
}

static uint32_t word(struct cf_draws *d)
{
    if (d->left == 0) {
        cf_rng_words(&d->rng, d->index, d->block++ & 0xffff, d->word);
        d->left = 4;
    }
    return d->word[4 - d->left--];
}

double cf_draw_unit(struct cf_draws *d)
{
    uint64_t high = word(d), low = word(d);

    return ((double)((high << 32 | low) >> 12) + .5) * 0x1p-52;
}

double cf_draw_normal(struct cf_draws *d)
{
    const double tau = 6.28318530717958647692;
    double length = sqrt(-2 * log(cf_draw_unit(d)));

    return length * cos(tau * cf_draw_unit(d));
}

/* Of shape 1 or more. */
static double gamma_large(struct cf_draws *draws, double shape)
{
    double d = shape - 1. / 3, c = 1 / sqrt(9 * d);

    for (;;) {
        double x = cf_draw_normal(draws), v = 1 + c * x;
        if (v <= 0)
            continue;
        v = v * v * v;
        if (log(cf_draw_unit(draws)) < .5 * x * x + d - d * v + d * log(v))
            return d * v;
    }
}

double cf_draw_gamma(struct cf_draws *d, double shape)
{
    if (shape >= 1)
        return gamma_large(d, shape);
    double more = gamma_large(d, shape + 1);
    return more * pow(cf_draw_unit(d), 1 / shape);
}
