/* cf-merge - joins CSV files into a table stream. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cli.h"
#include "data/merge.h"

struct inputs {
    struct cf_in *in;
    size_t n;
};

static int open_inputs(struct cf_cli *c, struct inputs *f)
{
    size_t n = c->args.n ? c->args.n : 1;
    int code = 0;

    f->in = cf_zalloc(n, sizeof *f->in);
    if (!f->in)
        return cf_nomem(&c->err, "inputs");
    /* The first one last, so that the progress shown is its own. */
    for (f->n = n; !code && n-- > 0;)
        code = cf_cli_open(c, &f->in[n], c->args.n ? c->args.operand[n] : NULL);
    return code;
}

static void close_inputs(struct inputs *f)
{
    for (size_t i = 0; i < f->n; i++)
        cf_in_close(&f->in[i]);
    free(f->in);
}

/* Speaks if a row was left out, or with -v. */
static int report(struct cf_cli *c, const struct cf_merge_report *r)
{
    struct cf_buf dims = {0};

    if (r->read == r->written && !c->verbose)
        return 0;
    for (size_t i = 0; i < r->ndims; i++) {
        const struct cf_dim_report *d = &r->dim[i];
        cf_buf_printf(&dims,
                      "; %s (%" PRIu64 " row%s, on %s): %" PRIu64
                      " row%s without a match",
                      d->file, d->rows, cf_s(d->rows), d->on, d->unmatched,
                      cf_s(d->unmatched));
    }
    cf_buf_putc(&dims, '\0');
    if (dims.failed)
        return cf_nomem(&c->err, "report");
    cf_cli_note(c, "%" PRIu64 " row%s read, %" PRIu64 " written%s", r->read,
                cf_s(r->read), r->written, dims.p);
    cf_buf_free(&dims);
    return 0;
}

static int merge(struct cf_cli *c, struct inputs *f, struct cf_merge **m,
                 struct cf_sink *out)
{
    int code = cf_merge_open(m, f->in, f->n, &c->err);
    if (!code)
        code = cf_cli_step(c, cf_merge_schema(*m), NULL);
    if (!code)
        code = cf_sink_begin(c, out, cf_merge_schema(*m));
    if (!code)
        code = cf_merge_run(*m, out->writer, &c->err);
    if (!code)
        code = cf_sink_finish(c, out);
    return code ? code : report(c, cf_merge_report(*m));
}

static int run(struct cf_cli *c)
{
    struct inputs f = {0};
    struct cf_merge *m = NULL;
    struct cf_sink out = {0};

    int code = cf_sink_open(c, &out);
    if (!code)
        code = open_inputs(c, &f);
    if (!code)
        code = merge(c, &f, &m, &out);
    cf_sink_close(&out);
    cf_merge_close(m);
    close_inputs(&f);
    return code;
}

int main(int argc, char **argv)
{
    const struct cf_cmd cmd = {
        .name = "cf-merge",
        .operands = "[FILE ...]",
        .summary = "Join CSV files: the first one with each of the others, on "
                   "the column they share."};
    struct cf_cli c;

    cf_cli_start(&c, &cmd, argc, argv);
    return cf_cli_end(&c, run(&c));
}
