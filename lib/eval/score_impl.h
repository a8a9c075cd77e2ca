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
    const char *part; /* name of the dictionary that is written */
    enum cf_role role;
    struct cf_lookup lookup;
    uint32_t *row; /* in the model, of each code; CF_NONE: not there */
    size_t n, cap;
    uint32_t *code;    /* of each row of the frame in the making */
    uint32_t from;     /* dictionary in a ratings stream */
    uint32_t col;      /* column of its rows */
    struct cf_ids ids; /* codes for a table */
};

struct cf_score {
    struct cf_reader *r;
    const struct cf_schema *in;
    const struct cf_model *m;
    uint32_t part;  /* the rows of in */
    int32_t rating; /* column of its rows, or -1 */
    bool has_field; /* a table has the rating in this field */
    struct cf_field field;
    float *given; /* those ratings, of the frame in the making */
    struct cf_score_end user, item;
    struct cf_dicts dicts; /* of a table */
    struct cf_schema out;
    struct cf_score_report report;
    bool sd;
    double within; /* standard deviations to the ends of the interval; 0: none
                    */
    float *score, *spread, *low, *high;
    unsigned char *known;
};

#endif
