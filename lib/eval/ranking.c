/* ranking.c - gathers the rows of each user and has the lists judged. */
#include "eval/ranking.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/ranking_impl.h"

/* ---- rows ---- */

static int take_head(void *ctx, const struct cf_pair_head *h,
                     struct cf_err *err)
{
    struct cf_ranking *x = ctx;

    x->head = *h;
    x->report.scored = h->place == CF_BY_SCORE;
    if (!x->opts.own || h->has_rating)
        return 0;
    return cf_fail(err, CF_EDATA,
                   "%s: no ratings say what is relevant; name what was held "
                   "out with --held-out",
                   h->name);
}

static int add_row(struct cf_ranking *x, const struct cf_pair_rows *r,
                   uint32_t j, struct cf_err *err)
{
    if (x->nrun == 0 || x->run[x->nrun - 1].user != r->user[j]) {
        if (!cf_grow(&x->run, &x->cap_run, x->nrun + 2, sizeof *x->run))
            return cf_nomem(err, "lists");
        x->run[x->nrun++] = (struct cf_run){r->user[j], x->n};
    }
    x->item[x->n] = r->item[j];
    x->key[x->n++] = r->key ? r->key[j] : 0;
    return 0;
}

/* The end of the last run, as one more run. */
static void end_runs(struct cf_ranking *x)
{
    x->run[x->nrun].start = x->n;
}

/* Judges all lists but the last, which may go on. */
static int judge_whole(struct cf_ranking *x, struct cf_err *err)
{
    size_t last = x->nrun - 1;
    int rc = 0;

    end_runs(x);
    for (size_t i = 0; !rc && i < last; i++)
        rc = cf_ranking_list(x, &x->run[i], 1, err);
    size_t from = (size_t)x->run[last].start;
    x->n -= from;
    memmove(x->item, x->item + from, x->n * sizeof *x->item);
    memmove(x->key, x->key + from, x->n * sizeof *x->key);
    x->run[0] = (struct cf_run){x->run[last].user, 0};
    x->nrun = 1;
    return rc;
}

static int take_rows(void *ctx, const struct cf_pair_rows *r,
                     struct cf_err *err)
{
    struct cf_ranking *x = ctx;
    int rc = 0;

    if (!cf_grow(&x->item, &x->cap_item, x->n + r->n, sizeof *x->item) ||
        !cf_grow(&x->key, &x->cap_key, x->n + r->n, sizeof *x->key))
        return cf_nomem(err, "lists");
    for (uint32_t j = 0; !rc && j < r->n; j++) {
        rc = add_row(x, r, j, err);
        if (!rc && x->opts.own)
            rc = cf_truth_add(x->t, r->user[j], r->item[j], r->rating[j], err);
    }
    if (!rc && x->head.grouped && x->nrun > 1)
        rc = judge_whole(x, err);
    return rc;
}

struct cf_pair_taker cf_ranking_taker(struct cf_ranking *x)
{
    return (struct cf_pair_taker){x, take_head, take_rows};
}

/* ---- the end ---- */

/* Where the rows of each user end if they stand together; before they are
 * dealt, where those of the user before it do. */
static uint64_t *ends(const struct cf_ranking *x)
{
    size_t users = x->t->ids.user.n;
    uint64_t *end = cf_zalloc(users + 1, sizeof *end);

    if (!end)
        return NULL;
    for (size_t i = 0; i < x->nrun; i++)
        end[x->run[i].user + 1] += x->run[i + 1].start - x->run[i].start;
    for (size_t u = 1; u <= users; u++)
        end[u] += end[u - 1];
    return end;
}

/* A run for each user who has rows. */
static void make_runs(struct cf_ranking *x, const uint64_t *end)
{
    uint64_t from = 0;

    x->nrun = 0;
    for (uint32_t u = 0; u < x->t->ids.user.n; u++) {
        if (end[u] > from)
            x->run[x->nrun++] = (struct cf_run){u, from};
        from = end[u];
    }
    end_runs(x);
}

