/* score_spread.c - how sure a score is: of a model with samples by their
 * spread, of one with stars by the chance of each. */
#include "eval/score_impl.h"

#include <math.h>

#include "base/mem.h"
#include "base/num.h"
#include "math/normal.h"

/* ---- opening ---- */

static int check(const struct cf_model *m, const struct cf_score_opts *o,
                 struct cf_err *err)
{
    if ((o->sd || o->interval > 0) && m->samples == 0)
        return cf_fail(err, CF_EUSAGE,
                       "option --%s: a model of solver %s has no samples to "
                       "tell how sure it is (cf-train -s gibbs draws some)",
                       o->sd ? "sd" : "interval", m->solver);
    if (o->stars && m->stars.n == 0)
        return cf_fail(err, CF_EUSAGE,
                       "option --stars: the model knows of no stars (cf-train "
                       "-s gibbs --likelihood probit does)");
    return 0;
}

int cf_score_spread_open(struct cf_score *x, const struct cf_score_opts *o,
                         struct cf_err *err)
{
    int rc = check(x->m, o, err);

    if (rc)
        return rc;
    x->sd = o->sd;
    x->share = o->interval;
    x->within = o->interval > 0 ? cf_normal_within(o->interval) : 0;
    x->stars = o->stars ? x->m->stars.n : 0;
    if ((x->sd || x->within > 0) && x->m->stars.n == 0)
        x->cold = cf_model_cold_variance(x->m);
    x->spread = cf_alloc(CF_FRAME_ROWS, sizeof *x->spread);
    x->low = cf_alloc(CF_FRAME_ROWS, sizeof *x->low);
    x->high = cf_alloc(CF_FRAME_ROWS, sizeof *x->high);
    x->chance = cf_alloc(x->stars, CF_FRAME_ROWS * sizeof *x->chance);
    return x->spread && x->low && x->high && x->chance ? 0
                                                       : cf_nomem(err, "frame");
}

int cf_score_spread_columns(struct cf_score *x, struct cf_err *err)
{
    char name[CF_NUM_MAX + 2] = "p_";
    int rc = x->sd ? cf_schema_plain(&x->out, "sd", CF_F32, err) : 0;

    if (!rc && x->within > 0)
        rc = cf_schema_plain(&x->out, "low", CF_F32, err);
    if (!rc && x->within > 0)
        rc = cf_schema_plain(&x->out, "high", CF_F32, err);
    for (uint32_t j = 0; !rc && j < x->stars; j++) {
        name[2 + cf_format_f32(x->m->stars.value[j], name + 2)] = '\0';
        rc = cf_schema_plain(&x->out, name, CF_F32, err);
    }
    return rc;
}

/* ---- some pairs ---- */

/* What is not known of a row adds to the variance. */
static void add_cold(struct cf_score *x, const struct cf_rep_pairs *p,
                     size_t from)
{
    for (size_t j = 0; j < p->n; j++) {
        float *sd = &x->spread[from + j];
        bool user = p->user[p->u[j]].factors == x->m->user.cold_factors,
             item = p->item[p->i[j]].factors == x->m->item.cold_factors;
        double more = user && item ? x->cold.both
                      : user       ? x->cold.user
                      : item       ? x->cold.item
                                   : 0;
        *sd = more > 0 ? (float)sqrt((double)*sd * (double)*sd + more) : *sd;
    }
}

static void by_samples(struct cf_score *x, const struct cf_rep_pairs *p,
                       size_t from)
{
    if (x->sd || x->within > 0) {
        cf_model_sd_reps(x->m, p, x->spread + from);
        add_cold(x, p, from);
    }
    for (size_t j = from; x->within > 0 && j < from + p->n; j++) {
        float off = (float)x->within * x->spread[j];
        x->low[j] = fmaxf(x->score[j] - off, x->m->lo);
        x->high[j] = fminf(x->score[j] + off, x->m->hi);
    }
}

/* Pair j of p, which is row `row` of the frame. */
static void by_stars(struct cf_score *x, const struct cf_rep_pairs *p, size_t j,
                     size_t row)
{
    const struct cf_stars *s = &x->m->stars;
    const struct cf_context_pair pair = cf_pair_context(
        p, p->user[p->u[j]].factors, p->item[p->i[j]].factors, j);
    float chance[CF_STARS_MOST];

    cf_model_star_chances(x->m, &pair, chance);
    x->spread[row] = cf_stars_sd(s, chance);
    if (x->within > 0)
        cf_stars_interval(s, chance, x->share, &x->low[row], &x->high[row]);
    for (uint32_t i = 0; i < x->stars; i++)
        x->chance[i * (size_t)CF_FRAME_ROWS + row] = chance[i];
}

void cf_score_spread(struct cf_score *x, const struct cf_rep_pairs *p,
                     size_t from)
{
    bool asked = x->sd || x->within > 0 || x->stars > 0;

    if (x->m->stars.n == 0)
        by_samples(x, p, from);
    for (size_t j = 0; asked && x->m->stars.n > 0 && j < p->n; j++)
        by_stars(x, p, j, from + j);
}

size_t cf_score_spread_chunks(const struct cf_score *x, uint32_t n,
                              struct cf_chunk *c)
{
    const float *all[3 + CF_STARS_MOST];
    size_t k = 0;

    if (x->sd)
        all[k++] = x->spread;
    if (x->within > 0) {
        all[k++] = x->low;
        all[k++] = x->high;
    }
    for (uint32_t j = 0; j < x->stars; j++)
        all[k++] = x->chance + j * (size_t)CF_FRAME_ROWS;
    for (size_t i = 0; i < k; i++)
        c[i] = (struct cf_chunk){.data = (const char *)all[i],
                                 .size = n * sizeof(float)};
    return k;
}
