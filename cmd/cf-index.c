/* cf-index - gives the users and items of a table dense ids. */
#include <inttypes.h>

#include "base/num.h"
#include "cli.h"
#include "data/index.h"

static void report(struct cf_cli *c, const struct cf_index_report *r,
                   bool implicit)
{
    char lo[CF_NUM_MAX], hi[CF_NUM_MAX];

    if (!c->verbose)
        return;
    cf_cli_note(c, "%" PRIu64 " row%s, %" PRIu64 " user%s, %" PRIu64 " item%s",
                r->rows, cf_s(r->rows), r->users, cf_s(r->users), r->items,
                cf_s(r->items));
    if (implicit || r->rows == 0)
        return;
    cf_format_f32(r->lo, lo);
    cf_format_f32(r->hi, hi);
    cf_cli_note(c, "ratings from %s to %s", lo, hi);
}

static int make_index(struct cf_cli *c, struct cf_source *in,
                      const struct cf_index_opts *o, struct cf_index **x,
                      struct cf_sink *out)
{
    int code = cf_index_open(x, in->reader, o, &c->err);
    if (!code)
        code = cf_cli_step(c, cf_index_schema(*x), NULL);
    if (!code)
        code = cf_sink_begin(c, out, cf_index_schema(*x));
    if (!code)
        code = cf_index_run(*x, out->writer, &c->err);
    if (!code)
        code = cf_sink_finish(c, out);
    if (!code)
        report(c, cf_index_report(*x), o->implicit);
    return code;
}

static int run(struct cf_cli *c, const struct cf_index_opts *o)
{
    struct cf_source in = {0};
    struct cf_index *x = NULL;
    struct cf_sink out = {0};

    int code = cf_sink_open(c, &out);
    if (!code)
        code = cf_source_operand(c, &in, CF_KIND(CF_TABLE));
    if (!code)
        code = make_index(c, &in, o, &x, &out);
    cf_sink_close(&out);
    cf_index_close(x);
    cf_source_close(&in);
    return code;
}

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

int main(int argc, char **argv)
{
    struct cf_index_opts o = {0};
    const struct cf_opt opt[] = {
        column('u', "user", &o.user,
               "column of the user; the first if not given"),
        column('i', "item", &o.item,
               "column of the item; the second if not given"),
        column('r', "rating", &o.rating,
               "column of the rating; the third if not given"),
        column('t', "time", &o.time,
               "column of the time; timestamp or time if there is one"),
        column('l', "label", &o.label,
               "column to show for an item; title if there is one"),
        {.name = "implicit",
         .type = CF_OPT_FLAG,
         .dst = &o.implicit,
         .help = "there are no ratings, every row counts as 1"}};
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
