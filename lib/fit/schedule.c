/* schedule.c - the one-cycle schedule. */
#include "fit/schedule.h"

#include <math.h>

/* Where the learning rate is highest, as a share of all steps. */
#define PEAK 0.25

/* From a to b along half a cosine, p from 0 to 1. */
static double along(double a, double b, double p)
{
    const double pi = 3.14159265358979323846;
    return a + (1 + cos(pi * (1 - p))) * (b - a) / 2;
}

void cf_one_cycle(double max, uint64_t step, uint64_t steps, double *lr,
                  double *momentum)
{
    double t = (double)step / (double)steps;

    if (t < PEAK) {
        *lr = along(max / 25, max, t / PEAK);
        *momentum = along(.95, .85, t / PEAK);
    } else {
        *lr = along(max, max / 1e5, (t - PEAK) / (1 - PEAK));
        *momentum = along(.85, .95, (t - PEAK) / (1 - PEAK));
    }
}
