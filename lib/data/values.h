/* values.h - the numbers of rows: ratings and times; and the rows where one is
 * none. */
#ifndef CF_DATA_VALUES_H
#define CF_DATA_VALUES_H

#include "data/table.h"

/* Rows that are left out for one reason. */
struct cf_skip {
    const char *column; /* borrowed from the schema */
    const char *why;
    uint64_t rows;
    char *first; /* where the first one came from */
};

struct cf_skips {
    struct cf_skip *v;
    size_t n, cap;
};

void cf_skips_free(struct cf_skips *s);

/* The rows to look at. */
struct cf_values {
    const struct cf_dicts *d;
    const char *name; /* of the stream, see cf_row_place */
    const struct cf_slice *rows;
    bool *drop;             /* NULL: a value that is no number is an error; else
                               its row's is set, */
    struct cf_skips *skips; /* and it is counted here, once for a row */
    bool may_lack;          /* an empty time is none, INT64_MIN */
};

/* The field's values as finite numbers, as times (see when.h). A value that is
 * none is CF_EDATA: "ratings.csv:17: rating: 'abc' is not a number". */
int cf_values_f32(const struct cf_values *v, const struct cf_field *f,
                  float *out, struct cf_err *err);
int cf_values_when(const struct cf_values *v, const struct cf_field *f,
                   int64_t *out, struct cf_err *err);
/* As parts of a split, an enum cf_part_of: 0, false, train; 1, true, valid;
 * test; of any case. */
int cf_values_part(const struct cf_values *v, const struct cf_field *f,
                   uint8_t *out, struct cf_err *err);

#endif
