/* core.c - the k-core. Users and items are the nodes of a graph, rows its
 * edges; a queue holds the nodes that have to go, so every edge is looked at
 * twice, however many rounds it takes. */
#include "data/core.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stream/schema.h"

struct graph {
    struct cf_core *c;
    struct cf_rows *rows;
    size_t nuser, nodes; /* an item's node is nuser + item */
    uint64_t *degree;    /* rows of each node */
    size_t *first;       /* 1 + a row of each node, 0 for none */
    size_t *next;        /* the same for the row after row r of its user (2r),
                            of its item (2r + 1) */
    size_t *queue;       /* nodes that have to go */
    size_t queued;
};

static size_t node_of(const struct graph *g, size_t row, bool item)
{
    return item ? g->nuser + g->rows->item[row] : g->rows->user[row];
}

static void link_row(struct graph *g, size_t row, bool item)
{
    size_t node = node_of(g, row, item);

    g->next[2 * row + item] = g->first[node];
    g->first[node] = row + 1;
    g->degree[node]++;
}

static uint64_t least(const struct graph *g, size_t node)
{
    return node < g->nuser ? g->c->min_user : g->c->min_item;
}

static int make_graph(struct graph *g, struct cf_err *err)
{
    size_t n = g->rows->n;

    if (n > SIZE_MAX / 2)
        return cf_nomem(err, "rows in memory");
    g->degree = cf_zalloc(g->nodes, sizeof *g->degree);
    g->first = cf_zalloc(g->nodes, sizeof *g->first);
    g->queue = cf_alloc(g->nodes, sizeof *g->queue);
    g->next = cf_alloc(2 * n, sizeof *g->next);
    if (!g->degree || !g->first || !g->queue || !g->next)
        return cf_nomem(err, "rows of users and items");
    for (size_t row = 0; row < n; row++) {
        if (g->rows->user[row] == CF_NONE)
            continue;
        link_row(g, row, false);
        link_row(g, row, true);
    }
    return 0;
}

/* Takes a row away, which may cost the node at its other end its place. */
static void cut(struct graph *g, size_t row, bool from_item)
{
    size_t other = node_of(g, row, !from_item);

    g->rows->user[row] = CF_NONE;
    g->c->rows++;
    if (g->degree[other]-- == least(g, other))
        g->queue[g->queued++] = other;
}

static void take_away(struct graph *g, size_t node)
{
    bool item = node >= g->nuser;

    for (size_t r = g->first[node]; r > 0; r = g->next[2 * (r - 1) + item])
        if (g->rows->user[r - 1] != CF_NONE)
            cut(g, r - 1, item);
    g->c->users += !item;
    g->c->items += item;
}

static void run_rounds(struct graph *g)
{
    for (size_t node = 0; node < g->nodes; node++)
        if (g->degree[node] > 0 && g->degree[node] < least(g, node))
            g->queue[g->queued++] = node;
    for (size_t done = 0, end; done < g->queued;) {
        uint64_t before = g->c->rows;
        for (end = g->queued; done < end; done++)
            take_away(g, g->queue[done]);
        g->c->rounds += g->c->rows > before;
    }
}

int cf_core_run(struct cf_core *c, struct cf_rows *rows, uint32_t nuser,
                uint32_t nitem, struct cf_err *err)
{
    struct graph g = {.c = c, .rows = rows, .nuser = nuser};

    g.nodes = g.nuser + nitem;
    int rc = make_graph(&g, err);
    if (!rc)
        run_rounds(&g);
    free(g.degree);
    free(g.first);
    free(g.queue);
    free(g.next);
    return rc;
}
