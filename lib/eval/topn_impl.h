/* topn_impl.h - what the files of topn.h share. */
#ifndef CF_EVAL_TOPN_IMPL_H
#define CF_EVAL_TOPN_IMPL_H

#include "eval/rank.h"
#include "eval/topn.h"

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
    struct cf_mmr_room **mmr; /* (threads) */
    struct cf_why_room **why; /* (threads) */
    struct cf_scored *cold;   /* the list of cold users, once there is one */
    size_t ncold;
    uint64_t *owner_start; /* of items: who has them, as seen_start */
    uint32_t *owner;
};

/* What a row of the asked side, or a cold user, or a group, asks with. */
const float *cf_topn_factors(const struct cf_topn *t, const struct cf_ask *a);
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

#endif
