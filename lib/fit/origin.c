/* origin.c - going on from a model: who is who, and the union afterwards. */
#include "fit/origin.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/lookup.h"

const char *const cf_freeze_names[] = {"none", "users", "items", NULL};

/* ---- who is who ---- */

static bool same_columns(const struct cf_schema *a, const struct cf_schema *b)
{
    bool same = a->ncolumns == b->ncolumns;

    for (size_t i = 0; same && i < a->ncolumns; i++)
        same = !strcmp(a->column[i].name, b->column[i].name) &&
               a->column[i].type == b->column[i].type &&
               a->column[i].width == b->column[i].width;
    return same;
}

static void list_columns(const struct cf_schema *s, struct cf_buf *out)
{
    for (size_t i = 0; i < s->ncolumns; i++)
        cf_buf_printf(out, "%s%s", i ? ", " : "", s->column[i].name);
    cf_buf_putc(out, '\0');
}

static int other_columns(const struct cf_side *old, const struct cf_side *now,
                         uint64_t fresh, struct cf_err *err)
{
    struct cf_buf was = {0}, is = {0};
    const char *what = old->dict_schema.part[0].name;

    list_columns(&old->dict_schema, &was);
    list_columns(&now->dict_schema, &is);
    int rc = was.failed || is.failed
                 ? cf_nomem(err, "message")
                 : cf_fail(err, CF_EDATA,
                           "%llu %s%s to add to the model to start from have "
                           "other columns: %s, not %s",
                           (unsigned long long)fresh, what,
                           fresh == 1 ? "" : "s", is.p, was.p);
    cf_buf_free(&was);
    cf_buf_free(&is);
    return rc;
}

static int look_up(const struct cf_side *old, const struct cf_side *now,
                   uint32_t **from, uint64_t *fresh, struct cf_err *err)
{
    struct cf_lookup ids;
    int rc = cf_lookup_open(&ids, old, err);

    *fresh = 0;
    *from = cf_alloc(now->n, sizeof **from);
    if (!rc && !*from)
        rc = cf_nomem(err, "ids");
    for (uint64_t row = 0; !rc && row < now->n; row++) {
        uint32_t at = cf_lookup_id(&ids, cf_store_str(&now->dict, 0, row));
        (*from)[row] = at;
        *fresh += at == CF_NONE;
    }
    cf_lookup_free(&ids);
    if (!rc && *fresh > 0 &&
        !same_columns(&old->dict_schema, &now->dict_schema))
        rc = other_columns(old, now, *fresh, err);
    return rc;
}

int cf_origin_open(struct cf_origin *o, const struct cf_model *old,
                   enum cf_freeze freeze, const struct cf_model *m,
                   struct cf_err *err)
{
    *o = (struct cf_origin){.model = old, .freeze = freeze};
    o->idle_user = cf_zalloc(m->user.n, sizeof *o->idle_user);
    o->idle_item = cf_zalloc(m->item.n, sizeof *o->idle_item);
    if (!o->idle_user || !o->idle_item)
        return cf_nomem(err, "ids");
    int rc = look_up(&old->user, &m->user, &o->user, &o->new_users, err);
    return rc ? rc
              : look_up(&old->item, &m->item, &o->item, &o->new_items, err);
}

void cf_origin_free(struct cf_origin *o)
{
    free(o->user);
    free(o->item);
    free(o->idle_user);
    free(o->idle_item);
    memset(o, 0, sizeof *o);
}

/* ---- while learning ---- */

static void add_counts(struct cf_side *to, const struct cf_side *old,
                       const uint32_t *from, bool *idle, bool frozen)
{
    for (uint64_t row = 0; row < to->n; row++) {
        bool fresh = from[row] == CF_NONE;
        uint32_t more = fresh ? 0 : old->count[from[row]];
        uint32_t room = UINT32_MAX - to->count[row];
        idle[row] = to->count[row] == 0;
        to->count[row] += more < room ? more : room;
        if (fresh && frozen)
            to->count[row] = 0;
    }
}

void cf_origin_count(struct cf_origin *o, struct cf_model *m)
{
    add_counts(&m->user, &o->model->user, o->user, o->idle_user,
               o->freeze == CF_FREEZE_USERS);
    add_counts(&m->item, &o->model->item, o->item, o->idle_item,
               o->freeze == CF_FREEZE_ITEMS);
}

static void restore(struct cf_side *to, const struct cf_side *old,
                    const uint32_t *from, const bool *idle, uint32_t k)
{
    for (uint64_t row = 0; row < to->n; row++) {
        if (!idle[row] || from[row] == CF_NONE)
            continue;
        memcpy(to->factors + row * k, old->factors + (size_t)from[row] * k,
               k * sizeof *to->factors);
        to->bias[row] = old->bias[from[row]];
    }
}

void cf_origin_restore(const struct cf_origin *o, struct cf_model *m)
{
    restore(&m->user, &o->model->user, o->user, o->idle_user, m->k);
    restore(&m->item, &o->model->item, o->item, o->idle_item, m->k);
}

static void copy_cold(struct cf_side *to, const struct cf_side *from,
                      uint32_t k)
{
    to->cold_bias = from->cold_bias;
    memcpy(to->cold_factors, from->cold_factors, k * sizeof(float));
}

