/* topn_samples.c - lists by what samples of a model say: by an end of the
 * interval in which a score is, or by one sample.
 *
 * Sample s of a raw score is, with the S samples side by side in the rows x of
 * who asks and y of what is listed,
 *
 *   z_s = mean + x_bias_s + y_bias_s + S x_s . y_s
 *
 * Their standard deviation tells how sure the model is of the mean rating;
 * what ratings differ by from it is not in it. The lower end is the raw score,
 * which is the mean of z_s but for biases that are the mean of more samples,
 * less o.within standard deviations. Thompson sampling (Thompson 1933; Chapelle
 * and Li, NIPS 2011) ranks by z_s, with s drawn for who asks: how often an item
 * is first, over many draws, is how likely the samples think it is the best.
 *
 * 16 rows of what is listed are turned so that they are beside each other,
 * then scored for all who ask: k operations a score (of one sample, k / S), and
 * k / CF_RANK_BATCH for the turning. Memory: 16 (k + 2 S) numbers a thread. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/sum.h"
#include "eval/topn_samples.h"

enum { WIDE = CF_SAMPLE_WIDE };

static bool has_stars(const struct cf_topn *t)
{
    return t->m->stars.n > 0;
}

static bool thompson(const struct cf_topn *t)
{
    return t->o.rank == CF_TOPN_THOMPSON;
}

/* ---- open, close ---- */

struct cf_sample_room *cf_samples_open(const struct cf_topn *t)
{
    struct cf_sample_room *w = cf_zalloc(1, sizeof *w);
    size_t n = t->m->samples;

    if (!w)
        return NULL;
    w->need = cf_alloc(n, sizeof *w->need);
    w->y = cf_aalloc(t->m->k, WIDE * sizeof *w->y);
    w->bias = cf_aalloc(n, WIDE * sizeof *w->bias);
    w->dot = cf_aalloc(n, (size_t)CF_PANEL_TILE * WIDE * sizeof *w->dot);
    bool stars = !has_stars(t) || cf_stars_open(t, w) == 0;
    if (!w->need || !w->y || !w->bias || !w->dot || !stars) {
        cf_samples_close(w);
        return NULL;
    }
    /* The last rows may be fewer than there are lanes. */
    memset(w->y, 0, (size_t)t->m->k * WIDE * sizeof *w->y);
    memset(w->bias, 0, n * WIDE * sizeof *w->bias);
    return w;
}

void cf_samples_close(struct cf_sample_room *w)
{
    if (!w)
        return;
    free(w->need);
    free(w->y);
    free(w->bias);
    free(w->dot);
    cf_stars_close(w);
    free(w);
}

/* ---- who asks ---- */

static uint32_t draw(const struct cf_topn *t, const struct cf_ask *a)
{
    const struct cf_rng rng = {t->o.seed, CF_RNG_THOMPSON, 0};
    struct cf_str id =
        a->row == CF_NONE ? a->name : cf_store_str(&t->asked->dict, 0, a->row);

    return (uint32_t)cf_rng_below(&rng, cf_sum(id.p, id.n, 0), t->m->samples);
}

/* List number `list`, which is number j of a batch. */
static void begin(struct cf_topn *t, struct cf_lists *l, size_t list,
                  struct cf_sample_room *w, size_t j)
{
    const struct cf_ask *ask = &l->ask[list];
    const struct cf_near *near = &w->near;
    struct cf_asking *a = &w->ask[j];
    bool none = cf_topn_none(t, ask);

    a->ask = ask;
    cf_topn_query(t, ask, &a->self, &a->q);
    a->bias = cf_topn_sample_bias(t, ask);
    a->base = t->o.what == CF_TOPN_ITEMS ? (float)t->m->mean : 0;
    a->skipped = 0;
    if (near->place)
        cf_top_init(&a->top, near->place + j * near->reach,
                    none || cf_topn_cold(t, ask) ? 0 : near->reach);
    else
        cf_top_init(&a->top, l->place + list * t->stride, none ? 0 : t->stride);
    a->sample = thompson(t) ? draw(t, ask) : 0;
    w->need[a->sample] = true;
}

/* ---- some rows that are listed ---- */

