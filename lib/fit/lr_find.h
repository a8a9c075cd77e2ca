/* lr_find.h - the search for a learning rate (Smith 2015, as fastai 2 has it):
 * steps at rates that grow from 1e-7 to 10, the loss of each, and what can be
 * read off the curve. */
#ifndef CF_FIT_LR_FIND_H
#define CF_FIT_LR_FIND_H

#include <stdbool.h>
#include <stddef.h>

#include "stream/schema.h"
#include "stream/writer.h"

enum {
    CF_FIND_STEPS = 100,
    CF_FIND_LEFT_OUT = 16 /* steps of a curve that suggestions leave out, and
                             one: a curve not longer tells nothing */
};

struct cf_curve {
    size_t n; /* steps taken */
    double lr[CF_FIND_STEPS], loss[CF_FIND_STEPS], smooth[CF_FIND_STEPS];
    double best; /* of smooth */
};

/* Of step number step, from 0. */
double cf_find_rate(size_t step);
/* Adds a step; smooth: the average of losses. False when it was the last: all
 * are taken, or the average passed 4 times its best, or it is not finite. */
bool cf_curve_add(struct cf_curve *c, double loss, double smooth);

/* Learning rates read off the averages, the first 10 and the last 5 steps left
 * out; NaN where the curve is too short.
 *
 *   valley    half of the way down the longest falling subsequence: of L points
 *             that end in point e, the point e - L + [L/3] + [L/6]
 *   steep     where the loss falls fastest by log lr
 *   minimum   a tenth of where it is lowest
 *   slide     where, going back from the end with two points 15 apart, their
 *             slopes (central differences) first differ by at most .005 */
struct cf_suggestions {
    double valley, steep, minimum, slide;
};
void cf_curve_suggest(const struct cf_curve *c, struct cf_suggestions *out);

/* The curve as a stream: part "rows", columns step, lr, loss, smooth; the
 * suggestions are facts. s is to be freed after an error, too. */
int cf_curve_schema(const struct cf_curve *c, struct cf_schema *s,
                    struct cf_err *err);
/* The caller finishes w. */
int cf_curve_write(const struct cf_curve *c, struct cf_writer *w,
                   struct cf_err *err);

#endif
