/* ials_rows.h - what solver `ials` makes of rows. */
#ifndef CF_FIT_IALS_ROWS_H
#define CF_FIT_IALS_ROWS_H

#include <stdbool.h>

#include "data/ratings.h"

/* Ratings become weights, 1 + alpha * rating; CF_EDATA if one is negative or
 * beyond 1e30. */
int cf_ials_weigh(struct cf_ratings *r, double alpha, struct cf_err *err);
/* Keeps only rows that are not made up, each of which is to be predicted as 1.
 */
void cf_ials_positives(struct cf_ratings *r, bool negatives);

#endif
