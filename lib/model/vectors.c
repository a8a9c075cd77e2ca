/* vectors.c - the vectors of one side of a model as they are in its file. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/vec.h"
#include "model/export_impl.h"
#include "model/file_impl.h"

int cf_vectors_unsound(const struct cf_map *map, const char *what,
                       struct cf_err *err)
{
    return cf_fail(err, CF_ESTREAM, "%s: not a sound model: %s",
                   cf_map_name(map), what);
}

/* The first column of a part of the model that has as many rows as there are
 * vectors; NULL if it is not of that type. */
static const struct cf_column *find(const struct cf_vectors *v,
                                    const char *part, enum cf_type type,
                                    uint32_t *number)
{
    const struct cf_schema *s = cf_map_schema(v->map);
    int i = cf_schema_find_part(s, part);

    if (i < 0)
        return NULL;
    *number = (uint32_t)i;
    const struct cf_column *c = &s->column[s->part[i].col];
    return c->type == type && cf_map_rows(v->map, *number) == v->n ? c : NULL;
}

/* Calls add for each block of a part whose column is a single value. */
static int each_block(struct cf_vectors *v, const char *part, enum cf_type type,
                      int (*add)(struct cf_vectors *v, const struct cf_block *b,
                                 struct cf_err *err),
                      struct cf_err *err)
{
    uint32_t number;
    const struct cf_column *c = find(v, part, type, &number);
    int rc = c && c->width == 1 ? 0 : cf_vectors_unsound(v->map, part, err);

    for (uint32_t i = 0; !rc && i < cf_map_blocks(v->map, number); i++) {
        const struct cf_block *b;
        rc = cf_map_block(v->map, number, i, &b, err);
        if (!rc)
            rc = add(v, b, err);
    }
    return rc;
}

static int add_bias(struct cf_vectors *v, const struct cf_block *b,
                    struct cf_err *err)
{
    memcpy(v->bias + b->first, b->chunk[0].data, b->rows * sizeof *v->bias);
    return cf_vec_finite(v->bias + b->first, b->rows)
               ? 0
               : cf_vectors_unsound(v->map, "a bias is not finite", err);
}

static int add_count(struct cf_vectors *v, const struct cf_block *b,
                     struct cf_err *err)
{
    (void)err;
    for (uint32_t i = 0; i < b->rows; i++) {
        uint32_t n = cf_load_u32(b->chunk[0].data + i * sizeof(uint32_t));
        v->count[b->first + i] = n;
        v->kept += n >= v->least;
        v->untrained += n >= v->least && n == 0;
    }
    return 0;
}

static int add_ids(struct cf_vectors *v, const struct cf_block *b,
                   struct cf_err *err)
{
    return cf_store_add(&v->ids, b, err);
}

static int read_ids(struct cf_vectors *v, const char *dict, struct cf_err *err)
{
    const struct cf_schema *s = cf_map_schema(v->map);
    uint32_t number;
    const struct cf_column *id = find(v, dict, CF_STR, &number);

    if (!id)
        return cf_vectors_unsound(v->map, dict, err);
    v->id_name = id->name;
    int rc = cf_store_init(&v->ids, s, number, err);
    return rc ? rc : each_block(v, dict, CF_STR, add_ids, err);
}

/* How many vectors there are, and of what size. */
static int find_factors(struct cf_vectors *v, const char *part,
                        struct cf_err *err)
{
    int i = cf_schema_find_part(cf_map_schema(v->map), part);

    v->n = i < 0 ? 0 : cf_map_rows(v->map, (uint32_t)i);
    const struct cf_column *c = find(v, part, CF_F32, &v->part);
    if (!c)
        return cf_vectors_unsound(v->map, part, err);
    v->k = c->width;
    return 0;
}

int cf_vectors_open(struct cf_vectors *v, bool ids, bool fold,
                    struct cf_err *err)
{
    const struct cf_side_names *name = v->one ? &cf_user_names : &cf_item_names;

    int rc = find_factors(v, name->factors, err);
    if (rc)
        return rc;
    v->dims = v->k + fold;
    v->bias = cf_alloc(v->n, sizeof *v->bias);
    v->count = cf_alloc(v->n, sizeof *v->count);
    if (!v->bias || !v->count)
        return cf_nomem(err, "biases");
    rc = each_block(v, name->bias, CF_F32, add_bias, err);
    if (!rc)
        rc = each_block(v, name->count, CF_U32, add_count, err);
    return rc || !ids ? rc : read_ids(v, name->dict, err);
}

int cf_vectors_take(struct cf_vectors *v, uint32_t i, struct cf_err *err)
{
    const struct cf_block *b;
    size_t n;

    int rc = cf_map_block(v->map, v->part, i, &b, err);
    if (rc)
        return rc;
    if (!cf_mul(b->rows, v->k, &n) ||
        !cf_grow(&v->factors, &v->cap, n, sizeof *v->factors))
        return cf_nomem(err, "vectors");
    memcpy(v->factors, b->chunk[0].data, n * sizeof *v->factors);
    v->first = b->first;
    v->rows = b->rows;
    return cf_vec_finite(v->factors, n)
               ? 0
               : cf_vectors_unsound(v->map, "a factor is not finite", err);
}

float cf_vectors_last(const struct cf_vectors *v, uint64_t i)
{
    return v->one ? 1 : v->bias[i];
}

void cf_vectors_close(struct cf_vectors *v)
{
    free(v->bias);
    free(v->count);
    free(v->factors);
    cf_store_free(&v->ids);
}
