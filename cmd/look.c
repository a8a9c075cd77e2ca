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

/* Appends their histories to text. */
static int read_streams(struct cf_cli *c, struct cf_buf *text)
{
    size_t n = cf_source_count(c);
    int code = 0;

    for (size_t i = 0; !code && i < n; i++) {
        struct cf_source in = {0};
        code = cf_source_number(c, &in, i);
        if (!code)
            code = read_all(c, &in);
        if (!code && n > 1)
            cf_buf_printf(text, "%s# %s\n", i ? "\n" : "", in.in.name);
        if (!code)
            cf_history_print(in.schema, text);
        cf_source_close(&in);
    }
    return code;
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