void cf_origin_cold(const struct cf_origin *o, struct cf_model *m)
{
    if (o->freeze == CF_FREEZE_USERS)
        copy_cold(&m->user, &o->model->user, m->k);
    if (o->freeze == CF_FREEZE_ITEMS)
        copy_cold(&m->item, &o->model->item, m->k);
}

/* ---- the union ---- */

/* The row in the union of each row of the new model. */
static uint32_t *places(const uint32_t *from, uint64_t n, uint64_t old)
{
    uint32_t *place = cf_alloc(n, sizeof *place);
    uint32_t next = (uint32_t)old;

    for (uint64_t row = 0; place && row < n; row++)
        place[row] = from[row] == CF_NONE ? next++ : from[row];
    return place;
}

/* The old side's dictionary, and what only the new one has. */
static int join_dict(const struct cf_side *old, const struct cf_side *now,
                     const uint32_t *from, struct cf_store *out,
                     struct cf_err *err)
{
    int rc = cf_store_init(out, &old->dict_schema, 0, err);

    for (uint64_t row = 0; !rc && row < old->n; row++)
        rc = cf_store_copy(out, &old->dict, row, err);
    for (uint64_t row = 0; !rc && row < now->n; row++)
        if (from[row] == CF_NONE)
            rc = cf_store_copy(out, &now->dict, row, err);
    return rc;
}

static void join_side(struct cf_side *to, const struct cf_side *old,
                      const struct cf_side *now, const uint32_t *place,
                      uint32_t k)
{
    memcpy(to->factors, old->factors, old->n * k * sizeof *to->factors);
    memcpy(to->bias, old->bias, old->n * sizeof *to->bias);
    memcpy(to->count, old->count, old->n * sizeof *to->count);
    for (uint64_t row = 0; row < now->n; row++) {
        size_t at = place[row];
        memcpy(to->factors + at * k, now->factors + row * k,
               k * sizeof *to->factors);
        to->bias[at] = now->bias[row];
        to->count[at] = now->count[row];
    }
}

/* Adds what users of m have seen; NULL: rows stay as they are. */
static int add_seen(struct cf_seen *s, const struct cf_model *m,
                    const uint32_t *user, const uint32_t *item,
                    struct cf_err *err)
{
    int rc = 0;

    for (uint32_t u = 0; !rc && u < m->user.n; u++) {
        uint32_t to = user ? user[u] : u;
        for (uint64_t at = m->seen_start[u]; !rc && at < m->seen_start[u + 1];
             at++) {
            uint32_t i = m->seen_item[at];
            rc = cf_seen_add(s, &to, item ? &item[i] : &i, 1, err);
        }
    }
    return rc;
}

/* Before the counts are set, because storing sets them. */
static int join_seen(struct cf_model *all, const struct cf_model *old,
                     const struct cf_model *now, const uint32_t *user,
                     const uint32_t *item, struct cf_err *err)
{
    struct cf_seen seen = {0};
    int rc = add_seen(&seen, old, NULL, NULL, err);

    if (!rc)
        rc = add_seen(&seen, now, user, item, err);
    if (!rc)
        rc = cf_seen_store(&seen, all, err);
    cf_seen_free(&seen);
    return rc;
}

/* An empty model of the union's users and items. */
static int open_union(const struct cf_origin *o, const struct cf_model *m,
                      struct cf_model *all, struct cf_err *err)
{
    const struct cf_model *old = o->model;
    struct cf_schema s;
    struct cf_store users = {0}, items = {0};

    cf_schema_init(&s, CF_MODEL);
    int rc = cf_schema_copy_part(&s, "user", CF_ROWS_UNKNOWN,
                                 &old->user.dict_schema, 0, err);
    if (!rc)
        rc = cf_schema_copy_part(&s, "item", CF_ROWS_UNKNOWN,
                                 &old->item.dict_schema, 0, err);
    if (!rc)
        rc = join_dict(&old->user, &m->user, o->user, &users, err);
    if (!rc)
        rc = join_dict(&old->item, &m->item, o->item, &items, err);
    if (!rc)
        rc = cf_model_init(all, m->k, &s, 0, &users, 1, &items, err);
    cf_store_free(&users);
    cf_store_free(&items);
    cf_schema_free(&s);
    return rc;
}

/* What is about users, items and seen items changes places. */
static void exchange(struct cf_model *a, struct cf_model *b)
{
    const struct cf_model kept = *a;

    a->user = b->user;
    a->item = b->item;
    a->seen_start = b->seen_start;
    a->seen_item = b->seen_item;
    b->user = kept.user;
    b->item = kept.item;
    b->seen_start = kept.seen_start;
    b->seen_item = kept.seen_item;
}

int cf_origin_join(const struct cf_origin *o, struct cf_model *m, bool seen,
                   struct cf_err *err)
{
    const struct cf_model *old = o->model;
    uint32_t *user = places(o->user, m->user.n, old->user.n);
    uint32_t *item = places(o->item, m->item.n, old->item.n);
    struct cf_model all = {0};
    int rc = user && item ? open_union(o, m, &all, err) : cf_nomem(err, "ids");

    if (!rc && seen)
        rc = join_seen(&all, old, m, user, item, err);
    if (!rc) {
        join_side(&all.user, &old->user, &m->user, user, m->k);
        join_side(&all.item, &old->item, &m->item, item, m->k);
        exchange(m, &all);
        cf_model_set_cold(m);
        cf_origin_cold(o, m);
    }
    cf_model_free(&all);
    free(user);
    free(item);
    return rc;
}
