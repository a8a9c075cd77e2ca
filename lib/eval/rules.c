/* rules.c - which items, or users, may be listed. */
#include "eval/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"

enum { LIST_MAX = 1 << 30 }; /* bytes of a list of ids */

/* ---- conditions ---- */

enum op { HAS, HAS_NOT, IS, IS_NOT, AT_LEAST, AT_MOST, ABOVE, BELOW };

/* Longer ones first where one begins like another. */
static const struct {
    const char *text;
    enum op op;
} ops[] = {{"!~", HAS_NOT}, {"~", HAS}, {"!=", IS_NOT}, {">=", AT_LEAST},
           {"<=", AT_MOST}, {"=", IS},  {">", ABOVE},   {"<", BELOW}};
enum { OPS = sizeof ops / sizeof ops[0] };

struct condition {
    size_t column;
    enum op op;
    struct cf_str text;
    double number;
};

static bool contains(struct cf_str s, struct cf_str part)
{
    for (size_t i = 0; i + part.n <= s.n; i++)
        if (!memcmp(s.p + i, part.p, part.n))
            return true;
    return false;
}

static bool compare(const struct condition *c, struct cf_str s)
{
    double v;

    if (cf_parse_f64(s, &v))
        return false;
    return c->op == AT_LEAST  ? v >= c->number
           : c->op == AT_MOST ? v <= c->number
           : c->op == ABOVE   ? v > c->number
                              : v < c->number;
}

static bool holds(const struct condition *c, struct cf_str s)
{
    switch (c->op) {
    case HAS:
        return contains(s, c->text);
    case HAS_NOT:
        return !contains(s, c->text);
    case IS:
        return cf_str_eq(s, c->text);
    case IS_NOT:
        return !cf_str_eq(s, c->text);
    case AT_LEAST:
    case AT_MOST:
    case ABOVE:
    case BELOW:
        break;
    }
    return compare(c, s);
}

static int no_column(const struct cf_side *side, struct cf_str name,
                     struct cf_err *err)
{
    struct cf_buf list = {0};

    for (size_t i = 0; i < side->dict_schema.ncolumns; i++)
        cf_buf_printf(&list, "%s%s", i ? ", " : "",
                      side->dict_schema.column[i].name);
    int rc = list.failed ? cf_nomem(err, "message")
                         : cf_fail(err, CF_EUSAGE,
                                   "--where: no column '%.*s'; there are: %s",
                                   (int)name.n, name.p, list.p);
    cf_buf_free(&list);
    return rc;
}

static int find_column(const struct cf_side *side, struct cf_str name,
                       size_t *column, struct cf_err *err)
{
    for (size_t i = 0; i < side->dict_schema.ncolumns; i++) {
        const struct cf_column *c = &side->dict_schema.column[i];
        if (!cf_str_eq(cf_cstr(c->name), name))
            continue;
        *column = i;
        return c->type == CF_STR
                   ? 0
                   : cf_fail(err, CF_EUSAGE, "--where: column '%s' is not text",
                             c->name);
    }
    return no_column(side, name, err);
}

/* The operator at p, or NULL. */
static const char *operator(const char *p, enum op *op)
{
    for (size_t i = 0; i < OPS; i++) {
        size_t n = strlen(ops[i].text);
        if (!strncmp(p, ops[i].text, n)) {
            *op = ops[i].op;
            return p + n;
        }
    }
    return NULL;
}

static int parse(const struct cf_side *side, const char *text,
                 struct condition *c, struct cf_err *err)
{
    const char *p = text, *value = NULL;

    while (*p && !(value = operator(p, &c->op)))
        p++;
    if (!value || p == text)
        return cf_fail(err, CF_EUSAGE,
                       "--where: '%s' is not COLUMN~TEXT, nor with !~, =, !=, "
                       "<, <=, > or >= instead",
                       text);
    int rc = find_column(side, (struct cf_str){text, (size_t)(p - text)},
                         &c->column, err);
    c->text = cf_cstr(value);
    if (rc || c->op < AT_LEAST)
        return rc;
    const char *why = cf_parse_f64(c->text, &c->number);
    return why ? cf_fail(err, CF_EUSAGE, "--where: '%s': '%s' is %s", text,
                         value, why)
               : 0;
}

/* A comparison of what is never a number holds of nothing: a slip. */
static int check_numbers(const struct cf_side *side, const char *text,
                         const struct condition *c, struct cf_err *err)
{
    double v;

    if (c->op < AT_LEAST || side->n == 0)
        return 0;
    for (uint64_t i = 0; i < side->n; i++)
        if (!cf_parse_f64(cf_store_str(&side->dict, c->column, i), &v))
            return 0;
    return cf_fail(err, CF_EUSAGE,
                   "--where: '%s': nothing in column '%s' is a number", text,
                   side->dict_schema.column[c->column].name);
}

int cf_rules_where(const struct cf_side *side, const char *text, bool *barred,
                   struct cf_err *err)
{
    struct condition c;
    int rc = parse(side, text, &c, err);

    if (!rc)
        rc = check_numbers(side, text, &c, err);

    for (uint64_t i = 0; !rc && i < side->n; i++)
        if (!holds(&c, cf_store_str(&side->dict, c.column, i)))
            barred[i] = true;
    return rc;
}

void cf_rules_count(const struct cf_side *side, uint64_t least, bool *barred)
{
    for (uint64_t i = 0; i < side->n; i++)
        if (side->count[i] < least)
            barred[i] = true;
}

/* ---- lists of ids ---- */

/* The line at p; *next is what comes after it. */
static struct cf_str line(const char *p, const char *end, const char **next)
{
    const char *stop = memchr(p, '\n', (size_t)(end - p));

    *next = stop ? stop + 1 : end;
    if (!stop)
        stop = end;
    if (stop > p && stop[-1] == '\r')
        stop--;
    return (struct cf_str){p, (size_t)(stop - p)};
}

static void mark(const struct cf_lookup *l, const char *p, const char *end,
                 bool *named, struct cf_rules_lines *lines)
{
    while (p < end) {
        struct cf_str id = line(p, end, &p);
        if (id.n == 0)
            continue;
        uint32_t row = cf_lookup_id(l, id);
        lines->n++;
        if (row == CF_NONE)
            lines->unknown++;
        else
            named[row] = true;
    }
}

int cf_rules_ids(const struct cf_lookup *l, struct cf_in *in, bool others,
                 bool *barred, struct cf_rules_lines *lines, struct cf_err *err)
{
    bool *named = cf_zalloc(l->side->n, sizeof *named);
    char *p = NULL;
    size_t n = 0;

    *lines = (struct cf_rules_lines){0};
    int rc = named ? cf_in_slurp(in, LIST_MAX, &p, &n, err)
                   : cf_nomem(err, "list of ids");
    if (!rc)
        mark(l, p, p + n, named, lines);
    for (uint64_t i = 0; !rc && i < l->side->n; i++)
        if (named[i] != others)
            barred[i] = true;
    free(named);
    free(p);
    return rc;
}
