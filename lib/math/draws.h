/* draws.h - random numbers one after the other, of distributions that need now
 * more and now fewer of them. A sequence is a draw of base/rng.h, so it does
 * not depend on any other. */
#ifndef CF_MATH_DRAWS_H
#define CF_MATH_DRAWS_H

#include "base/rng.h"

struct cf_draws {
    struct cf_rng rng;
    uint64_t index;
    uint32_t block; /* the next; they come round after 2^18 words */
    uint32_t word[4];
    unsigned left; /* words not used yet */
};

struct cf_draws cf_draws_of(const struct cf_rng *rng, uint64_t index);
/* Uniform in (0, 1). */
double cf_draw_unit(struct cf_draws *d);
/* Standard normal (Box and Muller 1958, cosine branch). */
double cf_draw_normal(struct cf_draws *d);
/* Gamma of that shape > 0 and scale 1 (Marsaglia and Tsang 2000). */
double cf_draw_gamma(struct cf_draws *d, double shape);

#endif
