/* splits.h - the options of cf-batch that say which rows are to validate, and
 * what is told of the split. */
#ifndef CF_CMD_SPLITS_H
#define CF_CMD_SPLITS_H

#include "cli.h"
#include "data/loader.h"
#include "data/pairset.h"

struct cf_splits {
    double valid;
    int by; /* of cf_split_by */
    uint64_t last;
    const char *after, *rows, *fold;
    bool has_valid, has_by, has_last;
};

/* Ways to take a share, for --valid-by. */
extern const char *const cf_split_by[];

/* What the options come to; CF_EUSAGE if there is more than one of them. */
int cf_splits_parse(struct cf_cli *c, const struct cf_splits *o, uint64_t seed,
                    struct cf_split *out);
/* Reads the rows of --valid-rows, if it was given; in and g start zeroed. */
int cf_splits_rows(struct cf_cli *c, const struct cf_splits *o,
                   struct cf_source *in, struct cf_pairset *g,
                   struct cf_split *out);
/* Tells how rows were chosen: before the sizes what is good to know before, and
 * then what has come of it. */
void cf_splits_before(struct cf_cli *c, const struct cf_splits *o,
                      const struct cf_split *s, const struct cf_schema *in);
void cf_splits_sizes(struct cf_cli *c, const struct cf_tally *t);
void cf_splits_after(struct cf_cli *c, const struct cf_splits *o,
                     const struct cf_split *s, const struct cf_tally *t);
void cf_splits_threshold(struct cf_cli *c, const struct cf_threshold *t);

#endif
