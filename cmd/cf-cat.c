/* cf-cat - shows, checks, copies and concatenates streams. */
#include <inttypes.h>
#include <string.h>

#include "cli.h"
#include "data/concat.h"
#include "look.h"
#include "side.h"

enum { TO_STREAM = 4 };

/* The first ones as in enum cf_format. */
static const char *const forms[] = {"table", "csv",    "tsv",
                                    "jsonl", "stream", NULL};

struct opts {
    int to; /* of forms; -1: as the output is */
    uint64_t head;
    bool has_head, history, check;
    const char *part;
    struct cf_side_opts side;
};

/* The options that each ask for something else than the rows. */
static int check_modes(struct cf_cli *c, struct opts *o)
{
    bool side = cf_side_asked(&o->side);
    const char *rows = o->to >= 0    ? "to"
                       : o->has_head ? "head"
                       : o->part     ? "part"
                                     : NULL;

    if (o->history + o->check + side > 1)
        return cf_fail(&c->err, CF_EUSAGE,
                       "--history, --check and %s are different things: choose "
                       "one",
                       o->side.export >= 0 ? "--export" : "--users or --items");
    if ((o->history || o->check) && rows)
        return cf_fail(&c->err, CF_EUSAGE,
                       "--%s shows no rows, so --%s means nothing",
                       o->check ? "check" : "history", rows);
    int code = cf_side_check(c, &o->side, rows);
    if (!code && side && (o->part || o->to == TO_STREAM))
        return cf_fail(&c->err, CF_EUSAGE,
                       "--users and --items show a model as text: no --part, "
                       "no --to stream");
    return code;
}

static int check_opts(struct cf_cli *c, struct opts *o)
{
    int code = check_modes(c, o);
    if (code)
        return code;
    if (o->to < 0)
        o->to = cf_sink_tty(c)            ? CF_SHOW_TABLE
                : cf_side_asked(&o->side) ? CF_SHOW_CSV
                                          : TO_STREAM;
    if (o->to == TO_STREAM && o->part)
        return cf_fail(&c->err, CF_EUSAGE,
                       "a part is no stream; use --part with --to table, csv, "
                       "tsv or jsonl");
    if (!o->has_head)
        o->head = o->side.only.n ? CF_SHOW_ALL : CF_SHOW_USUAL;
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
    if (!code && cf_side_asked(&o->side)) {
        const struct cf_show_opts how = show_opts(c, o);
        code = cf_side(c, &o->side, &how, &out);
    } else if (!code && (o->history || o->check))
        code = cf_look(c, &out, o->history);
    else if (!code)
        code = concatenate(c, o, &x, &out);
    cf_sink_close(&out);
    cf_concat_close(x);
    return code;
}

int main(int argc, char **argv)
{
    struct opts o = {.to = -1, .side.export = -1};
    struct cf_side_opts *side = &o.side;
    const struct cf_opt opt[] = {
        {"to", 't', CF_OPT_CHOICE, &o.to, "FORM",
         "write as text or as a stream; table if to a terminal",
         .choices = forms},
        {"head", 0, CF_OPT_UINT, &o.head, "N",
         "only the first N rows; 10 in a table if not given", .min = 0,
         .given = &o.has_head},
        {"part", 0, CF_OPT_STR, &o.part, "NAME",
         "show this part of the stream, not the rows", .min = 0},
        {"users", 0, CF_OPT_FLAG, &side->users, NULL,
         "the users of a model: id, attributes, count, bias", .min = 0},
        {"items", 0, CF_OPT_FLAG, &side->items, NULL, "its items likewise",
         .min = 0},
        {"only", 0, CF_OPT_LIST, &side->only, "ID",
         "only this user or item, by id or name; more than once for more",
         .min = 0},
        {"min-count", 0, CF_OPT_UINT, &side->least, "N",
         "only those with N training rows at least", .min = 0},
        {"near", 0, CF_OPT_STR, &side->near, "ID",
         "those most like this one, by the cosine of factors", .min = 0},
        {"pca", 0, CF_OPT_UINT, &side->pca, "N",
         "with N principal components of the factors: pc1, pc2 ...", .min = 1,
         .max = CF_COLUMNS_MAX, .given = &side->has_pca},
        {"factors", 0, CF_OPT_FLAG, &side->factors, NULL,
         "with the factors: f0, f1 ...", .min = 0},
        {"sort", 0, CF_OPT_STR, &side->sort, "COLUMN",
         "by count, bias, cosine, pc1 ... or f0 ...; those without a rating "
         "left out",
         .min = 0},
        {"reverse", 0, CF_OPT_FLAG, &side->reverse, NULL, "the other way round",
         .min = 0},
        {"export", 0, CF_OPT_CHOICE, &side->export, "FORMAT",
         "write the vectors of users or items for other programs",
         .choices = cf_export_names},
        {"fold-bias", 0, CF_OPT_FLAG, &side->fold, NULL,
         "export a dimension more, with the bias of items", .min = 0},
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
    int code = run(&c, &o);
    cf_strs_free(&side->only);
    return cf_cli_end(&c, code);
}
