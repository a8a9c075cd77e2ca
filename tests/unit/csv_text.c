/* csv_text.c - what a CSV reader says of a text, as a text to compare. */
#include "csv_text.h"

#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "made.h"

static void put_row(struct cf_buf *out, const struct cf_str *field, size_t n,
                    uint64_t line)
{
    cf_buf_printf(out, "%" PRIu64 "[", line);
    for (size_t i = 0; i < n; i++) {
        cf_buf_puts(out, i ? "|" : "");
        cf_buf_str(out, field[i]);
    }
    cf_buf_putc(out, ']');
}

static void put_run(struct cf_buf *out, struct cf_csv *c, size_t max)
{
    struct cf_str field[CF_COLUMNS_MAX];
    struct cf_csv_run run;

    do {
        cf_csv_next_run(c, max, &run);
        for (size_t r = 0; r < run.n; r++) {
            for (size_t i = 0; i < run.width; i++)
                field[i] = cf_csv_run_field(&run, r, i);
            put_row(out, field, run.width, run.line + r);
        }
    } while (max && run.n);
}

void csv_text(struct cf_buf *out, struct cf_in *in,
              const struct cf_csv_opts *opts, size_t run)
{
    struct cf_err err;
    struct cf_csv *c;
    int rc = cf_csv_open(&c, in, opts, &err);
    const struct cf_csv_row *row = rc ? NULL : cf_csv_header(c);

    while (!rc && row) {
        put_row(out, row->field, row->n, row->line);
        if (run)
            put_run(out, c, run);
        rc = cf_csv_next(c, &row, &err);
    }
    if (rc)
        cf_buf_printf(out, "!%s", err.msg);
    else if (cf_csv_ragged(c))
        cf_buf_printf(out, "-%" PRIu64, cf_csv_ragged(c));
    cf_csv_close(c);
}

void csv_text_mem(struct cf_buf *out, const char *p, size_t n,
                  const struct cf_csv_opts *opts, size_t run)
{
    struct cf_err err;
    struct cf_in in;

    must(cf_in_mem(&in, "x.csv", p, n, &err), &err);
    csv_text(out, &in, opts, run);
    cf_in_close(&in);
}

void csv_text_bytes(struct cf_buf *out, const char *p, size_t n,
                    const struct cf_csv_opts *opts)
{
    struct cf_err err = {.code = CF_EIO, .msg = "socket pair"};
    struct cf_in in = {.name = strdup("x.csv")};
    int pair[2];

    must(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), &err);
    for (size_t at = 0; at < n; at++)
        must(send(pair[0], p + at, 1, 0) != 1, &err);
    close(pair[0]);
    in.fd = pair[1];
    csv_text(out, &in, opts, 0);
    cf_in_close(&in);
}
