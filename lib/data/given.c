/* given.c - ratings that are given beside a model. */
#include "data/given.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "data/ratings.h"
#include "data/table.h"
#include "data/text_in.h"
#include "data/values.h"

/* A text or table on its way in. */
struct table {
    struct cf_given *g;
    const struct cf_given_opts *opts;
    const char *name;
    const struct cf_schema *s;
    uint32_t part; /* the rows of s */
    struct cf_dicts dicts;
    struct cf_field user, item, rating;
};

/* ---- rows ---- */

static int add_row(struct cf_given *g, struct cf_str user, struct cf_str item,
                   float rating, struct cf_err *err)
{
    struct cf_rows *r = &g->rows;
    bool fresh;

    int rc = cf_dict_add(&g->users, user, &r->user[r->n], &fresh, err);
    if (!rc)
        rc = cf_dict_add(&g->items, item, &r->item[r->n], &fresh, err);
    r->rating[r->n] = rating;
    r->n += !rc;
    return rc;
}

static int add_rows(struct table *t, const struct cf_block *b,
                    struct cf_err *err)
{
    struct cf_rows *r = &t->g->rows;
    const struct cf_slice all = {b, 0, b->rows};
    const struct cf_values v = {.d = &t->dicts, .name = t->name, .rows = &all};
    struct cf_str user = cf_cstr(CF_GIVEN_ONE);
    char user_digits[CF_NUM_MAX], item_digits[CF_NUM_MAX];

    int rc = cf_rows_room(r, r->n + b->rows, err);
    if (!rc)
        rc = cf_values_f32(&v, &t->rating, r->rating + r->n, err);
    for (uint32_t i = 0; !rc && i < b->rows; i++) {
        if (!t->g->one)
            user = cf_field_str(&t->dicts, b, &t->user, i, user_digits);
        rc = add_row(t->g, user,
                     cf_field_str(&t->dicts, b, &t->item, i, item_digits),
                     r->rating[r->n], err);
    }
    return rc;
}

static int take_block(void *ctx, const struct cf_block *b, struct cf_err *err)
{
    struct table *t = ctx;
    bool took;

    if (b->part == t->part)
        return add_rows(t, b, err);
    return cf_dicts_take(&t->dicts, b, &took, err);
}

/* ---- columns ---- */

/* By its own name, which must be there, or the model's. */
static int by_name(const struct table *t, const char *own, const char *models,
                   struct cf_field *f, bool *found, struct cf_err *err)
{
    *found = true;
    if (own)
        return cf_field_need(t->s, t->part, t->name, own, f, err);
    *found = cf_field_find(t->s, t->part, models, f);
    return 0;
}

static int missing(const struct table *t, const char *what, struct cf_err *err)
{
    return cf_fail(err, CF_EDATA, "%s: no %s column", t->name, what);
}

static int find_pair(struct table *t, struct cf_err *err)
{
    const struct cf_given_opts *o = t->opts;
    struct cf_field first = {0}, third;
    bool user, item, any = cf_field_nth(t->s, t->part, 0, &first);

    int rc = by_name(t, o->user, o->model_user, &t->user, &user, err);
    if (!rc)
        rc = by_name(t, o->item, o->model_item, &t->item, &item, err);
    if (rc)
        return rc;
    t->g->one = !user && ((item && any && cf_field_same(&t->item, &first)) ||
                          !cf_field_nth(t->s, t->part, 2, &third));
    if (!user && !t->g->one)
        t->user = first;
    if (!item && !cf_field_nth(t->s, t->part, t->g->one ? 0 : 1, &t->item))
        return missing(t, "item", err);
    return 0;
}

static int find_rating(struct table *t, struct cf_err *err)
{
    bool found;
    int rc = by_name(t, t->opts->rating, "rating", &t->rating, &found, err);

    for (uint32_t k = 0; !rc && !found; k++) {
        if (!cf_field_nth(t->s, t->part, k, &t->rating))
            return missing(t, "rating", err);
        found = !cf_field_same(&t->rating, &t->item) &&
                (t->g->one || !cf_field_same(&t->rating, &t->user));
    }
    return rc;
}

static int clash(const struct table *t, const struct cf_field *f, const char *a,
                 const char *b, struct cf_err *err)
{
    return cf_fail(err, CF_EUSAGE,
                   "%s: column '%s' cannot be both %s and %s; name them with "
                   "options",
                   t->name, cf_field_column(t->s, t->part, f)->name, a, b);
}

