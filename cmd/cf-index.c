/* cf-index - gives the users and items of a table dense ids. */
#include <inttypes.h>
#include <string.h>

#include "base/num.h"
#include "cli.h"
#include "data/index.h"
#include "index_features.h"

enum { BAD_FAIL, BAD_SKIP };
static const char *const bad_names[] = {"fail", "skip", NULL};

struct opts {
    struct cf_index_opts index;
    int bad, dup;
    double min_rating;
    bool has_min_rating;
    float least; /* the same */
    const char *vocab;
    struct cf_features_cli features;
};

/* ---- what is told ---- */

/* A count and "s" for any but 1, after "%" PRIu64 " row%s". */
#define COUNT(n) (n), cf_s(n)

static void report_left_out(struct cf_cli *c, const struct opts *o,
                            const struct cf_index_report *r)
{
    char lowest[CF_NUM_MAX];

    for (size_t i = 0; i < r->skips.n; i++) {
        const struct cf_skip *s = &r->skips.v[i];
        cf_cli_note(c, "%" PRIu64 " row%s left out: %s is %s (first at %s)",
                    COUNT(s->rows), s->column, s->why, s->first);
    }
    if (r->no_user > 0)
        cf_cli_note(c,
                    "%" PRIu64 " row%s left out: the user is not in the "
                    "vocabulary",
                    COUNT(r->no_user));
    if (r->no_item > 0)
        cf_cli_note(c,
                    "%" PRIu64 " row%s left out: the item is not in the "
                    "vocabulary",
                    COUNT(r->no_item));
    cf_format_f32(o->least, lowest);
    if (r->low > 0)
        cf_cli_note(c, "%" PRIu64 " row%s left out: the rating is below %s",
                    COUNT(r->low), lowest);
}

static void report_again(struct cf_cli *c, const struct opts *o,
                         const struct cf_index_report *r)
{
    static const char *const then[] = {
        [CF_DUP_KEEP] = "all are kept",
        [CF_DUP_LAST] = "the last is kept",
        [CF_DUP_FIRST] = "the first is kept",
        [CF_DUP_MEAN] = "the mean is kept",
        [CF_DUP_SUM] = "the sum is kept",
    };

    if (r->uncounted)
        cf_cli_note(c,
                    "pairs that appear again are not counted in more than "
                    "%d rows",
                    CF_INDEX_COUNT);
    if (r->again > 0)
        cf_cli_note(c, "%" PRIu64 " row%s of a pair that was there before: %s",
                    COUNT(r->again), then[o->dup]);
}

static void report_core(struct cf_cli *c, const struct cf_core *core)
{
    if (core->rounds > 0)
        cf_cli_note(c,
                    "%" PRIu64 " user%s and %" PRIu64 " item%s with too few "
                    "rows left out in %" PRIu64 " round%s, and %" PRIu64
                    " row%s with them",
                    COUNT(core->users), COUNT(core->items), COUNT(core->rounds),
                    COUNT(core->rows));
}

static void report(struct cf_cli *c, const struct opts *o,
                   const struct cf_index_report *r)
{
    char lo[CF_NUM_MAX], hi[CF_NUM_MAX];

    report_left_out(c, o, r);
    cf_features_tell(c, r);
    report_again(c, o, r);
    report_core(c, &r->core);
    if (!c->verbose)
        return;
    cf_cli_note(c, "%" PRIu64 " row%s, %" PRIu64 " user%s, %" PRIu64 " item%s",
                COUNT(r->rows), COUNT(r->users), COUNT(r->items));
    if (o->index.implicit || r->rows == 0)
        return;
    cf_format_f32(r->lo, lo);
    cf_format_f32(r->hi, hi);
    cf_cli_note(c, "ratings from %s to %s", lo, hi);
}

/* ---- the work ---- */

static int make_index(struct cf_cli *c, struct cf_source *in,
                      const struct opts *o, struct cf_index **x,
                      struct cf_sink *out)
{
    int code = cf_index_open(x, in->reader, &o->index, &c->err);
    if (!code)
        code = cf_cli_step(c, cf_index_schema(*x), NULL);
    if (!code)
        code = cf_sink_begin(c, out, cf_index_schema(*x));
    if (!code)
        code = cf_index_run(*x, out->writer, &c->err);
    if (!code)
        code = cf_sink_finish(c, out);
    if (!code)
        report(c, o, cf_index_report(*x));
    return code;
}

/* Options as the library takes them. */
static int set_opts(struct cf_cli *c, struct opts *o)
{
    o->index.skip_bad = o->bad == BAD_SKIP;
    o->index.dup = (enum cf_dup)o->dup;
    o->index.count_again = c->verbose;
    o->least = (float)o->min_rating;
    if (o->has_min_rating)
        o->index.min_rating = &o->least;
    return cf_cli_once(c, cf_cli_operand(c), "table", o->vocab, "vocabulary");
}

