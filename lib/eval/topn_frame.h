/* topn_frame.h - lists as rows of a stream. */
#ifndef CF_EVAL_TOPN_FRAME_H
#define CF_EVAL_TOPN_FRAME_H

#include "data/dict.h"
#include "data/store.h"
#include "eval/topn_stream.h"

/* The columns of part "why". */
struct cf_topn_reasons {
    uint32_t *who, *item, *because;
    float *share;
    uint32_t n;
};

/* The frame in the making, with the dictionary entries it needs. */
struct cf_topn_frame {
    const struct cf_topn_job *j;
    const struct cf_topn *t;
    const struct cf_schema *s;
    struct cf_writer *w;
    uint32_t who_part, item_part, rows_part, why_part;
    struct cf_dict whos; /* who has a code, if one may ask twice */
    uint32_t *who_code;  /* of each of them */
    size_t who_cap;
    uint32_t nwhos;
    struct cf_store who, item;   /* entries not yet written */
    uint32_t *item_code, nitems; /* of what is listed; CF_NONE: has none */
    uint32_t n;                  /* rows; room for CF_FRAME_ROWS: */
    uint32_t *col_who, *col_rank, *col_item;
    float *col_score;
    float *col_mean, *col_sd; /* but for CF_TOPN_MEAN */
    unsigned char *col_known;
    struct cf_topn_reasons why;
};

/* Name of the part that lists are for, of what is listed. */
const char *cf_topn_who(const struct cf_topn_job *j);
const char *cf_topn_listed(const struct cf_topn_job *j);

/* All borrowed until close; f is to be closed after an error, too. */
int cf_topn_frame_open(struct cf_topn_frame *f, const struct cf_topn_job *j,
                       const struct cf_topn *t, const struct cf_schema *s,
                       struct cf_writer *w, struct cf_err *err);
/* Appends list number i; full frames are written. Of who asks live there is a
 * dictionary entry even if the list is empty. */
int cf_topn_frame_put(struct cf_topn_frame *f, const struct cf_lists *l,
                      size_t i, struct cf_err *err);
/* Writes what there is. */
int cf_topn_frame_flush(struct cf_topn_frame *f, struct cf_err *err);
void cf_topn_frame_close(struct cf_topn_frame *f);

#endif
