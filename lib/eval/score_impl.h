/* score_impl.h - a scoring from the inside, for its opening and its work. */
#ifndef CF_EVAL_SCORE_IMPL_H
#define CF_EVAL_SCORE_IMPL_H

#include "data/ids.h"
#include "data/ratings.h"
#include "data/table.h"
#include "data/values.h"
#include "eval/known.h"
#include "eval/score.h"
#include "model/lookup.h"

/* One end of the pairs: users or items. */
struct cf_score_end {
    struct cf_rep (*rep_of)(const struct cf_model *m, uint32_t row);
    const char *part; /* name of the dictionary that is written */
    enum cf_role role;
    struct cf_lookup lookup;
    struct cf_rep *rep; /* what each code is predicted with */
    size_t n, cap;
    uint32_t *code;    /* of each row of the frame in the making */
    uint32_t from;     /* dictionary in a ratings stream */
    uint32_t col;      /* column of its rows */
    struct cf_ids ids; /* codes for a table */
};

/* Rows of a frame that a thread predicts. */
enum {
    CF_SCORE_TASK = 4096,
    CF_SCORE_TASKS = (CF_FRAME_ROWS + CF_SCORE_TASK - 1) / CF_SCORE_TASK
};

struct cf_score {
    struct cf_reader *r;
    struct cf_pool *pool;
    const struct cf_schema *in;
    const struct cf_model *m;
    uint32_t part;  /* the rows of in */
    int32_t rating; /* column of its rows, or -1 */
    bool has_field; /* a table has the rating in this field */
    struct cf_field field;
    float *given; /* those ratings, of the frame in the making */
    /* ---- the days and sessions of a model that has them ---- */
    int32_t time;  /* column of the rows of a ratings stream, or -1 */
    bool has_when; /* a table has the time in this field */
    struct cf_field when;
    int64_t *seconds;        /* of the frame in the making */
    uint32_t *day, *session; /* and what these are; NULL: the rows have no
                                time, or the model has no days (sessions) */
    struct cf_score_end user, item;
    struct cf_dicts dicts; /* of a table */
    struct cf_schema out;
    struct cf_score_report report;
    bool sd;
    double within;  /* standard deviations to the ends of the interval; 0: none
                     */
    double share;   /* of the interval */
    uint32_t stars; /* that have a column each */
    struct cf_cold_variance cold;
    float *score, *spread, *low, *high;
    float *chance; /* (stars, CF_FRAME_ROWS) */
    unsigned char *known;
    uint32_t rows; /* of the frame in the making, */
    struct cf_score_report task[CF_SCORE_TASKS]; /* and what became of them */
};

/* ---- score_spread.c ---- */

/* Does the model have what opts asks for? Room for it. */
int cf_score_spread_open(struct cf_score *x, const struct cf_score_opts *o,
                         struct cf_err *err);
/* Adds the columns to the last part of x->out. */
int cf_score_spread_columns(struct cf_score *x, struct cf_err *err);
/* Fills them for the pairs, rows from .. of the frame; score is there. */
void cf_score_spread(struct cf_score *x, const struct cf_rep_pairs *p,
                     size_t from);
/* The chunks of n rows of them, at most 3 + CF_STARS_MOST; returns how many. */
size_t cf_score_spread_chunks(const struct cf_score *x, uint32_t n,
                              struct cf_chunk *c);

#endif
