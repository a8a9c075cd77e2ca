/* cf-batch - splits ratings into training and validation rows and deals
 * shuffled mini-batches, or gives one of the parts. */
#include <inttypes.h>
#include <string.h>

#include "cli.h"
#include "data/feed.h"
#include "data/loader.h"
#include "data/part.h"
#include "fit/fit.h"
#include "size.h"
#include "splits.h"

enum { MEMORY_MIN = 1 << 20, NEGATIVES_MAX = 65535 };

static const char *const part_names[] = {"train", "valid", "test", NULL};
static const char *const popular_names[] = {"uniform", "popularity", NULL};

struct opts {
    struct cf_splits splits;
    uint64_t batch, epochs, seed, negatives;
    bool has_batch, has_epochs, has_negatives, has_popular;
    int part; /* of part_names; -1: batches of both */
    int popular;
    const char *memory;
};

/* All that is opened. */
struct job {
    struct cf_cli *c;
    const struct opts *o;
    struct cf_loader_opts how;
    struct cf_source in, given_in;
    struct cf_pairset given;
    struct cf_loader loader;
    struct cf_spool spool;
    struct cf_feed *feed;
    struct cf_schema schema;
    struct cf_sink out;
};

static int check(struct cf_cli *c, const struct opts *o)
{
    const char *extra = o->has_batch       ? "--batch"
                        : o->has_epochs    ? "--epochs"
                        : o->has_negatives ? "--negatives"
                        : o->has_popular   ? "--negatives-by"
                                           : NULL;

    if (o->part >= 0 && extra)
        return cf_fail(&c->err, CF_EUSAGE,
                       "--part gives ratings, which have no batches, epochs "
                       "or negatives yet; leave out %s",
                       extra);
    if (o->has_popular && !o->has_negatives)
        return cf_fail(&c->err, CF_EUSAGE,
                       "--negatives-by needs --negatives N");
    return 0;
}

static int set_how(struct job *j)
{
    const struct opts *o = j->o;
    int code = check(j->c, o);

    if (!code)
        code = cf_splits_parse(j->c, &o->splits, o->seed, &j->how.split);
    if (!code)
        code = cf_size_parse(j->c, "memory", o->memory, MEMORY_MIN,
                             &j->how.memory);
    j->how.seed = o->seed;
    j->how.negatives = (uint32_t)o->negatives;
    j->how.popular = o->popular == 1;
    return code;
}

/* ---- one part ---- */

static int check_part(struct job *j, const struct cf_intake *x)
{
    if (j->o->part != CF_TEST || x->split.how == CF_SPLIT_MARK)
        return 0;
    return cf_fail(&j->c->err, CF_EUSAGE,
                   "--part test: only a split column of the ratings names rows "
                   "to test (cf-index --split)");
}

/* Writes the part of what x reads. */
static int copy_part(struct job *j, struct cf_intake *x, struct cf_cursor *late)
{
    const struct cf_part_opts how = {(enum cf_part_of)j->o->part, late};
    struct cf_tally t = {0};
    struct cf_cli *c = j->c;

    int code = cf_part_schema(&j->schema, x->r, &c->err);
    if (!code)
        code = cf_cli_step(c, &j->schema, &j->o->seed);
    if (!code)
        code = cf_sink_begin(c, &j->out, &j->schema);
    if (!code)
        code = cf_part_write(x, &how, &t, j->out.writer, &c->err);
    if (!code) {
        cf_splits_sizes(c, &t);
        cf_splits_after(c, &j->o->splits, &j->how.split, &t);
        cf_cli_note(c, "%" PRIu64 " row%s to %s written", t.rows[how.part],
                    cf_s(t.rows[how.part]),
                    how.part == CF_VALID ? "validate" : part_names[how.part]);
    }
    cf_tally_free(&t);
    return code;
}

/* All parts are known before the first row goes out: the stream is read twice,
 * the second time from a temporary file. */
