/* splits.c - which rows are to validate, by the options of cf-batch. */
#include "splits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "data/when.h"

const char *const cf_split_by[] = {"random", "time", "user", NULL};

static const enum cf_split_how share_by[] = {CF_SPLIT_SHARE, CF_SPLIT_LATE,
                                             CF_SPLIT_USER_LATE};

/* The option that says how to split, and a second one, if any, that does, too;
 * NULL if there is none. */
static const char *chosen(const struct cf_splits *o, const char **second)
{
    const char *const name[] = {
        o->has_valid ? "--valid"
        : o->has_by  ? "--valid-by"
                     : NULL,
        o->has_last ? "--valid-last" : NULL, o->after ? "--valid-after" : NULL,
        o->rows ? "--valid-rows" : NULL, o->fold ? "--fold" : NULL};
    const char *first = NULL;

    *second = NULL;
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        if (first && name[i] && !*second)
            *second = name[i];
        if (!first)
            first = name[i];
    }
    return first;
}

/* "3/10" */
static int parse_fold(struct cf_cli *c, const char *text, struct cf_split *s)
{
    const char *slash = strchr(text, '/');

    if (!slash ||
        cf_parse_u64((struct cf_str){text, (size_t)(slash - text)}, &s->fold) ||
        cf_parse_u64(cf_cstr(slash + 1), &s->folds))
        return cf_fail(&c->err, CF_EUSAGE,
                       "option --fold: '%s' is not K/N, such as 3/10", text);
    if (s->folds < 2 || s->folds > UINT32_MAX)
        return cf_fail(&c->err, CF_EUSAGE,
                       "option --fold: '%s': there must be at least 2 folds",
                       text);
    if (s->fold < 1 || s->fold > s->folds)
        return cf_fail(&c->err, CF_EUSAGE,
                       "option --fold: '%s': folds are numbered from 1 to "
                       "%" PRIu64,
                       text, s->folds);
    s->how = CF_SPLIT_FOLD;
    return 0;
}

static int parse_after(struct cf_cli *c, const char *text, struct cf_split *s)
{
    const char *why = cf_parse_when(cf_cstr(text), &s->after);

    if (why)
        return cf_fail(&c->err, CF_EUSAGE,
                       "option --valid-after: '%s' is %s (times are such as "
                       "1456790400 or 2016-03-01)",
                       text, why);
    s->how = CF_SPLIT_AFTER;
    return 0;
}

int cf_splits_parse(struct cf_cli *c, const struct cf_splits *o, uint64_t seed,
                    struct cf_split *out)
{
    const char *second, *first = chosen(o, &second);

    *out = (struct cf_split){.seed = seed, .share = o->valid, .last = o->last};
    if (second)
        return cf_fail(&c->err, CF_EUSAGE,
                       "%s and %s both say which rows are to validate; leave "
                       "one out",
                       first, second);
    if (o->valid >= 1)
        return cf_fail(&c->err, CF_EUSAGE,
                       "option --valid: a share of 1 leaves no row to learn "
                       "from");
    if (o->fold)
        return parse_fold(c, o->fold, out);
    if (o->after)
        return parse_after(c, o->after, out);
    if (o->rows)
        out->how = CF_SPLIT_GIVEN;
    else if (o->has_last)
        out->how = CF_SPLIT_USER_LAST;
    else if (first)
        out->how = share_by[o->by];
    return 0;
}

int cf_splits_rows(struct cf_cli *c, const struct cf_splits *o,
                   struct cf_source *in, struct cf_pairset *g,
                   struct cf_split *out)
{
    if (!o->rows)
        return 0;
    int code = cf_cli_once(c, cf_cli_operand(c), "all ratings", o->rows,
                           "those of --valid-rows");
    if (!code)
        code = cf_source_open(c, in, o->rows, CF_KIND(CF_RATINGS));
    if (!code)
        code = cf_pairset_read(g, in->reader, &c->err);
    out->given = g;
    return code;
}

/* ---- what is told ---- */

void cf_splits_before(struct cf_cli *c, const struct cf_splits *o,
                      const struct cf_split *s, const struct cf_schema *in)
{
    uint32_t rows = (uint32_t)cf_schema_find_part(in, "rows");
    int mark = cf_schema_find_role(in, rows, CF_SPLIT);
    bool timed = cf_schema_find_role(in, rows, CF_TIME) >= 0;
    const char *second, *first = chosen(o, &second);

    if (mark >= 0 && first)
        cf_cli_note(c, "%s decides, not the column '%s' of the ratings", first,
                    in->column[mark].name);
    else if (mark >= 0)
        cf_cli_note(c, "the column '%s' says which rows are to validate",
                    in->column[mark].name);
    if (cf_split_late(s) && s->how != CF_SPLIT_LATE && !timed)
        cf_cli_note(c, "the rows have no times: those that come last in the "
                       "stream count as a user's last");
}

void cf_splits_sizes(struct cf_cli *c, const struct cf_tally *t)
{
    uint64_t train = t->rows[CF_TRAIN], test = t->rows[CF_TEST];

    char tests[48] = "";

    if (test > 0)
        snprintf(tests, sizeof tests, ", %" PRIu64 " to test", test);
    cf_cli_note(c, "%" PRIu64 " row%s to train, %" PRIu64 " to validate%s",
                train, cf_s(train), t->rows[CF_VALID], tests);
}

void cf_splits_threshold(struct cf_cli *c, const struct cf_threshold *t)
{
    if (!t->is)
        return;
    if (t->valid == t->rows)
        cf_cli_note(c, "to validate: all rows from time %" PRId64 " on",
                    t->time);
    else
        cf_cli_note(c,
                    "to validate: of %" PRIu64 " rows of time %" PRId64
                    " the last %" PRIu64 ", and all later rows",
                    t->rows, t->time, t->valid);
}

void cf_splits_after(struct cf_cli *c, const struct cf_splits *o,
                     const struct cf_split *s, const struct cf_tally *t)
{
    struct cf_cold user = cf_tally_cold(&t->user);
    struct cf_cold item = cf_tally_cold(&t->item);
    const struct cf_pairset *g = s->given;

    if (user.cold > 0 || item.cold > 0)
        cf_cli_note(c,
                    "without a training row: %" PRIu64 " of %" PRIu64
                    " user%s and %" PRIu64 " of %" PRIu64
                    " item%s to validate with",
                    user.cold, user.valid, cf_s(user.valid), item.cold,
                    item.valid, cf_s(item.valid));
    if (g && g->found < g->n)
        cf_cli_note(c,
                    "%" PRIu64 " of the %" PRIu64 " pair%s of user and item in "
                    "%s are in no row",
                    g->n - g->found, g->n, cf_s(g->n), o->rows);
}
