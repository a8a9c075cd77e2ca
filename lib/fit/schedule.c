/* schedule.c - learning rate and momentum of each step. */
#include "fit/schedule.h"

#include <math.h>
#include <stddef.h>

/* Where the learning rate of one cycle is highest, and where that of flat-cos
 * begins to fall, as shares of all steps. */
#define PEAK 0.25
#define BEND 0.75
/* What the highest rate is divided by at the first and at the last step. */
#define DIV_FIRST 25
#define DIV_LAST 1e5

const char *const cf_course_names[] = {"one-cycle", "flat", "flat-cos", NULL};

/* From a to b along half a cosine, p from 0 to 1. */
static double along(double a, double b, double p)
{
    const double pi = 3.14159265358979323846;
    return a + (1 + cos(pi * (1 - p))) * (b - a) / 2;
}

void cf_schedule_at(const struct cf_schedule *s, uint64_t step, uint64_t steps,
                    double *lr, double *momentum)
{
    double t = (double)step / (double)steps, max = s->max;
    const double *m = s->moms;

    *lr = max;
    *momentum = m[0];
    if (s->course == CF_ONE_CYCLE && t < PEAK) {
        *lr = along(max / DIV_FIRST, max, t / PEAK);
        *momentum = along(m[0], m[1], t / PEAK);
    } else if (s->course == CF_ONE_CYCLE) {
        *lr = along(max, max / DIV_LAST, (t - PEAK) / (1 - PEAK));
        *momentum = along(m[1], m[2], (t - PEAK) / (1 - PEAK));
    } else if (s->course == CF_FLAT_COS && t >= BEND) {
        *lr = along(max, max / DIV_LAST, (t - BEND) / (1 - BEND));
    }
}
