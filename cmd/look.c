/* look.c - streams are read, but not shown. */
#include "look.h"

#include "data/history.h"

static int read_all(struct cf_cli *c, struct cf_source *in)
{
    const struct cf_block *b;
    int code;

    do
        code = cf_reader_next(in->reader, &b, &c->err);
    while (!code && b);
    return code;
}

/* Appends the history of stream number i to text. */
static int read_stream(struct cf_cli *c, size_t i, struct cf_buf *text)
{
    struct cf_source in = {0};

    int code = cf_source_number(c, &in, i);
    if (!code)
        code = read_all(c, &in);
    if (!code && cf_source_count(c) > 1)
        cf_buf_printf(text, "%s# %s\n", text->n ? "\n" : "", in.in.name);
    if (!code)
        cf_history_print(in.schema, text);
    cf_source_close(&in);
    return code;
}

/* All of them, even after a bad one. */
static int read_streams(struct cf_cli *c, struct cf_buf *text)
{
    size_t n = cf_source_count(c);
    struct cf_err bad = {0};

    for (size_t i = 0; i < n; i++) {
        if (!read_stream(c, i, text))
            continue;
        if (bad.code)
            cf_cli_error(c, &bad);
        bad = c->err;
    }
    c->err = bad; /* the last one is told at the end */
    return (int)bad.code;
}

int cf_look(struct cf_cli *c, struct cf_sink *out, bool history)
{
    struct cf_buf text = {0};
    int code = read_streams(c, &text);

    if (!code && text.failed)
        code = cf_nomem(&c->err, "history");
    if (!code && history)
        code = cf_out_write(out->out, text.p, text.n, &c->err);
    cf_buf_free(&text);
    return code ? code : cf_sink_commit(c, out);
}
