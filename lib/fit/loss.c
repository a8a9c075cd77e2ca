/* loss.c - squared error through the sigmoid link. */
#include "fit/loss.h"

#include "math/link.h"

float cf_loss_mse_sigmoid(float z, float r, float lo, float hi, float *dz)
{
    float s = cf_sigmoid(z), off = lo + (hi - lo) * s - r;

    *dz = 2 * off * (hi - lo) * s * (1 - s);
    return off * off;
}
