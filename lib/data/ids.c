/* ids.c - users or items to dense ids. */
#include "data/ids.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"

int cf_ids_attr(struct cf_ids *s, const struct cf_field *f, struct cf_err *err)
{
    size_t cap = s->nattr;

    if (!cf_grow(&s->attr, &cap, s->nattr + 1, sizeof *s->attr))
        return cf_nomem(err, "attributes");
    s->attr[s->nattr++] = *f;
    return 0;
}

int cf_ids_start(struct cf_ids *s, const struct cf_schema *out, uint32_t part,
                 struct cf_err *err)
{
    s->out = out;
    s->part = part;
    s->field = cf_zalloc(out->part[part].ncol, sizeof *s->field);
    s->scratch = cf_alloc(s->nattr + 1, CF_NUM_MAX);
    cf_dict_init(&s->dict, cf_dict_seed());
    if (!s->field || !s->scratch)
        return cf_nomem(err, "attributes");
    return cf_store_init(&s->fresh, out, part, err);
}

/* The entry s->field, with what is known of it from elsewhere. */
static int add_field(struct cf_ids *s, struct cf_str key, struct cf_err *err)
{
    for (size_t i = 0; i < s->nmore; i++)
        cf_featured_fill(&s->more[i], key, s->field);
    return cf_store_add_strs(&s->fresh, s->field, err);
}

/* ---- a vocabulary ---- */

/* The vocabulary's column for column i of the dictionary, 0 if it has none. */
static uint32_t vocab_column(const struct cf_ids *s,
                             const struct cf_vocab_side *v, uint32_t i)
{
    const struct cf_column *c = &s->out->column[s->out->part[s->part].col + i];
    int found = cf_schema_find_column(v->schema, v->part, c->name);

    return found < 0 ? 0 : (uint32_t)found - v->schema->part[v->part].col;
}

static int load_entry(struct cf_ids *s, const struct cf_vocab_side *v,
                      const uint32_t *from, uint64_t row, struct cf_err *err)
{
    struct cf_str key = cf_store_str(&v->store, 0, row);
    uint32_t id;
    bool fresh;
    int rc = cf_dict_add(&s->dict, key, &id, &fresh, err);

    if (rc)
        return rc;
    if (!fresh)
        return cf_fail(err, CF_EDATA, "%s: %s '%.*s' is there twice", v->name,
                       v->schema->part[v->part].name,
                       key.n < 64 ? (int)key.n : 64, key.p);
    s->field[0] = key;
    for (uint32_t i = 1; i < s->fresh.ncol; i++)
        s->field[i] = from[i] ? cf_store_str(&v->store, from[i], row)
                              : (struct cf_str){"", 0};
    return add_field(s, key, err);
}

int cf_ids_load(struct cf_ids *s, const struct cf_vocab_side *v,
                struct cf_err *err)
{
    uint32_t *from = cf_zalloc(s->fresh.ncol, sizeof *from);
    int rc = from ? 0 : cf_nomem(err, "attributes");

    for (uint32_t i = 1; !rc && i < s->fresh.ncol; i++)
        from[i] = vocab_column(s, v, i);
    for (uint64_t row = 0; !rc && row < v->store.rows; row++)
        rc = load_entry(s, v, from, row, err);
    s->known = s->dict.n;
    free(from);
    return rc;
}

/* ---- rows ---- */

/* A row to look at. */
struct at {
    const struct cf_dicts *d;
    const struct cf_block *b;
    uint32_t row;
};

static int add_entry(struct cf_ids *s, struct at at, struct cf_str key,
                     struct cf_err *err)
{
    s->field[0] = key;
    for (size_t i = 0; i < s->nattr; i++)
        s->field[i + 1] = cf_field_str(at.d, at.b, &s->attr[i], at.row,
                                       s->scratch + i * CF_NUM_MAX);
    for (size_t i = s->nattr + 1; i < s->fresh.ncol; i++)
        s->field[i] = (struct cf_str){"", 0};
    return add_field(s, key, err);
}

static int id_of_key(struct cf_ids *s, struct at at, struct cf_str key,
                     uint32_t *id, struct cf_err *err)
{
    bool fresh;

    if (s->fixed) {
        *id = cf_dict_find(&s->dict, key);
        return 0;
    }
    int rc = cf_dict_add(&s->dict, key, id, &fresh, err);
    if (!rc && fresh)
        rc = add_entry(s, at, key, err);
    return rc;
}

/* By the bytes, which always works. */
static int id_by_text(struct cf_ids *s, struct at at, uint32_t *id,
                      struct cf_err *err)
{
    char scratch[CF_NUM_MAX];
    struct cf_str key = cf_field_str(at.d, at.b, &s->key, at.row, scratch);

    return id_of_key(s, at, key, id, err);
}

/* Remembers the id of a row of the key's dictionary. */
static int see(struct cf_ids *s, uint32_t code, uint32_t id, struct cf_err *err)
{
    if (code >= s->nseen) {
        if (!cf_grow(&s->seen, &s->seen_cap, (size_t)code + 1, sizeof *s->seen))
            return cf_nomem(err, "ids");
        memset(s->seen + s->nseen, 0,
               (s->seen_cap - s->nseen) * sizeof *s->seen);
        s->nseen = s->seen_cap;
    }
    s->seen[code] = id + 1;
    return 0;
}

/* The key is a field of a dictionary: one look at the bytes for each of its
 * rows. */
