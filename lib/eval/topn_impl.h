/* topn_impl.h - what the files of topn.h share. */
#ifndef CF_EVAL_TOPN_IMPL_H
#define CF_EVAL_TOPN_IMPL_H

#include "eval/rank.h"
#include "eval/topn.h"
#include "math/panel.h"

struct cf_topn {
    const struct cf_model *m;
    struct cf_topn_opts o;
    const struct cf_side *asked, *listed;
    struct cf_targets t;
    size_t n, stride;     /* rows of a list, places for it */
    uint32_t *id;         /* may be listed */
    float *bias;          /* of listed, if it is not the model's */
    double *length;       /* by cosine; 0: has no direction, is not in id */
    struct cf_rank *rank; /* NULL: layers */
    bool indexed;
    size_t threads;
    float **z; /* (threads) scores through layers, two rows of all */
    struct cf_mmr_room **mmr;        /* (threads) */
    struct cf_why_room **why;        /* (threads) */
    struct cf_sample_room **samples; /* (threads), but for CF_TOPN_MEAN of
                                        numbers, and long lists of stars */
    const struct cf_panel_kernels *panel;
    struct cf_scored *cold; /* the list of cold users, once there is one */
    size_t ncold;
    uint64_t *owner_start; /* of items: who has them, as seen_start */
    uint32_t *owner;
};

/* What a row of the asked side, or a cold user, or a group, asks with. */
const float *cf_topn_factors(const struct cf_topn *t, const struct cf_ask *a);
/* The biases of the samples likewise. */
const float *cf_topn_sample_bias(const struct cf_topn *t,
                                 const struct cf_ask *a);
/* The query of who asks; may use *self. */
void cf_topn_query(const struct cf_topn *t, const struct cf_ask *a,
                   uint32_t *self, struct cf_query *q);
/* The items that a user or a group has, as q->skip. */
void cf_topn_seen(const struct cf_topn *t, const struct cf_ask *a,
                  struct cf_query *q);

/* The raw scores of every listed row, in z (listed->n); room as much. */
void cf_topn_layers(const struct cf_topn *t, const struct cf_ask *a, float *z,
                    float *room);
/* Makes t->cold. */
int cf_topn_make_cold(struct cf_topn *t, struct cf_err *err);

/* Room to choose in; NULL if memory ends. */
struct cf_mmr_room *cf_mmr_open(const struct cf_topn *t);
void cf_mmr_close(struct cf_mmr_room *w);
/* Chooses n of count rows (best first, scores raw) that are less alike. */
size_t cf_mmr_choose(const struct cf_topn *t, struct cf_mmr_room *w,
                     struct cf_scored *v, size_t count);

/* Room for reasons; NULL if memory ends. */
struct cf_why_room *cf_why_open(const struct cf_topn *t);
void cf_why_close(struct cf_why_room *w);
/* The reasons for n rows. */
void cf_why(const struct cf_topn *t, const struct cf_ask *a,
            struct cf_why_room *w, const struct cf_scored *v, size_t n,
            struct cf_reason *out);

/* Are lists by the prediction of stars made by samples? */
bool cf_stars_near(const struct cf_topn *t);
/* One list by the raw scores of every listed row. */
void cf_topn_rank_layers(struct cf_topn *t, struct cf_lists *l, size_t i,
                         size_t worker);
/* Room to rank by samples; NULL if memory ends. */
struct cf_sample_room *cf_samples_open(const struct cf_topn *t);
void cf_samples_close(struct cf_sample_room *w);
/* The best places of lists from .. from+n-1, at most CF_RANK_BATCH. */
void cf_samples_rank(struct cf_topn *t, struct cf_lists *l, size_t from,
                     size_t n, size_t worker);
/* What is told of n rows beside their scores. */
void cf_samples_tell(const struct cf_topn *t, const struct cf_ask *a,
                     struct cf_sample_room *w, const struct cf_scored *v,
                     size_t n, struct cf_sampled *out);

#endif
