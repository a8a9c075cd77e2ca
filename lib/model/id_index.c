/* id_index.c - the index of ids in a model file. */
#include "model/id_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/sum.h"
#include "data/argsort.h"

enum { BLOCK_ROWS = 1 << 17 };

static uint32_t hash_of(struct cf_str id)
{
    return (uint32_t)cf_sum(id.p, id.n, 0);
}

/* ---- making ---- */

static uint64_t key(const void *ctx, uint32_t row)
{
    const uint32_t *hash = ctx;
    return hash[row];
}

/* hash: of each row. */
static int sort(struct cf_id_index *x, const uint32_t *hash, struct cf_err *err)
{
    uint64_t *v = cf_alloc(x->n, sizeof *v), *spare = cf_alloc(x->n, sizeof *v);
    const struct cf_keys keys = {key, hash};

    if (v && spare) {
        for (size_t i = 0; i < x->n; i++)
            v[i] = i;
        cf_argsort(v, spare, x->n, 32, &keys);
        for (size_t i = 0; i < x->n; i++) {
            x->row[i] = (uint32_t)v[i];
            x->hash[i] = hash[x->row[i]];
        }
    }
    bool done = v && spare;
    free(v);
    free(spare);
    return done ? 0 : cf_nomem(err, "index of ids");
}

int cf_id_index_make(struct cf_id_index *x, const struct cf_store *dict,
                     struct cf_err *err)
{
    size_t n = (size_t)dict->rows;
    uint32_t *hash = cf_alloc(n, sizeof *hash);

    *x = (struct cf_id_index){n, cf_alloc(n, sizeof *x->hash),
                              cf_alloc(n, sizeof *x->row)};
    int rc = hash && x->hash && x->row ? 0 : cf_nomem(err, "index of ids");
    for (size_t i = 0; !rc && i < n; i++)
        hash[i] = hash_of(cf_store_str(dict, 0, i));
    if (!rc)
        rc = sort(x, hash, err);
    free(hash);
    return rc;
}

void cf_id_index_free(struct cf_id_index *x)
{
    free(x->hash);
    free(x->row);
    memset(x, 0, sizeof *x);
}

/* ---- writing ---- */

int cf_id_index_schema(struct cf_schema *s, uint64_t rows, struct cf_err *err)
{
    const struct cf_column row = {.name = "row",
                                  .type = CF_U32,
                                  .width = 1,
                                  .dict = cf_schema_find_part(s, "user")};

    int rc = cf_schema_part(s, "user_index", rows, err);
    if (!rc)
        rc = cf_schema_plain(s, "hash", CF_U32, err);
    return rc ? rc : cf_schema_column(s, &row, err);
}

int cf_id_index_write(const struct cf_id_index *x, const struct cf_schema *s,
                      struct cf_writer *w, struct cf_err *err)
{
    uint32_t part = (uint32_t)cf_schema_find_part(s, "user_index");
    int rc = 0;

    for (size_t at = 0; !rc && at < x->n; at += BLOCK_ROWS) {
        size_t n = x->n - at < BLOCK_ROWS ? x->n - at : BLOCK_ROWS;
        const struct cf_chunk c[2] = {
            {.data = (const char *)(x->hash + at), .size = n * sizeof *x->hash},
            {.data = (const char *)(x->row + at), .size = n * sizeof *x->row}};
        const struct cf_block b = {
            .part = part, .rows = (uint32_t)n, .chunk = c};
        rc = cf_writer_put(w, &b, err);
    }
    return rc;
}

/* ---- finding ---- */

struct finder {
    const struct cf_parts *in;
    uint32_t index, dict; /* parts */
    uint64_t n;           /* rows of both */
};

/* Row number at of the index: column 0 the hash, 1 the row. */
static int look(const struct finder *f, uint64_t at, uint32_t col,
                uint32_t *out)
{
    const struct cf_piece p = {f->index, col, at, 1};
    return cf_parts_copy(f->in, &p, out);
}

/* The first row of the index whose hash is not below. */
static int first_of(const struct finder *f, uint32_t hash, uint64_t *at)
{
    uint64_t lo = 0, hi = f->n;

    while (lo < hi) {
        uint64_t mid = lo + (hi - lo) / 2;
        uint32_t there;
        int rc = look(f, mid, 0, &there);
        if (rc)
            return rc;
        if (there < hash)
            lo = mid + 1;
        else
            hi = mid;
    }
    *at = lo;
    return 0;
}

static int is_id(const struct finder *f, uint32_t row, struct cf_str id,
                 bool *same)
{
    uint32_t number = cf_map_find(f->in->map, f->dict, row);
    const struct cf_block *b;
    char scratch[CF_NUM_MAX];

    int rc = cf_map_block(f->in->map, f->dict, number, &b, f->in->err);
    if (!rc)
        *same = cf_str_eq(cf_chunk_str(&b->chunk[0], b->rows,
                                       row - (uint32_t)b->first, scratch),
                          id);
    return rc;
}

/* CF_NONE if there is none. */
static int find_one(const struct finder *f, struct cf_str id, uint32_t *row)
{
    uint32_t hash = hash_of(id), there = hash;
    uint64_t at = 0;
    bool same = false;
    int rc = first_of(f, hash, &at);

    *row = CF_NONE;
    for (; !rc && !same && at < f->n; at++) {
        rc = look(f, at, 0, &there);
        if (rc || there != hash)
            break;
        rc = look(f, at, 1, row);
        if (!rc)
            rc = is_id(f, *row, id, &same);
    }
    if (!same)
        *row = CF_NONE;
    return rc;
}

static bool among(const uint32_t *row, size_t n, uint32_t one)
{
    for (size_t i = 0; i < n; i++)
        if (row[i] == one)
            return true;
    return false;
}

/* false if there is none, or it is not sound, with an error in in->err. */
static int open_finder(struct finder *f, const struct cf_parts *in,
                       const struct cf_want *hash)
{
    int dict = cf_schema_find_part(in->s, "user");
    int part = cf_parts_find(in, hash);

    if (part < 0)
        return CF_ESTREAM;
    const struct cf_part *p = &in->s->part[part];
    const struct cf_column *row = &in->s->column[p->col + 1];
    if (p->ncol != 2 || strcmp(row->name, "row") != 0 || row->type != CF_U32 ||
        row->dict != dict || row->none)
        return cf_parts_unsound(in, "user_index");
    *f = (struct finder){in, (uint32_t)part, (uint32_t)dict, hash->rows};
    return 0;
}

int cf_id_index_find(const struct cf_parts *in, const struct cf_str *id,
                     size_t n, uint32_t **row, size_t *found)
{
    int dict = cf_schema_find_part(in->s, "user");
    struct finder f = {.n = 0};
    uint32_t one;

    *row = NULL;
    *found = 0;
    if (dict < 0 || cf_schema_find_part(in->s, "user_index") < 0)
        return 0;
    const struct cf_want hash = {"user_index", "hash", CF_U32, 1,
                                 cf_map_rows(in->map, (uint32_t)dict)};
    int rc = open_finder(&f, in, &hash);
    if (!rc && !(*row = cf_alloc(n, sizeof **row)))
        rc = cf_nomem(in->err, "users");
    for (size_t i = 0; !rc && i < n; i++) {
        rc = find_one(&f, id[i], &one);
        if (!rc && one != CF_NONE && !among(*row, *found, one))
            (*row)[(*found)++] = one;
    }
    return rc;
}
