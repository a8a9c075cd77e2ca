/* cf-cat - shows, checks, copies and concatenates streams. */
#include <inttypes.h>
#include <string.h>

#include "cli.h"
#include "data/concat.h"
#include "look.h"
#include "model/view.h"

enum { TO_STREAM = 4 };

/* The first ones as in enum cf_format. */
static const char *const forms[] = {"table", "csv",    "tsv",
                                    "jsonl", "stream", NULL};

/* As in enum cf_view_sort. */
static const char *const sorts[] = {"none", "bias", "count", NULL};

struct opts {
    int to; /* of forms; -1: as the output is */
    uint64_t head;
    bool has_head, history, check;
    bool users, items, reverse;
    int sort; /* of sorts */
    const char *part;
};

/* The options that each ask for something else than the rows. */
static int check_modes(struct cf_cli *c, const struct opts *o)
{
    int modes = o->history + o->check + o->users + o->items;
    bool side = o->users || o->items;

    if (modes > 1)
        return cf_fail(&c->err, CF_EUSAGE,
                       "--history, --check, --users and --items are different "
                       "things: choose one");
    if ((o->history || o->check) && (o->to >= 0 || o->has_head || o->part))
        return cf_fail(&c->err, CF_EUSAGE,
                       "--%s shows no rows, so --to, --head and --part mean "
                       "nothing",
                       o->check ? "check" : "history");
    if (!side && (o->sort != CF_SORT_NONE || o->reverse))
        return cf_fail(&c->err, CF_EUSAGE,
                       "--sort and --reverse go with --users or --items");
    if (o->reverse && o->sort == CF_SORT_NONE)
        return cf_fail(&c->err, CF_EUSAGE,
                       "--reverse needs an order: --sort bias or count");
    if (side && (o->part || o->to == TO_STREAM || c->args.n > 1))
        return cf_fail(&c->err, CF_EUSAGE,
                       "--users and --items show one model as text: no "
                       "--part, no --to stream, one operand");
    return 0;
}

static int check_opts(struct cf_cli *c, struct opts *o)
{
    int code = check_modes(c, o);
    if (code)
        return code;
    if (o->to < 0)
        o->to = cf_sink_tty(c)         ? CF_SHOW_TABLE
                : o->users || o->items ? CF_SHOW_CSV
                                       : TO_STREAM;
    if (o->to == TO_STREAM && o->part)
        return cf_fail(&c->err, CF_EUSAGE,
                       "a part is no stream; use --part with --to table, csv, "
                       "tsv or jsonl");
    if (!o->has_head)
        o->head = CF_SHOW_USUAL;
    return 0;
}

static struct cf_show_opts show_opts(const struct cf_cli *c,
                                     const struct opts *o)
{
    return (struct cf_show_opts){.format = (enum cf_format)o->to,
                                 .head = o->head,
                                 .part = o->part,
                                 .width = cf_sink_tty(c) ? cf_sink_width() : 0};
}

/* ---- users or items of a model ---- */

static int show_side(struct cf_cli *c, const struct opts *o,
                     struct cf_sink *out)
{
    const struct cf_view_opts view = {.users = o->users,
                                      .sort = (enum cf_view_sort)o->sort,
                                      .reverse = o->reverse,
                                      .head = o->head};
    const struct cf_show_opts how = show_opts(c, o);
    struct cf_model m = {0};
    struct cf_schema history = {0}, s = {0};
    const char *path = c->args.n ? c->args.operand[0] : "-";

    int code = cf_cli_model(c, path, NULL, &m, &history);
    if (!code)
        code = cf_view_schema(&m, &view, &s, &c->err);
    if (!code)
        code = cf_show_open(&out->show, out->out, &how, &c->err);
    if (!code)
        code = cf_view_show(&m, &view, &s, cf_show_tap(out->show), &c->err);
    if (!code)
        code = cf_sink_commit(c, out);
    cf_show_close(out->show); /* it looks at the schema to the end */
    out->show = NULL;
    cf_schema_free(&s);
    cf_schema_free(&history);
    cf_model_free(&m);
    return code;
}

/* ---- rows ---- */

static int begin(struct cf_cli *c, const struct opts *o, struct cf_concat *x,
                 struct cf_sink *out)
{
    struct cf_schema *s = cf_concat_schema(x);

