/* ranking_measure.c - the measures of all lists, of one side or of two. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/ranking_impl.h"

static const char *const likeness_names[CF_LIKENESSES] = {
    "popularity", "novelty", "diversity"};

/* Measures that are functions of the sums, in this order: for each k the
 * accuracies and what lists are like, then the AUC. */
enum { CUT = CF_ACCURACIES + (int)CF_LIKENESSES };

static size_t measures(size_t nk)
{
    return nk * CUT + 1;
}

static void of_sums(const void *ctx, const double *sums, double *out)
{
    const struct cf_ranking *x = ctx;

    for (size_t j = 0; j < x->opts.nk; j++) {
        const double *cut = sums + CF_SUM_CUTS + j * CF_SUM_CUT;
        for (size_t i = 0; i < CF_ACCURACIES; i++)
            *out++ = cut[i] / sums[CF_SUM_USERS];
        cut += CF_ACCURACIES;
        for (size_t i = 0; i < CF_LIKENESSES; i++)
            *out++ = cut[2 * i] / cut[2 * i + 1];
    }
    *out = sums[CF_SUM_AUC] / sums[CF_SUM_AUCS];
}

/* ---- what is of all lists at once ---- */

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* How often each item of the catalogue is in the first k[j] places, ascending;
 * v has room for the catalogue. */
static void exposures(const struct cf_ranking *x, size_t j, uint32_t *v)
{
    size_t n = 0;

    for (uint32_t i = 0; i < x->t->nitems; i++)
        if (x->t->count[i] > 0)
            v[n++] = i < x->nflag ? x->exposed[i * x->opts.nk + j] : 0;
    qsort(v, n, sizeof *v, ascending);
}

/* Sum over i of (2 i - n - 1) v_i, divided by n times the sum of v; i from 1.
 */
static double gini(const uint32_t *v, uint64_t n)
{
    double sum = 0, weighted = 0, count = (double)n;

    for (uint64_t i = 0; i < n; i++) {
        sum += (double)v[i];
        weighted += (2 * (double)(i + 1) - count - 1) * (double)v[i];
    }
    return weighted / (count * sum);
}

static double coverage(const uint32_t *v, uint64_t n)
{
    uint64_t none = 0;

    while (none < n && v[none] == 0)
        none++;
    return (double)(n - none) / (double)n;
}

static int add_catalogue(struct cf_ranking *const *side, size_t sides, size_t j,
                         struct cf_metrics *out, struct cf_err *err)
{
    const struct cf_truth *t = side[0]->t;
    struct cf_metric c = {.name = "coverage",
                          .among = cf_ranking_among(side[0]),
                          .k = side[0]->opts.k[j],
                          .low = (double)NAN,
                          .high = (double)NAN,
                          .users = side[0]->report.lists};
    struct cf_metric g = c;

    g.name = "gini";
    uint32_t *v = cf_alloc(t->nitems, sizeof *v);
    if (!v)
        return cf_nomem(err, "catalogue");
    for (size_t s = 0; s < sides; s++) {
        exposures(side[s], j, v);
        c.value[s] = coverage(v, t->items);
        g.value[s] = gini(v, t->items);
    }
    free(v);
    int rc = cf_metrics_add(out, &c, err);
    return rc ? rc : cf_metrics_add(out, &g, err);
}

/* ---- the table ---- */

/* All measures of the sums. */
struct table {
    struct cf_ranking *const *side;
    size_t sides;
    struct cf_resampled found;
    struct cf_metrics *out;
};

/* A sum of one side over all groups. */
static double total(const struct cf_ranking *x, size_t at)
{
    double sum = 0;

    for (size_t g = 0; g < CF_GROUPS; g++)
        sum += x->sums.v[g * x->sums.width + at];
    return sum;
}

/* Measure number i by the name, whose mean is over sum number `users`. */
static int add_measure(struct table *t, size_t i, size_t users,
                       struct cf_metric one, struct cf_err *err)
{
    one.among = cf_ranking_among(t->side[0]);
    one.users = (uint64_t)total(t->side[0], users);
    for (size_t s = 0; s < t->sides; s++)
        one.value[s] = t->found.value[s][i];
    one.low = t->found.low[i];
    one.high = t->found.high[i];
    return cf_metrics_add(t->out, &one, err);
}

static int add_accuracies(struct table *t, struct cf_err *err)
{
    const struct cf_ranking_opts *o = &t->side[0]->opts;
    int rc = 0;

    for (size_t i = 0; i < CF_ACCURACIES; i++)
        for (size_t j = 0; !rc && j < o->nk; j++)
            rc = add_measure(
                t, j * CUT + i, CF_SUM_USERS,
                (struct cf_metric){.name = cf_accuracy_names[i], .k = o->k[j]},
                err);
    return rc;
}

/* Is what a list is like known? */
static bool is_known(const struct cf_truth *t, size_t likeness)
{
    return likeness == CF_DIVERSITY ? t->unit != NULL : t->has_training;
}

static int add_likenesses(struct table *t, struct cf_err *err)
{
    const struct cf_ranking_opts *o = &t->side[0]->opts;
    int rc = 0;

    for (size_t i = 0; i < CF_LIKENESSES; i++)
        for (size_t j = 0; !rc && j < o->nk && is_known(t->side[0]->t, i); j++)
            rc = add_measure(
                t, j * CUT + CF_ACCURACIES + i,
                CF_SUM_CUTS + j * CF_SUM_CUT + CF_ACCURACIES + 2 * i + 1,
                (struct cf_metric){.name = likeness_names[i], .k = o->k[j]},
                err);
    for (size_t j = 0; !rc && j < o->nk && t->side[0]->t->has_training; j++)
        rc = add_catalogue(t->side, t->sides, j, t->out, err);
    return rc;
}

/* Every user's candidates are known, and by both sides. */
static bool has_auc(const struct table *t)
{
    bool known = true;

    for (size_t s = 0; s < t->sides; s++)
        known = known && strcmp(cf_ranking_among(t->side[s]), "all items") != 0;
    return known;
}

static int fill(struct table *t, struct cf_err *err)
{
    int rc = add_accuracies(t, err);

    if (!rc && has_auc(t))
        rc = add_measure(t, t->side[0]->opts.nk * CUT, CF_SUM_AUCS,
                         (struct cf_metric){.name = "auc"}, err);
    return rc ? rc : add_likenesses(t, err);
}

int cf_ranking_measure(struct cf_ranking *const *side, size_t sides,
                       const struct cf_resample_opts *o, struct cf_metrics *out,
                       struct cf_err *err)
{
    const struct cf_measures m = {measures(side[0]->opts.nk), of_sums, side[0]};
    const struct cf_sums *sums[2] = {&side[0]->sums,
                                     sides > 1 ? &side[1]->sums : NULL};
    double *room = cf_alloc(4 * m.n, sizeof *room);
    struct table t = {.side = side,
                      .sides = sides,
                      .found = {.value = {room, room + m.n},
                                .low = room + 2 * m.n,
                                .high = room + 3 * m.n},
                      .out = out};

    if (!room)
        return cf_nomem(err, "metrics");
    out->ranking = true;
    out->compared = sides > 1;
    int rc = cf_resample(sums, sides, &m, o, &t.found, err);
    if (!rc)
        rc = fill(&t, err);
    free(room);
    return rc;
}
