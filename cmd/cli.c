/* cli.c - options, messages and exit codes, the same for every program. */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/par.h"
#include "signals.h"

enum {
    THREADS_MAX = 1024,
    ARGS_MAX = 64,        /* arguments that a step of the history keeps, */
    ARGS_BYTES_MAX = 4096 /* and their bytes */
};

/* ---- messages ---- */

static void clear_line(struct cf_cli *c)
{
    if (c->on_line)
        fputs("\r\033[K", stderr);
    c->on_line = false;
}

/* The name, the message as one line. */
static void say(struct cf_cli *c, const char *msg)
{
    clear_line(c);
    fprintf(stderr, "%s: %s\n", c->cmd.name, msg);
}

static void format(struct cf_err *line, const char *fmt, va_list ap)
{
    char text[sizeof line->msg];

    if (vsnprintf(text, sizeof text, fmt, ap) >= 0)
        cf_fail(line, CF_OK, "%s", text);
}

void cf_cli_note(struct cf_cli *c, const char *fmt, ...)
{
    struct cf_err line = {0};
    va_list ap;

    va_start(ap, fmt);
    format(&line, fmt, ap);
    va_end(ap);
    if (!c->quiet)
        say(c, line.msg);
}

int cf_cli_wrong(struct cf_cli *c, const char *option, const char *why)
{
    return cf_fail(&c->err, CF_EUSAGE, "option --%s: %s", option, why);
}

void cf_cli_line(struct cf_cli *c, const char *fmt, ...)
{
    va_list ap;

    if (c->quiet)
        return;
    clear_line(c);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
}

const char *cf_s(uint64_t n)
{
    return n == 1 ? "" : "s";
}

void cf_cli_error(struct cf_cli *c, const struct cf_err *err)
{
    say(c, err->msg);
}

/* ---- progress ---- */

void cf_cli_progress(struct cf_cli *c, const char *what, uint64_t total)
{
    c->progress_wanted = !c->quiet && isatty(STDERR_FILENO);
    cf_progress_start(&c->progress, what, total);
}

void cf_cli_from(struct cf_cli *c, uint64_t done)
{
    c->progress.from = done;
}

void cf_cli_done(struct cf_cli *c, uint64_t done)
{
    struct cf_buf line = {0};

    if (!c->progress_wanted || !cf_progress_line(&c->progress, done, &line))
        return;
    clear_line(c);
    if (!line.failed)
        fprintf(stderr, "%s: %.*s", c->cmd.name, (int)line.n, line.p);
    c->on_line = true;
    cf_buf_free(&line);
}

/* ---- start and end ---- */

/* The program's options and the common ones as one table. */
static int add_options(struct cf_cli *c, const struct cf_cmd *own)
{
    const struct cf_opt common[] = {
        {.name = "output",
         .letter = 'o',
         .type = CF_OPT_STR,
         .dst = &c->output,
         .arg = "FILE",
         .help = "write to FILE, which is replaced when all is done",
         .local = true},
        {.name = "threads",
         .letter = 'j',
         .type = CF_OPT_UINT,
         .dst = &c->threads,
         .arg = "N",
         .help = "use N threads; the result is the same",
         .min = 1,
         .max = THREADS_MAX,
         .local = true},
        {.name = "quiet",
         .letter = 'q',
         .type = CF_OPT_FLAG,
         .dst = &c->quiet,
         .help = "say nothing but errors",
         .local = true},
        {.name = "verbose",
         .letter = 'v',
         .type = CF_OPT_FLAG,
         .dst = &c->verbose,
         .help = "say more",
         .local = true},
        {.name = "stamp",
         .type = CF_OPT_FLAG,
         .dst = &c->stamp,
         .help = "record the time in the history"},
        {.name = "help",
         .type = CF_OPT_FLAG,
         .dst = &c->help,
         .help = "print this and exit",
         .local = true},
        {.name = "version",
         .type = CF_OPT_FLAG,
         .dst = &c->version,
         .help = "print the version and exit",
         .local = true},
        {.name = "completion",
         .type = CF_OPT_FLAG,
         .dst = &c->completion,
         .help = "print a bash completion script and exit",
         .local = true}};
    size_t n = sizeof common / sizeof *common;

    struct cf_opt *all = cf_alloc(own->nopt + n, sizeof *all);
    if (!all)
        return cf_nomem(&c->err, "options");
    if (own->nopt > 0)
        memcpy(all, own->opt, own->nopt * sizeof *all);
    memcpy(all + own->nopt, common, sizeof common);
    c->cmd = *own;
    c->cmd.opt = all;
    c->cmd.nopt = own->nopt + n;
    return 0;
}

static int threads_from_environment(struct cf_cli *c)
{
    const char *text = getenv("CF_THREADS");
    uint64_t n;

    c->threads = cf_processors();
    if (c->threads > THREADS_MAX)
        c->threads = THREADS_MAX;
    if (!text)
        return 0;
    const char *why = cf_parse_u64(cf_cstr(text), &n);
    if (!why && (n < 1 || n > THREADS_MAX))
        why = "not from 1 to 1024";
    if (why)
        return cf_fail(&c->err, CF_EUSAGE, "CF_THREADS: '%s' is %s", text, why);
    c->threads = n;
    return 0;
}

