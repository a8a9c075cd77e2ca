/* gibbs_side.c - rows whose prior mean depends on traits: their weights.
 *
 * The prior mean of row r is mu + sum over its traits f of x_rf B_f, with
 * B_f ~ N(0, lam_g^-1) for trait f of group g, lam_g as lam. With the items of
 * a user as traits, x = 1 / sqrt(items), this is SVD++ (Koren 2008) with its
 * implicit part in the row.
 *
 * B_f is drawn given the rows, which is quick, but moves it as little as the
 * rows allow; and now and then given the ratings, the rows moving along, so
 * that what they differ from their prior mean by stays (as Yu and Meng, "To
 * center or not to center", 2011, advise, by turns). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fit/gibbs_impl.h"

/* Numbers of a trait's draws, apart from those of single numbers; given the
 * rows, and given the ratings. */
#define BY_ROWS (UINT64_C(1) << 40)
#define BY_RATINGS (UINT64_C(1) << 41)
#define BY_GROUP (UINT64_C(1) << 42)
/* Multiplications of drawing B given the ratings, for each sweep, that are
 * thought worth it. */
#define WORTH 1e8
/* Sweeps from one such drawing to the next: more often is not better, by
 * MovieLens. */
enum { EVERY = 8 };

/* Of live rows. */
static struct cf_bundle bundle(const struct cf_gibbs_side *s, size_t trait,
                               float *table, size_t wide)
{
    uint64_t at = s->start[trait];

    return (struct cf_bundle){(size_t)(s->end[trait] - at), wide, table,
                              s->row + at, s->x + at};
}

static void trait_normals(const struct cf_gibbs *g, uint64_t number, float *out)
{
    const struct cf_rng rng = cf_gibbs_rng(g, CF_RNG_GIBBS_HYPER);
    const struct cf_gibbs_scratch *s = g->scratch;

    for (size_t j = 0; j < g->d; j += 4)
        cf_rng_words(&rng, number, (uint32_t)(j / 4), s->bits + j);
    /* Whole registers, of which the last numbers are not asked for. */
    g->gauss->normals(s->bits, out, CF_GAUSS_WIDE(g->d));
}

/* ---- the weights given the rows ---- */

/* s->mean becomes what the rows differ from their prior means by, or back. */
static void turn(const struct cf_gibbs *g, struct cf_gibbs_mode *m)
{
    size_t wide = CF_GAUSS_WIDE(g->d);

    for (size_t j = 0; j < g->d; j++) {
        float mu = (float)m->mu[j], *mean = m->side->mean + j;
        for (size_t r = 0; r < m->side->live; r++)
            mean[r * wide] = m->w[r * wide + j] - mu - mean[r * wide];
    }
}

/* precision squares lam + lam_g, mean lam sum x (row less the rest of its
 * mean) by it. */
static void draw_by_rows(struct cf_gibbs *g, size_t mode, size_t f)
{
    struct cf_gibbs_mode *m = &g->mode[mode];
    struct cf_gibbs_side *s = m->side;
    size_t wide = CF_GAUSS_WIDE(g->d);
    const float *lam_g = s->lam + s->group[f] * g->d;
    float *b = s->b + f * wide, *step = g->scratch->x, *eps = g->scratch->eps;
    const struct cf_bundle rows = bundle(s, f, s->mean, wide);

    memset(step, 0, wide * sizeof *step);
    g->gauss->collect(&rows, step);
    trait_normals(g, (uint64_t)mode << 48 | BY_ROWS | f, eps);
    for (size_t j = 0; j < g->d; j++) {
        float lam = (float)m->lam[j * g->d + j];
        float precision = s->squares[f] * lam + lam_g[j];
        float to = lam * (step[j] + s->squares[f] * b[j]) / precision +
                   eps[j] / sqrtf(precision);
        step[j] = b[j] - to;
        b[j] = to;
    }
    g->gauss->spread(&rows, step);
}

/* ---- the weights given the ratings ---- */

/* g := a_r (Z't - Z'Z w), and Z'Z takes a_r in. */
static void residuals(struct cf_gibbs *g, struct cf_gibbs_mode *m)
{
    struct cf_gibbs_side *s = m->side;
    size_t wide = CF_GAUSS_WIDE(g->d), square = g->d * wide;
    const float minus = -1;

    for (size_t r = 0; r < s->live; r++) {
        float root = m->root ? m->root[r] : 1, by = root * root;
        const uint32_t row = (uint32_t)r;
        const struct cf_bundle one = {1, wide, s->g, &row, &minus};
        for (size_t i = 0; i < square; i++)
            s->a[r * square + i] *= by;
        for (size_t i = 0; i < wide; i++)
            s->g[r * wide + i] *= by;
        g->gauss->follow(&one, s->a, g->d, m->w + r * wide);
    }
}

