/* topn.c - from a model and options to queries and targets of rank.h. */
#include "eval/topn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/topn_impl.h"
#include "model/cosine.h"

/* ---- who asks ---- */

/* Has it a vector of its own? */
static bool knows(const struct cf_side *side, uint32_t row)
{
    return row != CF_NONE && (side->count[row] > 0 || side->drawn);
}

bool cf_topn_cold(const struct cf_topn *t, const struct cf_ask *a)
{
    if (t->o.what != CF_TOPN_ITEMS)
        return false;
    return a->group ? a->group->n == 0 : !knows(t->asked, a->row);
}

bool cf_topn_none(const struct cf_topn *t, const struct cf_ask *a)
{
    if (t->o.what == CF_TOPN_ITEMS)
        return false;
    return !knows(t->asked, a->row) || (t->length && t->length[a->row] == 0);
}

unsigned cf_topn_known(const struct cf_topn *t, const struct cf_ask *a,
                       uint32_t listed)
{
    if (t->o.what == CF_TOPN_SIMILAR)
        return 0;
    if (t->o.what == CF_TOPN_USERS)
        return cf_model_known(t->m, listed, a->row);
    unsigned known = cf_model_known(t->m, a->row, listed);
    return a->group && a->group->n > 0 ? known | CF_KNOWN_USER : known;
}

const float *cf_topn_factors(const struct cf_topn *t, const struct cf_ask *a)
{
    if (a->group)
        return a->group->factors;
    return knows(t->asked, a->row)
               ? t->asked->factors + (size_t)a->row * t->m->k
               : t->asked->cold_factors;
}

static float asked_bias(const struct cf_topn *t, const struct cf_ask *a)
{
    if (a->group)
        return a->group->bias;
    return knows(t->asked, a->row) ? t->asked->bias[a->row]
                                   : t->asked->cold_bias;
}

const float *cf_topn_sample_bias(const struct cf_topn *t,
                                 const struct cf_ask *a)
{
    if (a->group)
        return a->group->sample_bias;
    return knows(t->asked, a->row)
               ? t->asked->sample_bias + (size_t)a->row * t->m->samples
               : t->asked->cold_sample_bias;
}

static void set_skip(struct cf_query *q, const uint64_t *start,
                     const uint32_t *all, uint32_t row)
{
    q->nskip = (size_t)(start[row + 1] - start[row]);
    q->skip = q->nskip > 0 ? all + start[row] : NULL;
}

void cf_topn_seen(const struct cf_topn *t, const struct cf_ask *a,
                  struct cf_query *q)
{
    q->skip = NULL;
    q->nskip = 0;
    if (a->group) {
        q->skip = a->group->seen;
        q->nskip = a->group->nseen;
    } else if (knows(t->asked, a->row)) {
        set_skip(q, t->m->seen_start, t->m->seen_item, a->row);
    }
}

/* What is not listed for it; may use *self. */
static void leave_out(const struct cf_topn *t, const struct cf_ask *a,
                      uint32_t *self, struct cf_query *q)
{
    q->skip = NULL;
    q->nskip = 0;
    if (cf_topn_none(t, a))
        return;
    if (t->o.what == CF_TOPN_SIMILAR) {
        *self = a->row;
        q->skip = self;
        q->nskip = 1;
    } else if (!t->o.keep_seen && t->o.what == CF_TOPN_ITEMS) {
        cf_topn_seen(t, a, q);
    } else if (!t->o.keep_seen && knows(t->asked, a->row)) {
        set_skip(q, t->owner_start, t->owner, a->row);
    }
}

/* Those of whom no list is made, or another one, ask with anything: what they
 * get is not used. */
void cf_topn_query(const struct cf_topn *t, const struct cf_ask *a,
                   uint32_t *self, struct cf_query *q)
{
    float bias = asked_bias(t, a);

    q->factors = cf_topn_factors(t, a);
    q->base = t->o.what == CF_TOPN_ITEMS   ? (float)t->m->mean + bias
              : t->o.what == CF_TOPN_USERS ? bias
                                           : 0;
    q->length = t->length && !cf_topn_none(t, a) ? t->length[a->row] : 1;
    leave_out(t, a, self, q);
}

/* ---- a task ---- */

