/* topn_stars.c - lists by what samples of a model with stars say.
 *
 * Sample s of a prediction is the mean star that it expects,
 *
 *   e_s = star 0 + sum over cuts j of (star j + 1 - star j)
 *                  P(a normal around z_s is above cut j),
 *
 * with z_s as in topn_samples.c and the noise of the pair in sample s; the
 * prediction is the mean of them, and of a group the mean of its members'. The
 * lower end is that less o.within of their standard deviations: what single
 * ratings differ by from e_s is not in it. Thompson sampling ranks by e_s.
 *
 * Beside the dot products a score takes a chance for each cut of each sample.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/topn_samples.h"

enum { WIDE = CF_SAMPLE_WIDE };

/* ---- open, close ---- */

int cf_stars_open(const struct cf_topn *t, struct cf_sample_room *w)
{
    size_t n = t->m->samples, size = WIDE * sizeof(float);

    w->probit = cf_probit_of(t->o.vec);
    w->sd = cf_aalloc(n, size);
    w->star = cf_aalloc(n, size);
    w->zero = cf_aalloc(n, size);
    if (!w->sd || !w->star || !w->zero)
        return -1;
    memset(w->zero, 0, n * size);
    /* The last rows may be fewer than there are lanes. */
    for (size_t i = 0; i < n * WIDE; i++)
        w->sd[i] = 1;
    return cf_stars_near(t) ? cf_near_open(t, w) : 0;
}

void cf_stars_close(struct cf_sample_room *w)
{
    free(w->sd);
    free(w->star);
    free(w->zero);
    free(w->near.place);
}

/* ---- what is listed ---- */

void cf_stars_turn(const struct cf_topn *t, struct cf_sample_room *w,
                   const uint32_t *id, size_t n)
{
    for (size_t l = 0; l < n; l++) {
        const float *sd = cf_model_star_sds(
            t->m, t->listed, t->listed->factors + (size_t)id[l] * t->m->k);
        for (size_t s = 0; sd && s < t->m->samples; s++)
            w->sd[s * WIDE + l] = sd[s];
    }
}

/* ---- who asks ---- */

size_t cf_star_members(const struct cf_ask *a)
{
    return a->group && a->group->n > 0 ? a->group->n : 1;
}

struct cf_star_member cf_star_member(const struct cf_topn *t,
                                     const struct cf_ask *a, size_t j)
{
    bool group = a->group && a->group->n > 0;
    const struct cf_ask own = {.row = group      ? a->group->row[j]
                                      : a->group ? CF_NONE
                                                 : a->row};
    const float *x = cf_topn_factors(t, &own);

    return (struct cf_star_member){x, cf_topn_sample_bias(t, &own),
                                   cf_model_star_sds(t->m, t->asked, x),
                                   cf_model_star_cold(t->m, x, NULL)};
}

/* ---- expected stars ---- */

/* Some samples. */
struct some {
    size_t from, n;
};

static void dots(const struct cf_topn *t, const struct cf_sample_room *w,
                 const float *x, struct some some)
{
    size_t k = cf_sample_factors(t);
    const float *rows[CF_PANEL_TILE] = {x + some.from * k};
    const struct cf_panel_dots d = {.samples = some.n,
                                    .k = k,
                                    .rows = 1,
                                    .x = rows,
                                    .y = w->y + some.from * k * WIDE,
                                    .out = w->dot};

    t->panel->dots(&d);
}

/* out[l]: what a member expects of row l in sample s, above the first star. */
static void expect(const struct cf_topn *t, const struct cf_sample_room *w,
                   const struct cf_star_member *u, size_t s, const float *dot,
                   const float *gap, float *out)
{
    const struct cf_model *m = t->m;
    float f[WIDE], root[WIDE],
        scale = (float)m->samples, base = (float)m->mean + u->bias[s],
        own = m->stars.sd[s] * (u->sd ? u->sd[s] : 1),
        more = m->sessions.unknown + (u->cold ? u->cold[s] : 0);
    const struct cf_above a = {
        WIDE, m->stars.n - 1, f, root, m->stars.cut + s, m->samples, gap};

    for (size_t l = 0; l < WIDE; l++) {
        float sd = own * w->sd[s * WIDE + l];
        f[l] = (base + w->bias[s * WIDE + l]) + scale * dot[l];
        root[l] = 1 / (more > 0 ? sqrtf(sd * sd + more) : sd);
    }
    w->probit->above(&a, out);
}