    if (o->to != TO_STREAM) {
        struct cf_show_opts how = show_opts(c, o);
        return cf_sink_begin_text(c, out, s, &how);
    }
    /* A copy is what it was. */
    bool copy = cf_source_count(c) == 1 && o->head == CF_SHOW_USUAL;
    int code = copy ? 0 : cf_cli_step(c, s, NULL);
    return code ? code
                : cf_writer_open(&out->writer, s, out->out, NULL, &c->err);
}

/* Adds stream number i; the first one decides what the result is. */
static int add(struct cf_cli *c, const struct opts *o, size_t i,
               struct cf_concat **x, struct cf_sink *out)
{
    const struct cf_concat_opts how = {.several = cf_source_count(c) > 1,
                                       .head = o->to == TO_STREAM ? o->head
                                                                  : UINT64_MAX};
    struct cf_source in = {0};

    int code = cf_source_number(c, &in, i);
    if (!code && !*x) {
        code = cf_concat_open(x, in.reader, &how, &c->err);
        if (!code)
            code = begin(c, o, *x, out);
        if (code == CF_EUSAGE)
            cf_wrap(&c->err, in.in.name);
    }
    if (!code)
        code = cf_concat_add(*x, in.reader, out->writer, &c->err);
    cf_source_close(&in);
    return code;
}

static int concatenate(struct cf_cli *c, const struct opts *o,
                       struct cf_concat **x, struct cf_sink *out)
{
    int code = 0;

    for (size_t i = 0; !code && i < cf_source_count(c); i++)
        code = add(c, o, i, x, out);
    if (!code)
        code = cf_sink_finish(c, out);
    if (!code && cf_concat_differ(*x) > 0)
        cf_cli_note(c,
                    "%" PRIu64 " id%s with other attributes than in an earlier "
                    "stream; the first ones are kept",
                    cf_concat_differ(*x), cf_s(cf_concat_differ(*x)));
    return code;
}

static int run(struct cf_cli *c, struct opts *o)
{
    struct cf_concat *x = NULL;
    struct cf_sink out = {0};

    int code = check_opts(c, o);
    if (!code)
        code = cf_sink_open(c, &out);
    if (!code && (o->users || o->items))
        code = show_side(c, o, &out);
    else if (!code && (o->history || o->check))
        code = cf_look(c, &out, o->history);
    else if (!code)
        code = concatenate(c, o, &x, &out);
    cf_sink_close(&out);
    cf_concat_close(x);
    return code;
}

int main(int argc, char **argv)
{
    struct opts o = {.to = -1};
    const struct cf_opt opt[] = {
        {"to", 't', CF_OPT_CHOICE, &o.to, "FORM",
         "write as text or as a stream; table if to a terminal",
         .choices = forms},
        {"head", 0, CF_OPT_UINT, &o.head, "N",
         "only the first N rows; 10 in a table if not given", .min = 0,
         .given = &o.has_head},
        {"part", 0, CF_OPT_STR, &o.part, "NAME",
         "show this part of the stream, not the rows", .min = 0},
        {"users", 0, CF_OPT_FLAG, &o.users, NULL,
         "the users of a model: id, attributes, count, bias", .min = 0},
        {"items", 0, CF_OPT_FLAG, &o.items, NULL, "its items likewise",
         .min = 0},
        {"sort", 0, CF_OPT_CHOICE, &o.sort, "KEY",
         "users or items in that order, those without a rating left out",
         .choices = sorts},
        {"reverse", 0, CF_OPT_FLAG, &o.reverse, NULL, "the other way round",
         .min = 0},
        {"history", 0, CF_OPT_FLAG, &o.history, NULL,
         "print the commands that made the stream", .min = 0},
        {"check", 0, CF_OPT_FLAG, &o.check, NULL,
         "only check that the stream is whole and sound", .min = 0}};
    const struct cf_cmd cmd = {
        "cf-cat", "[STREAM ...]",
        "Look into streams, check them, make one of several.", opt,
        sizeof opt / sizeof *opt};
    struct cf_cli c;

    cf_cli_start(&c, &cmd, argc, argv);
    return cf_cli_end(&c, run(&c, &o));
}