/* Nobody plays two parts, all are bytes, and the first line was names. */
static int check(const struct table *t, struct cf_err *err)
{
    const struct cf_field *f[] = {&t->item, &t->rating, &t->user};
    double number;

    if (!t->g->one && cf_field_same(&t->user, &t->item))
        return clash(t, &t->user, "user", "item", err);
    if (!t->g->one && cf_field_same(&t->user, &t->rating))
        return clash(t, &t->user, "user", "rating", err);
    if (cf_field_same(&t->item, &t->rating))
        return clash(t, &t->item, "item", "rating", err);
    for (size_t i = 0; i < (t->g->one ? 2U : 3U); i++) {
        const struct cf_column *c = cf_field_column(t->s, t->part, f[i]);
        if (c->type != CF_STR)
            return cf_fail(err, CF_EDATA, "%s: column '%s' is not bytes",
                           t->name, c->name);
    }
    const char *rating = cf_field_column(t->s, t->part, &t->rating)->name;
    if (!t->opts->rating && !cf_parse_f64(cf_cstr(rating), &number))
        return cf_fail(err, CF_EDATA,
                       "%s: the first line has no names but '%s' for the "
                       "rating; put one before it, such as "
                       "userId,movieId,rating",
                       t->name, rating);
    return 0;
}

static int start_table(void *ctx, const struct cf_schema *s, struct cf_err *err)
{
    struct table *t = ctx;

    t->s = s;
    int rc = cf_expect_part(s, "rows", t->name, &t->part, err);
    if (!rc)
        rc = find_pair(t, err);
    if (!rc)
        rc = find_rating(t, err);
    if (!rc)
        rc = check(t, err);
    return rc ? rc : cf_dicts_init(&t->dicts, s, err);
}

/* The schema goes next. */
static void end_dicts(void *ctx)
{
    struct table *t = ctx;

    if (t->dicts.schema)
        cf_dicts_free(&t->dicts);
}

/* ---- where they come from ---- */

static int read_text(struct table *t, struct cf_in *in, struct cf_err *err)
{
    const struct cf_text_taker to = {t, start_table, take_block, end_dicts};

    return cf_text_in(in, &to, err);
}

static int read_table(struct table *t, struct cf_reader *r, struct cf_err *err)
{
    const struct cf_block *b;
    int rc = start_table(t, cf_reader_schema(r), err);

    while (!rc && (rc = cf_reader_next(r, &b, err)) == 0 && b)
        rc = take_block(t, b, err);
    end_dicts(t);
    return rc;
}

static int read_ratings(struct cf_given *g, struct cf_reader *r,
                        struct cf_err *err)
{
    struct cf_ratings all;
    int rc = cf_ratings_read(&all, r, err);

    if (!rc)
        rc = cf_rows_room(&g->rows, (size_t)all.n, err);
    for (uint64_t i = 0; !rc && i < all.n; i++)
        rc = add_row(g, cf_store_str(&all.users, 0, all.user[i]),
                     cf_store_str(&all.items, 0, all.item[i]), all.rating[i],
                     err);
    cf_ratings_free(&all);
    return rc;
}

static int read_stream(struct table *t, struct cf_in *in, struct cf_err *err)
{
    struct cf_reader *r = NULL;
    int rc = cf_reader_open(&r, in, err);

    if (!rc && cf_reader_schema(r)->kind == CF_TABLE)
        rc = read_table(t, r, err);
    else if (!rc)
        rc = read_ratings(t->g, r, err);
    cf_reader_close(r);
    return rc;
}

int cf_given_read(struct cf_given *g, struct cf_in *in,
                  const struct cf_given_opts *opts, struct cf_err *err)
{
    struct table t = {.g = g, .opts = opts, .name = in->name};
    int first = -1;

    memset(g, 0, sizeof *g);
    g->rows.has_rating = true;
    cf_dict_init(&g->users, cf_dict_seed());
    cf_dict_init(&g->items, cf_dict_seed());
    int rc = cf_in_peek(in, &first, err);
    if (!rc)
        rc = cf_is_stream(first) ? read_stream(&t, in, err)
                                 : read_text(&t, in, err);
    return rc;
}

void cf_given_free(struct cf_given *g)
{
    cf_dict_free(&g->users);
    cf_dict_free(&g->items);
    cf_rows_free(&g->rows);
}