size_t cf_sample_factors(const struct cf_topn *t)
{
    return t->m->samples > 0 ? t->m->k / t->m->samples : 0;
}

static void turn(const struct cf_topn *t, struct cf_sample_room *w,
                 const uint32_t *id, size_t n)
{
    size_t samples = t->m->samples, k = cf_sample_factors(t);

    for (size_t l = 0; l < n; l++) {
        const float *x = t->listed->factors + (size_t)id[l] * t->m->k;
        const float *bias = t->listed->sample_bias + id[l] * samples;
        w->fixed[l] = t->t.bias[id[l]];
        w->extra[l] = w->fixed[l] - (t->o.no_bias ? 0 : t->listed->bias[id[l]]);
        for (size_t s = 0; s < samples; s++) {
            if (!w->need[s])
                continue;
            for (size_t f = s * k; f < (s + 1) * k; f++)
                w->y[f * WIDE + l] = x[f];
            w->bias[s * WIDE + l] = t->o.no_bias ? 0 : bias[s];
        }
    }
    if (has_stars(t))
        cf_stars_turn(t, w, id, n);
}

/* The ends, of 16 scores whose dot products are there. */
static void score_end(const struct cf_topn *t, const struct cf_sample_room *w,
                      const struct cf_asking *a, const float *dot, float *z)
{
    size_t samples = t->m->samples;
    float sum[WIDE], sd[WIDE], within = (float)t->o.within;
    const struct cf_panel_spread spread = {.samples = samples,
                                           .scale = (float)samples,
                                           .dot = dot,
                                           .x_bias = a->bias,
                                           .y_bias = w->bias,
                                           .sum = sum,
                                           .sd = sd};

    if (t->o.rank == CF_TOPN_LOWER)
        within = -within;
    t->panel->spread(&spread);
    for (size_t l = 0; l < WIDE; l++)
        z[l] = ((a->q.base + w->fixed[l]) + sum[l]) + within * sd[l];
}

/* Those of sample a->sample. */
static void score_sample(const struct cf_topn *t, struct cf_sample_room *w,
                         const struct cf_asking *a, float *z)
{
    size_t n = t->m->samples, k = cf_sample_factors(t), s = a->sample;
    const float *x = a->q.factors + s * k;
    const struct cf_panel_dots dots = {.samples = 1,
                                       .k = k,
                                       .rows = 1,
                                       .x = &x,
                                       .y = w->y + s * k * WIDE,
                                       .out = w->dot};

    t->panel->dots(&dots);
    for (size_t l = 0; l < WIDE; l++)
        z[l] =
            ((a->base + a->bias[s]) + (w->bias[s * WIDE + l] + w->extra[l])) +
            (float)n * w->dot[l];
}

static void offer(struct cf_asking *a, const float *z, const uint32_t *id,
                  size_t n)
{
    const struct cf_query *q = &a->q;

    for (size_t l = 0; l < n; l++) {
        while (a->skipped < q->nskip && q->skip[a->skipped] < id[l])
            a->skipped++;
        if (a->skipped == q->nskip || q->skip[a->skipped] != id[l])
            cf_top_add(&a->top, z[l], id[l]);
    }
}

/* The same rows for some who ask. */
static void score_tile(const struct cf_topn *t, struct cf_sample_room *w,
                       struct cf_asking *a, size_t asking, const uint32_t *id,
                       size_t n)
{
    size_t samples = t->m->samples;
    const float *x[CF_PANEL_TILE] = {NULL};
    const struct cf_panel_dots dots = {.samples = samples,
                                       .k = cf_sample_factors(t),
                                       .rows = asking,
                                       .x = x,
                                       .y = w->y,
                                       .out = w->dot};
    float z[WIDE];

    for (size_t i = 0; i < asking; i++)
        x[i] = a[i].q.factors;
    t->panel->dots(&dots);
    for (size_t i = 0; i < asking; i++) {
        score_end(t, w, &a[i], w->dot + i * samples * WIDE, z);
        offer(&a[i], z, id, n);
    }
}

