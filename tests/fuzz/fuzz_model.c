/* fuzz_model.c - fuzzing the reader of models, and what is done with one: the
 * input is a model file whose checksums, and offsets at its end, are made right
 * first, so that what is forged gets past them. It is refused for a reason, or
 * pairs are scored with it, lists made, users folded in; samples go on. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/little.h"
#include "../unit/made.h"
#include "../unit/mend.h"
#include "../unit/training.h"
#include "eval/score.h"
#include "eval/topn_stream.h"
#include "fit/fold.h"
#include "fit/gibbs.h"
#include "model/file.h"
#include "model/view.h"

enum { MOST = 1 << 16, ROWS = 12, USERS = 4, ITEMS = 5 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* What the models of tests/fuzz/models.sh were learnt from. */
static uint32_t users[ROWS] = {0, 0, 1, 1, 2, 2, 0, 3, 1, 2, 3, 0},
                items[ROWS] = {0, 1, 1, 2, 0, 3, 2, 4, 3, 4, 0, 3};
static float rated[ROWS] = {4, 3, 5, 1, 2, 4, 3, 5, 4, 1, 2, 3};
static int64_t times[ROWS] = {0,   30,    90000,  90030,  180000, 180060,
                              200, 90400, 180020, 180070, 90410,  90000};

/* How many inputs got how far. */
static struct {
    int loaded, sampled, folded;
} got;

static void check(bool right, const char *what)
{
    if (right)
        return;
    fprintf(stderr, "fuzz_model: %s\n", what);
    abort();
}

/* Something failed for one of these reasons, and says so. */
static void check_error(const struct cf_err *err, const char *what)
{
    check(err->msg[0] && (err->code == CF_ESTREAM || err->code == CF_EDATA ||
                          err->code == CF_EUSAGE || err->code == CF_EDIVERGED),
          what);
}

/* Of the caller's thread alone; never closed. */
static struct cf_pool *pool(void)
{
    static struct cf_pool *p;
    struct cf_err err;

    if (!p)
        must(cf_pool_open(&p, 1, &err), &err);
    return p;
}

/* ---- what is written goes nowhere ---- */

static int no_head(void *ctx, const struct cf_schema *s, struct cf_err *err)
{
    (void)ctx;
    (void)s;
    (void)err;
    return 0;
}

static int no_block(void *ctx, const struct cf_block *b, struct cf_err *err)
{
    (void)ctx;
    (void)b;
    (void)err;
    return 0;
}

static int no_end(void *ctx, struct cf_err *err)
{
    (void)ctx;
    (void)err;
    return 0;
}

static const struct cf_tap nowhere = {NULL, no_head, no_block, no_end};

/* ---- pairs ---- */

/* The rows above as a table, and one that no model knows. */
static char *make_pairs(size_t *n)
{
    static const char *const column[] = {"user", "item", "rating", "timestamp"};
    enum { COLUMNS = sizeof column / sizeof *column, SIZE = 16 };
    char text[COLUMNS][ROWS + 1][SIZE];
    const char *cell[COLUMNS][ROWS + 1];
    struct made m;

    for (size_t r = 0; r <= ROWS; r++) {
        bool known = r < ROWS;
        const int64_t value[COLUMNS] = {
            known ? users[r] : USERS, known ? items[r] : ITEMS,
            known ? (int64_t)rated[r] : 1, known ? times[r] : 1 << 30};
        for (size_t c = 0; c < COLUMNS; c++) {
            snprintf(text[c][r], SIZE, "%" PRId64, value[c]);
            cell[c][r] = text[c][r];
        }
    }
    made_init(&m, CF_TABLE);
    made_part(&m, "rows");
    for (size_t c = 0; c < COLUMNS; c++)
        made_column(&m, column[c], CF_STR, CF_NO_ROLE);
    made_begin(&m, NULL);
    made_put(&m, "rows", ROWS + 1, cell[0], cell[1], cell[2], cell[3]);
    return made_finish(&m, n);
}

