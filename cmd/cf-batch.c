/* cf-batch - splits ratings into training and validation rows and deals
 * shuffled mini-batches, or gives one of the two parts. */
#include <inttypes.h>

#include "cli.h"
#include "data/feed.h"
#include "data/ratings.h"
#include "fit/fit.h"

struct opts {
    double valid;
    uint64_t batch, epochs, seed;
    bool has_batch, has_epochs;
    int part; /* of part_names; -1: batches of both */
};

static const char *const part_names[] = {"train", "valid", NULL};

static int check(struct cf_cli *c, const struct opts *o)
{
    if (o->valid >= 1)
        return cf_fail(&c->err, CF_EUSAGE,
                       "option --valid: a share of 1 leaves no row to learn "
                       "from");
    if (o->part >= 0 && (o->has_batch || o->has_epochs))
        return cf_fail(&c->err, CF_EUSAGE,
                       "--part gives ratings, which have no batches or epochs "
                       "yet; leave out %s",
                       o->has_batch ? "--batch" : "--epochs");
    return 0;
}

static int write_part(struct cf_cli *c, struct cf_source *in,
                      const struct opts *o, struct cf_schema *s,
                      struct cf_sink *out)
{
    const struct cf_part_opts how = {
        .seed = o->seed, .valid = o->valid, .want_valid = o->part == 1};
    int code = cf_part_schema(s, in->reader, &c->err);
    if (!code)
        code = cf_cli_step(c, s, &o->seed);
    if (!code)
        code = cf_sink_begin(c, out, s);
    if (!code)
        code = cf_part_write(in->reader, &how, out->writer, &c->err);
    if (code)
        return code;
    uint32_t rows = (uint32_t)cf_schema_find_part(in->schema, "rows");
    uint32_t kept = (uint32_t)cf_schema_find_part(s, "rows");
    uint64_t all = cf_reader_rows(in->reader, rows);
    cf_cli_note(c, "%" PRIu64 " of %" PRIu64 " row%s, the %s part",
                cf_writer_rows(out->writer, kept), all, cf_s(all),
                part_names[o->part]);
    return cf_sink_finish(c, out);
}

static void report(struct cf_cli *c, const struct cf_plan *p, uint64_t rows)
{
    uint64_t left, batches = cf_fit_batches(p, &left);
    uint64_t batch = p->rows < p->batch ? p->rows : p->batch;

    cf_cli_note(c, "%" PRIu64 " row%s to train, %" PRIu64 " to validate",
                p->rows, cf_s(p->rows), rows - p->rows);
    cf_cli_note(
        c, "%" PRIu32 " epoch%s of %" PRIu64 " batch%s of %" PRIu64 " row%s",
        p->epochs, cf_s(p->epochs), batches, batches == 1 ? "" : "es", batch,
        cf_s(batch));
    if (left > 0)
        cf_cli_note(c,
                    "%" PRIu64 " row%s of each epoch left over, not learnt "
                    "from",
                    left, cf_s(left));
}

struct data {
    struct cf_ratings ratings;
    struct cf_feed *feed;
    struct cf_schema schema;
};

static int write_batches(struct cf_cli *c, struct cf_source *in,
                         const struct opts *o, struct data *d,
                         struct cf_sink *out)
{
    const struct cf_feed_opts how = {.batch = (uint32_t)o->batch,
                                     .epochs = (uint32_t)o->epochs,
                                     .valid = o->valid,
                                     .seed = o->seed};
    int code = cf_ratings_read(&d->ratings, in->reader, &c->err);
    if (!code)
        code = cf_feed_memory(&d->feed, &d->ratings, &how, &c->err);
    if (!code)
        code = cf_batches_schema(&d->schema, in->schema, d->feed, &c->err);
    if (!code)
        code = cf_cli_step(c, &d->schema, &o->seed);
    if (!code)
        code = cf_sink_begin(c, out, &d->schema);
    if (code)
        return code;
    report(c, cf_feed_plan(d->feed), d->ratings.n);
    code = cf_batches_write(d->feed, &d->schema, out->writer, &c->err);
    return code ? code : cf_sink_finish(c, out);
}

static int run(struct cf_cli *c, const struct opts *o)
{
    struct cf_source in = {0};
    struct data d = {0};
    struct cf_sink out = {0};

    int code = check(c, o);
    if (!code)
        code = cf_sink_open(c, &out);
    if (!code)
        code = cf_source_operand(c, &in, CF_KIND(CF_RATINGS));
    if (!code)
        code = o->part >= 0 ? write_part(c, &in, o, &d.schema, &out)
                            : write_batches(c, &in, o, &d, &out);
    cf_sink_close(&out);
    cf_schema_free(&d.schema);
    cf_feed_close(d.feed);
    cf_ratings_free(&d.ratings);
    cf_source_close(&in);
    return code;
}

int main(int argc, char **argv)
{
    struct opts o = {
        .valid = 0.2, .batch = 64, .epochs = 5, .seed = 42, .part = -1};
    const struct cf_opt opt[] = {
        {"valid", 0, CF_OPT_REAL, &o.valid, "SHARE",
         "share of the rows to validate with", .max = 1},
        {"batch", 'b', CF_OPT_UINT, &o.batch, "N", "rows of a mini-batch",
         .min = 1, .max = UINT32_MAX, .given = &o.has_batch},
        {"epochs", 'e', CF_OPT_UINT, &o.epochs, "N",
         "times that all training rows are dealt", .min = 1, .max = UINT32_MAX,
         .given = &o.has_epochs},
        {"seed", 0, CF_OPT_UINT, &o.seed, "N", "seed of split and shuffles",
         .min = 0},
        {"part", 0, CF_OPT_CHOICE, &o.part, "PART",
         "write one part of the split as ratings", .choices = part_names}};
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