static int ids_by_code(struct cf_ids *s, const struct cf_dicts *d,
                       const struct cf_slice *rows, uint32_t *id,
                       struct cf_err *err)
{
    const struct cf_block *b = rows->block;
    int rc = 0;

    for (uint32_t i = 0; !rc && i < rows->n; i++) {
        uint32_t row = rows->from + i;
        uint32_t code = cf_chunk_code(&b->chunk[s->key.col], b->rows, row);
        if (code < s->nseen && s->seen[code]) {
            id[i] = s->seen[code] - 1;
            continue;
        }
        rc = id_by_text(s, (struct at){d, b, row}, &id[i], err);
        if (!rc && code != CF_NONE)
            rc = see(s, code, id[i], err);
    }
    return rc;
}

/* Whole numbers of 32 bits. Nearly all are small and not new, and take one
 * look into an array. */
static int ids_by_number(struct cf_ids *s, const struct cf_dicts *d,
                         const struct cf_slice *rows, uint32_t *id,
                         struct cf_err *err)
{
    const char *p = rows->block->chunk[s->key.col].data;
    int rc = 0;

    for (uint32_t i = 0; !rc && i < rows->n; i++) {
        uint32_t v;
        memcpy(&v, p + sizeof v * ((size_t)rows->from + i), sizeof v);
        id[i] = cf_dict_small(&s->dict, v);
        if (id[i] == CF_NONE)
            rc = id_by_text(s, (struct at){d, rows->block, rows->from + i},
                            &id[i], err);
    }
    return rc;
}

/* A few rows at a time, because their keys can be expected together. */
static int ids_by_text(struct cf_ids *s, const struct cf_dicts *d,
                       const struct cf_slice *rows, uint32_t *id,
                       struct cf_err *err)
{
    enum { FEW = 32 };
    char scratch[FEW][CF_NUM_MAX];
    struct cf_str key[FEW];
    int rc = 0;

    for (uint32_t i = 0, n; !rc && i < rows->n; i += n) {
        uint32_t row = rows->from + i;
        n = rows->n - i < FEW ? rows->n - i : FEW;
        for (uint32_t k = 0; k < n; k++)
            key[k] = cf_field_str(d, rows->block, &s->key, row + k, scratch[k]);
        cf_dict_expect(&s->dict, key, n);
        for (uint32_t k = 0; !rc && k < n; k++)
            rc = id_of_key(s, (struct at){d, rows->block, row + k}, key[k],
                           &id[i + k], err);
    }
    return rc;
}

int cf_ids_of(struct cf_ids *s, const struct cf_dicts *d,
              const struct cf_slice *rows, uint32_t *id, struct cf_err *err)
{
    if (s->key.dict >= 0)
        return ids_by_code(s, d, rows, id, err);
    if (cf_field_exact(rows->block, &s->key) &&
        rows->block->chunk[s->key.col].scale == 0)
        return ids_by_number(s, d, rows, id, err);
    return ids_by_text(s, d, rows, id, err);
}

/* ---- who has no row ---- */

static int add_rest(struct cf_ids *s, struct cf_featured *v, struct cf_err *err)
{
    int rc = 0;

    for (uint32_t i = 0; !rc && i < v->ids.n; i++) {
        struct cf_str key = cf_dict_key(&v->ids, i);
        uint32_t id;
        bool fresh = false;
        if (!s->fixed)
            rc = cf_dict_add(&s->dict, key, &id, &fresh, err);
        if (rc || !fresh)
            continue;
        s->field[0] = key;
        for (size_t c = 1; c < s->fresh.ncol; c++)
            s->field[c] = (struct cf_str){"", 0};
        rc = add_field(s, key, err);
    }
    return rc;
}

int cf_ids_rest(struct cf_ids *s, struct cf_err *err)
{
    int rc = 0;

    for (size_t k = 0; k < s->nmore; k++) {
        struct cf_featured *v = &s->more[k];
        for (uint32_t i = 0; i < v->ids.n; i++)
            v->known +=
                cf_dict_find(&s->dict, cf_dict_key(&v->ids, i)) != CF_NONE;
        v->left_out = s->fixed ? v->ids.n - v->known : 0;
    }
    for (size_t k = 0; !rc && k < s->nmore; k++)
        rc = add_rest(s, &s->more[k], err);
    return rc;
}

/* ---- writing ---- */

int cf_ids_write(struct cf_ids *s, struct cf_writer *w, struct cf_err *err)
{
    int rc = cf_store_write(&s->fresh, 0, s->fresh.rows, w, s->part, err);
    cf_store_clear(&s->fresh);
    return rc;
}

int cf_ids_write_some(struct cf_ids *s, const uint32_t *id, uint32_t n,
                      struct cf_writer *w, struct cf_err *err)
{
    struct cf_store some;
    int rc = cf_store_init(&some, s->out, s->part, err);

    for (uint32_t i = 0; !rc && i < n; i++) {
        rc = cf_store_copy(&some, &s->fresh, id[i], err);
        if (!rc && (some.rows == CF_FRAME_ROWS || i == n - 1)) {
            rc = cf_store_write(&some, 0, some.rows, w, s->part, err);
            cf_store_clear(&some);
        }
    }
    cf_store_free(&some);
    return rc;
}

void cf_ids_free(struct cf_ids *s)
{
    for (size_t i = 0; i < s->nmore; i++)
        cf_featured_free(&s->more[i]);
    free(s->more);
    free(s->attr);
    free(s->seen);
    free(s->field);
    free(s->scratch);
    cf_dict_free(&s->dict);
    cf_store_free(&s->fresh);
    memset(s, 0, sizeof *s);
}
