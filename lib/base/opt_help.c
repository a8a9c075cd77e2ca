/* opt_help.c - help and shell completion from the table of options. */
#include <math.h>
#include <string.h>

#include "base/num.h"
#include "base/opt.h"

/* Some terminals break a line that fills the 80th column. */
enum { COLUMNS = 79, LEFT_MAX = 26, GAP = 2 };

static void put_real(struct cf_buf *b, double v)
{
    char text[CF_NUM_MAX];
    cf_buf_add(b, text, cf_format_f64(v, text));
}

static void put_list(struct cf_buf *b, const char *const *v, size_t n,
                     const char *between)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            cf_buf_puts(b, between);
        cf_buf_puts(b, v[i]);
    }
}

static size_t count_choices(const struct cf_opt *o)
{
    size_t n = 0;
    while (o->choices && o->choices[n])
        n++;
    return n;
}

/* The default in *dst; nothing if there is none: NULL, an empty list, a number
 * that is not finite, an empty range, a choice below 0, a number 0 where it
 * matters whether the option was given. */
static void put_default(struct cf_buf *b, const struct cf_opt *o)
{
    switch (o->type) {
    case CF_OPT_FLAG:
        break;
    case CF_OPT_UINT: {
        char text[CF_NUM_MAX];
        if (o->given && *(uint64_t *)o->dst == 0)
            break;
        cf_buf_add(b, text, cf_format_exact(*(uint64_t *)o->dst, 0, text));
        break;
    }
    case CF_OPT_REAL:
        if (isfinite(*(double *)o->dst))
            put_real(b, *(double *)o->dst);
        break;
    case CF_OPT_STR:
        if (*(const char **)o->dst)
            cf_buf_puts(b, *(const char **)o->dst);
        break;
    case CF_OPT_CHOICE:
        if (*(int *)o->dst >= 0)
            cf_buf_puts(b, o->choices[*(int *)o->dst]);
        break;
    case CF_OPT_LIST: {
        const struct cf_strs *l = o->dst;
        for (size_t i = 0; i < l->n; i++)
            cf_buf_printf(b, "%s%s", i ? ", " : "", l->v[i]);
        break;
    }
    case CF_OPT_RANGE: {
        const double *range = o->dst;
        if (range[0] < range[1]) {
            put_real(b, range[0]);
            cf_buf_putc(b, ',');
            put_real(b, range[1]);
        }
    }
    }
}

/* "  -b, --batch N" */
static void put_left(struct cf_buf *b, const struct cf_opt *o)
{
    if (o->letter)
        cf_buf_printf(b, "  -%c, --%s", o->letter, o->name);
    else
        cf_buf_printf(b, "      --%s", o->name);
    if (o->arg)
        cf_buf_printf(b, " %s", o->arg);
}

/* "rows of a mini-batch [64]" */
static void put_right(struct cf_buf *b, const struct cf_opt *o)
{
    cf_buf_puts(b, o->help);
    if (o->type == CF_OPT_CHOICE) {
        cf_buf_puts(b, ": ");
        put_list(b, o->choices, count_choices(o), ", ");
    }
    struct cf_buf value = {0};
    put_default(&value, o);
    if (value.n > 0) {
        cf_buf_puts(b, " [");
        cf_buf_str(b, cf_buf_view(&value));
        cf_buf_putc(b, ']');
    }
    b->failed |= value.failed;
    cf_buf_free(&value);
}

static void put_spaces(struct cf_buf *b, size_t n)
{
    while (n-- > 0)
        cf_buf_putc(b, ' ');
}

/* Puts text from column `at` on, broken at blanks, later lines at `indent`. */
static void put_wrapped(struct cf_buf *b, struct cf_str text, size_t at,
                        size_t indent)
{
    for (size_t i = 0, len; i < text.n; i += len + 1) {
        const char *word = text.p + i;
        const char *end = memchr(word, ' ', text.n - i);
        len = end ? (size_t)(end - word) : text.n - i;
        bool first = i == 0;
        if (!first && at + 1 + len > COLUMNS) {
            cf_buf_putc(b, '\n');
            put_spaces(b, indent);
            at = indent;
        } else if (!first) {
            cf_buf_putc(b, ' ');
            at++;
        }
        cf_buf_add(b, word, len);
        at += len;
    }
    cf_buf_putc(b, '\n');
}

