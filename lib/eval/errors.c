/* errors.c - sums of the errors of predicted ratings, by group. */
#include "eval/errors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Sums of the rows of one part, in a group. Ratings are counted from the first
 * one on, so that their squares do not cancel. */
enum { ROWS, RATING, SQUARE, ERROR2, ERROR1, SUMS };
enum { ALL_SUMS = CF_PARTS_OF * SUMS };

enum { MEASURES = 3, ALL_MEASURES = CF_PARTS_OF * MEASURES };
static const char *const measure_names[MEASURES] = {"rmse", "mae", "r2"};
static const char *const part_names[CF_PARTS_OF] = {"all", "warm", "cold users",
                                                    "cold items"};

struct cf_errors {
    struct cf_truth *t;
    struct cf_errors_opts opts;
    struct cf_pair_head head;
    struct cf_errors_report report;
    struct cf_sums sums;
    bool begun;
    double base;   /* the first rating */
    uint8_t *part; /* of each user: parts with a row, as bits */
    size_t cap_part, npart;
    /* What the rows are, in any order and in theirs. */
    uint64_t any_order, in_order;
};

/* ---- rows ---- */

static int take_head(void *ctx, const struct cf_pair_head *h,
                     struct cf_err *err)
{
    struct cf_errors *x = ctx;

    x->head = *h;
    x->report.parts = h->has_known || x->t->has_training;
    if (h->place != CF_BY_SCORE)
        return cf_fail(err, CF_EDATA,
                       "%s: no scores to compare with ratings; to judge lists, "
                       "name what was held out with --held-out",
                       h->name);
    if (x->opts.held || h->has_rating)
        return 0;
    return cf_fail(err, CF_EDATA,
                   "%s: no ratings beside the scores; name their column with "
                   "--rating, or give --held-out",
                   h->name);
}

