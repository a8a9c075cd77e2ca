/* opt.c - parsing the command line by the table of options. */
#include "base/opt.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/near.h"
#include "base/num.h"

struct parser {
    const struct cf_cmd *cmd;
    int argc, i; /* argv[i] is the next argument */
    char **argv;
    struct cf_args *args;
    struct cf_err *err;
};

static int bad(struct parser *p, const struct cf_opt *o, const char *value,
               const char *why)
{
    return cf_fail(p->err, CF_EUSAGE, "option --%s: '%s' is %s", o->name, value,
                   why);
}

/* Is v, given as text, within the bounds of o? */
static int check_bounds(struct parser *p, const struct cf_opt *o,
                        const char *text, double v)
{
    bool low = v < o->min;
    if ((o->min == 0 && o->max == 0) || (!low && v <= o->max))
        return 0;
    char bound[CF_NUM_MAX];
    cf_format_f64(low ? o->min : o->max, bound);
    return cf_fail(p->err, CF_EUSAGE, "option --%s: %s is %s %s", o->name, text,
                   low ? "below" : "above", bound);
}

static int set_uint(struct parser *p, const struct cf_opt *o, const char *text)
{
    uint64_t v;
    const char *why = cf_parse_u64(cf_cstr(text), &v);
    if (why)
        return bad(p, o, text, why);
    *(uint64_t *)o->dst = v;
    return check_bounds(p, o, text, (double)v);
}

static int set_real(struct parser *p, const struct cf_opt *o, const char *text)
{
    double v;
    const char *why = cf_parse_f64(cf_cstr(text), &v);
    if (why)
        return bad(p, o, text, why);
    *(double *)o->dst = v;
    return check_bounds(p, o, text, v);
}

static int set_choice(struct parser *p, const struct cf_opt *o,
                      const char *text)
{
    for (int i = 0; o->choices[i]; i++)
        if (strcmp(o->choices[i], text) == 0) {
            *(int *)o->dst = i;
            return 0;
        }
    struct cf_buf list = {0};
    for (size_t i = 0; o->choices[i]; i++)
        cf_buf_printf(&list, "%s%s", i ? ", " : "", o->choices[i]);
    int code = list.failed ? cf_nomem(p->err, "message")
                           : cf_fail(p->err, CF_EUSAGE,
                                     "option --%s: '%s' is not one of %s",
                                     o->name, text, list.p);
    cf_buf_free(&list);
    return code;
}

static int set_range(struct parser *p, const struct cf_opt *o, const char *text)
{
    const char *comma = strchr(text, ',');
    double *range = o->dst;
    if (!comma ||
        cf_parse_f64((struct cf_str){text, (size_t)(comma - text)},
                     &range[0]) ||
        cf_parse_f64(cf_cstr(comma + 1), &range[1]) || range[0] >= range[1])
        return bad(p, o, text, "not two numbers LO,HI with LO below HI");
    return 0;
}

/* Stores value, which is NULL for a flag. */
static int set(struct parser *p, const struct cf_opt *o, const char *value)
{
    switch (o->type) {
    case CF_OPT_FLAG:
        *(bool *)o->dst = true;
        return 0;
    case CF_OPT_UINT:
        return set_uint(p, o, value);
    case CF_OPT_REAL:
        return set_real(p, o, value);
    case CF_OPT_STR:
        *(const char **)o->dst = value;
        return 0;
    case CF_OPT_CHOICE:
        return set_choice(p, o, value);
    case CF_OPT_LIST:
        return cf_strs_add(o->dst, value) ? 0 : cf_nomem(p->err, "options");
    case CF_OPT_RANGE:
        return set_range(p, o, value);
    }
    return 0;
}

static int remember(struct parser *p, const struct cf_opt *o, const char *value)
{
    struct cf_strs *history = &p->args->history;
    struct cf_buf name = {0};
    cf_buf_printf(&name, "--%s", o->name);
    bool done = !name.failed && cf_strs_add(history, name.p) &&
                (!value || cf_strs_add(history, value));
    cf_buf_free(&name);
    return done ? 0 : cf_nomem(p->err, "history");
}

