/* stars.c - what ratings can be, and how likely they are. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "math/probit.h"
#include "model/model.h"

enum { SOME = 64 /* samples at a time */ };

/* ---- memory ---- */

static int own_sd(struct cf_side *side, uint32_t samples, struct cf_err *err)
{
    size_t all;

    side->star_sd = cf_mul(side->n, samples, &all)
                        ? cf_zalloc(all, sizeof *side->star_sd)
                        : NULL;
    side->cold_star_sd = cf_zalloc(samples, sizeof *side->cold_star_sd);
    return side->star_sd && side->cold_star_sd ? 0 : cf_nomem(err, "stars");
}

int cf_model_add_stars(struct cf_model *m, uint32_t n, bool own,
                       struct cf_err *err)
{
    struct cf_stars *s = &m->stars;
    size_t all;

    s->n = n;
    s->value = cf_zalloc(n, sizeof *s->value);
    s->cut =
        cf_mul(n, m->samples, &all) ? cf_zalloc(all, sizeof *s->cut) : NULL;
    s->sd = cf_zalloc(m->samples, sizeof *s->sd);
    s->cold = cf_zalloc(m->samples, CF_STARS_COLD * sizeof *s->cold);
    if (!s->value || !s->cut || !s->sd || !s->cold)
        return cf_nomem(err, "stars");
    int rc = own ? own_sd(&m->user, m->samples, err) : 0;
    return rc || !own ? rc : own_sd(&m->item, m->samples, err);
}

void cf_stars_free(struct cf_stars *s)
{
    free(s->value);
    free(s->cut);
    free(s->sd);
    free(s->cold);
    *s = (struct cf_stars){0};
}

/* ---- chances ---- */

/* Which row it is follows from where its factors are. */
const float *cf_model_star_sds(const struct cf_model *m,
                               const struct cf_side *side, const float *factors)
{
    if (!side->star_sd || factors == side->cold_factors)
        return side->cold_star_sd;
    size_t row = (size_t)(factors - side->factors) / m->k;
    return side->count[row] > 0 ? side->star_sd + row * m->samples
                                : side->cold_star_sd;
}

const float *cf_model_star_cold(const struct cf_model *m, const float *x,
                                const float *y)
{
    size_t which = (x == m->user.cold_factors ? 1U : 0U) +
                   (y == m->item.cold_factors ? 2U : 0U);

    return which > 0 ? m->stars.cold + (which - 1) * m->samples : NULL;
}

/* below[j] += sum over samples of the chance to be below cut j. */
static void add_some(const struct cf_model *m, const struct cf_context_pair *p,
                     size_t from, size_t n, double *below)
{
    const struct cf_stars *s = &m->stars;
    const float *u = cf_model_star_sds(m, &m->user, p->x),
                *i = cf_model_star_sds(m, &m->item, p->y);
    const float *cold = cf_model_star_cold(m, p->x, p->y);
    float z[SOME], root[SOME], sum[CF_STARS_MOST];
    const struct cf_below b = {n, s->n - 1, z, root, s->cut + from, m->samples};

    float session = cf_model_session_variance(m, p);

    cf_model_sample_scores(m, p, from, n, z);
    for (size_t t = 0; t < n; t++) {
        float sd =
            s->sd[from + t] * (u ? u[from + t] : 1) * (i ? i[from + t] : 1);
        float more = session + (cold ? cold[from + t] : 0);
        z[t] += (float)m->mean;
        root[t] = 1 / (more > 0 ? sqrtf(sd * sd + more) : sd);
    }
    cf_probit_of(m->vec)->below(&b, sum);
    for (uint32_t j = 0; j + 1 < s->n; j++)
        below[j] += (double)sum[j];
}

void cf_model_star_chances(const struct cf_model *m,
                           const struct cf_context_pair *p, float *chance)
{
    double below[CF_STARS_MOST] = {0}, before = 0;
    uint32_t n = m->stars.n;

    for (size_t at = 0, some; at < m->samples; at += some) {
        some = m->samples - at < SOME ? m->samples - at : SOME;
        add_some(m, p, at, some, below);
    }
    below[n - 1] = m->samples;
    for (uint32_t j = 0; j < n; j++) {
        double more = below[j] - before;
        chance[j] = more > 0 ? (float)(more / m->samples) : 0;
        before = below[j];
    }
}

float cf_stars_mean(const struct cf_stars *s, const float *chance)
{
    double sum = 0;

    for (uint32_t j = 0; j < s->n; j++)
        sum += (double)chance[j] * (double)s->value[j];
    return (float)sum;
}

float cf_stars_sd(const struct cf_stars *s, const float *chance)
{
    double mean = (double)cf_stars_mean(s, chance), sum = 0;

    for (uint32_t j = 0; j < s->n; j++) {
        double off = (double)s->value[j] - mean;
        sum += (double)chance[j] * off * off;
    }
    return (float)sqrt(sum);
}

void cf_stars_interval(const struct cf_stars *s, const float *chance,
                       double share, float *low, float *high)
{
    uint32_t fewest = s->n;
    double most = 0;

    *low = s->value[0];
    *high = s->value[s->n - 1];
    for (uint32_t i = 0; i < s->n; i++) {
        double sum = (double)chance[i];
        uint32_t j = i + 1;
        while (j < s->n && sum < share)
            sum += (double)chance[j++];
        if (sum < share || j - i > fewest || (j - i == fewest && sum <= most))
            continue;
        fewest = j - i;
        most = sum;
        *low = s->value[i];
        *high = s->value[j - 1];
    }
}
