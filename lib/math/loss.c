/* loss.c - losses and their derivatives. */
#include "math/loss.h"

#include <math.h>
#include <stddef.h>

const char *const cf_loss_names[] = {"mse", "bce", NULL};

float cf_loss_mse_sigmoid(float z, float r, float lo, float hi, float *dz)
{
    float s = cf_sigmoid(z), off = lo + (hi - lo) * s - r;

    *dz = 2 * off * (hi - lo) * s * (1 - s);
    return off * off;
}

static float squared(float z, float r, float *dz)
{
    *dz = 2 * (z - r);
    return (z - r) * (z - r);
}

/* log(1 + exp(z)) = max(z, 0) + log(1 + exp(-|z|)), which never overflows. */
static float cross_entropy(float z, float r, float *dz)
{
    double x = (double)z;

    *dz = cf_sigmoid(z) - r;
    return (float)(fmax(x, 0) + log1p(exp(-fabs(x))) - (double)r * x);
}

float cf_loss_at(const struct cf_target *t, float z, float r, float *dz)
{
    if (t->loss == CF_LOSS_BCE)
        return cross_entropy(z, r, dz);
    if (t->link == CF_LINK_IDENTITY)
        return squared(z, r, dz);
    return cf_loss_mse_sigmoid(z, r, t->lo, t->hi, dz);
}
