/* intake.h - a ratings stream as it comes, each row with the part of the split
 * that it belongs to. */
#ifndef CF_DATA_INTAKE_H
#define CF_DATA_INTAKE_H

#include "data/split.h"
#include "stream/reader.h"

struct cf_intake {
    struct cf_reader *r; /* borrowed */
    struct cf_split split;
    uint32_t rows_part;
    struct cf_rating_columns cols;
    int32_t mark; /* the column with role CF_SPLIT; -1 if there is none */
    const struct cf_block *block;
    bool rows;             /* is it rows? */
    uint64_t first;        /* number of its first row */
    struct cf_ratings buf; /* its rows, */
    uint8_t *part;         /* and their parts */
    size_t part_cap;
};

/* CF_EUSAGE if the split needs a time and there is none; CF_EDATA if the stream
 * is not ratings. x is to be closed after an error, too. */
int cf_intake_open(struct cf_intake *x, struct cf_reader *r,
                   const struct cf_split *split, struct cf_err *err);
/* The next block; x->block is NULL at the end. */
int cf_intake_next(struct cf_intake *x, struct cf_err *err);
/* Row i of the block; its id is its number. */
struct cf_rec cf_intake_row(const struct cf_intake *x, size_t i);
void cf_intake_close(struct cf_intake *x);

#endif
