/* train_in.c - where the rows come from: batches as they arrive, or ratings. */
#include "train_in.h"

#include <inttypes.h>

#include "data/whole.h"
#include "fit/fit.h"

static int check_patience(struct cf_cli *c, const struct cf_train_opts *o,
                          const char *what)
{
    if (!o->has_patience && o->keep != 1)
        return 0;
    return cf_fail(&c->err, CF_EUSAGE,
                   "option --%s: %s has no validation rows "
                   "(cf-batch sets some aside)",
                   o->has_patience ? "patience" : "keep", what);
}

static int check_batches(struct cf_cli *c, const struct cf_train_in *in,
                         const struct cf_train_opts *o)
{
    const struct cf_plan *p = cf_feed_plan(in->feed);
    const struct cf_schema *s = in->in.schema;

    bool decides = o->has_epochs || o->has_batch;

    if (!decides || cf_train_solver(o)->whole)
        return s->part[cf_schema_find_part(s, "valid")].rows > 0
                   ? 0
                   : check_patience(c, o, "this batches stream");
    return cf_fail(&c->err, CF_EUSAGE,
                   "option --%s: the batches stream decides: it has %" PRIu32
                   " epoch%s of batches of %" PRIu32 " row%s (set them in "
                   "cf-batch)",
                   o->has_epochs ? "epochs" : "batch", p->epochs,
                   cf_s(p->epochs), p->batch, cf_s(p->batch));
}

/* The search for a learning rate goes through the rows as often as it must. */
static uint32_t epochs_wanted(const struct cf_train_in *in,
                              const struct cf_train_opts *o)
{
    uint64_t n = in->ratings.n, batches = n < o->batch ? 1 : n / o->batch;

    if (o->lr_find)
        return (uint32_t)(CF_FIND_STEPS / batches) + 1;
    return cf_train_epochs(o);
}

static int check_steps(struct cf_cli *c, const struct cf_train_in *in)
{
    const struct cf_plan *p = cf_feed_plan(in->feed);
    uint64_t left, n = cf_fit_batches(p, &left) * p->epochs;

    if (n >= CF_FIND_STEPS)
        return 0;
    return cf_fail(&c->err, CF_EUSAGE,
                   "option --lr-find: it takes %d batches, and the stream has "
                   "%" PRIu64 " (more epochs in cf-batch, or a ratings stream)",
                   CF_FIND_STEPS, n);
}

static int open_ratings(struct cf_cli *c, struct cf_train_in *in,
                        const struct cf_train_opts *o)
{
    int code = check_patience(c, o, "a ratings stream");
    if (!code)
        code = cf_ratings_read(&in->ratings, in->in.reader, &c->err);
    if (code)
        return code;
    const struct cf_feed_opts how = {.batch = (uint32_t)o->batch,
                                     .epochs = epochs_wanted(in, o),
                                     .seed = o->seed};
    code = cf_train_solver(o)->whole
               ? cf_feed_given(&in->feed, &in->ratings, &c->err)
               : cf_feed_memory(&in->feed, &in->ratings, &how, &c->err);
    if (!code && !o->lr_find && cf_train_epochs(o) > 0)
        cf_cli_note(c,
                    "learning from all %" PRIu64
                    " row%s, none to validate with "
                    "(cf-batch sets some aside)",
                    in->ratings.n, cf_s(in->ratings.n));
    return code;
}

int cf_train_in_open(struct cf_cli *c, struct cf_train_in *in,
                     const struct cf_train_opts *o)
{
    int code = cf_source_operand(c, &in->in,
                                 CF_KIND(CF_RATINGS) | CF_KIND(CF_BATCHES));
    if (code)
        return code;
    if (in->in.schema->kind == CF_RATINGS)
        return open_ratings(c, in, o);
    code = cf_feed_stream(&in->feed, in->in.reader, &in->ratings.users,
                          &in->ratings.items, &c->err);
    if (!code)
        code = check_batches(c, in, o);
    return code || !o->lr_find ? code : check_steps(c, in);
}

uint64_t cf_train_in_note(struct cf_cli *c, const struct cf_train_in *in,
                          const struct cf_train_opts *o)
{
    const struct cf_plan *p = cf_feed_plan(in->feed);
    double lo = (double)p->lo, hi = (double)p->hi;
    uint64_t left, n = cf_fit_batches(p, &left);

    if (o->has_range && (lo < o->range[0] || hi > o->range[1]))
        cf_cli_note(c,
                    "ratings go from %g to %g, but predictions only from %g to "
                    "%g, by --y-range",
                    lo, hi, o->range[0], o->range[1]);
    if (p->lo == p->hi && !o->lr_find && !cf_train_solver(o)->implicit)
        cf_cli_note(c,
                    "all ratings are %g: there is nothing to tell apart "
                    "(cf-batch --negatives adds items that users do not have)",
                    lo);
    if (left > 0 && !o->lr_find && !cf_train_solver(o)->whole)
        cf_cli_note(c,
                    "%" PRIu64 " row%s of each epoch left over after %" PRIu64
                    " batch%s of %" PRIu32 ", not learnt from",
                    left, cf_s(left), n, n == 1 ? "" : "es", p->batch);
    return n;
}

void cf_train_in_close(struct cf_train_in *in)
{
    cf_feed_close(in->feed);
    cf_ratings_free(&in->ratings);
    cf_source_close(&in->in);
}
