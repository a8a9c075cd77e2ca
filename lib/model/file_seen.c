/* file_seen.c - who has seen what, from a model file. */
#include <stdlib.h>

#include "base/mem.h"
#include "model/file_impl.h"

/* Where the lists are in the file. */
struct seen {
    uint32_t start, item; /* parts */
    uint64_t n;           /* of all lists */
};

static int find_seen(const struct cf_parts *in, struct seen *s)
{
    int user = cf_schema_find_part(in->s, "user");
    uint64_t users = cf_map_rows(in->map, (uint32_t)user);
    const struct cf_want start = {"seen_start", "start", CF_U64, 1, users + 1};
    const struct cf_want item = {"seen_item", "item", CF_U32, 1,
                                 CF_ROWS_UNKNOWN};
    int from = cf_parts_find(in, &start), part = cf_parts_find(in, &item);

    if (from < 0 || part < 0)
        return CF_ESTREAM;
    const struct cf_column *c = &in->s->column[in->s->part[part].col];
    if (c->dict != cf_schema_find_part(in->s, "item") || c->none)
        return cf_parts_unsound(in, "seen_item");
    *s = (struct seen){(uint32_t)from, (uint32_t)part,
                       cf_map_rows(in->map, (uint32_t)part)};
    return 0;
}

/* Ascending and once each. Codes are below the number of items because the
 * column says so, and none of them stands for none. */
static bool items_sound(const struct cf_model *m)
{
    for (uint64_t u = 0; u < m->user.n; u++)
        for (uint64_t i = m->seen_start[u]; i + 1 < m->seen_start[u + 1]; i++)
            if (m->seen_item[i] >= m->seen_item[i + 1])
                return false;
    return true;
}

static int alloc_items(const struct cf_parts *in, uint64_t n,
                       struct cf_model *m)
{
    free(m->seen_item);
    m->seen_item = cf_room(n, sizeof *m->seen_item);
    return m->seen_item ? 0 : cf_nomem(in->err, "seen items");
}

static bool starts_sound(const struct cf_model *m, uint64_t n)
{
    for (uint64_t u = 0; u < m->user.n; u++)
        if (m->seen_start[u] > m->seen_start[u + 1])
            return false;
    return m->seen_start[0] == 0 && m->seen_start[m->user.n] == n;
}

static int read_seen(const struct cf_parts *in, const struct seen *s,
                     struct cf_model *m)
{
    const struct cf_piece start = {s->start, 0, 0, m->user.n + 1};
    const struct cf_piece item = {s->item, 0, 0, s->n};

    int rc = cf_parts_copy(in, &start, m->seen_start);
    if (!rc && !starts_sound(m, s->n))
        rc = cf_parts_unsound(in, "seen_start");
    if (!rc)
        rc = alloc_items(in, s->n, m);
    return rc ? rc : cf_parts_copy(in, &item, m->seen_item);
}

/* The list of a picked user is that of row `row` in the file. */
static int find_list(const struct cf_parts *in, const struct seen *s,
                     uint32_t row, struct cf_piece *list)
{
    const struct cf_piece two = {s->start, 0, row, 2};
    uint64_t at[2];

    int rc = cf_parts_copy(in, &two, at);
    if (rc)
        return rc;
    if (at[0] > at[1] || at[1] > s->n)
        return cf_parts_unsound(in, "seen_start");
    *list = (struct cf_piece){s->item, 0, at[0], at[1] - at[0]};
    return 0;
}

static int read_some_seen(const struct cf_parts *in, const struct seen *s,
                          const struct cf_pick *pick, struct cf_model *m)
{
    struct cf_piece list = {.n = 0};
    uint64_t *start = m->seen_start;
    int rc = 0;

    start[0] = 0;
    for (size_t u = 0; !rc && u < pick->n; u++) {
        rc = find_list(in, s, pick->row[u], &list);
        if (!rc)
            start[u + 1] = start[u] + list.n;
    }
    if (!rc)
        rc = alloc_items(in, start[pick->n], m);
    for (size_t u = 0; !rc && u < pick->n; u++) {
        rc = find_list(in, s, pick->row[u], &list);
        if (!rc)
            rc = cf_parts_copy(in, &list, m->seen_item + start[u]);
    }
    return rc;
}

int cf_model_read_seen(const struct cf_model_source *src, struct cf_model *m)
{
    const struct cf_parts *in = &src->parts;
    struct seen s = {.n = 0};

    int rc = find_seen(in, &s);
    if (!rc)
        rc = src->users ? read_some_seen(in, &s, src->users, m)
                        : read_seen(in, &s, m);
    if (!rc && !items_sound(m))
        rc = cf_parts_unsound(in, "seen_item");
    return rc;
}
