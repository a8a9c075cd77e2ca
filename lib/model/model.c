/* model.c - the embedding model in memory. */
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---- memory ---- */

/* A schema of part `part` of s alone. */
static int copy_dict_schema(struct cf_schema *out, const struct cf_schema *s,
                            uint32_t part, struct cf_err *err)
{
    const struct cf_part *p = &s->part[part];

    cf_schema_init(out, CF_MODEL);
    if (p->ncol == 0 || s->column[p->col].type != CF_STR)
        return cf_fail(err, CF_EDATA, "%s: the id is not text", p->name);
    for (uint32_t i = p->col; i < p->col + p->ncol; i++)
        if (s->column[i].dict >= 0)
            return cf_fail(err, CF_EDATA,
                           "%s: column '%s' is codes of another part", p->name,
                           s->column[i].name);
    return cf_schema_copy_part(out, p->name, p->rows, s, part, err);
}

static int init_side(struct cf_side *side, uint32_t k,
                     const struct cf_schema *s, uint32_t part,
                     struct cf_store *dict, struct cf_err *err)
{
    size_t n = dict->rows, all;

    if (n >= CF_NONE)
        return cf_fail(err, CF_EMEM, "%s: more than %u ids", s->part[part].name,
                       CF_NONE - 1);
    int rc = copy_dict_schema(&side->dict_schema, s, part, err);
    if (rc)
        return rc;
    side->n = n;
    side->factors = cf_mul(n, k, &all) ? cf_aalloc(all, sizeof(float)) : NULL;
    side->bias = cf_aalloc(n, sizeof(float));
    side->count = cf_zalloc(n, sizeof *side->count);
    if (!side->factors || !side->bias || !side->count)
        return cf_nomem(err, "model");
    side->dict = *dict;
    memset(dict, 0, sizeof *dict);
    return 0;
}

int cf_model_init(struct cf_model *m, uint32_t k, const struct cf_schema *s,
                  uint32_t upart, struct cf_store *users, uint32_t ipart,
                  struct cf_store *items, struct cf_err *err)
{
    memset(m, 0, sizeof *m);
    m->k = k;
    int rc = init_side(&m->user, k, s, upart, users, err);
    if (!rc)
        rc = init_side(&m->item, k, s, ipart, items, err);
    if (!rc) {
        m->seen_start = cf_zalloc(m->user.n + 1, sizeof *m->seen_start);
        if (!m->seen_start)
            rc = cf_nomem(err, "model");
    }
    if (rc)
        cf_model_free(m);
    return rc;
}

static void free_side(struct cf_side *side)
{
    free(side->factors);
    free(side->bias);
    free(side->count);
    free(side->cold_factors);
    cf_schema_free(&side->dict_schema);
    cf_store_free(&side->dict);
}

void cf_model_free(struct cf_model *m)
{
    free(m->solver);
    free_side(&m->user);
    free_side(&m->item);
    cf_mlp_free(&m->mlp);
    free(m->seen_start);
    free(m->seen_item);
    free(m->epoch);
    memset(m, 0, sizeof *m);
}

/* ---- seen items ---- */

int cf_seen_add(struct cf_seen *s, const uint32_t *user, const uint32_t *item,
                size_t n, struct cf_err *err)
{
    if (n == 0)
        return 0;
    if (n > SIZE_MAX - s->n ||
        !cf_grow(&s->user, &s->cap_user, s->n + n, sizeof *s->user) ||
        !cf_grow(&s->item, &s->cap_item, s->n + n, sizeof *s->item))
        return cf_nomem(err, "seen items");
    memcpy(s->user + s->n, user, n * sizeof *user);
    memcpy(s->item + s->n, item, n * sizeof *item);
    s->n += n;
    return 0;
}

static void count_rows(const uint32_t *id, size_t n, struct cf_side *side)
{
    memset(side->count, 0, side->n * sizeof *side->count);
    for (size_t i = 0; i < n; i++)
        if (side->count[id[i]] < UINT32_MAX)
            side->count[id[i]]++;
}

/* start[j]: where the elements of j begin when n of them are sorted by id, for
 * j = 0 .. ids; start[ids] is n. */
static void find_starts(const uint32_t *id, size_t n, uint64_t ids,
                        uint64_t *start)
{
    memset(start, 0, (ids + 1) * sizeof *start);
    for (size_t i = 0; i < n; i++)
        start[id[i] + 1]++;
    for (uint64_t j = 0; j < ids; j++)
        start[j + 1] += start[j];
}

/* The users of each item: item i's are by[end[i - 1] .. end[i] - 1]. */
static void group_by_item(const struct cf_seen *s, uint64_t items,
                          uint64_t *end, uint32_t *by)
{
    find_starts(s->item, s->n, items, end);
    for (size_t r = 0; r < s->n; r++)
        by[end[s->item[r]]++] = s->user[r];
}

/* Going through the items in order makes each user's list ascending, with
 * equal items side by side. end has room for n users. */
static void list_items(struct cf_model *m, const uint64_t *item_end,
                       const uint32_t *by, uint64_t *end)
{
    uint64_t *start = m->seen_start, at = 0;
    uint32_t *list = m->seen_item;

    memcpy(end, start, m->user.n * sizeof *end);
    for (uint32_t i = 0; i < m->item.n; i++)
        for (; at < item_end[i]; at++) {
            uint32_t u = by[at];
            if (end[u] == start[u] || list[end[u] - 1] != i)
                list[end[u]++] = i;
        }
    at = 0;
    for (uint64_t u = 0; u < m->user.n; u++) {
        uint64_t n = end[u] - start[u];
        memmove(list + at, list + start[u], n * sizeof *list);
        start[u] = at;
        at += n;
    }
    start[m->user.n] = at;
}

int cf_seen_store(const struct cf_seen *s, struct cf_model *m,
                  struct cf_err *err)
{
    uint64_t *item_end = cf_alloc(m->item.n + 1, sizeof *item_end);
    uint64_t *user_end = cf_alloc(m->user.n, sizeof *user_end);
    uint32_t *by = cf_alloc(s->n, sizeof *by);
    uint32_t *list = cf_alloc(s->n, sizeof *list);
    int rc = 0;

    if (item_end && user_end && by && list) {
        free(m->seen_item);
        m->seen_item = list;
        list = NULL;
        count_rows(s->user, s->n, &m->user);
        count_rows(s->item, s->n, &m->item);
        group_by_item(s, m->item.n, item_end, by);
        find_starts(s->user, s->n, m->user.n, m->seen_start);
        list_items(m, item_end, by, user_end);
    } else {
        rc = cf_nomem(err, "seen items");
    }
    free(item_end);
    free(user_end);
    free(by);
    free(list);
    return rc;
}

void cf_seen_free(struct cf_seen *s)
{
    free(s->user);
    free(s->item);
    memset(s, 0, sizeof *s);
}
