/* eval_tell.c - what cf-eval says of its inputs. */
#include "eval.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *held_name(const struct cf_eval *e)
{
    return !e->o->held               ? "the scored pairs"
           : strcmp(e->o->held, "-") ? e->o->held
                                     : "<stdin>";
}

int cf_eval_tell_truth(struct cf_eval *e)
{
    const struct cf_truth *t = &e->truth;
    struct cf_cli *c = e->c;

    if (t->held.n == 0)
        return cf_fail(
            &c->err, CF_EDATA, "%s: no pair is held out%s", held_name(e),
            t->below > 0 ? ": all are rated below --min-rating" : "");
    if (t->below > 0)
        cf_cli_note(c,
                    "%s: %" PRIu64 " row%s rated below %g count%s as not "
                    "relevant",
                    held_name(e), t->below, cf_s(t->below), e->o->least,
                    t->below == 1 ? "s" : "");
    if (t->held.again > 0)
        cf_cli_note(c,
                    "%s: %" PRIu64 " row%s left out: the pair is there already",
                    held_name(e), t->held.again, cf_s(t->held.again));
    if (t->held_training > 0)
        cf_cli_note(c,
                    "%s: %" PRIu64 " of %zu held-out pair%s %s in the training "
                    "data",
                    held_name(e), t->held_training, t->held.n, cf_s(t->held.n),
                    t->held_training == 1 ? "is" : "are");
    return 0;
}

/* n of so many things, and what is to be said of one, or of several. */
struct count {
    uint64_t n, of;
    const char *thing, *where, *one, *more;
};

static void tell(struct cf_eval *e, const char *name, const struct count *c)
{
    if (c->n > 0)
        cf_cli_note(e->c, "%s: %" PRIu64 " of %" PRIu64 " %s%s%s %s", name,
                    c->n, c->of, c->thing, cf_s(c->of), c->where,
                    c->n == 1 ? c->one : c->more);
}

/* ---- lists ---- */

static void tell_users(struct cf_eval *e, const char *name,
                       const struct cf_ranking_report *r)
{
    const char *held = " with a held-out item";
    const struct count all[] = {
        {r->idle, r->lists, "list", "",
         "is for a user without a held-out item: counted, not averaged",
         "are for users without a held-out item: counted, not averaged"},
        {r->unlisted, e->truth.held_users, "user", held,
         "has no list: that counts as 0", "have no list: that counts as 0"},
        {r->no_candidates, e->truth.held_users, "user", held,
         "has no candidates: counted, not averaged",
         "have no candidates: counted, not averaged"}};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        tell(e, name, &all[i]);
}

static void tell_rows(struct cf_eval *e, const char *name,
                      const struct cf_ranking_report *r)
{
    if (r->again > 0)
        cf_cli_note(e->c,
                    "%s: %" PRIu64 " row%s left out: the item is in the list "
                    "already",
                    name, r->again, cf_s(r->again));
    if (r->foreign > 0)
        cf_cli_note(e->c,
                    "%s: %" PRIu64 " row%s left out: the item is no candidate "
                    "of the user",
                    name, r->foreign, cf_s(r->foreign));
}

static void tell_places(struct cf_eval *e, const char *name,
                        const struct cf_ranking_report *r)
{
    uint64_t most = e->k[e->nk - 1];
    char where[64] = " in the first place";

    if (most > 1)
        snprintf(where, sizeof where, " in the first %" PRIu64 " places", most);
    const struct count all[] = {{r->seen, r->places, "item", where,
                                 "is in the training data of the user",
                                 "are in the training data of the user"},
                                {r->untrained, r->places, "item", where,
                                 "has no training row and so no popularity",
                                 "have no training row and so no popularity"}};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        tell(e, name, &all[i]);
    if (r->longest < most)
        cf_cli_note(e->c,
                    "%s: no list has more than %" PRIu64 " item%s, so of k = "
                    "%" PRIu64 " the places after that are empty",
                    name, r->longest, cf_s(r->longest), most);
}

static int tell_ranking(struct cf_eval *e, const struct cf_eval_side *s)
{
    const struct cf_ranking_report *r = cf_ranking_report(s->ranking);
    const struct cf_truth *t = &e->truth;

    if (r->lists == 0)
        return cf_fail(&e->c->err, CF_EDATA, "%s: no lists", s->in.name);
    if (r->idle == r->lists)
        return cf_fail(&e->c->err, CF_EDATA,
                       "%s: none of %" PRIu64 " list%s is for a user with a "
                       "held-out item; are the ids the same?",
                       s->in.name, r->lists, cf_s(r->lists));
    if (r->no_candidates > 0 && r->no_candidates == t->held_users)
        return cf_fail(&e->c->err, CF_EDATA,
                       "%s: no user with a held-out item has candidates; are "
                       "the ids the same?",
                       e->o->candidates);
    cf_cli_note(e->c,
                "%s: %zu held-out item%s of %" PRIu64 " user%s, ranked among "
                "%s",
                s->in.name, t->held.n, cf_s(t->held.n), t->held_users,
                cf_s(t->held_users), cf_ranking_among(s->ranking));
    if (e->c->verbose && r->scored && !t->has_candidates &&
        r->found < t->held.n)
        cf_cli_note(e->c,
                    "%s: %zu of %zu held-out pair%s without a score, so these "
                    "are lists of the best, not all candidates: no AUC",
                    s->in.name, t->held.n - (size_t)r->found, t->held.n,
                    cf_s(t->held.n));
    tell_users(e, s->in.name, r);
    tell_rows(e, s->in.name, r);
    tell_places(e, s->in.name, r);
    return 0;
}

/* ---- predicted ratings ---- */

static int tell_errors(struct cf_eval *e, const struct cf_eval_side *s)
{
    const struct cf_errors_report *r = cf_errors_report(s->errors);
    uint64_t rows = r->rows[CF_ALL], all = rows + r->unrated;
    const char *name = s->in.name;

    if (rows == 0)
        return cf_fail(&e->c->err, CF_EDATA, "%s: no scored pair has a rating",
                       name);
    if (r->unrated > 0)
        cf_cli_note(e->c,
                    "%s: %" PRIu64 " of %" PRIu64 " row%s left out: not among "
                    "the held-out pairs",
                    name, r->unrated, all, cf_s(all));
    if (e->o->held && rows < e->truth.held.n)
        cf_cli_note(e->c, "%s: %zu of %zu held-out pair%s without a score",
                    name, e->truth.held.n - (size_t)rows, e->truth.held.n,
                    cf_s(e->truth.held.n));
    if (r->training > 0)
        cf_cli_note(e->c,
                    "%s: %" PRIu64 " of %" PRIu64 " scored pair%s %s in the "
                    "training data",
                    name, r->training, rows, cf_s(rows),
                    r->training == 1 ? "is" : "are");
    return 0;
}

int cf_eval_tell_side(struct cf_eval *e, const struct cf_eval_side *s)
{
    return e->ranking ? tell_ranking(e, s) : tell_errors(e, s);
}