/* s->weight: alpha x^2 of a trait's entries. */
static void weigh(const struct cf_gibbs *g, struct cf_gibbs_side *s, size_t f)
{
    const float *x = s->x + s->start[f];
    size_t n = (size_t)(s->end[f] - s->start[f]);

    for (size_t e = 0; e < n; e++)
        s->weight[e] = (float)g->alpha * x[e] * x[e];
}

static void draw_by_ratings(struct cf_gibbs *g, size_t mode, size_t f)
{
    struct cf_gibbs_mode *m = &g->mode[mode];
    struct cf_gibbs_side *s = m->side;
    size_t d = g->d, wide = CF_GAUSS_WIDE(d);
    float *b = s->b + f * wide, *step = g->scratch->x, *eps = g->scratch->eps;
    struct cf_bundle rows = bundle(s, f, s->g, wide),
                     squares = bundle(s, f, s->a, d * wide);
    float *h = g->scratch->a;

    memset(step, 0, wide * sizeof *step);
    memset(h, 0, d * wide * sizeof *h);
    g->gauss->collect(&rows, step);
    weigh(g, s, f);
    squares.x = s->weight;
    g->gauss->collect(&squares, h);
    for (size_t j = 0; j < d; j++)
        step[j] *= (float)g->alpha;
    const uint32_t zero = 0;
    const float one = 1;
    const struct cf_bundle self = {1, wide, step, &zero, &one};
    g->gauss->follow(&self, h, d, b);
    for (size_t j = 0; j < d; j++)
        h[j * wide + j] += s->lam[s->group[f] * d + j];
    trait_normals(g, (uint64_t)mode << 48 | BY_RATINGS | f, eps);
    g->gauss->draw1(&(struct cf_draw1){d, h, step, eps});
    for (size_t j = 0; j < d; j++) {
        step[j] -= b[j];
        b[j] += step[j];
    }
    for (size_t j = d; j < wide; j++)
        step[j] = 0;
    rows.table = m->w;
    g->gauss->spread(&rows, step);
    rows.table = s->mean;
    g->gauss->spread(&rows, step);
    for (size_t j = 0; j < d; j++)
        step[j] = -step[j];
    rows.table = s->g;
    g->gauss->follow(&rows, s->a, d, step);
}

bool cf_gibbs_by_ratings(const struct cf_gibbs *g, size_t mode)
{
    const struct cf_gibbs_side *s = g->mode[mode].side;

    return s && s->a && (g->sweep + mode * (EVERY / 2)) % EVERY == 0;
}

void cf_gibbs_trait_precisions(struct cf_gibbs *g, size_t mode)
{
    struct cf_gibbs_side *s = g->mode[mode].side;
    const struct cf_rng rng = cf_gibbs_rng(g, CF_RNG_GIBBS_HYPER);

    for (size_t i = 0; i < s->groups * g->d; i++) {
        struct cf_draws d =
            cf_draws_of(&rng, (uint64_t)mode << 48 | BY_GROUP | i);
        size_t group = i / g->d, j = i % g->d;
        double sum = 0;
        for (size_t f = 0; f < s->n; f++) {
            double b = (double)s->b[f * CF_GAUSS_WIDE(g->d) + j];
            sum += s->group[f] == group && s->end[f] > s->start[f] ? b * b : 0;
        }
        s->lam[i] =
            (float)(cf_draw_gamma(&d, g->shape + (double)s->size[group] / 2) /
                    (g->rate + sum / 2));
    }
}

/* The prior means of the other rows. */
static void set_rest(const struct cf_gibbs *g, const struct cf_gibbs_mode *m)
{
    struct cf_gibbs_side *s = m->side;
    size_t wide = CF_GAUSS_WIDE(g->d);

    memset(s->mean + s->live * wide, 0,
           (m->n - s->live) * wide * sizeof *s->mean);
    for (size_t f = 0; f < s->n; f++) {
        const struct cf_bundle rest = {(size_t)(s->start[f + 1] - s->end[f]),
                                       wide, s->mean, s->row + s->end[f],
                                       s->x + s->end[f]};
        g->gauss->spread(&rest, s->b + f * wide);
    }
}

