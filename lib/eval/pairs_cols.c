/* pairs_cols.c - which columns of an input are user, item, rating, and what
 * gives the place in a list. */
#include <string.h>

#include "base/num.h"
#include "eval/pairs_impl.h"

/* ---- text and tables ---- */

static const char *name_of(const struct cf_pairs *p, const struct cf_field *f)
{
    return cf_field_column(p->s, p->part, f)->name;
}

/* The column of that name, or else number k. What is judged must have the
 * name; other files may be laid out in another way. */
static int find_id(const struct cf_pairs *p, const char *name, uint32_t k,
                   struct cf_field *f, struct cf_err *err)
{
    bool judged = p->opts->use == CF_PAIRS_LISTED;
    double number;

    if (name && judged)
        return cf_field_need(p->s, p->part, p->name, name, f, err);
    if (name && cf_field_find(p->s, p->part, name, f))
        return 0;
    if (!cf_field_nth(p->s, p->part, k, f))
        return cf_fail(err, CF_EDATA, "%s: no %s column", p->name,
                       k ? "item" : "user");
    if (cf_parse_f64(cf_cstr(name_of(p, f)), &number))
        return 0;
    return cf_fail(err, CF_EDATA,
                   "%s: the first line has no names but '%s' for the %s; put "
                   "one before it, such as user,item,%s",
                   p->name, name_of(p, f), k ? "item" : "user",
                   judged ? "score" : "rating");
}

/* The column that the user names, which must be there, or a usual one. */
static int find_value(const struct cf_pairs *p, const char *name,
                      const char *usual, struct cf_field *f, bool *found,
                      struct cf_err *err)
{
    *found = true;
    if (name)
        return cf_field_need(p->s, p->part, p->name, name, f, err);
    *found = cf_field_find(p->s, p->part, usual, f);
    return 0;
}

static int find_place(struct cf_pairs *p, struct cf_err *err)
{
    const struct cf_pair_names *n = p->opts->names;
    bool found = false;
    int rc = 0;

    if (n->rank || !n->score)
        rc = find_value(p, n->rank, "rank", &p->key, &found, err);
    if (!rc && found)
        p->head.place = CF_BY_RANK;
    if (rc || found)
        return rc;
    rc = find_value(p, n->score, "score", &p->key, &found, err);
    if (!found)
        found = cf_field_nth(p->s, p->part, 2, &p->key) &&
                strcmp(name_of(p, &p->key), "rating");
    p->head.place = found ? CF_BY_SCORE : CF_BY_ROWS;
    return rc;
}

/* Nobody plays two parts, and all are bytes. */
static int check(const struct cf_pairs *p, struct cf_err *err)
{
    const struct {
        const struct cf_field *f;
        const char *what;
    } all[] = {{&p->user, "user"},
               {&p->item, "item"},
               {p->head.has_rating ? &p->rating : NULL, "rating"},
               {p->head.place == CF_BY_ROWS ? NULL : &p->key,
                p->head.place == CF_BY_RANK ? "rank" : "score"}};

    for (size_t i = 0; i < 4; i++) {
        if (!all[i].f)
            continue;
        const struct cf_column *c = cf_field_column(p->s, p->part, all[i].f);
        if (c->type != CF_STR)
            return cf_fail(err, CF_EDATA, "%s: column '%s' is not bytes",
                           p->name, c->name);
        for (size_t j = 0; j < i; j++)
            if (all[j].f && cf_field_same(all[i].f, all[j].f))
                return cf_fail(err, CF_EUSAGE,
                               "%s: column '%s' cannot be both %s and %s; name "
                               "those columns with --%s and --%s",
                               p->name, c->name, all[j].what, all[i].what,
                               all[j].what, all[i].what);
    }
    return 0;
}

int cf_pairs_table_columns(struct cf_pairs *p, struct cf_err *err)
{
    const struct cf_pair_names *n = p->opts->names;

    int rc = find_id(p, n->user, 0, &p->user, err);
    if (!rc)
        rc = find_id(p, n->item, 1, &p->item, err);
    p->head.has_rating = cf_field_find(
        p->s, p->part, n->rating ? n->rating : "rating", &p->rating);
    if (!rc && p->opts->use == CF_PAIRS_LISTED)
        rc = find_place(p, err);
    return rc ? rc : check(p, err);
}

/* ---- streams of codes ---- */

/* The column with that role, of that type; -1 if there is none. */
static int find_role(const struct cf_pairs *p, enum cf_role role,
                     enum cf_type type, int32_t *out, struct cf_err *err)
{
    int i = cf_schema_find_role(p->s, p->part, role);

    *out = -1;
    if (i < 0)
        return 0;
    if (p->s->column[i].type != type || p->s->column[i].width != 1)
        return cf_fail(err, CF_EDATA, "%s: column '%s' is not %s", p->name,
                       p->s->column[i].name, cf_type_name(type));
    *out = (int32_t)((uint32_t)i - p->s->part[p->part].col);
    return 0;
}

static int find_listed(struct cf_pairs *p, struct cf_err *err)
{
    int rc = 0;

    if (p->s->kind == CF_TOPN) {
        p->head.grouped = true;
        p->head.place = CF_BY_RANK;
        rc = find_role(p, CF_RANK, CF_U32, &p->score, err);
    } else {
        p->head.place = CF_BY_SCORE;
        rc = find_role(p, CF_SCORE, CF_F32, &p->score, err);
    }
    if (!rc && p->score < 0)
        rc = cf_fail(err, CF_EDATA, "%s: no column for the %s", p->name,
                     p->s->kind == CF_TOPN ? "rank" : "score");
    if (!rc)
        rc = find_role(p, CF_KNOWN, CF_U8, &p->known, err);
    p->head.has_known = p->known >= 0;
    return rc;
}

int cf_pairs_check_kind(const struct cf_pairs *p, struct cf_err *err)
{
    bool listed = p->opts->use == CF_PAIRS_LISTED;

    if (p->s->kind == CF_TABLE)
        return 0;
    if (listed ? p->s->kind == CF_SCORES || p->s->kind == CF_TOPN
               : p->s->kind == CF_RATINGS)
        return 0;
    return cf_fail(err, CF_EDATA,
                   "%s: a %s stream where %s, a table or CSV text is "
                   "expected",
                   p->name, cf_kind_name(p->s->kind),
                   listed ? "scores, topn" : "ratings");
}

int cf_pairs_stream_columns(struct cf_pairs *p, struct cf_err *err)
{
    if (p->s->kind == CF_TOPN &&
        cf_schema_find_role(p->s, p->part, CF_USER) < 0)
        return cf_fail(err, CF_EDATA,
                       "%s: lists of items that are like an item, not for "
                       "users",
                       p->name);
    int rc = cf_rating_columns(p->s, p->part, p->name, &p->cols, err);
    if (!rc && p->opts->use == CF_PAIRS_LISTED)
        rc = find_listed(p, err);
    if (rc)
        return rc;
    p->head.has_rating = p->cols.rating >= 0;
    p->users.part = p->cols.user_part;
    p->items.part = p->cols.item_part;
    return 0;
}
