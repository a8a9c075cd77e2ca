/* topn_samples.h - the room that topn_samples.c and topn_stars.c score in. */
#ifndef CF_EVAL_TOPN_SAMPLES_H
#define CF_EVAL_TOPN_SAMPLES_H

#include "eval/topn_impl.h"
#include "math/probit.h"

enum { CF_SAMPLE_WIDE = CF_PANEL };

/* Who asks. */
struct cf_asking {
    const struct cf_ask *ask;
    struct cf_query q;
    uint32_t self;
    const float *bias; /* (samples) */
    float base;        /* of q, less the bias: of samples */
    uint32_t sample;   /* of Thompson */
    struct cf_top top;
    size_t skipped; /* of q.skip */
};

/* What lists by the prediction of stars have. */
struct cf_near {
    size_t reach;            /* places for a list */
    struct cf_scored *place; /* (CF_RANK_BATCH, reach) */
    double length, bias, sd; /* of rows that may be listed, of their samples:
                                the greatest, the greatest, the least */
};

/* Of a thread; WIDE stands for CF_SAMPLE_WIDE. */
struct cf_sample_room {
    struct cf_asking ask[CF_RANK_BATCH];
    bool *need;                  /* (samples) is turned */
    float *y;                    /* (k, WIDE) */
    float *bias;                 /* (samples, WIDE) */
    float *dot;                  /* (CF_PANEL_TILE, samples, WIDE) */
    float fixed[CF_SAMPLE_WIDE]; /* what the mean score has of the row's own, */
    float extra[CF_SAMPLE_WIDE]; /* and that without its bias */
    /* ---- of stars ---- */
    const struct cf_probit *probit;
    float *sd;   /* (samples, WIDE) factors of the standard deviation */
    float *star; /* (samples, WIDE) expected stars */
    float *zero; /* (samples, WIDE) */
    struct cf_near near;
};

/* Factors of a sample. */
size_t cf_sample_factors(const struct cf_topn *t);

/* ---- topn_stars.c ---- */

int cf_stars_open(const struct cf_topn *t, struct cf_sample_room *w);
void cf_stars_close(struct cf_sample_room *w);
/* The factors of the standard deviation of n rows that are listed. */
void cf_stars_turn(const struct cf_topn *t, struct cf_sample_room *w,
                   const uint32_t *id, size_t n);
/* Scores of the rows that are turned. */
void cf_stars_score(const struct cf_topn *t, struct cf_sample_room *w,
                    const struct cf_asking *a, float *z);
/* Of n rows that are turned the prediction, and what it varies by. */
void cf_stars_tell(const struct cf_topn *t, struct cf_sample_room *w,
                   const struct cf_ask *ask, const uint32_t *id, size_t n,
                   struct cf_sampled *out);

/* One of those who ask together. */
struct cf_star_member {
    const float *x, *bias, *sd, *cold; /* sd, cold: NULL if there is none */
};
size_t cf_star_members(const struct cf_ask *a);
struct cf_star_member cf_star_member(const struct cf_topn *t,
                                     const struct cf_ask *a, size_t j);
/* The prediction of a listed row, as cf-score has it. */
float cf_star_prediction(const struct cf_topn *t, const struct cf_ask *ask,
                         uint32_t id);

/* ---- topn_stars_mean.c ---- */

/* Room, after that of stars. */
int cf_near_open(const struct cf_topn *t, struct cf_sample_room *w);
/* The list of who asks, from the best that its top has, of w->near.reach, to
 * out; how many, or SIZE_MAX: it cannot be told from these. */
size_t cf_near_settle(const struct cf_topn *t, const struct cf_sample_room *w,
                      struct cf_asking *a, struct cf_scored *out);

#endif
