/* topn_why.c - why an item is listed: the items that the user has which have
 * most to do with it.
 *
 * The user's vector p is taken for a weighted sum of the vectors q_j of the
 * items that the user has, with the weights that minimise
 *
 *   |p - sum_j w_j q_j|^2 + l sum_j w_j^2,   w_j = q_j . (Q'Q + l I)^-1 p
 *
 * where l is a hundredth of the mean of |q_j|^2. Then the product p . q_i,
 * which is what the user has to do with item i, is about the sum of the parts
 * w_j q_j . q_i; a share is a part over the sum of all their absolute values.
 * It is the explanation of implicit feedback models by Hu, Koren, Volinsky,
 * ICDM 2008, section 5, for a vector however it was learnt. For n items that
 * the user has it takes n k^2 / 2 + k^3 / 6 operations and n k more for each
 * row. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/topn_impl.h"
#include "math/cholesky.h"
#include "stream/schema.h"

struct cf_why_room {
    double *gram, *y;      /* (k, k), (k) */
    double *weight;        /* (items) of what the user has */
    struct cf_scored *top; /* (why) reasons for a row */
};

struct cf_why_room *cf_why_open(const struct cf_topn *t)
{
    struct cf_why_room *w = cf_zalloc(1, sizeof *w);
    size_t k = t->m->k, square;

    if (!w)
        return NULL;
    if (cf_mul(k, k, &square))
        w->gram = cf_alloc(square, sizeof *w->gram);
    w->y = cf_alloc(k, sizeof *w->y);
    w->weight = cf_alloc(t->m->item.n, sizeof *w->weight);
    w->top = cf_alloc(t->o.why, sizeof *w->top);
    if (w->gram && w->y && w->weight && w->top)
        return w;
    cf_why_close(w);
    return NULL;
}

void cf_why_close(struct cf_why_room *w)
{
    if (!w)
        return;
    free(w->gram);
    free(w->y);
    free(w->weight);
    free(w->top);
    free(w);
}

static const float *factors(const struct cf_topn *t, uint32_t item)
{
    return t->m->item.factors + (size_t)item * t->m->k;
}

static void add_square(double *gram, const float *x, size_t k)
{
    for (size_t f = 0; f < k; f++)
        for (size_t g = 0; g <= f; g++)
            gram[f * k + g] += (double)x[f] * (double)x[g];
}

/* The weights of what is had. False: they say nothing. */
static bool weigh(const struct cf_topn *t, struct cf_why_room *w,
                  const float *p, const struct cf_query *q)
{
    size_t k = t->m->k;
    double squares = 0;

    memset(w->gram, 0, k * k * sizeof *w->gram);
    for (size_t j = 0; j < q->nskip; j++)
        add_square(w->gram, factors(t, q->skip[j]), k);
    for (size_t f = 0; f < k; f++) {
        w->y[f] = (double)p[f];
        squares += w->gram[f * k + f];
    }
    for (size_t f = 0; f < k; f++)
        w->gram[f * k + f] += .01 * squares / (double)q->nskip;
    if (!(squares > 0) || !cf_cholesky(w->gram, k))
        return false;
    cf_cholesky_solve(w->gram, k, w->y);
    for (size_t j = 0; j < q->nskip; j++) {
        const float *x = factors(t, q->skip[j]);
        w->weight[j] = 0;
        for (size_t f = 0; f < k; f++)
            w->weight[j] += (double)x[f] * w->y[f];
    }
    return true;
}

/* The largest parts of an item; those that are not above 0 are no reason. */
static void reasons(const struct cf_topn *t, struct cf_why_room *w,
                    const struct cf_query *q, uint32_t item,
                    struct cf_reason *out)
{
    struct cf_top top;
    double all = 0;

    cf_top_init(&top, w->top, t->o.why);
    for (size_t j = 0; j < q->nskip; j++) {
        double part =
            w->weight[j] * (double)t->o.vec->dot(factors(t, q->skip[j]),
                                                 factors(t, item), t->m->k);
        all += fabs(part);
        if (part > 0)
            cf_top_add(&top, (float)part, q->skip[j]);
    }
    cf_top_sort(&top);
    for (size_t i = 0; i < top.count; i++)
        out[i] = (struct cf_reason){top.v[i].id,
                                    (float)((double)top.v[i].score / all)};
}

void cf_why(const struct cf_topn *t, const struct cf_ask *a,
            struct cf_why_room *w, const struct cf_scored *v, size_t n,
            struct cf_reason *out)
{
    struct cf_query q;

    for (size_t i = 0; i < n * t->o.why; i++)
        out[i] = (struct cf_reason){CF_NONE, 0};
    cf_topn_seen(t, a, &q);
    if (q.nskip == 0 || !weigh(t, w, cf_topn_factors(t, a), &q))
        return;
    for (size_t i = 0; i < n; i++)
        reasons(t, w, &q, v[i].id, out + i * t->o.why);
}