void cf_gibbs_traits(struct cf_gibbs *g, size_t mode)
{
    struct cf_gibbs_mode *m = &g->mode[mode];

    if (cf_gibbs_by_ratings(g, mode)) {
        residuals(g, m);
        for (size_t f = 0; f < m->side->n; f++)
            draw_by_ratings(g, mode, f);
    }
    turn(g, m);
    for (size_t f = 0; f < m->side->n; f++)
        draw_by_rows(g, mode, f);
    turn(g, m);
    set_rest(g, m);
}

/* ---- memory ---- */

/* A row that has a trait more than once, as who rated an item twice, has it
 * once, with the sum. Rows of a trait ascend. */
static void merge_entries(struct cf_gibbs_side *s)
{
    uint64_t n = 0, from = 0;

    for (size_t f = 0; f < s->n; f++) {
        uint64_t first = n;
        for (uint64_t e = from; e < s->start[f + 1]; e++)
            if (n > first && s->row[n - 1] == s->row[e]) {
                s->x[n - 1] += s->x[e];
            } else {
                s->row[n] = s->row[e];
                s->x[n++] = s->x[e];
            }
        from = s->start[f + 1];
        s->start[f + 1] = n;
    }
}

static int sort_traits(struct cf_gibbs_side *s, const struct cf_traits *t,
                       struct cf_err *err)
{
    const struct cf_entries e = {t->entries, t->trait, t->row, t->x};
    struct cf_csr csr = {0};

    int rc = cf_csr_build(&csr, t->n, &e, err);
    if (!rc) {
        s->start = csr.start;
        s->row = csr.col;
        s->x = csr.val;
        csr = (struct cf_csr){0};
        merge_entries(s);
    }
    cf_csr_free(&csr);
    return rc;
}

static int room(struct cf_gibbs_side *s, const struct cf_gibbs *g, size_t rows,
                struct cf_err *err)
{
    size_t d = g->d, wide = CF_GAUSS_WIDE(d), all;
    bool twice = (double)s->start[s->n] * (double)(d * d) <= WORTH;

    s->end = cf_alloc(s->n, sizeof *s->end);
    s->group = cf_alloc(s->n, sizeof *s->group);
    s->size = cf_zalloc(s->groups, sizeof *s->size);
    s->squares = cf_zalloc(s->n, sizeof *s->squares);
    s->b = cf_mul(s->n, wide, &all) ? cf_aalloc(all, sizeof *s->b) : NULL;
    s->mean = cf_mul(rows, wide, &all) ? cf_aalloc(all, sizeof *s->mean) : NULL;
    s->lam = cf_alloc(s->groups * d, sizeof *s->lam);
    s->weight = cf_alloc(rows, sizeof *s->weight);
    if (twice) {
        s->g = cf_aalloc(s->live * wide, sizeof *s->g);
        s->a = cf_aalloc(s->live * wide * d, sizeof *s->a);
    }
    return s->end && s->group && s->size && s->squares && s->b && s->mean &&
                   s->lam && s->weight && (!twice || (s->g && s->a))
               ? 0
               : cf_nomem(err, "attributes");
}

int cf_gibbs_side_open(struct cf_gibbs *g, size_t mode,
                       const struct cf_traits *t, struct cf_err *err)
{
    struct cf_gibbs_mode *m = &g->mode[mode];
    struct cf_gibbs_side *s = m->side = cf_zalloc(1, sizeof *s);

    if (!s)
        return cf_nomem(err, "attributes");
    s->n = t->n;
    s->groups = t->groups;
    s->live = cf_gibbs_live(m);
    int rc = sort_traits(s, t, err);
    if (!rc)
        rc = room(s, g, m->n, err);
    for (size_t f = 0; !rc && f < s->n; f++) {
        s->group[f] = t->group[f];
        s->end[f] = s->start[f];
        while (s->end[f] < s->start[f + 1] && s->row[s->end[f]] < s->live)
            s->end[f]++;
        s->size[t->group[f]] += s->end[f] > s->start[f];
        for (uint64_t e = s->start[f]; e < s->end[f]; e++)
            s->squares[f] += s->x[e] * s->x[e];
    }
    for (size_t i = 0; !rc && i < s->groups * g->d; i++)
        s->lam[i] = 100;
    return rc;
}

void cf_gibbs_side_close(struct cf_gibbs_side *s)
{
    if (!s)
        return;
    free(s->start);
    free(s->end);
    free(s->row);
    free(s->x);
    free(s->group);
    free(s->size);
    free(s->squares);
    free(s->b);
    free(s->lam);
    free(s->mean);
    free(s->weight);
    free(s->a);
    free(s->g);
    free(s);
}
