/* link.h - from a model's raw score to a prediction.
 *
 * The exponential is our own, in double without fused operations, so that the
 * same bits come out under every libm and processor. */
#ifndef CF_MATH_LINK_H
#define CF_MATH_LINK_H

#include <stddef.h>

struct cf_vec;

/* Of that exponential, for the kernels: exp(x) = 2^n exp(r), r = x - n ln 2,
 * and exp(r) is a polynomial, the highest power first. */
#define CF_EXP_LOW (-104.0) /* below this it is 0 as a float */
#define CF_EXP_LOG2E 1.4426950408889634
#define CF_EXP_LN2_HIGH 0x1.62e42feep-1
#define CF_EXP_LN2_LOW 0x1.a39ef35793c76p-33
enum { CF_EXP_TERMS = 12 };
extern const double cf_exp_term[CF_EXP_TERMS];

/* 1 / (1 + exp(-x)), in [0, 1] for every x, within 1 unit in the last place. */
float cf_sigmoid(float x);

enum cf_link {
    CF_LINK_IDENTITY, /* clipped to [lo, hi] */
    CF_LINK_SIGMOID   /* lo + (hi - lo) * sigmoid(z) */
};

/* Their names, NULL at the end. */
extern const char *const cf_link_names[];

float cf_link_apply(enum cf_link link, float lo, float hi, float z);

/* A link with its range. */
struct cf_range {
    enum cf_link link;
    float lo, hi;
};
/* The same of each y[i], by the kernels of vec. */
void cf_link_apply_all(const struct cf_range *r, const struct cf_vec *vec,
                       float *y, size_t n);

#endif
