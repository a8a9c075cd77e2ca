/* cli.h - what every program does around its work: options, messages, exit
 * codes, and the two ends of a filter. */
#ifndef CF_CMD_CLI_H
#define CF_CMD_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/io.h"
#include "base/opt.h"
#include "base/progress.h"
#include "data/show.h"
#include "math/vec.h"
#include "model/model.h"
#include "stream/reader.h"
#include "stream/schema.h"
#include "stream/writer.h"

struct cf_cli {
    struct cf_cmd cmd; /* the program's, with the common options; owned */
    struct cf_args args;
    const char *output;
    bool quiet, verbose, stamp;
    bool help, version, completion;
    uint64_t threads; /* -j, CF_THREADS, or the processors at hand */
    struct cf_progress progress;
    bool progress_wanted;
    bool on_line; /* a progress line is on the terminal */
    struct cf_err err;
};

/* Parses; --help, --version and --completion print and exit 0, a usage error
 * exits 2. own are the program's options; the common ones are added. */
void cf_cli_start(struct cf_cli *c, const struct cf_cmd *own, int argc,
                  char **argv);
/* "PROGRAM: message" on standard error, unless -q. */
void cf_cli_note(struct cf_cli *c, const char *fmt, ...) CF_PRINTF(2, 3);
/* Prints an error after which the program goes on. */
void cf_cli_error(struct cf_cli *c, const struct cf_err *err);
/* CF_EUSAGE: what is wrong with an option. */
int cf_cli_wrong(struct cf_cli *c, const char *option, const char *why);
/* A line of a table on standard error, without the program's name, unless
 * -q. */
void cf_cli_line(struct cf_cli *c, const char *fmt, ...) CF_PRINTF(2, 3);
/* Prints c->err if code is not 0, frees c and returns the exit status. */
int cf_cli_end(struct cf_cli *c, int code);

/* "s" for any number but 1. */
const char *cf_s(uint64_t n);

/* Progress, on a terminal only: start it, then tell it how far the work is. */
void cf_cli_progress(struct cf_cli *c, const char *what, uint64_t total);
void cf_cli_done(struct cf_cli *c, uint64_t done);
/* So much of it was done before this run. */
void cf_cli_from(struct cf_cli *c, uint64_t done);

/* Adds this run to the history in s, of many arguments the first; seed NULL if
 * the program has none. */
int cf_cli_step(struct cf_cli *c, struct cf_schema *s, const uint64_t *seed);
/* Shall the result hold times that differ from run to run? */
bool cf_cli_clock(const struct cf_cli *c);

/* The kernels that CF_KERNEL names, or the best. */
int cf_cli_kernel(struct cf_cli *c, const struct cf_vec **vec);

/* An input file; start zeroed. path NULL: standard input, but if it is a
 * terminal, CF_EUSAGE: nobody means to type a stream. */
int cf_cli_open(struct cf_cli *c, struct cf_in *in, const char *path);

/* The stream that is read; start zeroed. */
struct cf_source {
    struct cf_in in;
    struct cf_reader *reader;
    const struct cf_schema *schema;
    struct cf_buf *keep; /* gets all bytes of the stream; set by the program, or
                            NULL */
};

/* A set of kinds of stream. */
#define CF_KIND(k) (1U << (k))
#define CF_ANY_KIND (CF_KIND(CF_KINDS) - 1)

/* Opens a stream that must be of one of those kinds. */
int cf_source_open(struct cf_cli *c, struct cf_source *s, const char *path,
                   unsigned kinds);
/* Opens the only operand, or standard input. Its name does not change the
 * result, so it is left out of the history. */
int cf_source_operand(struct cf_cli *c, struct cf_source *s, unsigned kinds);
/* The path of the only operand, NULL if there is none; left out of the history
 * likewise. */
const char *cf_cli_only(struct cf_cli *c);
/* For programs that read several streams of any kind: the operands, or standard
 * input if there are none. */
size_t cf_source_count(const struct cf_cli *c);
int cf_source_number(struct cf_cli *c, struct cf_source *s, size_t i);
void cf_source_close(struct cf_source *s);

/* CF_EUSAGE if both paths are standard input ("-"; NULL: neither); what they
 * are to be, for the message. */
int cf_cli_once(struct cf_cli *c, const char *a, const char *as, const char *b,
                const char *bs);
/* The path of the only operand; "-" if there is none. */
const char *cf_cli_operand(const struct cf_cli *c);

/* Reads a model, `given` with option `option`. history gets the model's. Both
 * start zeroed and are freed by the caller. */
int cf_cli_model(struct cf_cli *c, const char *path, const char *option,
                 struct cf_model *m, struct cf_schema *history);

/* Where the stream goes: out, or a table on the terminal; start zeroed. */
struct cf_sink {
    struct cf_out *out;
    int slot; /* of its temporary file, see signals.h */
    bool all; /* a table on the terminal shows all rows; set by the program */
    struct cf_show *show;
    struct cf_writer *writer;
};

/* Opens the output (before long work, so that a wrong path shows at once). */
int cf_sink_open(struct cf_cli *c, struct cf_sink *s);
/* The same for a file beside the output. */
int cf_sink_open_path(struct cf_cli *c, struct cf_sink *s, const char *path);
/* Opens the writer on it; on a terminal, a table. schema must outlive s. */
int cf_sink_begin(struct cf_cli *c, struct cf_sink *s,
                  const struct cf_schema *schema);
/* The same, as text. */
int cf_sink_begin_text(struct cf_cli *c, struct cf_sink *s,
                       const struct cf_schema *schema,
                       const struct cf_show_opts *how);
/* Would the output go to a terminal, and how wide is it? */
bool cf_sink_tty(const struct cf_cli *c);
size_t cf_sink_width(void);
/* Finishes the stream and commits; without it the output does not count. */
int cf_sink_finish(struct cf_cli *c, struct cf_sink *s);
/* Commits the output if it was not a stream. */
int cf_sink_commit(struct cf_cli *c, struct cf_sink *s);
void cf_sink_close(struct cf_sink *s);

#endif
