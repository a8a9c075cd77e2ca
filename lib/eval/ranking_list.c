/* ranking_list.c - judges one list. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/ranking_impl.h"

/* What an item is to the user in hand. */
enum { HELD = 1, CANDIDATE = 2, SEEN = 4, LISTED = 8 };

/* ---- flags ---- */

/* Room for all items and users that there are by now. */
static int make_room(struct cf_ranking *x, struct cf_err *err)
{
    size_t items = x->t->ids.item.n, users = x->t->ids.user.n;
    size_t nk = x->opts.nk, had = x->nflag * nk, need;

    if (items > x->nflag) {
        if (!cf_mul(items, nk, &need) ||
            !cf_grow(&x->exposed, &x->cap_exposed, need, sizeof *x->exposed) ||
            !cf_grow(&x->flag, &x->cap_flag, items, 1))
            return cf_nomem(err, "items");
        memset(x->exposed + had, 0, (need - had) * sizeof *x->exposed);
        memset(x->flag + x->nflag, 0, items - x->nflag);
        x->nflag = items;
    }
    if (users > x->nlisted) {
        if (!cf_grow(&x->listed, &x->cap_listed, users, sizeof *x->listed))
            return cf_nomem(err, "users");
        memset(x->listed + x->nlisted, 0,
               (users - x->nlisted) * sizeof *x->listed);
        x->nlisted = users;
    }
    return 0;
}

static void set_flags(struct cf_ranking *x, const struct cf_user_pairs *p,
                      uint8_t flag)
{
    for (size_t i = 0; i < p->n; i++)
        x->flag[cf_pair_item(p->pair[i])] |= flag;
}

static void clear_flags(struct cf_ranking *x, const struct cf_user_pairs *p)
{
    for (size_t i = 0; i < p->n; i++)
        x->flag[cf_pair_item(p->pair[i])] = 0;
}

/* ---- the list ---- */

