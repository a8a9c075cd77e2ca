/* topn_stars_mean.c - lists by the prediction of a model with stars, exactly.
 *
 * To predict pairs one by one takes some times as long as 16 rows at a time,
 * as topn_stars.c does, whose bits are others. With u = 2^-24 both are within
 *
 *   margin = span (phi(0) dz / sd + 4e-6 + (S + cuts + members + 32) u),
 *   dz = 2 u ((k / S + 8) S |x_s| |y_s| + 8 (|mean| + |biases|))
 *
 * of each other, span being that of the stars: dz is what the scores of a
 * sample may differ by (Higham, Accuracy and Stability of Numerical Algorithms,
 * 3.1, for the products), of which a chance has at most the density in the
 * middle; 4e-6 is what the kernels of chances may err by in all, the rest is
 * what adding up rounds. |x_s|, |y_s|, biases and 1 / sd are the greatest that
 * there are. So the best rows by the one are scored by the other, down to two
 * margins below the n-th; should these be more than SPARE, all are. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/topn_samples.h"

enum { SPARE = 64 };

/* ---- open, close ---- */

bool cf_stars_near(const struct cf_topn *t)
{
    return t->m->stars.n > 0 && t->o.rank == CF_TOPN_MEAN &&
           t->o.what != CF_TOPN_SIMILAR && t->stride <= t->t.nid / 4;
}

/* The length of the longest sample. */
static double longest(const struct cf_topn *t, const float *x)
{
    uint32_t k = (uint32_t)cf_sample_factors(t);
    double most = 0;

    for (uint32_t s = 0; s < t->m->samples; s++)
        most = fmax(most, cf_rank_length(x + (size_t)s * k, k));
    return most;
}

/* The greatest absolute value of n. */
static double greatest(const float *x, size_t n)
{
    double most = 0;

    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs((double)x[i]));
    return most;
}

/* The least of sd times those of x, or of 1. */
static double least(const float *sd, const float *x, size_t n)
{
    double all = INFINITY;

    for (size_t i = 0; i < n; i++)
        all = fmin(all, (double)(sd ? sd[i] : 1) * (double)(x ? x[i] : 1));
    return all;
}

int cf_near_open(const struct cf_topn *t, struct cf_sample_room *w)
{
    size_t samples = t->m->samples;
    struct cf_near *near = &w->near;

    near->reach = t->stride + SPARE;
    near->place = cf_alloc(near->reach, CF_RANK_BATCH * sizeof *near->place);
    if (!near->place)
        return -1;
    near->sd = INFINITY;
    for (uint32_t i = 0; i < t->t.nid; i++) {
        size_t row = t->id[i];
        const float *y = t->listed->factors + row * t->m->k;
        near->length = fmax(near->length, longest(t, y));
        near->bias =
            fmax(near->bias,
                 greatest(t->listed->sample_bias + row * samples, samples));
        near->sd = fmin(near->sd, least(cf_model_star_sds(t->m, t->listed, y),
                                        NULL, samples));
    }
    return 0;
}

/* ---- a list ---- */

static double margin_of(const struct cf_topn *t, const struct cf_near *near,
                        const struct cf_star_member *u, size_t members)
{
    const struct cf_model *m = t->m;
    const double u24 = ldexp(1, -24);
    double k = (double)cf_sample_factors(t), samples = m->samples;
    double span =
        (double)m->stars.value[m->stars.n - 1] - (double)m->stars.value[0];
    double bias = fabs(m->mean) + near->bias + greatest(u->bias, m->samples);
    double dz =
        2 * u24 *
        ((k + 8) * samples * longest(t, u->x) * near->length + 8 * bias);
    double sd = near->sd * least(m->stars.sd, u->sd, m->samples);

    return span * (.4 * dz / sd + 4e-6 +
                   (samples + m->stars.n + (double)members + 32) * u24);
}

/* What may be among the best stays; false: that may be more than there are. */
static bool choose(const struct cf_topn *t, const struct cf_sample_room *w,
                   struct cf_asking *a)
{
    size_t members = cf_star_members(a->ask), all = a->top.count;
    double margin = 0;

    cf_top_sort(&a->top);
    if (all <= t->stride || t->stride == 0)
        return true;
    for (size_t j = 0; j < members; j++) {
        const struct cf_star_member u = cf_star_member(t, a->ask, j);
        margin = fmax(margin, margin_of(t, &w->near, &u, members));
    }
    double end = (double)a->top.v[t->stride - 1].score - 2 * margin;
    while ((double)a->top.v[a->top.count - 1].score < end)
        a->top.count--;
    return a->top.count < w->near.reach;
}

size_t cf_near_settle(const struct cf_topn *t, const struct cf_sample_room *w,
                      struct cf_asking *a, struct cf_scored *out)
{
    struct cf_top *top = &a->top;

    if (!choose(t, w, a))
        return SIZE_MAX;
    for (size_t i = 0; i < top->count; i++)
        top->v[i].score = cf_star_prediction(t, a->ask, top->v[i].id);
    qsort(top->v, top->count, sizeof *top->v, cf_scored_order);
    size_t n = top->count < t->stride ? top->count : t->stride;
    memcpy(out, top->v, n * sizeof *out);
    return n;
}