/* Option o was met, with an attached value or NULL. */
static int take(struct parser *p, const struct cf_opt *o, const char *value)
{
    if (o->type == CF_OPT_FLAG && value)
        return cf_fail(p->err, CF_EUSAGE, "option --%s takes no value",
                       o->name);
    if (o->type != CF_OPT_FLAG && !value) {
        if (p->i >= p->argc)
            return cf_fail(p->err, CF_EUSAGE,
                           "option --%s needs a value: --%s %s", o->name,
                           o->name, o->arg);
        value = p->argv[p->i++];
    }
    int code = set(p, o, value);
    if (!code && o->given)
        *o->given = true;
    return code || o->local ? code : remember(p, o, value);
}

/* The option that was probably meant, or NULL. */
static const char *near(const struct cf_cmd *cmd, struct cf_str typed)
{
    size_t best = typed.n > 3 ? 3 : 2; /* edits that are too many */
    const char *found = NULL;
    for (size_t i = 0; i < cmd->nopt; i++) {
        struct cf_str name = cf_cstr(cmd->opt[i].name);
        bool begins = typed.n > 0 && name.n > typed.n &&
                      memcmp(name.p, typed.p, typed.n) == 0;
        size_t d = begins ? 1 : cf_edits(typed, name);
        if (d < best) {
            best = d;
            found = name.p;
        }
    }
    return found;
}

static int unknown(struct parser *p, struct cf_str name)
{
    const char *meant = near(p->cmd, name);
    if (meant)
        return cf_fail(p->err, CF_EUSAGE,
                       "unknown option --%.*s (did you mean --%s?)",
                       (int)name.n, name.p, meant);
    return cf_fail(p->err, CF_EUSAGE, "unknown option --%.*s", (int)name.n,
                   name.p);
}

static int take_long(struct parser *p, const char *text)
{
    const char *equals = strchr(text, '=');
    struct cf_str name = {text,
                          equals ? (size_t)(equals - text) : strlen(text)};
    for (size_t i = 0; i < p->cmd->nopt; i++)
        if (cf_str_eq(name, cf_cstr(p->cmd->opt[i].name)))
            return take(p, &p->cmd->opt[i], equals ? equals + 1 : NULL);
    return unknown(p, name);
}

static const struct cf_opt *by_letter(const struct cf_cmd *cmd, char letter)
{
    for (size_t i = 0; i < cmd->nopt; i++)
        if (cmd->opt[i].letter && cmd->opt[i].letter == letter)
            return &cmd->opt[i];
    return NULL;
}

/* A cluster: flags, and at its end maybe an option with its value. */
static int take_short(struct parser *p, const char *text)
{
    while (*text) {
        const struct cf_opt *o = by_letter(p->cmd, *text);
        if (!o)
            return cf_fail(p->err, CF_EUSAGE, "unknown option -%c", *text);
        text++;
        const char *value = NULL;
        if (o->type != CF_OPT_FLAG && *text) {
            value = text;
            text += strlen(text);
        }
        int code = take(p, o, value);
        if (code)
            return code;
    }
    return 0;
}

static int parse(struct parser *p)
{
    struct cf_args *args = p->args;
    bool options = true;
    while (p->i < p->argc) {
        char *arg = p->argv[p->i++];
        int code = 0;
        if (!options || arg[0] != '-' || arg[1] == '\0')
            args->operand[args->n++] = arg;
        else if (arg[1] != '-')
            code = take_short(p, arg + 1);
        else if (arg[2] != '\0')
            code = take_long(p, arg + 2);
        else
            options = false;
        if (code)
            return code;
    }
    for (size_t i = 0; i < args->n; i++)
        if (!cf_strs_add(&args->history, args->operand[i]))
            return cf_nomem(p->err, "history");
    return 0;
}

int cf_opt_parse(const struct cf_cmd *cmd, int argc, char **argv,
                 struct cf_args *args, struct cf_err *err)
{
    struct parser p = {cmd, argc, 1, argv, args, err};
    *args = (struct cf_args){0};
    args->operand = cf_alloc(argc > 0 ? (size_t)argc : 0, sizeof(char *));
    if (!args->operand)
        return cf_nomem(err, "operands");
    int code = parse(&p);
    if (code)
        cf_args_free(args);
    return code;
}

void cf_args_free(struct cf_args *args)
{
    free(args->operand);
    cf_strs_free(&args->history);
    *args = (struct cf_args){0};
}
