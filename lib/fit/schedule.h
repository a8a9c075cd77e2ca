/* schedule.h - the one-cycle schedule (Smith 2018, as fastai 2 has it):
 * learning rate and momentum as cosines of the share of steps done. */
#ifndef CF_FIT_SCHEDULE_H
#define CF_FIT_SCHEDULE_H

#include <stdint.h>

/* Of step number `step` (from 0) of `steps`; t = step / steps. Learning rate:
 * max/25 to max over t in [0, .25], then to max/1e5. Momentum: .95 to .85, then
 * back to .95. */
void cf_one_cycle(double max, uint64_t step, uint64_t steps, double *lr,
                  double *momentum);

#endif
