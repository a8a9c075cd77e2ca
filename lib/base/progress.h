/* progress.h - when to show a progress line and what it says. Printing is the
 * caller's. */
#ifndef CF_BASE_PROGRESS_H
#define CF_BASE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct cf_progress {
    const char *what;   /* "rows" */
    uint64_t total;     /* 0: not known */
    uint64_t from;      /* done before the start */
    double start, last; /* seconds of cf_now() */
};

/* Seconds of a clock that only goes forward. */
double cf_now(void);

void cf_progress_start(struct cf_progress *p, const char *what, uint64_t total);
/* "7 s", "3 min 20 s", "2 h 5 min". */
void cf_put_time(struct cf_buf *out, double seconds);
/* True, and a line in out (no newline: "5.1 M of 20 M rows, 3.2 M/s, 5 s
 * left"), if more than a second has passed since the start and a tenth since
 * the last line. */
bool cf_progress_line(struct cf_progress *p, uint64_t done, struct cf_buf *out);

#endif
