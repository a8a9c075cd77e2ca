/* source.c - the input of a filter: a stream of the right kind, or a model. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/file.h"

static void watch(void *ctx, uint64_t off)
{
    cf_cli_done(ctx, off);
}

int cf_cli_open(struct cf_cli *c, struct cf_in *in, const char *path)
{
    if (!path && isatty(STDIN_FILENO))
        return cf_fail(&c->err, CF_EUSAGE,
                       "nothing to read: name a file or use a pipe (usage: "
                       "%s [option ...] %s; more with --help)",
                       c->cmd.name, c->cmd.operands);
    int code = cf_in_open(in, path, &c->err);
    if (code)
        return code;
    cf_cli_progress(c, "bytes", in->size);
    in->watch = watch;
    in->watch_ctx = c;
    return 0;
}

/* "tables", "ratings or batches" */
static void kind_list(unsigned kinds, struct cf_buf *out)
{
    for (int k = 0; k < CF_KINDS; k++) {
        if (!(kinds & CF_KIND(k)))
            continue;
        kinds &= ~CF_KIND(k);
        cf_buf_puts(out, out->n == 0 ? "" : kinds ? ", " : " or ");
        cf_buf_puts(out, cf_kind_name((enum cf_kind)k));
        cf_buf_puts(out, k == CF_TABLE || k == CF_MODEL ? "s" : "");
    }
    cf_buf_putc(out, '\0');
}

/* What may help to get from a kind of stream to one that is wanted. */
static const char *hint(enum cf_kind have, unsigned want)
{
    if (have == CF_TABLE && want & CF_KIND(CF_RATINGS))
        return " (did you forget cf-index?)";
    if (have == CF_RATINGS && want == CF_KIND(CF_TABLE))
        return " (it is indexed already)";
    if (have == CF_BATCHES && want & CF_KIND(CF_RATINGS))
        return " (use the stream that cf-batch read, or cf-batch --part)";
    return "";
}

static int check_kind(struct cf_cli *c, const char *name, enum cf_kind kind,
                      unsigned kinds)
{
    struct cf_buf list = {0};

    if (kinds & CF_KIND(kind))
        return 0;
    kind_list(kinds, &list);
    int code = list.failed ? cf_nomem(&c->err, "message")
                           : cf_fail(&c->err, CF_EDATA,
                                     "%s: a %s stream; %s reads %s%s", name,
                                     cf_kind_name(kind), c->cmd.name, list.p,
                                     hint(kind, kinds));
    cf_buf_free(&list);
    return code;
}

int cf_source_open(struct cf_cli *c, struct cf_source *s, const char *path,
                   unsigned kinds)
{
    int code = cf_cli_open(c, &s->in, path);
    if (!code)
        code = s->keep ? cf_reader_open_keeping(&s->reader, &s->in, s->keep,
                                                &c->err)
                       : cf_reader_open(&s->reader, &s->in, &c->err);
    if (code)
        return code;
    s->schema = cf_reader_schema(s->reader);
    return check_kind(c, s->in.name, s->schema->kind, kinds);
}

int cf_source_operand(struct cf_cli *c, struct cf_source *s, unsigned kinds)
{
    if (c->args.n > 1)
        return cf_fail(&c->err, CF_EUSAGE,
                       "one stream is read, but '%s' is a second one (cf-cat "
                       "makes one of several)",
                       c->args.operand[1]);
    return cf_source_open(c, s, cf_cli_only(c), kinds);
}

const char *cf_cli_only(struct cf_cli *c)
{
    if (c->args.n == 0)
        return NULL;
    free(c->args.history.v[--c->args.history.n]);
    return c->args.operand[0];
}

int cf_cli_once(struct cf_cli *c, const char *a, const char *as, const char *b,
                const char *bs)
{
    if (!a || !b || strcmp(a, "-") != 0 || strcmp(b, "-") != 0)
        return 0;
    return cf_fail(&c->err, CF_EUSAGE,
                   "standard input cannot be both %s and %s", as, bs);
}

const char *cf_cli_operand(const struct cf_cli *c)
{
    return c->args.n ? c->args.operand[0] : "-";
}

size_t cf_source_count(const struct cf_cli *c)
{
    return c->args.n ? c->args.n : 1;
}

int cf_source_number(struct cf_cli *c, struct cf_source *s, size_t i)
{
    return cf_source_open(c, s, c->args.n ? c->args.operand[i] : NULL,
                          CF_ANY_KIND);
}

void cf_source_close(struct cf_source *s)
{
    cf_reader_close(s->reader);
    cf_in_close(&s->in);
    memset(s, 0, sizeof *s);
}

int cf_cli_model(struct cf_cli *c, const char *path, const char *option,
                 struct cf_model *m, struct cf_schema *history)
{
    struct cf_in in = {0};

    if (!path)
        return cf_fail(&c->err, CF_EUSAGE, "no model: name one with %s",
                       option);
    int code = cf_cli_open(c, &in, path);
    if (!code)
        code = cf_model_read(m, history, &in, &c->err);
    cf_in_close(&in);
    return code;
}
