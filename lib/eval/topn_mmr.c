/* topn_mmr.c - diversity: a list whose rows are less alike, by maximal marginal
 * relevance (Carbonell, Goldstein, SIGIR 1998). From the best
 * CF_TOPN_POOL * n rows the next one chosen is always the one with the highest
 *
 *   (1 - d) relevance - d max over chosen rows of cosine(factors)
 *
 * The relevance is the raw score on a scale where the best row of those has 1
 * and the last one 0; equal values go by rank.
 *
 * As rows are chosen this can only fall, so what it was is a bound: the rows
 * are in a heap by what was last known of each, and only the one on top is
 * compared with the rows chosen since (Minoux, Accelerated greedy algorithms,
 * 1978). If it stays on top, no other can be better. */
#include <stdlib.h>

#include "base/mem.h"
#include "eval/topn_impl.h"
#include "model/cosine.h"

/* What is known of a row to choose. */
struct cf_choosable {
    double relevance, likeness, length;
    double worth;   /* of these, */
    uint32_t place; /* in the list that is chosen from */
    uint32_t met;   /* rows chosen that it has been compared with */
};

struct cf_mmr_room {
    struct cf_choosable *row; /* (stride): a heap */
    struct cf_scored *chosen; /* (n) */
    double *length;           /* (n) of theirs */
};

struct cf_mmr_room *cf_mmr_open(const struct cf_topn *t)
{
    struct cf_mmr_room *w = cf_zalloc(1, sizeof *w);

    if (!w)
        return NULL;
    w->row = cf_alloc(t->stride, sizeof *w->row);
    w->chosen = cf_alloc(t->n, sizeof *w->chosen);
    w->length = cf_alloc(t->n, sizeof *w->length);
    if (w->row && w->chosen && w->length)
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
    free(w->length);
    free(w);
}

static const float *factors(const struct cf_topn *t, uint32_t row)
{
    return t->listed->factors + (size_t)row * t->m->k;
}

static void set_worth(const struct cf_topn *t, struct cf_choosable *c)
{
    double d = t->o.diversity;

    c->worth = (1 - d) * c->relevance - d * c->likeness;
}

/* The rows are in order, so that they are a heap as they are. */
static void start(const struct cf_topn *t, struct cf_mmr_room *w,
                  const struct cf_scored *v, size_t count)
{
    double last = (double)v[count - 1].score;
    double all = (double)v[0].score - last;

    for (size_t i = 0; i < count; i++) {
        w->row[i] = (struct cf_choosable){
            .relevance = all > 0 ? ((double)v[i].score - last) / all : 1,
            .likeness = -1,
            .length = cf_rank_length(factors(t, v[i].id), t->m->k),
            .place = (uint32_t)i};
        set_worth(t, &w->row[i]);
    }
}

static bool better(const struct cf_choosable *a, const struct cf_choosable *b)
{
    return a->worth > b->worth || (a->worth == b->worth && a->place < b->place);
}

/* Row x goes to the top, or below those that are better. */
static void sink(struct cf_choosable *row, size_t count, struct cf_choosable x)
{
    size_t at = 0;

    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && better(&row[child + 1], &row[child]))
            child++;
        if (better(&x, &row[child]))
            break;
        row[at] = row[child];
    }
    row[at] = x;
}

/* Compares a row with the n chosen ones. */
static void meet(const struct cf_topn *t, const struct cf_mmr_room *w, size_t n,
                 const struct cf_scored *v, struct cf_choosable *c)
{
    const float *y = factors(t, v[c->place].id);

    for (; c->met < n; c->met++) {
        double length = w->length[c->met];
        float dot = t->o.vec->dot(factors(t, w->chosen[c->met].id), y, t->m->k);
        double like = length * c->length > 0
                          ? (double)cf_cosine(dot, c->length, length)
                          : 0;
        if (like > c->likeness)
            c->likeness = like;
    }
    set_worth(t, c);
}

size_t cf_mmr_choose(const struct cf_topn *t, struct cf_mmr_room *w,
                     struct cf_scored *v, size_t count)
{
    size_t n = count < t->n ? count : t->n, left = count;

    if (n > 0)
        start(t, w, v, count);
    for (size_t j = 0; j < n; j++) {
        while (w->row[0].met < j) {
            struct cf_choosable top = w->row[0];
            meet(t, w, j, v, &top);
            sink(w->row, left, top);
        }
        w->chosen[j] = v[w->row[0].place];
        w->length[j] = w->row[0].length;
        left--;
        sink(w->row, left, w->row[left]);
    }
    for (size_t j = 0; j < n; j++)
        v[j] = w->chosen[j];
    return n;
}
