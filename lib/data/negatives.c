/* negatives.c - draws by Walker's alias method (1977; built as Vose 1991) are
 * repeated until the item is not one of the user's. Where that would take more
 * than two draws on average, the items that remain are listed instead. */
#include "data/negatives.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { INDEX_BITS = 48 };

/* ---- the alias table ---- */

/* Weights relative to their mean, so that those below 1 need an alias. Places
 * below and above are stacks at the two ends of one array. */
static void build(struct cf_negatives *g, uint32_t *stack)
{
    uint32_t below = 0, above = g->items, much = 0;
    double *p = g->alias.stay;

    for (uint32_t i = 0; i < g->items; i++) {
        p[i] = g->weight[i] / g->total * g->items;
        g->alias.other[i] = i;
        stack[p[i] < 1 ? below++ : --above] = i;
    }
    while (below > 0 && above < g->items) {
        uint32_t little = stack[--below];
        much = stack[above];
        g->alias.other[little] = much;
        p[much] -= 1 - p[little];
        if (p[much] < 1) {
            above++;
            stack[below++] = much;
        }
    }
    /* What rounding left over stays, unless it must never be drawn. */
    while (below > 0) {
        uint32_t i = stack[--below];
        p[i] = g->weight[i] > 0;
        g->alias.other[i] = much;
    }
}

/* Square roots are exact to the last bit everywhere; pow is not. */
static double power(uint64_t n)
{
    double root = sqrt((double)n);
    return root * sqrt(root);
}

int cf_negatives_open(struct cf_negatives *g, uint32_t items,
                      const uint64_t *train, struct cf_err *err)
{
    memset(g, 0, sizeof *g);
    g->items = items;
    g->weight = cf_alloc(items, sizeof *g->weight);
    g->alias.stay = cf_alloc(items, sizeof *g->alias.stay);
    g->alias.other = cf_alloc(items, sizeof *g->alias.other);
    g->seen = cf_zalloc(items, sizeof *g->seen);
    g->unseen = cf_alloc(items, sizeof *g->unseen);
    g->sum = cf_alloc(items, sizeof *g->sum);
    if (!g->weight || !g->alias.stay || !g->alias.other || !g->seen ||
        !g->unseen || !g->sum)
        return cf_nomem(err, "items to draw");
    for (uint32_t i = 0; i < items; i++) {
        g->weight[i] = train ? power(train[i]) : 1;
        g->total += g->weight[i];
    }
    if (g->total > 0)
        build(g, g->unseen);
    return 0;
}

/* ---- a user ---- */

void cf_negatives_user(struct cf_negatives *g)
{
    g->user++;
    g->seen_weight = 0;
}

void cf_negatives_saw(struct cf_negatives *g, uint32_t item)
{
    if (g->seen[item] != g->user)
        g->seen_weight += g->weight[item];
    g->seen[item] = g->user;
}

static void list(struct cf_negatives *g)
{
    double sum = 0;

    g->n = 0;
    for (uint32_t i = 0; i < g->items; i++) {
        if (g->seen[i] == g->user || g->weight[i] <= 0)
            continue;
        sum += g->weight[i];
        g->unseen[g->n] = i;
        g->sum[g->n++] = sum;
    }
}

bool cf_negatives_ready(struct cf_negatives *g)
{
    g->listed = g->seen_weight > g->total / 2 || g->total <= 0;
    if (g->listed)
        list(g);
    return !g->listed || g->n > 0;
}

/* The first listed item whose sum is above a random part of all. */
static uint32_t draw_listed(const struct cf_negatives *g, double u)
{
    size_t lo = 0, hi = g->n - 1;
    double at = u * g->sum[hi];

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (g->sum[mid] > at)
            hi = mid;
        else
            lo = mid + 1;
    }
    return g->unseen[lo];
}

static uint32_t draw_any(const struct cf_negatives *g, double u)
{
    double at = u * g->items;
    uint32_t i = (uint32_t)at;

    return at - i < g->alias.stay[i] ? i : g->alias.other[i];
}

uint32_t cf_negatives_draw(const struct cf_negatives *g,
                           const struct cf_rng *rng, uint64_t index)
{
    if (g->listed)
        return draw_listed(g, cf_rng_real(rng, index));
    /* An attempt fails at most every other time. */
    for (uint64_t attempt = 0;; attempt++) {
        uint64_t number = attempt << INDEX_BITS | index;
        uint32_t item = draw_any(g, cf_rng_real(rng, number));
        if (g->seen[item] != g->user)
            return item;
    }
}

void cf_negatives_free(struct cf_negatives *g)
{
    free(g->weight);
    free(g->alias.stay);
    free(g->alias.other);
    free(g->seen);
    free(g->unseen);
    free(g->sum);
    memset(g, 0, sizeof *g);
}
