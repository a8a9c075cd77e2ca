/* index.h - the work of cf-index: a table's users and items become dense ids,
 * in order of first sight; dictionaries travel before use. One pass, unless
 * the options need all rows in memory. */
#ifndef CF_DATA_INDEX_H
#define CF_DATA_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "data/core.h"
#include "data/dups.h"
#include "data/features.h"
#include "data/values.h"
#include "data/vocab.h"
#include "stream/reader.h"
#include "stream/writer.h"

enum { CF_INDEX_COUNT = 1 << 25 };

/* What is done to the rows is done in the order of these options. */
struct cf_index_opts {
    /* Names of columns; NULL: the default (user, item, rating: first, second,
     * third column of the first file; time: a column "timestamp" or "time" if
     * there is one; label: a column "title" if there is one). */
    const char *user, *item, *rating, *time, *label;
    const char *split; /* the column that says who is to validate, or NULL */
    /* The result has no rating, every row counts as 1; one is read only for
     * min_rating. With dup CF_DUP_SUM, without min_rating, it has one, the
     * number of rows of the pair. */
    bool implicit;
    bool skip_bad; /* leave out a row whose rating, time or split is none */
    const struct cf_vocab *vocab; /* ids that are kept, or NULL; borrowed */
    /* Attributes of users or items: of the side whose column (as user and item
     * above) the file has. What is not empty there counts, whatever the table
     * or the vocabulary says. Ids without a row come after all others, in the
     * order of the files. Borrowed. */
    const struct cf_features *features;
    size_t nfeatures;
    bool fixed; /* leave out a row with a user or item that vocab has not */
    enum cf_dup dup;
    bool count_again;        /* count repeated pairs with CF_DUP_KEEP, too */
    const float *min_rating; /* leave out rows below; or NULL */
    uint64_t min_user, min_item; /* see core.h */
};

struct cf_index_report {
    uint64_t rows, users, items;
    float lo, hi; /* lowest and highest rating, if the result has them */
    /* Rows that were left out: */
    struct cf_skips skips;
    uint64_t no_user, no_item; /* not in the vocabulary; both: no_user */
    uint64_t again; /* rows of a pair that had been there (they stay with
                       CF_DUP_KEEP, if counted) */
    bool uncounted; /* there were too many rows to count that */
    uint64_t low;   /* below min_rating */
    struct cf_core core;
    /* Files of features, of users and of items; valid until close. */
    const struct cf_featured *user_features, *item_features;
    size_t nuser_features, nitem_features;
};

/* An indexing under way. The schema of the result: parts "user", "item" and
 * "rows". "user": column 0 the id (CF_USER), then the fields of a dictionary
 * that was joined on the user column, those of features, then those that only
 * the vocabulary has;
 * "item" likewise (CF_ITEM), the label with role CF_LABEL. "rows": user and
 * item (u32 codes, named as the columns were), "rating" f32, and, if there are
 * any, the time as i64 and the split as u8, an enum cf_part_of. */
struct cf_index;

/* CF_EUSAGE with the list of columns if a named one does not exist, or for
 * options that exclude each other, or features that are nobody's; CF_EDATA if
 * the stream is not a table. r is borrowed until close. */
int cf_index_open(struct cf_index **x, struct cf_reader *r,
                  const struct cf_index_opts *opts, struct cf_err *err);
/* With the history of the input; the caller adds its step. */
struct cf_schema *cf_index_schema(struct cf_index *x);
/* A rating that is not a finite number, a time or split that is none, a pair
 * that appears again against CF_DUP_FAIL is CF_EDATA naming file, line and
 * column. */
int cf_index_run(struct cf_index *x, struct cf_writer *w, struct cf_err *err);
const struct cf_index_report *cf_index_report(const struct cf_index *x);
void cf_index_close(struct cf_index *x);

#endif
