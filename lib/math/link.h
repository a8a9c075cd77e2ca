/* link.h - from a model's raw score to a prediction.
 *
 * The exponential is our own, in double without fused operations, so that the
 * same bits come out under every libm and processor. */
#ifndef CF_MATH_LINK_H
#define CF_MATH_LINK_H

/* 1 / (1 + exp(-x)), in [0, 1] for every x, within 1 unit in the last place. */
float cf_sigmoid(float x);

enum cf_link {
    CF_LINK_IDENTITY, /* clipped to [lo, hi] */
    CF_LINK_SIGMOID   /* lo + (hi - lo) * sigmoid(z) */
};

/* Their names, NULL at the end. */
extern const char *const cf_link_names[];

float cf_link_apply(enum cf_link link, float lo, float hi, float z);

#endif