static void finish(struct cf_topn *t, struct cf_lists *l, size_t i,
                   size_t worker)
{
    struct cf_scored *v = l->place + i * t->stride;
    const struct cf_model *m = t->m;

    if (t->o.diversity > 0)
        l->count[i] = cf_mmr_choose(t, t->mmr[worker], v, l->count[i]);
    if (t->o.why > 0)
        cf_why(t, &l->ask[i], t->why[worker], v, l->count[i],
               l->reason + i * t->n * t->o.why);
    if (t->samples && t->o.rank != CF_TOPN_MEAN)
        cf_samples_tell(t, &l->ask[i], t->samples[worker], v, l->count[i],
                        l->sampled + i * t->n);
    for (size_t j = 0; t->o.what != CF_TOPN_SIMILAR && j < l->count[i]; j++)
        v[j].score = cf_link_apply(m->link, m->lo, m->hi, v[j].score);
}

void cf_topn_rank_layers(struct cf_topn *t, struct cf_lists *l, size_t i,
                         size_t worker)
{
    float *z = t->z[worker];
    struct cf_query q;
    uint32_t self;

    cf_topn_layers(t, &l->ask[i], z, z + t->listed->n);
    leave_out(t, &l->ask[i], &self, &q);
    l->count[i] =
        cf_rank_scored(&t->t, &q, z, t->stride, l->place + i * t->stride);
}

static void rank_dots(struct cf_topn *t, struct cf_lists *l, size_t from,
                      size_t n, size_t worker)
{
    struct cf_query q[CF_RANK_BATCH];
    uint32_t self[CF_RANK_BATCH];

    for (size_t i = 0; i < n; i++)
        cf_topn_query(t, &l->ask[from + i], &self[i], &q[i]);
    cf_rank_some(t->rank, q, n, worker, l->place + from * t->stride,
                 l->count + from);
}

size_t cf_topn_tasks(const struct cf_lists *l)
{
    return (l->n + l->batch - 1) / l->batch;
}

void cf_topn_task(struct cf_topn *t, struct cf_lists *l, size_t task,
                  size_t worker)
{
    size_t from = task * l->batch;
    size_t to = l->n - from < l->batch ? l->n : from + l->batch;

    if (t->samples)
        cf_samples_rank(t, l, from, to - from, worker);
    else if (t->rank)
        rank_dots(t, l, from, to - from, worker);
    for (size_t i = from; i < to; i++) {
        bool cold = t->o.rank == CF_TOPN_MEAN && cf_topn_cold(t, &l->ask[i]);
        if (cf_topn_none(t, &l->ask[i])) {
            l->count[i] = 0;
            continue;
        }
        if (!t->rank && !t->samples && !cold)
            cf_topn_rank_layers(t, l, i, worker);
        if (cold) {
            memcpy(l->place + i * t->stride, t->cold,
                   t->ncold * sizeof *t->cold);
            l->count[i] = t->ncold;
        }
        finish(t, l, i, worker);
    }
}

/* ---- before the tasks ---- */

/* The length of a usual row, from some. */
static double typical(const struct cf_side *side, uint32_t k)
{
    enum { SOME = 1000 };
    uint64_t step = side->n / SOME + 1;
    double sum = 0;
    uint64_t n = 0;

    for (uint64_t i = 0; i < side->n; i += step) {
        double length = cf_rank_length(side->factors + i * k, k);
        sum += length * length;
        n++;
    }
    return n > 0 ? sqrt(sum / (double)n) : 0;
}

int cf_topn_ready(struct cf_topn *t, struct cf_lists *l, uint64_t more,
                  struct cf_err *err)
{
    enum { WORTH = 64 }; /* lists, for blocks to be made */
    size_t each = (l->n + t->threads - 1) / t->threads;
    int rc = 0;

    l->batch = each > CF_RANK_BATCH ? CF_RANK_BATCH : each ? each : 1;
    for (size_t i = 0; t->o.rank == CF_TOPN_MEAN && !t->cold && i < l->n; i++)
        if (cf_topn_cold(t, &l->ask[i])) {
            rc = cf_topn_make_cold(t, err);
            break;
        }
    if (rc || !t->rank || t->samples || t->indexed || l->n + more < WORTH)
        return rc;
    t->indexed = true;
    return cf_rank_index(t->rank, typical(t->asked, t->m->k), err);
}

size_t cf_topn_listable(const struct cf_topn *t)
{
    return t->t.nid;
}

size_t cf_topn_stride(const struct cf_topn *t)
{
    return t->stride;
}

size_t cf_topn_length(const struct cf_topn *t)
{
    return t->n;
}