static int copy_late_part(struct job *j)
{
    const struct cf_split none = {.how = CF_SPLIT_SHARE};
    struct cf_cursor parts = {.pile = &j->loader.rows};
    struct cf_reader *again = NULL;
    struct cf_intake x = {0};
    struct cf_in in = {0};
    struct cf_err *err = &j->c->err;

    int code = cf_loader_split(&j->loader, j->in.reader, &j->how, err);
    if (!code) {
        cf_splits_threshold(j->c, &j->loader.threshold);
        code =
            cf_spill_in(&j->spool.file, j->spool.size, j->in.in.name, &in, err);
    }
    if (!code)
        code = cf_reader_open(&again, &in, err);
    if (!code)
        code = cf_intake_open(&x, again, &none, err);
    if (!code)
        code = copy_part(j, &x, &parts);
    cf_intake_close(&x);
    cf_cursor_close(&parts);
    cf_reader_close(again);
    cf_in_close(&in);
    return code;
}

static int write_part(struct job *j)
{
    struct cf_intake x;

    int code = cf_intake_open(&x, j->in.reader, &j->how.split, &j->c->err);
    if (!code)
        code = check_part(j, &x);
    if (!code)
        code = cf_split_late(&j->how.split) ? copy_late_part(j)
                                            : copy_part(j, &x, NULL);
    cf_intake_close(&x);
    return code;
}

/* ---- batches ---- */

static void report_negatives(struct job *j)
{
    const struct cf_loader *l = &j->loader;

    if (l->opts.negatives == 0)
        return;
    cf_cli_note(j->c,
                "with negatives %" PRIu64 " rows to train, %" PRIu64
                " to validate",
                l->deals, l->valid.n);
    if (l->tally.lo < l->tally.hi)
        cf_cli_note(j->c,
                    "rows rated from %g to %g get negatives rated 0, below all "
                    "of them; --negatives is meant for cf-index --implicit",
                    (double)l->tally.lo, (double)l->tally.hi);
    if (l->sated > 0)
        cf_cli_note(j->c,
                    "no negatives for %" PRIu64 " user%s with a row of every "
                    "item that could be drawn",
                    l->sated, cf_s(l->sated));
}

static void report_batches(struct cf_cli *c, const struct cf_plan *p)
{
    uint64_t left, batches = cf_fit_batches(p, &left);
    uint64_t batch = p->rows < p->batch ? p->rows : p->batch;

    cf_cli_note(
        c, "%" PRIu32 " epoch%s of %" PRIu64 " batch%s of %" PRIu64 " row%s",
        p->epochs, cf_s(p->epochs), batches, batches == 1 ? "" : "es", batch,
        cf_s(batch));
    if (left > 0)
        cf_cli_note(c,
                    "%" PRIu64 " row%s of each epoch beyond the last whole "
                    "batch, which solvers adam and nn leave out",
                    left, cf_s(left));
}

static void report(struct job *j)
{
    cf_splits_threshold(j->c, &j->loader.threshold);
    cf_splits_sizes(j->c, &j->loader.tally);
    cf_splits_after(j->c, &j->o->splits, &j->how.split, &j->loader.tally);
    if (j->loader.tally.rows[CF_VALID] == 0 && j->o->splits.valid > 0)
        cf_cli_note(j->c, "no row is left to validate with");
    report_negatives(j);
    report_batches(j->c, cf_feed_plan(j->feed));
}

static int write_batches(struct job *j)
{
    struct cf_err *err = &j->c->err;

    int code = cf_loader_read(&j->loader, j->in.reader, &j->how, err);
    if (!code)
        code = cf_feed_loader(&j->feed, &j->loader, (uint32_t)j->o->batch,
                              (uint32_t)j->o->epochs, err);
    if (!code)
        code = cf_batches_schema(&j->schema, j->in.schema, j->feed, err);
    if (!code)
        code = cf_cli_step(j->c, &j->schema, &j->o->seed);
    if (!code)
        code = cf_sink_begin(j->c, &j->out, &j->schema);
    if (code)
        return code;
    report(j);
    return cf_batches_write(j->feed, &j->schema, j->out.writer, err);
}

/* ---- the program ---- */