static const char *pairs(size_t *n)
{
    static char *p;
    static size_t size;

    if (!p)
        p = make_pairs(&size);
    *n = size;
    return p;
}

static void score(const struct cf_model *m)
{
    const struct cf_score_opts o = {.user = "user",
                                    .item = "item",
                                    .rating = "rating",
                                    .time = "timestamp",
                                    .sd = m->samples > 0,
                                    .interval = m->samples > 0 ? .9 : 0,
                                    .stars = m->stars.n > 0};
    struct cf_writer *w = NULL;
    struct cf_score *x;
    struct made_reader r;
    struct cf_err err;
    size_t n;

    const char *p = pairs(&n);
    made_read(&r, p, n);
    if (cf_score_open(&x, r.r, m, &o, &err)) {
        check_error(&err, "scoring fails for no reason");
    } else {
        must(cf_writer_open(&w, cf_score_schema(x), NULL, &nowhere, &err),
             &err);
        must(cf_score_run(x, w, &err), &err);
        must(cf_writer_finish(w, &err), &err);
    }
    cf_writer_close(w);
    cf_score_close(x);
    made_read_close(&r);
}

/* ---- lists ---- */

static void list(const struct cf_model *m, const struct cf_topn_opts *o)
{
    bool by_user = o->what == CF_TOPN_ITEMS;
    const struct cf_ask stranger = {.row = CF_NONE, .name = cf_cstr("nobody")};
    struct cf_topn_job j = {.m = m, .opts = *o};
    struct cf_writer *w = NULL;
    struct cf_topn_report report;
    struct cf_schema s;
    struct cf_err err;

    j.opts.n = 3;
    j.opts.vec = cf_vec_best();
    j.to = by_user ? m->user.n : m->item.n;
    j.ask = o->keep_seen ? &stranger : NULL;
    j.n = o->keep_seen;
    j.opts.pool = pool();
    int rc = cf_topn_schema(&s, &j, &err);
    if (!rc)
        rc = cf_writer_open(&w, &s, NULL, &nowhere, &err);
    if (!rc)
        rc = cf_topn_write(&j, &s, w, &report, &err);
    if (rc)
        check_error(&err, "lists fail for no reason");
    cf_writer_close(w);
    cf_schema_free(&s);
}

static void list_all(const struct cf_model *m)
{
    static const struct cf_topn_opts all[] = {
        {.what = CF_TOPN_ITEMS, .unrated = true, .why = 2},
        {.what = CF_TOPN_ITEMS, .keep_seen = true},
        {.what = CF_TOPN_ITEMS, .diversity = .5, .penalty = .1},
        {.what = CF_TOPN_ITEMS, .rank = CF_TOPN_LOWER, .within = 1},
        {.what = CF_TOPN_ITEMS, .rank = CF_TOPN_THOMPSON},
        {.what = CF_TOPN_USERS},
        {.what = CF_TOPN_SIMILAR}};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        list(m, &all[i]);
}

static void view(const struct cf_model *m)
{
    for (int users_too = 0; users_too < 2; users_too++) {
        const struct cf_view_opts o = {.users = users_too,
                                       .factors = true,
                                       .vec = cf_vec_best(),
                                       .pca = 1,
                                       .head = 3};
        struct cf_side_view *v;
        struct cf_err err;

        if (cf_view_open(&v, m, &o, &err) || cf_view_show(v, &nowhere, &err))
            check_error(&err, "a view fails for no reason");
        cf_view_close(v);
    }
}

/* ---- more samples, more users ---- */

static bool has_array(const struct cf_model *m, const char *name)
{
    return cf_chain_find(&m->chain, name) != NULL;
}