/* w->star of some samples, above the first star. */
static void expect_all(const struct cf_topn *t, struct cf_sample_room *w,
                       const struct cf_ask *ask, struct some some)
{
    const struct cf_stars *stars = &t->m->stars;
    size_t n = cf_star_members(ask);
    float gap[CF_STARS_MOST], out[WIDE];

    for (uint32_t j = 0; j + 1 < stars->n; j++)
        gap[j] = (stars->value[j + 1] - stars->value[j]) / (float)n;
    memset(w->star + some.from * WIDE, 0, some.n * WIDE * sizeof *w->star);
    for (size_t j = 0; j < n; j++) {
        const struct cf_star_member u = cf_star_member(t, ask, j);
        dots(t, w, u.x, some);
        for (size_t i = 0; i < some.n; i++) {
            float *to = w->star + (some.from + i) * WIDE;
            expect(t, w, &u, some.from + i, w->dot + i * WIDE, gap, out);
            for (size_t l = 0; l < WIDE; l++)
                to[l] += out[l];
        }
    }
}

/* Mean, above the first star, and standard deviation over all samples. */
static void spread(const struct cf_topn *t, struct cf_sample_room *w,
                   const struct cf_ask *ask, float *mean, float *sd)
{
    size_t n = t->m->samples;
    const struct cf_panel_spread of = {.samples = n,
                                       .scale = 1,
                                       .dot = w->star,
                                       .x_bias = w->zero,
                                       .y_bias = w->zero,
                                       .sum = mean,
                                       .sd = sd};

    expect_all(t, w, ask, (struct some){0, n});
    t->panel->spread(&of);
    for (size_t l = 0; l < WIDE; l++)
        mean[l] /= (float)n;
}

void cf_stars_score(const struct cf_topn *t, struct cf_sample_room *w,
                    const struct cf_asking *a, float *z)
{
    float sd[WIDE], within = (float)t->o.within, least = t->m->stars.value[0];

    if (t->o.rank == CF_TOPN_THOMPSON) {
        expect_all(t, w, a->ask, (struct some){a->sample, 1});
        for (size_t l = 0; l < WIDE; l++)
            z[l] = least + w->star[(size_t)a->sample * WIDE + l];
        return;
    }
    if (t->o.rank != CF_TOPN_UPPER)
        within = t->o.rank == CF_TOPN_LOWER ? -within : 0;
    spread(t, w, a->ask, z, sd);
    for (size_t l = 0; l < WIDE; l++)
        z[l] = (least + z[l]) + within * sd[l];
}

/* ---- what is told beside the score ---- */

/* As cf-score has it. */
float cf_star_prediction(const struct cf_topn *t, const struct cf_ask *ask,
                         uint32_t id)
{
    const float *y = t->listed->factors + (size_t)id * t->m->k;
    bool items = t->o.what == CF_TOPN_ITEMS;
    float chance[CF_STARS_MOST], sum = 0;
    size_t n = cf_star_members(ask);

    for (size_t j = 0; j < n; j++) {
        const float *x = cf_star_member(t, ask, j).x;
        const struct cf_context_pair p = {items ? x : y, items ? y : x, CF_NONE,
                                          CF_NONE};
        cf_model_star_chances(t->m, &p, chance);
        sum += cf_stars_mean(&t->m->stars, chance) / (float)n;
    }
    return sum;
}

void cf_stars_tell(const struct cf_topn *t, struct cf_sample_room *w,
                   const struct cf_ask *ask, const uint32_t *id, size_t n,
                   struct cf_sampled *out)
{
    float mean[WIDE], sd[WIDE];

    spread(t, w, ask, mean, sd);
    for (size_t l = 0; l < n; l++)
        out[l] = (struct cf_sampled){cf_star_prediction(t, ask, id[l]), sd[l]};
}
