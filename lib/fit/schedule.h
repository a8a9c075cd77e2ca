/* schedule.h - learning rate and momentum of each step, as fastai 2 has them:
 * halves of a cosine over the share of steps done, t = step / steps. */
#ifndef CF_FIT_SCHEDULE_H
#define CF_FIT_SCHEDULE_H

#include <stdint.h>

enum cf_course {
    CF_ONE_CYCLE, /* Smith 2018, fit_one_cycle: the rate from max/25 to max over
                     t in [0, .25], then to max/1e5; momentum from moms[0] to
                     moms[1] and to moms[2] at the same t */
    CF_FLAT,      /* fit: max and moms[0] throughout */
    CF_FLAT_COS   /* fit_flat_cos: max up to t = .75, then to max/1e5; moms[0]
                     throughout */
};

/* Their names, NULL at the end. */
extern const char *const cf_course_names[];

/* Of a flat one, if no other is given: that of fastai's optimiser. */
#define CF_FLAT_MOMENTUM 0.9

struct cf_schedule {
    enum cf_course course;
    double max;     /* highest learning rate */
    double moms[3]; /* momentum: at first, where the rate is highest, at last */
};

/* Of step number `step` (from 0) of `steps`. */
void cf_schedule_at(const struct cf_schedule *s, uint64_t step, uint64_t steps,
                    double *lr, double *momentum);

#endif