static int before(const void *a, const void *b)
{
    const struct cf_entry *x = a, *y = b;

    if (x->key != y->key)
        return x->key > y->key ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* The rows that count, best first; returns how many. */
static size_t take_entries(struct cf_ranking *x, size_t from, size_t rows)
{
    bool sorted = true;
    size_t n = 0;

    for (size_t i = 0; i < rows; i++) {
        uint32_t item = x->item[from + i];
        if (x->flag[item] & LISTED) {
            x->report.again++;
            continue;
        }
        if (x->t->has_candidates && !(x->flag[item] & (HELD | CANDIDATE))) {
            x->report.foreign++;
            continue;
        }
        x->flag[item] |= LISTED;
        x->entry[n] = (struct cf_entry){x->key[from + i], item, i};
        sorted = sorted && (n == 0 || x->entry[n - 1].key >= x->entry[n].key);
        n++;
    }
    if (!sorted)
        qsort(x->entry, n, sizeof *x->entry, before);
    return n;
}

/* The runs of tied items with a relevant one; returns how many. */
static size_t find_ties(struct cf_ranking *x, size_t n)
{
    bool by_rows = x->head.place == CF_BY_ROWS;
    size_t ties = 0, found = 0;

    for (size_t i = 0, end; i < n; i = end) {
        size_t relevant = 0;
        for (end = i;
             end < n &&
             (end == i || (!by_rows && x->entry[end].key == x->entry[i].key));
             end++)
            relevant += x->flag[x->entry[end].item] & HELD;
        if (relevant > 0)
            x->tie[ties++] = (struct cf_tie){.before = i,
                                             .found = found,
                                             .size = end - i,
                                             .relevant = relevant};
        found += relevant;
    }
    x->report.found += found;
    return ties;
}

/* ---- how well it finds ---- */

static double *cut_of(double *sums, size_t j)
{
    return sums + CF_SUM_CUTS + j * CF_SUM_CUT;
}

/* Without candidates that are given, those that are listed are all, if all
 * relevant ones are among them. */
static void add_auc(const struct cf_ranking *x, size_t ties,
                    const struct cf_listed *l, double *sums)
{
    size_t found =
        ties ? x->tie[ties - 1].found + x->tie[ties - 1].relevant : 0;

    if (!x->t->has_candidates && found < l->relevant)
        return;
    double auc = cf_auc(x->tie, ties, l);
    if (isnan(auc))
        return;
    sums[CF_SUM_AUC] += auc;
    sums[CF_SUM_AUCS]++;
}

static void add_accuracy(struct cf_ranking *x, size_t relevant, size_t n,
                         size_t candidates, double *sums)
{
    size_t ties = find_ties(x, n);
    double one[CF_ACCURACIES];

    sums[CF_SUM_USERS]++;
    for (size_t j = 0; j < x->opts.nk; j++) {
        double *cut = cut_of(sums, j);
        cf_accuracy(x->tie, ties, relevant, (size_t)x->opts.k[j], x->gain, one);
        for (size_t i = 0; i < CF_ACCURACIES; i++)
            cut[i] += one[i];
    }
    const struct cf_listed l = {n, candidates, relevant};
    add_auc(x, ties, &l, sums);
}

/* The candidates of the user, of whom all pairs have flags: those given and the
 * held-out ones or, if none are given, the n that are listed. */
static size_t count_candidates(const struct cf_ranking *x,
                               const struct cf_user_pairs *given,
                               const struct cf_user_pairs *held, size_t n)
{
    size_t all = held->n;

    if (!x->t->has_candidates)
        return n;
    for (size_t i = 0; i < given->n; i++)
        all += !(x->flag[cf_pair_item(given->pair[i])] & HELD);
    return all;
}

/* ---- what it is like ---- */

/* Sums over the first places of a list. */
struct prefix {
    double rows, bits; /* of training, of self-information */
    size_t trained, directed;
};

static void add_item(struct cf_ranking *x, uint32_t item, struct prefix *p)
{
    const struct cf_truth *t = x->t;
    uint64_t count = cf_truth_count(t, item);
    uint32_t row = item < t->nunit ? t->unit_row[item] : CF_NONE;

    if (count > 0) {
        double share = (double)count / (double)t->users;
        p->rows += (double)count;
        p->bits -= share < 1 ? log2(share) : 0;
        p->trained++;
    }
    if (row != CF_NONE) {
        const float *unit = t->unit + (size_t)row * t->k;
        for (size_t f = 0; f < t->k; f++)
            x->way[f] += (double)unit[f];
        p->directed++;
    }
    x->report.untrained += t->has_training && count == 0;
    x->report.seen += (x->flag[item] & SEEN) != 0;
}

/* The mean of 1 - cosine over pairs of n unit vectors with this sum: their
 * cosines add up to (|sum|^2 - n) / 2. */
static double diversity(const double *sum, size_t k, size_t n)
{
    double square = 0, count = (double)n;

    for (size_t f = 0; f < k; f++)
        square += sum[f] * sum[f];
    return 1 - (square - count) / (count * (count - 1));
}

static void add_one(double *cut, enum cf_likeness which, double v)
{
    cut[CF_ACCURACIES + 2 * which] += v;
    cut[CF_ACCURACIES + 2 * which + 1]++;
}

static void add_likeness(const struct cf_ranking *x, const struct prefix *p,
                         double *cut)
{
    if (p->trained > 0) {
        add_one(cut, CF_POPULARITY, p->rows / (double)p->trained);
        add_one(cut, CF_NOVELTY, p->bits / (double)p->trained);
    }
    if (p->directed > 1)
        add_one(cut, CF_DIVERSITY, diversity(x->way, x->t->k, p->directed));
}

static void add_likenesses(struct cf_ranking *x, size_t n, double *sums)
{
    size_t nk = x->opts.nk, at = 0;
    struct prefix p = {0};

    memset(x->way, 0, x->t->k * sizeof *x->way);
    for (size_t j = 0; j < nk; j++) {
        for (; at < n && at < x->opts.k[j]; at++) {
            uint32_t *exposed = x->exposed + x->entry[at].item * nk;
            for (size_t i = j; i < nk; i++)
                exposed[i]++;
            add_item(x, x->entry[at].item, &p);
        }
        add_likeness(x, &p, cut_of(sums, j));
    }
    x->report.places += at;
}

/* ---- the user ---- */

static int begin_user(struct cf_ranking *x, uint32_t user, struct cf_err *err)
{
    int rc = make_room(x, err);

    if (!rc && x->listed[user]) {
        struct cf_str id = cf_dict_key(&x->t->ids.user, user);
        return cf_fail(err, CF_EDATA, "%s: user '%.*s' has a second list",
                       x->head.name, id.n < 64 ? (int)id.n : 64, id.p);
    }
    if (!rc)
        x->listed[user] = true;
    return rc;
}

static void judge(struct cf_ranking *x, uint32_t user, size_t from, size_t rows)
{
    const struct cf_user_pairs held = cf_by_user_of(&x->t->held, user),
                               given = cf_by_user_of(&x->t->candidates, user),
                               seen = cf_by_user_of(&x->t->seen, user);
    double *sums = cf_sums_of(&x->sums, cf_group_of(x->opts.seed, user));

    set_flags(x, &held, HELD);
    set_flags(x, &given, CANDIDATE);
    set_flags(x, &seen, SEEN);
    size_t n = take_entries(x, from, rows);
    x->report.lists++;
    if (n > x->report.longest)
        x->report.longest = n;
    add_likenesses(x, n, sums);
    if (held.n == 0)
        x->report.idle++;
    else if (x->t->has_candidates && given.n == 0)
        x->report.no_candidates++;
    else
        add_accuracy(x, held.n, n, count_candidates(x, &given, &held, n), sums);
    for (size_t i = 0; i < rows; i++)
        x->flag[x->item[from + i]] = 0;
    clear_flags(x, &held);
    clear_flags(x, &given);
    clear_flags(x, &seen);
}

int cf_ranking_list(struct cf_ranking *x, const struct cf_run *run, size_t n,
                    struct cf_err *err)
{
    size_t from = (size_t)run[0].start, rows = (size_t)run[n].start - from;

    int rc = begin_user(x, run[0].user, err);
    if (rc)
        return rc;
    if (!cf_grow(&x->entry, &x->cap_entry, rows, sizeof *x->entry) ||
        !cf_grow(&x->tie, &x->cap_tie, rows, sizeof *x->tie))
        return cf_nomem(err, "list");
    judge(x, run[0].user, from, rows);
    return 0;
}

void cf_ranking_none(struct cf_ranking *x, uint32_t user)
{
    const struct cf_user_pairs held = cf_by_user_of(&x->t->held, user),
                               given = cf_by_user_of(&x->t->candidates, user);

    if (held.n == 0)
        return;
    x->report.unlisted++;
    if (x->t->has_candidates && given.n == 0) {
        x->report.no_candidates++;
        return;
    }
    double *sums = cf_sums_of(&x->sums, cf_group_of(x->opts.seed, user));
    sums[CF_SUM_USERS]++;
    if (!x->t->has_candidates)
        return;
    size_t all = held.n;
    for (size_t i = 0; i < given.n; i++)
        all += !cf_user_pairs_find(&held, cf_pair_item(given.pair[i]), NULL);
    const struct cf_listed l = {0, all, held.n};
    add_auc(x, 0, &l, sums);
}
