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

/* Where a side's ids come from. */
struct ids {
    const struct cf_schema *s;
    uint32_t part;
    struct cf_store *dict;
};

/* Arrays come from alloc. */
static int init_side(struct cf_side *side, uint32_t k, const struct ids *ids,
                     void *(*alloc)(size_t n, size_t size), struct cf_err *err)
{
    size_t n = ids->dict->rows, all;

    if (n >= CF_NONE)
        return cf_fail(err, CF_EMEM, "%s: more than %u ids",
                       ids->s->part[ids->part].name, CF_NONE - 1);
    int rc = copy_dict_schema(&side->dict_schema, ids->s, ids->part, err);
    if (rc)
        return rc;
    side->n = n;
    side->factors = cf_mul(n, k, &all) ? alloc(all, sizeof(float)) : NULL;
    side->bias = alloc(n, sizeof(float));
    side->count = alloc(n, sizeof *side->count);
    side->cold_factors = cf_aalloc(k, sizeof(float));
    if (!side->factors || !side->bias || !side->count || !side->cold_factors)
        return cf_nomem(err, "model");
    side->dict = *ids->dict;
    memset(ids->dict, 0, sizeof *ids->dict);
    return 0;
}

static int init(struct cf_model *m, uint32_t k, const struct ids side[2],
                void *(*alloc)(size_t n, size_t size), struct cf_err *err)
{
    memset(m, 0, sizeof *m);
    m->k = k;
    int rc = init_side(&m->user, k, &side[0], alloc, err);
    if (!rc)
        rc = init_side(&m->item, k, &side[1], alloc, err);
    if (!rc) {
        m->seen_start = alloc(m->user.n + 1, sizeof *m->seen_start);
        if (!m->seen_start)
            rc = cf_nomem(err, "model");
    }
    if (rc)
        cf_model_free(m);
    return rc;
}

int cf_model_init(struct cf_model *m, uint32_t k, const struct cf_schema *s,
                  uint32_t upart, struct cf_store *users, uint32_t ipart,
                  struct cf_store *items, struct cf_err *err)
{
    const struct ids side[2] = {{s, upart, users}, {s, ipart, items}};

    return init(m, k, side, cf_aalloc, err);
}

int cf_model_room(struct cf_model *m, uint32_t k, const struct cf_schema *s,
                  uint32_t upart, struct cf_store *users, uint32_t ipart,
                  struct cf_store *items, struct cf_err *err)
{
    const struct ids side[2] = {{s, upart, users}, {s, ipart, items}};

    return init(m, k, side, cf_room, err);
}

static int add_samples(struct cf_side *side, uint32_t samples,
                       struct cf_err *err)
{
    size_t all;

    side->noise = cf_zalloc(side->n, sizeof *side->noise);
    side->sample_bias = cf_mul(side->n, samples, &all)
                            ? cf_zalloc(all, sizeof *side->sample_bias)
                            : NULL;
    side->cold_sample_bias = cf_zalloc(samples, sizeof(float));
    return side->noise && side->sample_bias && side->cold_sample_bias
               ? 0
               : cf_nomem(err, "samples");
}

int cf_model_add_samples(struct cf_model *m, uint32_t samples,
                         struct cf_err *err)
{
    m->samples = samples;
    m->vec = cf_vec_best();
    int rc = add_samples(&m->user, samples, err);
    return rc ? rc : add_samples(&m->item, samples, err);
}

