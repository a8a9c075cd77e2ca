/* accuracy.h - how well one ranked list finds what is relevant.
 *
 * A list has positions 1, 2, ...; items with equal scores are tied, and a
 * measure is its mean over all orders of the tied ones, in closed form
 * (McSherry and Najork, "Computing information retrieval performance measures
 * efficiently in the presence of tied scores", ECIR 2008), so that neither the
 * order of a file nor a constant score can make a list look good.
 *
 * Of R relevant items; h: those in the first k places; rel(p): 1 if the one at
 * p is relevant; P(p): relevant ones in the first p places, divided by p:
 *
 *   precision   h / k
 *   recall      h / R
 *   recall_min  h / min(k, R)
 *   hit_rate    1 if h > 0
 *   map         sum of rel(p) P(p) over p <= k, / R
 *   map_min     the same, / min(k, R)
 *   mrr         1 / p of the first relevant one, 0 if p > k
 *   ndcg        sum of rel(p) / log2(p + 1) over p <= k, divided by the same
 *               sum for a list that begins with all relevant items
 *   auc         share of pairs of a relevant and another candidate in which
 *               the relevant one stands before; 1/2 for a tied pair */
#ifndef CF_EVAL_ACCURACY_H
#define CF_EVAL_ACCURACY_H

#include <stddef.h>
#include <stdint.h>

enum cf_accuracy {
    CF_PRECISION,
    CF_RECALL,
    CF_RECALL_MIN,
    CF_HIT_RATE,
    CF_MAP,
    CF_MAP_MIN,
    CF_MRR,
    CF_NDCG,
    CF_ACCURACIES
};

extern const char *const cf_accuracy_names[CF_ACCURACIES];

/* A run of tied items that has a relevant one. */
struct cf_tie {
    size_t before;   /* places before it, */
    size_t found;    /* relevant items there, */
    size_t size;     /* of the run */
    size_t relevant; /* of it, at least 1 */
};

/* gain[p]: the sum of 1 / log2(q + 1) over q <= p; room for n + 1. */
void cf_gains(double *gain, size_t n);
/* Sets out[0 .. CF_ACCURACIES-1]; R: relevant, at least 1; gain goes to k. */
void cf_accuracy(const struct cf_tie *tie, size_t nties, size_t relevant,
                 size_t k, const double *gain, double *out);

/* The items of a list and those that follow it, all tied. */
struct cf_listed {
    size_t listed, candidates; /* candidates, the listed ones too */
    size_t relevant;           /* of the candidates */
};
/* NaN if all or none of the candidates are relevant. */
double cf_auc(const struct cf_tie *tie, size_t nties,
              const struct cf_listed *l);

#endif
