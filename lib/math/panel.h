/* panel.h - rows against 16 others at a time, sample by sample: what tells
 * how far the samples of a score are from each other. As in vec.h there is a
 * table for each instruction set, with the same bits from each: a lane is a row
 * by itself, its sums go from first to last, and no multiplication is fused
 * with an addition. */
#ifndef CF_MATH_PANEL_H
#define CF_MATH_PANEL_H

#include <stddef.h>

enum {
    CF_PANEL = 16,
    CF_PANEL_TILE = 4 /* rows that are quickest together */
};

struct cf_panel_dots {
    size_t samples, k, rows;
    const float *const *x; /* (rows) of (samples, k) */
    const float *y;        /* (samples, k, CF_PANEL) */
    float *out;            /* (rows, samples, CF_PANEL) */
};

/* Of samples z[s][l] = scale * dot[s][l] + (x_bias[s] + y_bias[s][l]). */
struct cf_panel_spread {
    size_t samples;
    float scale;
    const float *dot;    /* (samples, CF_PANEL) */
    const float *x_bias; /* (samples) */
    const float *y_bias; /* (samples, CF_PANEL) */
    float *sum;          /* (CF_PANEL) of dot over the samples */
    float *sd;           /* (CF_PANEL) standard deviation of z over them */
};

struct cf_panel_kernels {
    const char *name; /* as those of vec.h */
    /* out[r][s][l] = sum over f of x[r][s][f] * y[s][f][l]. */
    void (*dots)(const struct cf_panel_dots *d);
    /* Variance is the mean square of what is left when the mean is off. */
    void (*spread)(const struct cf_panel_spread *p);
};

/* The plain loops that the others are compared with. */
extern const struct cf_panel_kernels cf_panel_scalar;
/* The table for the processors that run the one of vec.h of that name: there is
 * none of 512 bits, for which that of 256 stands in. */
const struct cf_panel_kernels *cf_panel_of(const char *name);

#endif
