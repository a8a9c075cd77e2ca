/* lr_find.c - the curve of losses by learning rate. */
#include "fit/lr_find.h"

#include <math.h>

#define RATE_FIRST 1e-7
#define RATE_LAST 10.0
/* The search ends when the average passes its best so many times. */
#define APART 4
/* Steps that suggestions leave out at either end. */
enum { HEAD = CF_FIND_STEPS / 10, TAIL = 5 };
/* Of the slide: how far the two points are apart, when their slopes differ. */
enum { SLIDE = 15 };
#define SLOPES_DIFFER 0.005

double cf_find_rate(size_t step)
{
    double share = (double)step / CF_FIND_STEPS;
    return RATE_FIRST * pow(RATE_LAST / RATE_FIRST, share);
}

bool cf_curve_add(struct cf_curve *c, double loss, double smooth)
{
    if (!isfinite(smooth))
        return false;
    c->lr[c->n] = cf_find_rate(c->n);
    c->loss[c->n] = loss;
    c->smooth[c->n] = smooth;
    if (c->n == 0 || smooth < c->best)
        c->best = smooth;
    c->n++;
    return c->n < CF_FIND_STEPS && smooth <= APART * c->best;
}

/* ---- suggestions, from n points ---- */

static double valley(const double *lr, const double *loss, size_t n)
{
    /* Points of the longest falling sequence up to each. */
    size_t falls[CF_FIND_STEPS] = {1};
    size_t end = 0;

    for (size_t i = 1; i < n; i++) {
        falls[i] = 1;
        for (size_t j = 0; j < i; j++)
            if (loss[i] < loss[j] && falls[i] < falls[j] + 1)
                falls[i] = falls[j] + 1;
        if (falls[end] < falls[i])
            end = i;
    }
    size_t at = end + falls[end] / 3 + falls[end] / 6;
    return lr[at > falls[end] ? at - falls[end] : 0];
}

static double steep(const double *lr, const double *loss, size_t n)
{
    size_t best = 0;
    double least = INFINITY;

    for (size_t i = 0; i + 1 < n; i++) {
        double slope = (loss[i + 1] - loss[i]) / (log(lr[i + 1]) - log(lr[i]));
        if (slope < least) {
            least = slope;
            best = i;
        }
    }
    return lr[best];
}

static double minimum(const double *lr, const double *loss, size_t n)
{
    size_t best = 0;

    for (size_t i = 1; i < n; i++)
        if (loss[i] < loss[best])
            best = i;
    return lr[best] / 10;
}

/* By step; one-sided at the ends. */
static double slope_at(const double *loss, size_t n, size_t i)
{
    if (i == 0)
        return loss[1] - loss[0];
    if (i + 1 == n)
        return loss[i] - loss[i - 1];
    return (loss[i + 1] - loss[i - 1]) / 2;
}

static double slide(const double *lr, const double *loss, size_t n)
{
    double found = lr[n - 1 - SLIDE];

    for (size_t right = n - 1; right >= SLIDE; right--) {
        size_t left = right - SLIDE;
        if (fabs(slope_at(loss, n, right) - slope_at(loss, n, left)) <=
            SLOPES_DIFFER)
            break;
        found = lr[left];
    }
    return found;
}

void cf_curve_suggest(const struct cf_curve *c, struct cf_suggestions *out)
{
    const double *lr = c->lr + HEAD, *loss = c->smooth + HEAD;
    size_t n = c->n > HEAD + TAIL ? c->n - HEAD - TAIL : 0;

    out->valley = n > 1 ? valley(lr, loss, n) : (double)NAN;
    out->steep = n > 1 ? steep(lr, loss, n) : (double)NAN;
    out->minimum = n > 1 ? minimum(lr, loss, n) : (double)NAN;
    out->slide = n > SLIDE ? slide(lr, loss, n) : (double)NAN;
}

/* ---- as a stream ---- */

static int add_facts(const struct cf_curve *c, struct cf_schema *s,
                     struct cf_err *err)
{
    struct cf_suggestions found;
    int rc = 0;

    cf_curve_suggest(c, &found);
    const struct {
        const char *name;
        double value;
    } fact[] = {{"valley", found.valley},
                {"steep", found.steep},
                {"minimum", found.minimum},
                {"slide", found.slide}};
    for (size_t i = 0; !rc && i < sizeof fact / sizeof *fact; i++)
        if (isfinite(fact[i].value))
            rc = cf_schema_real(s, fact[i].name, fact[i].value, err);
    return rc;
}

int cf_curve_schema(const struct cf_curve *c, struct cf_schema *s,
                    struct cf_err *err)
{
    cf_schema_init(s, CF_CURVE);
    int rc = cf_schema_part(s, "rows", c->n, err);
    if (!rc)
        rc = cf_schema_plain(s, "step", CF_U32, err);
    if (!rc)
        rc = cf_schema_plain(s, "lr", CF_F64, err);
    if (!rc)
        rc = cf_schema_plain(s, "loss", CF_F64, err);
    if (!rc)
        rc = cf_schema_plain(s, "smooth", CF_F64, err);
    return rc ? rc : add_facts(c, s, err);
}

int cf_curve_write(const struct cf_curve *c, struct cf_writer *w,
                   struct cf_err *err)
{
    uint32_t step[CF_FIND_STEPS];
    size_t size = c->n * sizeof(double);

    for (uint32_t i = 0; i < c->n; i++)
        step[i] = i;
    const struct cf_chunk chunk[] = {
        {.data = (const char *)step, .size = c->n * sizeof *step},
        {.data = (const char *)c->lr, .size = size},
        {.data = (const char *)c->loss, .size = size},
        {.data = (const char *)c->smooth, .size = size}};
    const struct cf_block b = {.rows = (uint32_t)c->n, .chunk = chunk};
    return cf_writer_put(w, &b, err);
}