static int work(struct job *j)
{
    const struct cf_splits *splits = &j->o->splits;
    struct cf_cli *c = j->c;

    int code = set_how(j);
    if (!code)
        code = cf_sink_open(c, &j->out);
    if (!code)
        code =
            cf_splits_rows(c, splits, &j->given_in, &j->given, &j->how.split);
    if (j->o->part >= 0 && cf_split_late(&j->how.split)) {
        j->how.spool = &j->spool;
        j->in.keep = &j->spool.bytes;
    }
    if (!code)
        code = cf_source_operand(c, &j->in, CF_KIND(CF_RATINGS));
    if (code)
        return code;
    cf_splits_before(c, splits, &j->how.split, j->in.schema);
    code = j->o->part >= 0 ? write_part(j) : write_batches(j);
    return code ? code : cf_sink_finish(c, &j->out);
}

static int run(struct cf_cli *c, const struct opts *o)
{
    struct job j = {.c = c, .o = o};
    int code = work(&j);

    cf_sink_close(&j.out);
    cf_schema_free(&j.schema);
    cf_feed_close(j.feed);
    cf_loader_close(&j.loader);
    cf_spill_close(&j.spool.file);
    cf_buf_free(&j.spool.bytes);
    cf_pairset_free(&j.given);
    cf_source_close(&j.given_in);
    cf_source_close(&j.in);
    return code;
}

static const struct opts usual = {.splits = {.valid = 0.2},
                                  .batch = 64,
                                  .epochs = 5,
                                  .seed = 42,
                                  .part = -1,
                                  .memory = "1G"};

int main(int argc, char **argv)
{
    struct opts o = usual;
    const struct cf_opt opt[] = {
        {"valid", 0, CF_OPT_REAL, &o.splits.valid, "SHARE",
         "share of the rows to validate with", .max = 1,
         .given = &o.splits.has_valid},
        {"valid-by", 0, CF_OPT_CHOICE, &o.splits.by, "WHAT",
         "which ones: at random, the last by time, the last of each user",
         .choices = cf_split_by, .given = &o.splits.has_by},
        {"valid-last", 0, CF_OPT_UINT, &o.splits.last, "N",
         "validate with the last N rows of each user", .min = 1,
         .max = UINT32_MAX, .given = &o.splits.has_last},
        {"valid-after", 0, CF_OPT_STR, &o.splits.after, "TIME",
         "validate with the rows later than TIME", .min = 0},
        {"valid-rows", 0, CF_OPT_STR, &o.splits.rows, "FILE",
         "validate with the rows whose user and item are a row of FILE",
         .min = 0},
        {"fold", 0, CF_OPT_STR, &o.splits.fold, "K/N",
         "validate with the K-th of N random folds", .min = 0},
        {"batch", 'b', CF_OPT_UINT, &o.batch, "N", "rows of a mini-batch",
         .min = 1, .max = UINT32_MAX, .given = &o.has_batch},
        {"epochs", 'e', CF_OPT_UINT, &o.epochs, "N",
         "times that all training rows are dealt", .min = 1, .max = UINT32_MAX,
         .given = &o.has_epochs},
        {"negatives", 0, CF_OPT_UINT, &o.negatives, "N",
         "add to each row N of its user with items that the user has not, "
         "rated 0",
         .max = NEGATIVES_MAX, .given = &o.has_negatives},
        {"negatives-by", 0, CF_OPT_CHOICE, &o.popular, "WHAT",
         "how such items are drawn", .choices = popular_names,
         .given = &o.has_popular},
        {"seed", 0, CF_OPT_UINT, &o.seed, "N", "seed of all that is random",
         .min = 0},
        {"part", 0, CF_OPT_CHOICE, &o.part, "PART",
         "write one part of the split as ratings", .choices = part_names},
        {"memory", 0, CF_OPT_STR, &o.memory, "SIZE",
         "memory for rows; what does not fit goes to a temporary file",
         .local = true}};
    const struct cf_cmd cmd = {
        .name = "cf-batch",
        .operands = "[STREAM]",
        .summary = "Split ratings for training and validation and deal "
                   "shuffled mini-batches.",
        .opt = opt,
        .nopt = sizeof opt / sizeof *opt};
    struct cf_cli c;

    cf_cli_start(&c, &cmd, argc, argv);
    return cf_cli_end(&c, run(&c, &o));
}