/* Prints to standard output and ends the program. */
static _Noreturn void print_and_exit(struct cf_cli *c, struct cf_buf *text)
{
    struct cf_out *out;
    int code = text->failed ? cf_nomem(&c->err, "help")
                            : cf_out_open(&out, NULL, &c->err);

    if (!code) {
        code = cf_out_write(out, text->p, text->n, &c->err);
        if (!code)
            code = cf_out_commit(out, &c->err);
        cf_out_close(out);
    }
    cf_buf_free(text);
    exit(cf_cli_end(c, code));
}

static void answer(struct cf_cli *c, struct cf_buf *help)
{
    struct cf_buf text = {0};

    if (c->help)
        print_and_exit(c, help);
    cf_buf_free(help);
    if (c->version) {
        cf_buf_printf(&text, "%s %s\n", c->cmd.name, CF_VERSION);
        print_and_exit(c, &text);
    }
    if (c->completion) {
        cf_opt_complete(&c->cmd, &text);
        print_and_exit(c, &text);
    }
}

void cf_cli_start(struct cf_cli *c, const struct cf_cmd *own, int argc,
                  char **argv)
{
    struct cf_buf help = {0};

    memset(c, 0, sizeof *c);
    c->cmd.name = own->name;
    int code = add_options(c, own);
    int threads = threads_from_environment(c);
    struct cf_err threads_err = c->err;
    if (!code) {
        /* Now, while the variables hold the defaults. */
        cf_opt_help(&c->cmd, &help);
        code = cf_opt_parse(&c->cmd, argc, argv, &c->args, &c->err);
    }
    if (!code)
        answer(c, &help);
    else
        cf_buf_free(&help);
    if (!code && threads) {
        code = threads;
        c->err = threads_err;
    }
    if (code)
        exit(cf_cli_end(c, code));
    cf_signals_catch();
}

int cf_cli_end(struct cf_cli *c, int code)
{
    if (code)
        say(c, c->err.msg);
    clear_line(c);
    cf_args_free(&c->args);
    free((void *)(uintptr_t)c->cmd.opt);
    c->cmd.opt = NULL;
    return code;
}

/* ---- history, kernels ---- */

/* The time to record: SOURCE_DATE_EPOCH if it is set, or now. */
static int stamp(struct cf_cli *c, int64_t *out)
{
    const char *text = getenv("SOURCE_DATE_EPOCH");

    if (!text) {
        *out = (int64_t)time(NULL);
        return 0;
    }
    const char *why = cf_parse_i64(cf_cstr(text), out);
    if (why)
        return cf_fail(&c->err, CF_EUSAGE, "SOURCE_DATE_EPOCH: '%s' is %s",
                       text, why);
    return 0;
}

bool cf_cli_clock(const struct cf_cli *c)
{
    return c->stamp && !getenv("SOURCE_DATE_EPOCH");
}

/* The first arguments, and how many more there were: thousands of operands have
 * no room in a header, and must not keep the run from its end. */
static int short_args(const struct cf_strs *all, struct cf_strs *out)
{
    struct cf_buf more = {0};
    size_t bytes = 0, n = 0;
    bool ok = true;

    while (n < all->n && n < ARGS_MAX &&
           (bytes += strlen(all->v[n])) <= ARGS_BYTES_MAX)
        ok = ok && cf_strs_add(out, all->v[n++]);
    if (n < all->n) {
        cf_buf_printf(&more, "... and %zu more", all->n - n);
        cf_buf_putc(&more, '\0');
        ok = ok && !more.failed && cf_strs_add(out, more.p);
    }
    cf_buf_free(&more);
    return ok ? 0 : CF_EMEM;
}

int cf_cli_step(struct cf_cli *c, struct cf_schema *s, const uint64_t *seed)
{
    char version[] = CF_VERSION;
    struct cf_step step = {.version = version,
                           .has_seed = seed != NULL,
                           .seed = seed ? *seed : 0,
                           .has_time = c->stamp};
    int code = c->stamp ? stamp(c, &step.time) : 0;

    if (code)
        return code;
    step.program = strdup(c->cmd.name);
    if (!step.program || short_args(&c->args.history, &step.args))
        code = cf_nomem(&c->err, "history");
    else
        code = cf_schema_step(s, &step, &c->err);
    cf_strs_free(&step.args);
    free(step.program);
    return code;
}

int cf_cli_kernel(struct cf_cli *c, const struct cf_vec **vec)
{
    const char *name = getenv("CF_KERNEL");

    *vec = name ? cf_vec_find(name) : cf_vec_best();
    if (!*vec)
        return cf_fail(&c->err, CF_EUSAGE,
                       "CF_KERNEL: '%s' is no kernel of this build and "
                       "processor (one of scalar, sse2, avx2, avx512)",
                       name);
    return 0;
}
