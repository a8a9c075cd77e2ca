/* accuracy.c - measures of one ranked list. */
#include "eval/accuracy.h"

#include <math.h>

const char *const cf_accuracy_names[CF_ACCURACIES] = {
    "precision", "recall",  "recall_min", "hit_rate",
    "map",       "map_min", "mrr",        "ndcg"};

void cf_gains(double *gain, size_t n)
{
    gain[0] = 0;
    for (size_t p = 1; p <= n; p++)
        gain[p] = gain[p - 1] + 1 / log2((double)p + 1);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The sum of rel(p) P(p) over the first n places of a run, on average: one of
 * them is relevant with probability r / t, and then each place before it in
 * the run with (r - 1) / (t - 1). */
static double precisions(const struct cf_tie *tie, size_t n)
{
    double r = (double)tie->relevant, t = (double)tie->size;
    double more = tie->size > 1 ? (r - 1) / (t - 1) : 0, sum = 0;

    for (size_t j = 0; j < n; j++)
        sum += ((double)tie->found + 1 + (double)j * more) /
               (double)(tie->before + j + 1);
    return sum * r / t;
}

/* The same for the first relevant item: the mean of 1 / p, and how likely it
 * is not among the first n places of its run. */
static double first_found(const struct cf_tie *tie, size_t n, double *miss)
{
    double sum = 0;

    *miss = 1;
    for (size_t j = 0; j < n; j++) {
        double is = (double)tie->relevant / (double)(tie->size - j);
        if (is > 1)
            is = 1;
        sum += *miss * is / (double)(tie->before + j + 1);
        *miss *= 1 - is;
    }
    return sum;
}

void cf_accuracy(const struct cf_tie *tie, size_t nties, size_t relevant,
                 size_t k, const double *gain, double *out)
{
    double hits = 0, dcg = 0, sum = 0, reciprocal = 0, miss = 1;
    double all = (double)relevant, most = (double)least(k, relevant);

    for (size_t i = 0; i < nties && tie[i].before < k; i++) {
        size_t n = least(tie[i].size, k - tie[i].before);
        double share = (double)tie[i].relevant / (double)tie[i].size;
        hits += share * (double)n;
        dcg += share * (gain[tie[i].before + n] - gain[tie[i].before]);
        sum += precisions(&tie[i], n);
        if (i == 0)
            reciprocal = first_found(&tie[i], n, &miss);
    }
    out[CF_PRECISION] = hits / (double)k;
    out[CF_RECALL] = hits / all;
    out[CF_RECALL_MIN] = hits / most;
    out[CF_HIT_RATE] = 1 - miss;
    out[CF_MAP] = sum / all;
    out[CF_MAP_MIN] = sum / most;
    out[CF_MRR] = reciprocal;
    out[CF_NDCG] = dcg / gain[least(k, relevant)];
}

double cf_auc(const struct cf_tie *tie, size_t nties, const struct cf_listed *l)
{
    double others = (double)(l->candidates - l->relevant), pairs = 0;
    size_t found = 0;

    for (size_t i = 0; i < nties; i++) {
        double beside = (double)(tie[i].size - tie[i].relevant);
        double before = (double)(tie[i].before - tie[i].found);
        pairs += (double)tie[i].relevant * (others - before - beside / 2);
        found += tie[i].relevant;
    }
    double rest = others - (double)(l->listed - found);
    pairs += (double)(l->relevant - found) * rest / 2;
    return pairs / (others * (double)l->relevant);
}
