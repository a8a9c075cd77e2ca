/* pop.c - solver `pop`: items by popularity, the floor of every ranking.
 *
 *   score(u, i) = training rows of item i
 *
 * whatever the user; rows that are made up (cf-batch --negatives) do not
 * count. It is the item's bias; there are no vectors, that is, vectors of the
 * one number 0.
 *
 * Memory: the rows. Time: once through them. */
#include "fit/pop.h"

#include <string.h>

#include "fit/sweep.h"

/* Counts are predictions as they are. */
static int fill(struct cf_model *m, const struct cf_whole *w,
                const struct cf_fit_opts *o, struct cf_err *err)
{
    m->solver = strdup("pop");
    if (!m->solver)
        return cf_nomem(err, "model");
    cf_sweep_count(m, w, o);
    m->link = CF_LINK_IDENTITY;
    m->loss = CF_LOSS_UNKNOWN;
    m->hi = 1;
    for (uint64_t i = 0; i < m->item.n; i++) {
        float count = (float)m->item.count[i];
        m->item.bias[i] = count;
        m->hi = count > m->hi ? count : m->hi;
    }
    return cf_sweep_seen(m, w, o, err);
}

int cf_fit_pop(struct cf_model *m, struct cf_feed *feed,
               const struct cf_fit_opts *o, const struct cf_fit_news *news,
               struct cf_err *err)
{
    struct cf_whole w = {0};
    int rc = cf_feed_whole(feed, &w, err);

    (void)news;
    if (!rc)
        rc = fill(m, &w, o, err);
    cf_whole_free(&w);
    return rc;
}
