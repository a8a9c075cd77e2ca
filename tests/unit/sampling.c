/* sampling.c - runs of solver gibbs on many ratings. */
#include "sampling.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "data/whole.h"
#include "fit/gibbs.h"
#include "little.h"
#include "made.h"

struct training sampling_usual(struct cf_model *m, uint32_t samples)
{
    struct training t = training_usual(1, 1);

    t.ratings = training_many();
    t.solver = cf_fit_gibbs;
    t.order.valid = .2;
    t.fit.has_range = false;
    t.fit.link = CF_LINK_IDENTITY;
    t.fit.epochs = SAMPLING_BURN_IN + samples;
    t.fit.gibbs = (struct cf_gibbs_opts){.k = SAMPLING_K,
                                         .burn_in = SAMPLING_BURN_IN,
                                         .samples = samples,
                                         .keep = samples,
                                         .noise = true};
    little_model(m, SAMPLING_K * samples, (struct little_ids){MANY_USERS, 0},
                 (struct little_ids){MANY_ITEMS, 0});
    return t;
}

float sampling_predict(const struct cf_model *m, const struct cf_ratings *rows,
                       uint64_t r, bool timed)
{
    static const uint32_t zero = 0;
    const struct cf_rep user = cf_model_user_rep(m, rows->user[r]),
                        item = cf_model_item_rep(m, rows->item[r]);
    struct cf_rep_pairs pair = {&user, &item, &zero, &zero, 1, NULL, NULL};
    uint32_t day, session;
    unsigned char known;
    float y;

    if (timed) {
        day = cf_model_find_day(m->days.day, (size_t)m->days.n, rows->time[r]);
        session = cf_model_find_session(m, user, rows->time[r]);
        pair.day = &day;
        pair.session = &session;
    }
    cf_model_predict_reps(m, &pair, &y, &known);
    return y;
}

double sampling_valid(const struct cf_model *m, const struct training *t)
{
    struct cf_feed *f;
    struct cf_whole w;
    struct cf_err err;
    double sum = 0;

    must(cf_feed_memory(&f, &t->ratings, &t->order, &err), &err);
    must(cf_feed_whole_timed(f, &w, &err), &err);
    for (uint64_t r = 0; r < w.valid.n; r++) {
        double off = (double)sampling_predict(m, &w.valid, r, w.valid.time) -
                     (double)w.valid.rating[r];
        sum += off * off;
    }
    sum /= (double)w.valid.n;
    cf_feed_close(f);
    cf_whole_free(&w);
    return sum;
}

void sampling_expect_untimed(const struct cf_model *m,
                             const struct cf_ratings *rows)
{
    size_t others = 0;

    for (size_t r = 0; r < MANY; r++) {
        float on = sampling_predict(m, rows, r, true),
              off = sampling_predict(m, rows, r, false);
        if (rows->user[r] % 8 == 0)
            expect_near(on, off, 1e-5);
        else
            others += fabsf(on - off) > 1e-3F;
    }
    assert_true(others > MANY / 4);
}

void sampling_each(struct training (*usual)(struct cf_model *m),
                   void (*expect)(const struct cf_model *m,
                                  const struct cf_model *want))
{
    static const char *const tables[] = {"scalar", "sse2", "avx2", "avx512"};
    static const size_t threads[] = {1, 2, 7};
    struct cf_model first, m;
    struct cf_err err;
    struct training t = usual(&first);

    must(training_run(&t, &first), &t.err);
    for (size_t i = 0; i < 12; i++) {
        t = usual(&m);
        t.fit.vec = cf_vec_find(tables[i / 3]);
        if (t.fit.vec) {
            must(cf_pool_open(&t.fit.pool, threads[i % 3], &err), &err);
            must(training_run(&t, &m), &t.err);
            cf_pool_close(t.fit.pool);
            expect(&m, &first);
        }
        cf_model_free(&m);
    }
    cf_model_free(&first);
}

void sampling_prior_sessions(struct cf_gibbs *g, struct cf_draws *d)
{
    struct cf_gibbs_sessions *x = g->sessions;

    for (size_t l = CF_SESSION_LEVELS; x && l-- > 0;) {
        struct cf_gibbs_level *of = &x->level[l];
        x->lam[l] = cf_draw_gamma(d, g->shape) / g->rate;
        for (size_t c = 0; c < of->n; c++)
            of->x[c] = (l + 1 < CF_SESSION_LEVELS ? of[1].x[of->up[c]] : 0) +
                       (float)(cf_draw_normal(d) / sqrt(x->lam[l]));
    }
}

void sampling_probe_sessions(const struct cf_gibbs *g, double *f)
{
    for (size_t l = 0; g->sessions && l < CF_SESSION_LEVELS; l++) {
        f[2 * l] = log(g->sessions->lam[l]);
        f[2 * l + 1] = atan((double)g->sessions->level[l].x[0]);
    }
}
