/* ranking.h - judges ranked lists: how many held-out items they find and where
 * (eval/accuracy.h), and what the lists are like whoever they are for:
 *
 *   coverage     share of the catalogue, the items with a training row, that
 *                is in the first k places of some list
 *   gini         of how often each item of the catalogue is: 0 if all are
 *                equally often, near 1 if it is always the same ones
 *   popularity   mean over lists of the mean number of training users who have
 *                their first k items (ARP, average recommendation popularity)
 *   novelty      the same of -log2 of the share of training users who have the
 *                item (mean self-information)
 *   diversity    mean over lists of the mean of 1 - cosine of the factors, over
 *                the pairs of their first k items (intra-list diversity)
 *
 * A mean over users is over those with a held-out item; one who has no list
 * counts as 0. One without is counted, but no mean is over it, save the last
 * three, which are over all lists.
 *
 * Lists of a topn stream are judged as they come; all others are held in
 * memory, for nothing says that the rows of a user stand together: 8 bytes a
 * row if they do, about 35 if they have to be put together. */
#ifndef CF_EVAL_RANKING_H
#define CF_EVAL_RANKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eval/metric.h"
#include "eval/pairs_in.h"
#include "eval/resample.h"
#include "eval/truth.h"

enum { CF_CUTS_MAX = 32 };

struct cf_ranking_opts {
    const uint64_t *k; /* ascending, not 0 */
    size_t nk;
    bool own; /* the rated pairs of what is judged are the held-out ones */
    uint64_t seed;
};

struct cf_ranking_report {
    uint64_t lists;
    uint64_t idle;          /* lists for users without a held-out item */
    uint64_t unlisted;      /* users with a held-out item but no list */
    uint64_t no_candidates; /* of them all, without candidates: not averaged */
    uint64_t again;         /* rows left out: the item was there before */
    uint64_t foreign;       /* rows left out: no candidate of the user */
    uint64_t places;        /* items in the first k places, k the largest, */
    uint64_t seen;          /* those that the user has in the training data, */
    uint64_t untrained;     /* and those without a training row */
    uint64_t longest;       /* items of the longest list */
    uint64_t found;         /* held-out pairs that are listed, at any place */
    bool scored;            /* the places are by scores */
};

struct cf_ranking;

/* t is borrowed until close; *x is to be closed after an error, too. */
int cf_ranking_open(struct cf_ranking **x, struct cf_truth *t,
                    const struct cf_ranking_opts *opts, struct cf_err *err);
/* Who takes the rows, of use CF_PAIRS_LISTED. CF_EDATA for an input without
 * ratings if opts.own needs them, or with two lists of a user in a topn. */
struct cf_pair_taker cf_ranking_taker(struct cf_ranking *x);
/* After the last row. */
int cf_ranking_finish(struct cf_ranking *x, struct cf_err *err);
const struct cf_ranking_report *cf_ranking_report(const struct cf_ranking *x);
/* What the lists are taken from: "candidates" that were given, the "scored
 * pairs", if all held-out ones have a score, or "all items". */
const char *cf_ranking_among(const struct cf_ranking *x);
/* The measures of one side, or of two that are compared. */
int cf_ranking_measure(struct cf_ranking *const *side, size_t sides,
                       const struct cf_resample_opts *o, struct cf_metrics *out,
                       struct cf_err *err);
void cf_ranking_close(struct cf_ranking *x);

#endif
