/* ratings.c - a ratings stream in memory. */
#include "data/ratings.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int cf_expect_kind(const struct cf_schema *s, enum cf_kind kind,
                   const char *name, struct cf_err *err)
{
    if (s->kind == kind)
        return 0;
    return cf_fail(err, CF_EDATA, "%s: a %s stream where %s is expected", name,
                   cf_kind_name(s->kind), cf_kind_name(kind));
}

int cf_expect_part(const struct cf_schema *s, const char *part,
                   const char *name, uint32_t *out, struct cf_err *err)
{
    int i = cf_schema_find_part(s, part);

    if (i < 0)
        return cf_fail(err, CF_EDATA, "%s: a %s stream without a part '%s'",
                       name, cf_kind_name(s->kind), part);
    *out = (uint32_t)i;
    return 0;
}

/* ---- columns ---- */

/* Users or items: codes of a dictionary of ids. */
static int code_column(const struct cf_schema *s, uint32_t part,
                       enum cf_role role, const char *name, int *out,
                       struct cf_err *err)
{
    const char *where = s->part[part].name, *what = cf_role_name(role);

    *out = cf_schema_find_role(s, part, role);
    if (*out < 0)
        return cf_fail(err, CF_EDATA, "%s: %s has no column for the %s", name,
                       where, what);
    const struct cf_column *c = &s->column[*out];
    if (c->type != CF_U32 || c->dict < 0 || c->none)
        return cf_fail(err, CF_EDATA,
                       "%s: column %s of %s is not u32 codes of a dictionary",
                       name, c->name, where);
    if (strcmp(s->part[c->dict].name, what) != 0)
        return cf_fail(err, CF_EDATA,
                       "%s: column %s of %s is codes of part '%s', not of "
                       "'%s'",
                       name, c->name, where, s->part[c->dict].name, what);
    if (s->column[s->part[c->dict].col].type != CF_STR)
        return cf_fail(err, CF_EDATA,
                       "%s: the first column of %s, the id, is not text", name,
                       s->part[c->dict].name);
    return 0;
}

/* A column that need not be there; -1 if it is not. */
static int value_column(const struct cf_schema *s, uint32_t part,
                        enum cf_role role, enum cf_type type, int32_t *out)
{
    int i = cf_schema_find_role(s, part, role);

    *out = -1;
    if (i < 0)
        return 0;
    if (s->column[i].type != type || s->column[i].width != 1 ||
        s->column[i].dict >= 0)
        return CF_EDATA;
    *out = (int32_t)((uint32_t)i - s->part[part].col);
    return 0;
}

int cf_rating_columns(const struct cf_schema *s, uint32_t part,
                      const char *name, struct cf_rating_columns *out,
                      struct cf_err *err)
{
    int user, item;

    int rc = code_column(s, part, CF_USER, name, &user, err);
    if (!rc)
        rc = code_column(s, part, CF_ITEM, name, &item, err);
    if (rc)
        return rc;
    out->user = (uint32_t)user - s->part[part].col;
    out->item = (uint32_t)item - s->part[part].col;
    out->user_part = (uint32_t)s->column[user].dict;
    out->item_part = (uint32_t)s->column[item].dict;
    if (value_column(s, part, CF_RATING, CF_F32, &out->rating))
        return cf_fail(err, CF_EDATA, "%s: the rating column of %s is not f32",
                       name, s->part[part].name);
    if (value_column(s, part, CF_TIME, CF_I64, &out->time))
        return cf_fail(err, CF_EDATA, "%s: the time column of %s is not i64",
                       name, s->part[part].name);
    return 0;
}

/* ---- rows ---- */

int cf_ratings_room(struct cf_ratings *r, size_t rows, bool time,
                    struct cf_err *err)
{
    size_t need = (size_t)r->n + rows;
    size_t user = r->cap, item = r->cap, rating = r->cap, times = r->cap;

    if (need < rows || !cf_grow(&r->user, &user, need, sizeof *r->user) ||
        !cf_grow(&r->item, &item, need, sizeof *r->item) ||
        !cf_grow(&r->rating, &rating, need, sizeof *r->rating) ||
        (time && !cf_grow(&r->time, &times, need, sizeof *r->time)))
        return cf_nomem(err, "ratings");
    r->cap = user; /* all grew alike */
    return 0;
}

/* Where v[0..n-1] has a value that is not finite; n if nowhere. */
static size_t find_bad(const float *v, size_t n)
{
    size_t i = 0;
    while (i < n && isfinite(v[i]))
        i++;
    return i;
}

int cf_ratings_add(struct cf_ratings *r, const struct cf_block *b,
                   const struct cf_rating_columns *c, const char *name,
                   struct cf_err *err)
{
    size_t n = b->rows;
    int rc = cf_ratings_room(r, n, c->time >= 0, err);

    if (rc)
        return rc;
    memcpy(r->user + r->n, b->chunk[c->user].data, n * sizeof *r->user);
    memcpy(r->item + r->n, b->chunk[c->item].data, n * sizeof *r->item);
    if (c->time >= 0)
        memcpy(r->time + r->n, b->chunk[c->time].data, n * sizeof *r->time);
    float *rating = r->rating + r->n;
    for (size_t i = 0; c->rating < 0 && i < n; i++)
        rating[i] = 1;
    if (c->rating >= 0)
        memcpy(rating, b->chunk[c->rating].data, n * sizeof *rating);
    size_t bad = find_bad(rating, n);
    if (bad < n)
        return cf_fail(err, CF_EDATA,
                       "%s: the rating of row %" PRIu64
                       " is not a finite number",
                       name, b->first + bad + 1);
    r->n += n;
    return 0;
}

/* Sends a block where it belongs. */
static int take(struct cf_ratings *r, const struct cf_block *b, uint32_t rows,
                const struct cf_rating_columns *c, const char *name,
                struct cf_err *err)
{
    int rc = 0;

    if (b->part == rows)
        rc = cf_ratings_add(r, b, c, name, err);
    if (b->part == c->user_part)
        rc = cf_store_add(&r->users, b, err);
    if (!rc && b->part == c->item_part)
        rc = cf_store_add(&r->items, b, err);
    return rc;
}

int cf_ratings_read(struct cf_ratings *r, struct cf_reader *in,
                    struct cf_err *err)
{
    const struct cf_schema *s = cf_reader_schema(in);
    const char *name = cf_reader_name(in);
    struct cf_rating_columns c = {0};
    const struct cf_block *b;
    uint32_t part = 0;

    memset(r, 0, sizeof *r);
    int rc = cf_expect_kind(s, CF_RATINGS, name, err);
    if (!rc)
        rc = cf_expect_part(s, "rows", name, &part, err);
    if (!rc)
        rc = cf_rating_columns(s, part, name, &c, err);
    if (!rc)
        rc = cf_store_init(&r->users, s, c.user_part, err);
    if (!rc)
        rc = cf_store_init(&r->items, s, c.item_part, err);
    while (!rc && !(rc = cf_reader_next(in, &b, err)) && b)
        rc = take(r, b, part, &c, name, err);
    return rc;
}

void cf_ratings_free(struct cf_ratings *r)
{
    free(r->user);
    free(r->item);
    free(r->rating);
    free(r->time);
    cf_store_free(&r->users);
    cf_store_free(&r->items);
    memset(r, 0, sizeof *r);
}