/* A number that is like no other (the finalizer of splitmix64). */
static uint64_t mix(uint64_t h)
{
    h = (h ^ h >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    h = (h ^ h >> 27) * UINT64_C(0x94d049bb133111eb);
    return h ^ h >> 31;
}

static void remember(struct cf_errors *x, uint32_t user, uint32_t item,
                     float rating)
{
    uint32_t bits;

    memcpy(&bits, &rating, sizeof bits);
    uint64_t h = mix(mix((uint64_t)user << 32 | item) + bits + 1);
    x->any_order += h;
    x->in_order = mix(x->in_order + h);
}

static void add_error(struct cf_errors *x, double *sums, double rating,
                      double score)
{
    double r = rating - x->base, e = score - rating;

    sums[ROWS]++;
    sums[RATING] += r;
    sums[SQUARE] += r * r;
    sums[ERROR2] += e * e;
    sums[ERROR1] += fabs(e);
}

static void add_row(struct cf_errors *x, const struct cf_pair_rows *rows,
                    uint32_t j, float rating)
{
    uint32_t user = rows->user[j], item = rows->item[j];
    uint64_t number = x->opts.rows ? x->report.rows[CF_ALL] : user;
    unsigned known =
        rows->known ? rows->known[j] : cf_truth_known(x->t, user, item);
    const bool in[CF_PARTS_OF] = {true,
                                  x->report.parts && (known & CF_KNOWN_USER) &&
                                      (known & CF_KNOWN_ITEM),
                                  x->report.parts && !(known & CF_KNOWN_USER),
                                  x->report.parts && !(known & CF_KNOWN_ITEM)};
    double *sums = cf_sums_of(&x->sums, cf_group_of(x->opts.seed, number));

    if (!x->begun)
        x->base = (double)rating;
    x->begun = true;
    for (size_t p = 0; p < CF_PARTS_OF; p++) {
        if (!in[p])
            continue;
        add_error(x, sums + p * SUMS, (double)rating, (double)rows->key[j]);
        x->report.rows[p]++;
        x->report.users[p] += !(x->part[user] & 1U << p);
        x->part[user] |= (uint8_t)(1U << p);
    }
    const struct cf_user_pairs seen = cf_by_user_of(&x->t->seen, user);
    x->report.training += cf_user_pairs_find(&seen, item, NULL);
    remember(x, user, item, rating);
}

static int make_room(struct cf_errors *x, struct cf_err *err)
{
    size_t users = x->t->ids.user.n;

    if (users <= x->npart)
        return 0;
    if (!cf_grow(&x->part, &x->cap_part, users, 1))
        return cf_nomem(err, "users");
    memset(x->part + x->npart, 0, users - x->npart);
    x->npart = users;
    return 0;
}

static int take_rows(void *ctx, const struct cf_pair_rows *r,
                     struct cf_err *err)
{
    struct cf_errors *x = ctx;
    int rc = make_room(x, err);

    for (uint32_t j = 0; !rc && j < r->n; j++) {
        float rating = r->rating ? r->rating[j] : 0;
        if (x->opts.held) {
            struct cf_user_pairs held = cf_by_user_of(&x->t->held, r->user[j]);
            if (!cf_user_pairs_find(&held, r->item[j], &rating)) {
                x->report.unrated++;
                continue;
            }
        }
        add_row(x, r, j, rating);
    }
    return rc;
}

struct cf_pair_taker cf_errors_taker(struct cf_errors *x)
{
    return (struct cf_pair_taker){x, take_head, take_rows};
}

const struct cf_errors_report *cf_errors_report(const struct cf_errors *x)
{
    return &x->report;
}

/* ---- measures ---- */

/* Of ratings that are all the same rounding leaves this share of their squares
 * at most: that is no spread. */
static const double ALIKE = 1e-12;

static void of_sums(const void *ctx, const double *sums, double *out)
{
    (void)ctx;
    for (size_t p = 0; p < CF_PARTS_OF; p++, sums += SUMS) {
        double n = sums[ROWS];
        double spread = sums[SQUARE] - sums[RATING] * sums[RATING] / n;
        bool alike = !(spread > ALIKE * sums[SQUARE]);
        *out++ = sqrt(sums[ERROR2] / n);
        *out++ = sums[ERROR1] / n;
        *out++ = alike ? (double)NAN : 1 - sums[ERROR2] / spread;
    }
}

static int check_same(struct cf_errors *const *side, struct cf_err *err)
{
    const struct cf_errors *a = side[0], *b = side[1];

    if (a->any_order != b->any_order ||
        a->report.rows[CF_ALL] != b->report.rows[CF_ALL])
        return cf_fail(err, CF_EDATA,
                       "the two do not score the same rows, so there is "
                       "nothing to compare");
    if (a->opts.rows && a->in_order != b->in_order)
        return cf_fail(err, CF_EDATA,
                       "the two score the same rows in different orders, so "
                       "rows cannot be drawn together; draw users");
    return 0;
}

/* Two sides with other rows in a part, for they know others, do not compare
 * there. */
static bool has_part(struct cf_errors *const *side, size_t sides, size_t p)
{
    uint64_t rows = side[0]->report.rows[p];

    return rows > 0 && (sides < 2 || side[1]->report.rows[p] == rows);
}

static int add_part(struct cf_errors *const *side, size_t sides, size_t p,
                    const struct cf_resampled *r, struct cf_metrics *out,
                    struct cf_err *err)
{
    int rc = 0;

    for (size_t i = 0; !rc && i < MEASURES; i++) {
        size_t at = p * MEASURES + i;
        const struct cf_metric one = {
            .name = measure_names[i],
            .among = part_names[p],
            .value = {r->value[0][at], sides > 1 ? r->value[1][at] : 0},
            .low = r->low[at],
            .high = r->high[at],
            .users = side[0]->report.users[p],
            .rows = side[0]->report.rows[p]};
        rc = cf_metrics_add(out, &one, err);
    }
    return rc;
}

int cf_errors_measure(struct cf_errors *const *side, size_t sides,
                      const struct cf_resample_opts *o, struct cf_metrics *out,
                      struct cf_err *err)
{
    const struct cf_measures m = {ALL_MEASURES, of_sums, NULL};
    const struct cf_sums *sums[2] = {&side[0]->sums,
                                     sides > 1 ? &side[1]->sums : NULL};
    double room[4][ALL_MEASURES];
    const struct cf_resampled r = {{room[0], room[1]}, room[2], room[3]};

    out->compared = sides > 1;
    int rc = sides > 1 ? check_same(side, err) : 0;
    if (!rc)
        rc = cf_resample(sums, sides, &m, o, &r, err);
    for (size_t p = 0; !rc && p < CF_PARTS_OF; p++)
        if (has_part(side, sides, p))
            rc = add_part(side, sides, p, &r, out, err);
    return rc;
}

/* ---- opening and closing ---- */

int cf_errors_open(struct cf_errors **out, struct cf_truth *t,
                   const struct cf_errors_opts *opts, struct cf_err *err)
{
    struct cf_errors *x = cf_zalloc(1, sizeof *x);

    *out = x;
    if (!x)
        return cf_nomem(err, "errors");
    x->t = t;
    x->opts = *opts;
    return cf_sums_init(&x->sums, ALL_SUMS, err);
}

void cf_errors_close(struct cf_errors *x)
{
    if (!x)
        return;
    cf_sums_free(&x->sums);
    free(x->part);
    free(x);
}
