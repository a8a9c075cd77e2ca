/* choose.c - the columns of a table by name, by place, by what they are. */
#include "data/choose.h"

#include <string.h>

struct table {
    const struct cf_schema *s;
    uint32_t part;
    const char *name;
};

static const struct cf_column *column(const struct table *t, uint32_t col)
{
    return &t->s->column[t->s->part[t->part].col + col];
}

static bool same(const struct cf_field *a, const struct cf_field *b)
{
    return a->col == b->col && a->dict == b->dict &&
           (a->dict < 0 || a->dcol == b->dcol);
}

const char *cf_key_name(const struct cf_schema *s, uint32_t part,
                        const struct cf_field *key)
{
    const struct cf_column *c = &s->column[s->part[part].col + key->col];
    return key->dict < 0 ? c->name : c->on;
}

bool cf_is_attribute(const struct cf_schema *s, uint32_t part,
                     const struct cf_field *key, const struct cf_field *f)
{
    const char *on = cf_key_name(s, part, key);
    const char *its = cf_key_name(s, part, f);

    if (f->dict < 0 || same(key, f))
        return false;
    return f->col == key->col || (on && its && !strcmp(on, its));
}

/* Number k of the columns that are the rows' own. */
static bool nth_plain(const struct table *t, uint32_t k, struct cf_field *f)
{
    for (uint32_t i = 0; i < t->s->part[t->part].ncol; i++) {
        const struct cf_column *c = column(t, i);
        if (c->dict >= 0 || c->role == CF_LINE)
            continue;
        if (k-- == 0) {
            *f = (struct cf_field){.col = i, .dict = -1};
            return true;
        }
    }
    return false;
}

static int by_name(const struct table *t, const char *name, struct cf_field *f,
                   struct cf_err *err)
{
    return cf_field_need(t->s, t->part, t->name, name, f, err);
}

/* By name if there is one, else column number k. */
static int pick(const struct table *t, const char *name, uint32_t k,
                const char *role, struct cf_field *f, struct cf_err *err)
{
    if (name)
        return by_name(t, name, f, err);
    if (nth_plain(t, k, f))
        return 0;
    return cf_fail(err, CF_EUSAGE, "%s: no %s column", t->name, role);
}

static int no_rating(const struct table *t, struct cf_err *err)
{
    return cf_fail(err, CF_EUSAGE,
                   "%s: no rating column; name it with --rating, or use "
                   "--implicit if there is none",
                   t->name);
}

static int pick_rating(const struct table *t, const struct cf_index_opts *opts,
                       struct cf_choice *c, struct cf_err *err)
{
    bool none = opts->implicit && !opts->min_rating;

    if (none && opts->rating)
        return cf_fail(err, CF_EUSAGE,
                       "--rating and --implicit exclude each other, unless "
                       "--min-rating says which ratings count");
    if (none)
        return 0;
    c->has_rating = true;
    if (opts->rating)
        return by_name(t, opts->rating, &c->rating, err);
    if (!nth_plain(t, 2, &c->rating))
        return no_rating(t, err);
    return 0;
}

/* Without a name: "timestamp" or "time", unless it is somebody else. */
static int pick_time(const struct table *t, const struct cf_index_opts *opts,
                     struct cf_choice *c, struct cf_err *err)
{
    if (opts->time) {
        c->has_time = true;
        return by_name(t, opts->time, &c->time, err);
    }
    if ((!cf_field_find(t->s, t->part, "timestamp", &c->time) &&
         !cf_field_find(t->s, t->part, "time", &c->time)) ||
        c->time.dict >= 0)
        return 0;
    if (c->has_rating && same(&c->time, &c->rating)) {
        /* The third column is a time: there is no rating. */
        return opts->rating ? 0 : no_rating(t, err);
    }
    c->has_time = !same(&c->time, &c->user) && !same(&c->time, &c->item);
    return 0;
}

/* Without a name: "title", if it is the item's. */
static int pick_label(const struct table *t, const struct cf_index_opts *opts,
                      struct cf_choice *c, struct cf_err *err)
{
    if (opts->label) {
        int rc = by_name(t, opts->label, &c->label, err);
        c->has_label = !rc && !same(&c->label, &c->item);
        return rc;
    }
    c->has_label = cf_field_find(t->s, t->part, "title", &c->label) &&
                   (c->label.dict < 0 ||
                    cf_is_attribute(t->s, t->part, &c->item, &c->label)) &&
                   !same(&c->label, &c->item) && !same(&c->label, &c->user) &&
                   !(c->has_rating && same(&c->label, &c->rating));
    return 0;
}

struct player {
    const char *role;
    const struct cf_field *f;
    bool is;
};

/* Nobody plays two parts, and all are bytes. The label may be anybody. */
static int check(const struct table *t, const struct cf_choice *c,
                 struct cf_err *err)
{
    const struct player p[] = {{"user", &c->user, true},
                               {"item", &c->item, true},
                               {"rating", &c->rating, c->has_rating},
                               {"time", &c->time, c->has_time},
                               {"split", &c->split, c->has_split},
                               {"label", &c->label, c->has_label}};
    enum { PLAYERS = sizeof p / sizeof p[0] };

    for (size_t i = 0; i < PLAYERS; i++) {
        if (!p[i].is)
            continue;
        const char *name = cf_field_column(t->s, t->part, p[i].f)->name;
        if (cf_field_column(t->s, t->part, p[i].f)->type != CF_STR)
            return cf_fail(err, CF_EDATA, "%s: column '%s' is not bytes",
                           t->name, name);
        for (size_t k = 0; k < i && i < PLAYERS - 1; k++)
            if (p[k].is && same(p[i].f, p[k].f))
                return cf_fail(err, CF_EUSAGE,
                               "%s: column '%s' cannot be both %s and %s; "
                               "name them with options",
                               t->name, name, p[k].role, p[i].role);
    }
    return 0;
}

int cf_choose(const struct cf_schema *s, uint32_t part, const char *name,
              const struct cf_index_opts *opts, struct cf_choice *out,
              struct cf_err *err)
{
    const struct table t = {s, part, name};

    memset(out, 0, sizeof *out);
    int rc = pick(&t, opts->user, 0, "user", &out->user, err);
    if (!rc)
        rc = pick(&t, opts->item, 1, "item", &out->item, err);
    if (!rc)
        rc = pick_rating(&t, opts, out, err);
    if (!rc)
        rc = pick_time(&t, opts, out, err);
    if (!rc)
        rc = pick_label(&t, opts, out, err);
    if (!rc && opts->split) {
        out->has_split = true;
        rc = by_name(&t, opts->split, &out->split, err);
    }
    return rc ? rc : check(&t, out, err);
}
