/* loss.h - losses of a raw score z against a rating r, and their derivatives by
 * z. */
#ifndef CF_MATH_LOSS_H
#define CF_MATH_LOSS_H

#include "math/link.h"

enum cf_loss {
    CF_LOSS_MSE,    /* squared error of what the link makes of z */
    CF_LOSS_BCE,    /* cross entropy of sigmoid(z), r in [0, 1] */
    CF_LOSS_UNKNOWN /* of a model that does not tell */
};

/* Their names, NULL at the end, which is that of the last. */
extern const char *const cf_loss_names[];

/* Squared error of y = lo + (hi - lo) * sigmoid(z) against rating r; *dz is
 * its derivative by z: 2 (y - r) (hi - lo) s (1 - s). */
float cf_loss_mse_sigmoid(float z, float r, float lo, float hi, float *dz);

/* What is minimised. */
struct cf_target {
    enum cf_loss loss;
    enum cf_link link;
    float lo, hi; /* range of the sigmoid link */
};

/* MSE through the sigmoid as above; MSE of the raw score under the identity,
 * not cut to the range: (z - r)^2; BCE: log(1 + exp(z)) - r z, whose
 * derivative is sigmoid(z) - r. */
float cf_loss_at(const struct cf_target *t, float z, float r, float *dz);

#endif