static void put_option(struct cf_buf *out, const struct cf_opt *o,
                       size_t column)
{
    struct cf_buf left = {0}, right = {0};
    put_left(&left, o);
    put_right(&right, o);
    cf_buf_str(out, cf_buf_view(&left));
    size_t at = left.n;
    if (at + GAP > column) {
        cf_buf_putc(out, '\n');
        at = 0;
    }
    put_spaces(out, column - at);
    put_wrapped(out, cf_buf_view(&right), column, column);
    out->failed |= left.failed || right.failed;
    cf_buf_free(&left);
    cf_buf_free(&right);
}

/* Where the right part begins: after the widest left part that is not an
 * exception. */
static size_t right_column(const struct cf_cmd *cmd)
{
    size_t widest = 0;
    for (size_t i = 0; i < cmd->nopt; i++) {
        struct cf_buf left = {0};
        put_left(&left, &cmd->opt[i]);
        if (left.n <= LEFT_MAX && left.n > widest)
            widest = left.n;
        cf_buf_free(&left);
    }
    return widest + GAP;
}

void cf_opt_help(const struct cf_cmd *cmd, struct cf_buf *out)
{
    struct cf_buf usage = {0};
    cf_buf_printf(&usage, "usage: %s [option ...]%s%s", cmd->name,
                  *cmd->operands ? " " : "", cmd->operands);
    put_wrapped(out, cf_buf_view(&usage), 0, strlen("usage: "));
    out->failed |= usage.failed;
    cf_buf_free(&usage);
    put_wrapped(out, cf_cstr(cmd->summary), 0, 0);
    cf_buf_puts(out, "\noptions:\n");
    size_t column = right_column(cmd);
    for (size_t i = 0; i < cmd->nopt; i++)
        put_option(out, &cmd->opt[i], column);
}

/* "  -p|--part)" and what may follow it. */
static void put_case(struct cf_buf *out, const struct cf_opt *o)
{
    cf_buf_puts(out, "    ");
    if (o->letter)
        cf_buf_printf(out, "-%c|", o->letter);
    cf_buf_printf(out, "--%s) ", o->name);
    if (o->type == CF_OPT_CHOICE) {
        cf_buf_puts(out, "words='");
        put_list(out, o->choices, count_choices(o), " ");
        cf_buf_puts(out, "' ;;\n");
    } else {
        cf_buf_puts(out, "words= ;;\n");
    }
}

/* The name of a shell function for the program. */
static void put_function(struct cf_buf *out, const char *name)
{
    cf_buf_putc(out, '_');
    for (; *name; name++)
        if (*name == '-')
            cf_buf_putc(out, '_');
        else
            cf_buf_putc(out, *name);
}

void cf_opt_complete(const struct cf_cmd *cmd, struct cf_buf *out)
{
    cf_buf_printf(out, "# bash completion for %s\n", cmd->name);
    put_function(out, cmd->name);
    cf_buf_puts(out, "()\n{\n"
                     "    local cur=${COMP_WORDS[COMP_CWORD]} words=\n"
                     "    local prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
                     "    # bash makes a word of the = in --name=value\n"
                     "    [ \"$cur\" = = ] && cur=\n"
                     "    [ \"$prev\" = = ] && "
                     "prev=${COMP_WORDS[COMP_CWORD - 2]}\n");
    cf_buf_puts(out, "    case $cur in\n    -*) words='");
    for (size_t i = 0; i < cmd->nopt; i++)
        cf_buf_printf(out, "%s--%s", i ? " " : "", cmd->opt[i].name);
    cf_buf_puts(out, "' ;;\n    esac\n    case $prev in\n");
    for (size_t i = 0; i < cmd->nopt; i++)
        if (cmd->opt[i].type != CF_OPT_FLAG)
            put_case(out, &cmd->opt[i]);
    cf_buf_puts(out, "    esac\n"
                     "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                     "}\n"
                     "complete -o default -F ");
    put_function(out, cmd->name);
    cf_buf_printf(out, " %s\n", cmd->name);
}