/* And for all. */
static void score_all(const struct cf_topn *t, struct cf_sample_room *w,
                      size_t asking, const uint32_t *id, size_t n)
{
    bool one = has_stars(t) || thompson(t);
    float z[WIDE];

    for (size_t j = 0; one && j < asking; j++) {
        if (has_stars(t))
            cf_stars_score(t, w, &w->ask[j], z);
        else
            score_sample(t, w, &w->ask[j], z);
        offer(&w->ask[j], z, id, n);
    }
    for (size_t j = 0; !one && j < asking; j += CF_PANEL_TILE) {
        size_t left = asking - j;
        score_tile(t, w, &w->ask[j],
                   left < CF_PANEL_TILE ? left : CF_PANEL_TILE, id, n);
    }
}

/* The rows of list number `list` are found. */
static void settle(struct cf_topn *t, struct cf_lists *l, size_t list, size_t j,
                   size_t worker)
{
    struct cf_sample_room *w = t->samples[worker];
    struct cf_asking *a = &w->ask[j];

    if (w->near.place) {
        l->count[list] = cf_near_settle(t, w, a, l->place + list * t->stride);
        if (l->count[list] == SIZE_MAX)
            cf_topn_rank_layers(t, l, list, worker);
        return;
    }
    cf_top_sort(&a->top);
    l->count[list] = a->top.count;
}

void cf_samples_rank(struct cf_topn *t, struct cf_lists *l, size_t from,
                     size_t n, size_t worker)
{
    struct cf_sample_room *w = t->samples[worker];

    for (size_t s = 0; s < t->m->samples; s++)
        w->need[s] = !thompson(t);
    for (size_t j = 0; j < n; j++)
        begin(t, l, from + j, w, j);
    for (size_t at = 0, some; at < t->t.nid; at += some) {
        some = t->t.nid - at < WIDE ? t->t.nid - at : WIDE;
        turn(t, w, t->id + at, some);
        score_all(t, w, n, t->id + at, some);
    }
    for (size_t j = 0; j < n; j++)
        settle(t, l, from + j, j, worker);
}

/* ---- what is told beside the score ---- */

/* The standard deviation of the samples for a row that is listed. */
static double sd_of(const struct cf_topn *t, const float *x, const float *bias,
                    uint32_t row)
{
    size_t samples = t->m->samples, k = cf_sample_factors(t);
    const float *y = t->listed->factors + (size_t)row * t->m->k;
    double sum = 0, squares = 0, n = (double)samples;

    for (size_t s = 0; s < samples; s++) {
        double z = (double)bias[s], dot = 0;
        if (!t->o.no_bias)
            z += (double)t->listed->sample_bias[row * samples + s];
        for (size_t f = s * k; f < (s + 1) * k; f++)
            dot += (double)x[f] * (double)y[f];
        z += n * dot;
        sum += z;
        squares += z * z;
    }
    double spread = squares / n - sum / n * (sum / n);
    return sqrt(spread > 0 ? spread : 0);
}

static void tell_stars(const struct cf_topn *t, struct cf_sample_room *w,
                       const struct cf_ask *a, const struct cf_scored *v,
                       size_t n, struct cf_sampled *out)
{
    uint32_t id[WIDE];

    for (size_t s = 0; s < t->m->samples; s++)
        w->need[s] = true;
    for (size_t at = 0, some; at < n; at += some) {
        some = n - at < WIDE ? n - at : WIDE;
        for (size_t l = 0; l < some; l++)
            id[l] = v[at + l].id;
        turn(t, w, id, some);
        cf_stars_tell(t, w, a, id, some, out + at);
    }
}

void cf_samples_tell(const struct cf_topn *t, const struct cf_ask *a,
                     struct cf_sample_room *w, const struct cf_scored *v,
                     size_t n, struct cf_sampled *out)
{
    struct cf_query q;
    uint32_t self;

    if (has_stars(t)) {
        tell_stars(t, w, a, v, n, out);
        return;
    }
    cf_topn_query(t, a, &self, &q);
    for (size_t j = 0; j < n; j++) {
        uint32_t row = v[j].id;
        float dot = t->o.vec->dot(
            q.factors, t->listed->factors + (size_t)row * t->m->k, t->m->k);
        out[j].mean = cf_link_apply(t->m->link, t->m->lo, t->m->hi,
                                    (q.base + t->t.bias[row]) + dot);
        out[j].sd = (float)sd_of(t, q.factors, cf_topn_sample_bias(t, a), row);
    }
}
