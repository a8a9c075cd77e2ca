/* metric.h - what an evaluation finds: a row for each measure, as a stream of
 * kind metrics. */
#ifndef CF_EVAL_METRIC_H
#define CF_EVAL_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream/schema.h"
#include "stream/writer.h"

struct cf_metric {
    const char *name;  /* "ndcg"; not owned */
    const char *among; /* the rows or the candidates that it is of; not owned */
    uint64_t k;        /* length of the lists; 0: whatever it is */
    double value[2];   /* of the first side, and of the second, if two are
                          compared; NaN: there is none */
    double low, high;  /* of the interval, of the value or of the difference;
                          NaN: there is none */
    uint64_t users;    /* that it is a mean over, or that the rows are of */
    uint64_t rows;
};

/* Starts zeroed. */
struct cf_metrics {
    bool compared; /* two sides */
    bool ranking;  /* there is a k, and rows are not counted */
    struct cf_metric *v;
    size_t n, cap;
};

int cf_metrics_add(struct cf_metrics *m, const struct cf_metric *one,
                   struct cf_err *err);
void cf_metrics_free(struct cf_metrics *m);

/* Adds the part "rows" to s: metric, k (of rankings), among, value (compared:
 * first, second, difference), low, high, users, rows (not of rankings). */
int cf_metrics_part(struct cf_schema *s, const struct cf_metrics *m,
                    struct cf_err *err);
/* The caller finishes w. */
int cf_metrics_write(const struct cf_metrics *m, const struct cf_schema *s,
                     struct cf_writer *w, struct cf_err *err);

#endif
