/* topn_mmr.c - diversity: a list whose rows are less alike, by maximal marginal
 * relevance (Carbonell, Goldstein, SIGIR 1998). From the best
 * CF_TOPN_POOL * n rows the next one chosen is always the one with the highest
 *
 *   (1 - d) relevance - d max over chosen rows of cosine(factors)
 *
 * The relevance is the raw score on a scale where the best row of those has 1
 * and the last one 0; equal values go by rank. */
#include <stdlib.h>

#include "base/mem.h"
#include "eval/topn_impl.h"
#include "model/cosine.h"

/* What is known of a row to choose. */
struct cf_choosable {
    double relevance, likeness, length;
    bool taken;
};

struct cf_mmr_room {
    struct cf_choosable *row; /* (stride) */
    struct cf_scored *chosen; /* (n) */
};

struct cf_mmr_room *cf_mmr_open(const struct cf_topn *t)
{
    struct cf_mmr_room *w = cf_zalloc(1, sizeof *w);

    if (!w)
        return NULL;
    w->row = cf_alloc(t->stride, sizeof *w->row);
    w->chosen = cf_alloc(t->n, sizeof *w->chosen);
    if (w->row && w->chosen)
        return w;
    cf_mmr_close(w);
    return NULL;
}

void cf_mmr_close(struct cf_mmr_room *w)
{
    if (!w)
        return;
    free(w->row);
    free(w->chosen);
    free(w);
}

static const float *factors(const struct cf_topn *t, uint32_t row)
{
    return t->listed->factors + (size_t)row * t->m->k;
}

static void start(const struct cf_topn *t, struct cf_mmr_room *w,
                  const struct cf_scored *v, size_t count)
{
    double last = (double)v[count - 1].score;
    double all = (double)v[0].score - last;

    for (size_t i = 0; i < count; i++)
        w->row[i] = (struct cf_choosable){
            .relevance = all > 0 ? ((double)v[i].score - last) / all : 1,
            .likeness = -1,
            .length = cf_rank_length(factors(t, v[i].id), t->m->k)};
}

static double worth(const struct cf_topn *t, const struct cf_choosable *c,
                    bool first)
{
    double d = t->o.diversity;

    return (1 - d) * c->relevance - (first ? 0 : d * c->likeness);
}

/* Row `got` is chosen: what is like it is worth less. */
static void take(const struct cf_topn *t, struct cf_mmr_room *w,
                 const struct cf_scored *v, size_t count, size_t got)
{
    const float *x = factors(t, v[got].id);

    w->row[got].taken = true;
    for (size_t i = 0; i < count; i++) {
        struct cf_choosable *c = &w->row[i];
        double length = c->length * w->row[got].length;
        if (c->taken)
            continue;
        float dot = t->o.vec->dot(x, factors(t, v[i].id), t->m->k);
        double like =
            length > 0 ? (double)cf_cosine(dot, c->length, w->row[got].length)
                       : 0;
        if (like > c->likeness)
            c->likeness = like;
    }
}

size_t cf_mmr_choose(const struct cf_topn *t, struct cf_mmr_room *w,
                     struct cf_scored *v, size_t count)
{
    size_t n = count < t->n ? count : t->n;

    if (n > 0)
        start(t, w, v, count);
    for (size_t j = 0; j < n; j++) {
        size_t best = count;
        for (size_t i = 0; i < count; i++)
            if (!w->row[i].taken &&
                (best == count || worth(t, &w->row[i], j == 0) >
                                      worth(t, &w->row[best], j == 0)))
                best = i;
        w->chosen[j] = v[best];
        take(t, w, v, count, best);
    }
    for (size_t j = 0; j < n; j++)
        v[j] = w->chosen[j];
    return n;
}
