/* opt.h - the command line from one declared table: parsing, help with live
 * defaults, shell completion and the arguments that history keeps. */
#ifndef CF_BASE_OPT_H
#define CF_BASE_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum cf_opt_type {
    CF_OPT_FLAG,   /* bool */
    CF_OPT_UINT,   /* uint64_t, within min..max */
    CF_OPT_REAL,   /* double, within min..max */
    CF_OPT_STR,    /* const char *, points into argv */
    CF_OPT_CHOICE, /* int, index into choices */
    CF_OPT_LIST,   /* struct cf_strs, may be given more than once */
    CF_OPT_RANGE   /* double[2], "lo,hi" with lo < hi */
};

struct cf_opt {
    const char *name; /* long name without the dashes */
    char letter;      /* short name, or 0 */
    enum cf_opt_type type;
    void *dst;        /* holds the default before parsing */
    const char *arg;  /* name of the argument in help; NULL for a flag */
    const char *help; /* one line, lower case, no full stop */
    double min, max;  /* for UINT and REAL; both 0: no bounds */
    const char *const *choices; /* NULL-terminated, for CHOICE */
    bool *given;                /* set when the option was used; may be NULL */
    bool local; /* does not change the result: not kept in history */
};

struct cf_cmd {
    const char *name;     /* "cf-merge" */
    const char *operands; /* "FILE [FILE ...]" */
    const char *summary;  /* one line */
    const struct cf_opt *opt;
    size_t nopt;
};

struct cf_args {
    char **operand; /* point into argv; the array is owned */
    size_t n;
    struct cf_strs history; /* what was given, in long form, without local
                               options: "--seed", "42", "ratings.csv" */
};

/* Parses argv[1..argc-1] as POSIX and GNU users expect: -abc, -n5, -n 5,
 * --name=V, --name V, options after operands, "--" ends them, "-" is an
 * operand. Errors are CF_EUSAGE with one line that names the option and a near
 * one if the name is unknown. Flags accept no value. args need no free after an
 * error. */
int cf_opt_parse(const struct cf_cmd *cmd, int argc, char **argv,
                 struct cf_args *args, struct cf_err *err);
void cf_args_free(struct cf_args *args);

/* "usage: cf-merge [option ...] FILE ...", the summary and a line for each
 * option with its default as it is in *dst now. Call before parsing. */
void cf_opt_help(const struct cf_cmd *cmd, struct cf_buf *out);
/* A bash completion script for the program. */
void cf_opt_complete(const struct cf_cmd *cmd, struct cf_buf *out);

#endif