static void free_side(struct cf_side *side)
{
    free(side->noise);
    free(side->sample_bias);
    free(side->cold_sample_bias);
    free(side->star_sd);
    free(side->cold_star_sd);
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
    cf_days_free(&m->days);
    cf_sessions_free(&m->sessions);
    cf_stars_free(&m->stars);
    cf_chain_free(&m->chain);
    cf_mlp_free(&m->mlp);
    free(m->item_weights);
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

void cf_model_count(struct cf_model *m, const uint32_t *user,
                    const uint32_t *item, size_t n)
{
    for (size_t r = 0; r < n; r++) {
        uint32_t *u = &m->user.count[user[r]], *i = &m->item.count[item[r]];
        *u += *u < UINT32_MAX;
        *i += *i < UINT32_MAX;
    }
}

/* Shell's sort, with the gaps of Knuth: 1, 4, 13, 40, ... */
static void sort_numbers(uint32_t *v, size_t n)
{
    size_t gap = 1;

    while (gap < n / 9)
        gap = 3 * gap + 1;
    for (; gap > 0; gap /= 3)
        for (size_t i = gap; i < n; i++) {
            uint32_t x = v[i];
            size_t j = i;
            for (; j >= gap && v[j - gap] > x; j -= gap)
                v[j] = v[j - gap];
            v[j] = x;
        }
}

/* The same, once each, without repetitions; returns how many are left. */
static size_t sort_distinct(uint32_t *v, size_t n)
{
    size_t kept = 0;

    sort_numbers(v, n);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || v[kept - 1] != v[i])
            v[kept++] = v[i];
    return kept;
}

/* A bit for each item; all 0 between two uses. */
struct marks {
    uint64_t *word;
    size_t words;
};

/* What sort_distinct does, by setting and reading bits. */
static size_t mark_distinct(struct marks *m, uint32_t *v, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        m->word[v[i] / 64] |= UINT64_C(1) << v[i] % 64;
    for (size_t w = 0; w < m->words; w++) {
        for (uint64_t left = m->word[w]; left; left &= left - 1)
            v[kept++] = (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(left);
        m->word[w] = 0;
    }
    return kept;
}

/* Each user's items ascending, once each, without gaps between the users. Bits
 * are faster where a user has not much fewer items than there are words of
 * them; without memory for them it is sorting. */
static void sort_items(uint32_t *item, struct cf_model *m)
{
    enum { WORDS_PER_ITEM = 32 };
    uint64_t *start = m->seen_start, at = 0;
    struct marks marks = {.words = (size_t)m->item.n / 64 + 1};

    marks.word = cf_zalloc(marks.words, sizeof *marks.word);
    for (uint64_t u = 0, from = 0; u < m->user.n; u++) {
        uint32_t *own = item + from;
        size_t n = (size_t)(start[u + 1] - from);
        bool many = marks.word && n > marks.words / WORDS_PER_ITEM;
        from = start[u + 1];
        n = many ? mark_distinct(&marks, own, n) : sort_distinct(own, n);
        memmove(item + at, own, n * sizeof *item);
        start[u] = at;
        at += n;
    }
    start[m->user.n] = at;
    free(marks.word);
}

void cf_seen_take(struct cf_model *m, struct cf_csr *by_user)
{
    free(m->seen_start);
    free(m->seen_item);
    m->seen_start = by_user->start;
    m->seen_item = by_user->col;
    by_user->start = NULL;
    by_user->col = NULL;
    sort_items(m->seen_item, m);
}

int cf_seen_list(struct cf_seen *s, struct cf_model *m, struct cf_err *err)
{
    const struct cf_entries pairs = {s->n, s->user, s->item, NULL};
    struct cf_csr by_user;
    int rc = cf_csr_build(&by_user, (size_t)m->user.n, &pairs, err);

    if (!rc) {
        cf_seen_free(s);
        cf_seen_take(m, &by_user);
    }
    cf_csr_free(&by_user);
    return rc;
}

int cf_seen_store(struct cf_seen *s, struct cf_model *m, struct cf_err *err)
{
    memset(m->user.count, 0, m->user.n * sizeof *m->user.count);
    memset(m->item.count, 0, m->item.n * sizeof *m->item.count);
    if (s->n > 0)
        cf_model_count(m, s->user, s->item, s->n);
    return cf_seen_list(s, m, err);
}

void cf_seen_free(struct cf_seen *s)
{
    free(s->user);
    free(s->item);
    memset(s, 0, sizeof *s);
}
