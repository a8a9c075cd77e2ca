/* training.c - runs of the solver adam on small ratings. */
#include "training.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/feed_impl.h"
#include "fit/adam.h"
#include "little.h"
#include "made.h"

/* A feed that gives another one's rows in small portions. */
struct chopped {
    struct cf_feed feed;
    struct cf_feed *whole;
    size_t most;
    enum cf_event event;
    struct cf_feed_rows left;
};

static int next_portion(struct cf_feed *f, enum cf_event *event,
                        struct cf_feed_rows *rows, struct cf_err *e)
{
    struct chopped *c = (struct chopped *)(void *)f;
    int rc = 0;

    if (c->left.n == 0)
        rc = cf_feed_next(c->whole, &c->event, &c->left, e);
    *event = c->event;
    *rows = c->left;
    if (c->event != CF_FEED_TRAIN && c->event != CF_FEED_VALID) {
        c->left.n = 0;
        return rc;
    }
    rows->n = c->left.n < c->most ? c->left.n : c->most;
    c->left.user += rows->n;
    c->left.item += rows->n;
    c->left.rating += rows->n;
    c->left.n -= rows->n;
    return rc;
}

static void on_batch(void *ctx, uint64_t step, double loss)
{
    struct training *t = ctx;
    assert_true(t->resumed || step == t->batches);
    assert_true(t->batches < sizeof t->loss / sizeof *t->loss);
    t->loss[t->batches++] = loss;
}

static void on_epoch(void *ctx, const struct cf_epoch *e)
{
    struct training *t = ctx;
    assert_int_equal(e->epoch, t->epochs);
    t->epochs++;
}

int training_run(struct training *t, struct cf_model *m)
{
    const struct cf_fit_news news = {t, on_batch, on_epoch};
    struct cf_feed *feed;

    struct cf_origin origin = {0};

    t->batches = 0;
    t->epochs = t->before;
    must(cf_feed_memory(&feed, &t->ratings, &t->order, &t->err), &t->err);
    if (t->from) {
        must(cf_origin_open(&origin, t->from, t->freeze, m, &t->err), &t->err);
        t->fit.init = &origin;
    }
    struct chopped c = {
        .feed = {.plan = *cf_feed_plan(feed), .next = next_portion},
        .whole = feed,
        .most = t->portion};
    cf_fit_fn *solver = t->solver ? t->solver : cf_fit_adam;
    int rc = solver(m, t->portion ? &c.feed : feed, &t->fit, &news, &t->err);
    cf_origin_free(&origin);
    t->fit.init = NULL;
    cf_feed_close(feed);
    return rc;
}

int training_resume(struct training *t, struct cf_model *m)
{
    t->resumed = true;
    int rc = training_run(t, m);
    t->resumed = false;
    return rc;
}

struct training training_usual(uint32_t batch, uint32_t epochs)
{
    struct training t = {.order = {.batch = batch, .epochs = epochs, .seed = 1},
                         .fit = cf_fit_usual()};

    t.fit.has_range = true;
    t.fit.hi = 5.5;
    t.fit.seed = 1;
    t.fit.vec = cf_vec_best();
    return t;
}

/* ---- ratings ---- */

static uint32_t few_user[] = {0, 0, 1, 2, 1, 0, 1, 2};
static uint32_t few_item[] = {1, 3, 0, 2, 3, 2, 2, 1};
static float few_rating[] = {3.5F, 4, 2.5F, 3.5F, 3.5F, 3, 3, 4};

const struct cf_ratings training_few = {
    .n = FEW, .user = few_user, .item = few_item, .rating = few_rating};

void training_few_model(struct cf_model *m)
{
    little_model(m, FEW_K, (struct little_ids){FEW_USERS, 0},
                 (struct little_ids){FEW_ITEMS, 0});
    m->link = CF_LINK_SIGMOID;
}

static uint32_t many_user[MANY], many_item[MANY];
static float many_rating[MANY];

/* Few rows for most, more for some, none for a few. */
struct cf_ratings training_many(void)
{
    for (size_t r = 0; r < MANY; r++) {
        float x = little_draw(1, r), y = little_draw(2, r);
        many_user[r] = (uint32_t)(MANY_USERS * x * x);
        many_item[r] = (uint32_t)(MANY_ITEMS * y * y);
        many_rating[r] = (float)(many_user[r] * 7 % 5 + many_item[r] % 2);
    }
    return (struct cf_ratings){
        .n = MANY, .user = many_user, .item = many_item, .rating = many_rating};
}

void training_many_model(struct cf_model *m)
{
    little_model(m, MANY_K, (struct little_ids){MANY_USERS, 0},
                 (struct little_ids){MANY_ITEMS, 0});
    m->link = CF_LINK_SIGMOID;
}
