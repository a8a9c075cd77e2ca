/* ranking_impl.h - a ranking from the inside: gathering lists, judging one,
 * and the measures of all. */
#ifndef CF_EVAL_RANKING_IMPL_H
#define CF_EVAL_RANKING_IMPL_H

#include "eval/accuracy.h"
#include "eval/ranking.h"

/* An item of the list in hand. */
struct cf_entry {
    float key;
    uint32_t item;
    size_t row; /* its place in the input */
};

/* Rows of a user that stand together. */
struct cf_run {
    uint32_t user;
    uint64_t start; /* in the rows; it ends where the next begins */
};

/* Where things are in the sums of a group: these, then for each k the
 * accuracies and sum and count of what lists are like. */
enum { CF_SUM_USERS, CF_SUM_AUC, CF_SUM_AUCS, CF_SUM_CUTS };
enum cf_likeness { CF_POPULARITY, CF_NOVELTY, CF_DIVERSITY, CF_LIKENESSES };
enum { CF_SUM_CUT = CF_ACCURACIES + 2 * CF_LIKENESSES };

struct cf_ranking {
    struct cf_truth *t;
    struct cf_ranking_opts opts;
    struct cf_pair_head head;
    struct cf_ranking_report report;
    /* Rows not yet judged. */
    struct cf_run *run;
    uint32_t *item;
    float *key;
    size_t nrun, cap_run, n, cap_item, cap_key;
    /* The list in hand. */
    struct cf_entry *entry;
    struct cf_tie *tie;
    size_t cap_entry, cap_tie;
    uint8_t *flag; /* of each item, see ranking_list.c; 0 between lists */
    size_t cap_flag, nflag;
    double *way; /* (k of the model) */
    double *gain;
    /* Of all lists. */
    uint32_t *exposed; /* (nflag, nk): lists whose first k have the item */
    size_t cap_exposed;
    bool *listed; /* users who have had their list */
    size_t cap_listed, nlisted;
    struct cf_sums sums;
};

/* Judges the list of a user: rows of runs in order. */
int cf_ranking_list(struct cf_ranking *x, const struct cf_run *run, size_t n,
                    struct cf_err *err);
/* Counts a user who has no list. */
void cf_ranking_none(struct cf_ranking *x, uint32_t user);

#endif
