/* cli.h - what every program does around its work: options, messages, exit
 * codes, the shape of a filter. */
#ifndef CF_CMD_CLI_H
#define CF_CMD_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/io.h"
#include "base/opt.h"
#include "base/par.h"
#include "base/progress.h"
#include "data/show.h"
#include "stream/reader.h"
#include "stream/schema.h"
#include "stream/writer.h"

/* The options that all programs have. */
struct cf_cli {
    const struct cf_cmd *cmd;
    struct cf_args args;
    const char *output;
    bool quiet, verbose, stamp;
    uint64_t threads; /* -j, CF_THREADS, or the processors at hand */
    struct cf_err err;
};

/* Parses; --help, --version and --completion print and exit 0, a usage error
 * exits 2. own are the program's options; the common ones are added. */
void cf_cli_start(struct cf_cli *c, const struct cf_cmd *own, int argc,
                  char **argv);
/* "PROGRAM: message" on standard error, unless -q. */
void cf_cli_note(const struct cf_cli *c, const char *fmt, ...)
    CF_PRINTF(2, 3);
/* Prints c->err if code is not 0 and returns the exit status. */
int cf_cli_end(struct cf_cli *c, int code);

/* The history step of this run; seed NULL if the program has none. Freed with
 * the schema it is added to. */
int cf_cli_step(struct cf_cli *c, struct cf_schema *s, const uint64_t *seed);

/* Where the stream goes: out, or a table on the terminal. */
struct cf_sink {
    struct cf_out *out;
    struct cf_show *show;
    struct cf_writer *writer;
};
/* Opens the output (before long work, so that a wrong path shows at once). */
int cf_sink_open(struct cf_cli *c, struct cf_sink *s);
/* Opens the writer on it. schema must outlive the sink. */
int cf_sink_begin(struct cf_cli *c, struct cf_sink *s,
                  const struct cf_schema *schema);
/* Finishes and commits; without it the output does not count. */
int cf_sink_finish(struct cf_cli *c, struct cf_sink *s);
void cf_sink_close(struct cf_sink *s);

/* Shows a progress line if it is time to. */
void cf_cli_progress(const struct cf_cli *c, struct cf_progress *p,
                     uint64_t done);

#endif