static int read_vocab(struct cf_cli *c, struct opts *o, struct cf_source *in,
                      struct cf_vocab *v)
{
    if (!o->vocab)
        return 0;
    o->index.vocab = v;
    int code = cf_source_open(c, in, o->vocab,
                              CF_KIND(CF_MODEL) | CF_KIND(CF_RATINGS));
    return code ? code : cf_vocab_read(v, in->reader, &c->err);
}

static int run(struct cf_cli *c, struct opts *o)
{
    struct cf_source in = {0}, other = {0};
    struct cf_vocab vocab = {0};
    struct cf_index *x = NULL;
    struct cf_sink out = {0};

    int code = set_opts(c, o);
    if (!code)
        code = cf_sink_open(c, &out);
    if (!code)
        code = read_vocab(c, o, &other, &vocab);
    if (!code)
        code = cf_features_load(c, &o->features, o->vocab, &o->index);
    if (!code)
        code = cf_source_operand(c, &in, CF_KIND(CF_TABLE));
    if (!code)
        code = make_index(c, &in, o, &x, &out);
    cf_sink_close(&out);
    cf_index_close(x);
    cf_features_close(&o->features);
    cf_source_close(&in);
    o->index.vocab = NULL; /* it goes now */
    cf_vocab_free(&vocab);
    cf_source_close(&other);
    return code;
}

/* ---- options ---- */

/* An option that names a column. */
static struct cf_opt column(char letter, const char *name, const char **dst,
                            const char *help)
{
    return (struct cf_opt){.name = name,
                           .letter = letter,
                           .type = CF_OPT_STR,
                           .dst = dst,
                           .arg = "NAME",
                           .help = help};
}

static struct cf_opt choice(const char *name, int *dst,
                            const char *const *choices, const char *help)
{
    return (struct cf_opt){.name = name,
                           .type = CF_OPT_CHOICE,
                           .dst = dst,
                           .arg = "WHAT",
                           .choices = choices,
                           .help = help};
}

static struct cf_opt flag(const char *name, bool *dst, const char *help)
{
    return (struct cf_opt){
        .name = name, .type = CF_OPT_FLAG, .dst = dst, .help = help};
}

static struct cf_opt least(const char *name, uint64_t *dst, const char *help)
{
    return (struct cf_opt){.name = name,
                           .type = CF_OPT_UINT,
                           .dst = dst,
                           .arg = "N",
                           .help = help};
}

int main(int argc, char **argv)
{
    struct opts o = {0};
    const struct cf_opt opt[] = {
        column('u', "user", &o.index.user,
               "column of the user; the first if not given"),
        column('i', "item", &o.index.item,
               "column of the item; the second if not given"),
        column('r', "rating", &o.index.rating,
               "column of the rating; the third if not given"),
        column('t', "time", &o.index.time,
               "column of the time; timestamp or time if there is one"),
        column('l', "label", &o.index.label,
               "column to show for an item; title if there is one"),
        column(0, "split", &o.index.split,
               "column that says which rows are to validate"),
        flag("implicit", &o.index.implicit,
             "there are no ratings, every row counts as 1"),
        choice("bad", &o.bad, bad_names,
               "a rating, time or split that is none: fail, or skip its row"),
        {.name = "vocab",
         .type = CF_OPT_STR,
         .dst = &o.vocab,
         .arg = "FILE",
         .help = "a model or ratings whose users and items keep their ids"},
        {.name = "features",
         .type = CF_OPT_LIST,
         .dst = &o.features.path,
         .arg = "FILE",
         .help = "attributes of users or items, also of those without a row: "
                 "CSV text or a table"},
        flag("fixed", &o.index.fixed,
             "leave out rows with others than the vocabulary's"),
        choice("dup", &o.dup, cf_dup_names,
               "what stays of a pair of user and item that appears again"),
        {.name = "min-rating",
         .type = CF_OPT_REAL,
         .dst = &o.min_rating,
         .arg = "X",
         .given = &o.has_min_rating,
         .help = "leave out rows with a rating below"},
        least("min-user", &o.index.min_user,
              "leave out users with fewer rows, again and again"),
        least("min-item", &o.index.min_item,
              "leave out items with fewer rows, again and again")};
    const struct cf_cmd cmd = {
        .name = "cf-index",
        .operands = "[STREAM]",
        .summary = "Give the users and items of a table dense ids, and make "
                   "ratings of its rows.",
        .opt = opt,
        .nopt = sizeof opt / sizeof *opt};
    struct cf_cli c;

    cf_cli_start(&c, &cmd, argc, argv);
    return cf_cli_end(&c, run(&c, &o));
}
