/* whole.h - all rows of a feed at once, for solvers that go through them in an
 * order of their own. */
#ifndef CF_DATA_WHOLE_H
#define CF_DATA_WHOLE_H

#include "data/feed.h"

/* Rows in the order in which they came; no dictionaries. */
struct cf_whole {
    struct cf_ratings train, valid;
    bool negatives; /* training rows rated 0 are made up, see cf_plan */
};

/* A feed of one epoch with the rows of r as they are, for cf_feed_whole. r is
 * borrowed until close. CF_EDATA if there is no row. *f is to be closed after
 * an error, too. */
int cf_feed_given(struct cf_feed **f, struct cf_ratings *r, struct cf_err *err);

/* Takes the training and validation rows of the first epoch and reads the feed
 * to its end, so that it is known to be sound. From cf_feed_given the arrays
 * are taken over: the caller's ratings have no rows then. w is to be freed
 * after an error, too. There are no times. */
int cf_feed_whole(struct cf_feed *f, struct cf_whole *w, struct cf_err *err);
/* The same with the times of the rows, if they have them. */
int cf_feed_whole_timed(struct cf_feed *f, struct cf_whole *w,
                        struct cf_err *err);
void cf_whole_free(struct cf_whole *w);

/* Takes away the training rows that are made up; the others keep their order.
 */
void cf_whole_drop_negatives(struct cf_whole *w);

#endif