/* Puts the rows of each user together, in the order of the input. */
static int group(struct cf_ranking *x, struct cf_err *err)
{
    uint32_t *item = cf_alloc(x->n, sizeof *item);
    float *key = cf_alloc(x->n, sizeof *key);
    uint64_t *end = ends(x);

    if (!item || !key || !end) {
        free(item);
        free(key);
        free(end);
        return cf_nomem(err, "lists");
    }
    for (size_t i = 0; i < x->nrun; i++) {
        size_t from = (size_t)x->run[i].start;
        size_t n = (size_t)x->run[i + 1].start - from;
        uint64_t *to = &end[x->run[i].user];
        memcpy(item + *to, x->item + from, n * sizeof *item);
        memcpy(key + *to, x->key + from, n * sizeof *key);
        *to += n;
    }
    make_runs(x, end);
    free(end);
    free(x->item);
    free(x->key);
    x->item = item;
    x->key = key;
    return 0;
}

/* Does some user come again? */
static bool scattered(const struct cf_ranking *x, bool *seen)
{
    bool again = false;

    for (size_t i = 0; i < x->nrun; i++) {
        again = again || seen[x->run[i].user];
        seen[x->run[i].user] = true;
    }
    return again;
}

static int judge_rest(struct cf_ranking *x, struct cf_err *err)
{
    bool *seen = cf_zalloc(x->t->ids.user.n, sizeof *seen);
    int rc = seen ? 0 : cf_nomem(err, "lists");

    if (x->nrun > 0)
        end_runs(x);
    if (!rc && !x->head.grouped && scattered(x, seen))
        rc = group(x, err);
    free(seen);
    for (size_t i = 0, n; !rc && i < x->nrun; i += n) {
        for (n = 1; i + n < x->nrun && x->run[i + n].user == x->run[i].user;)
            n++;
        rc = cf_ranking_list(x, &x->run[i], n, err);
    }
    return rc;
}

int cf_ranking_finish(struct cf_ranking *x, struct cf_err *err)
{
    int rc = x->opts.own && !x->t->held.start ? cf_truth_ready(x->t, err) : 0;

    if (!rc)
        rc = judge_rest(x, err);
    for (uint32_t u = 0; !rc && u < x->t->held.users; u++)
        if (u >= x->nlisted || !x->listed[u])
            cf_ranking_none(x, u);
    return rc;
}

const struct cf_ranking_report *cf_ranking_report(const struct cf_ranking *x)
{
    return &x->report;
}

const char *cf_ranking_among(const struct cf_ranking *x)
{
    if (x->t->has_candidates)
        return "candidates";
    return x->report.scored && x->report.found == x->t->held.n ? "scored pairs"
                                                               : "all items";
}

/* ---- opening and closing ---- */

int cf_ranking_open(struct cf_ranking **out, struct cf_truth *t,
                    const struct cf_ranking_opts *opts, struct cf_err *err)
{
    struct cf_ranking *x = cf_zalloc(1, sizeof *x);
    size_t most = (size_t)opts->k[opts->nk - 1];

    *out = x;
    if (!x)
        return cf_nomem(err, "ranking");
    x->t = t;
    x->opts = *opts;
    x->way = cf_alloc(t->k, sizeof *x->way);
    x->gain = cf_alloc(most + 1, sizeof *x->gain);
    if (!x->way || !x->gain)
        return cf_nomem(err, "ranking");
    cf_gains(x->gain, most);
    return cf_sums_init(&x->sums, CF_SUM_CUTS + opts->nk * CF_SUM_CUT, err);
}

void cf_ranking_close(struct cf_ranking *x)
{
    if (!x)
        return;
    free(x->run);
    free(x->item);
    free(x->key);
    free(x->entry);
    free(x->tie);
    free(x->flag);
    free(x->way);
    free(x->gain);
    free(x->exposed);
    free(x->listed);
    cf_sums_free(&x->sums);
    free(x);
}