/* A run of a sampler that goes on from an old model, or from none. */
static int sample(struct cf_model *m, const struct cf_gibbs_opts *o,
                  const struct cf_model *old, struct cf_err *err)
{
    struct training t = training_usual(ROWS, 1);

    t.ratings = (struct cf_ratings){.n = ROWS,
                                    .user = users,
                                    .item = items,
                                    .rating = rated,
                                    .time = times};
    t.solver = cf_fit_gibbs;
    t.fit.has_range = false;
    t.fit.link = CF_LINK_IDENTITY;
    t.fit.epochs = o->burn_in + o->samples;
    t.fit.gibbs = *o;
    t.fit.gibbs.more = old;
    t.before = old ? old->nepochs : 0;
    little_model(m, o->k * o->keep, (struct little_ids){USERS, 0},
                 (struct little_ids){ITEMS, 0});
    int rc = training_run(&t, m);
    *err = t.err;
    return rc;
}

/* The checksum of what samplers are given here. */
static uint64_t given(bool timed)
{
    const struct cf_gibbs_opts o = {
        .k = 1, .samples = 1, .keep = 1, .days = timed};
    struct cf_model m;
    struct cf_err err;

    must(sample(&m, &o, NULL, &err), &err);
    uint64_t rows = m.chain.rows;
    cf_model_free(&m);
    return rows;
}

/* Another sample, as if the old ones had been given these ratings. */
static void go_on(struct cf_model *old)
{
    static uint64_t rows[2];
    bool timed = old->days.n > 0 || old->sessions.n > 0;
    const struct cf_gibbs_opts o = {
        .k = old->k / old->samples,
        .burn_in = (uint32_t)old->nepochs - old->chain.samples,
        .samples = old->chain.samples + 1,
        .keep = old->samples,
        .probit = old->stars.n > 0,
        .noise = has_array(old, "user_noise_roots"),
        .implicit = {has_array(old, "user_weights"),
                     has_array(old, "item_weights")},
        .days = old->days.n > 0,
        .sessions = old->sessions.n > 0};
    struct cf_model m;
    struct cf_err err;

    if (!rows[timed])
        rows[timed] = given(timed);
    old->chain.rows = rows[timed];
    if (sample(&m, &o, old, &err))
        check_error(&err, "samples do not go on for no reason");
    else
        got.sampled++;
    cf_model_free(&m);
}

static void fold(struct cf_model *m)
{
    const struct cf_fold_opts o = {.pool = pool()};
    const struct cf_given_opts how = {"user", "item", "rating", NULL, NULL};
    struct cf_fold_report report;
    struct cf_given g;
    struct cf_in in;
    struct cf_err err;
    uint32_t row[USERS + 1];
    size_t n;

    const char *p = pairs(&n);
    must(cf_in_mem(&in, "pairs", p, n, &err), &err);
    must(cf_given_read(&g, &in, &how, &err), &err);
    if (cf_fold(m, &g, &o, row, &report, &err)) {
        check_error(&err, "folding in fails for no reason");
    } else {
        got.folded++;
        score(m);
        list_all(m);
    }
    cf_given_free(&g);
    cf_in_close(&in);
}

/* ---- the whole ---- */

static bool load(const char *p, size_t n, const struct cf_users_wanted *ids,
                 struct cf_model *m)
{
    struct cf_schema s;
    struct cf_err err;
    struct cf_in in;

    must(cf_in_mem(&in, "model", p, n, &err), &err);
    int rc = cf_model_read_users(m, &s, &in, ids, &err);
    cf_in_close(&in);
    if (rc)
        check_error(&err, "a model is refused for no reason");
    else
        cf_schema_free(&s);
    return rc == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const struct cf_str id[] = {cf_cstr("2"), cf_cstr("nobody")};
    const struct cf_users_wanted some = {id, 2};
    struct cf_model m;

    if (n == 0 || n > MOST)
        return 0;
    char *p = malloc(n);
    check(p != NULL, "memory");
    memcpy(p, data, n);
    mend(p, n);
    if (load(p, n, &some, &m)) {
        list_all(&m);
        cf_model_free(&m);
    }
    if (load(p, n, NULL, &m)) {
        got.loaded++;
        score(&m);
        list_all(&m);
        view(&m);
        if (m.samples > 0 && m.chain.samples > 0)
            go_on(&m);
        fold(&m);
        cf_model_free(&m);
    }
    free(p);
    return 0;
}
