/* file_parts.c - the arrays of a model file, read one by one. */
#include "model/file_parts.h"

#include <string.h>

#include "math/vec.h"

int cf_parts_unsound(const struct cf_parts *in, const char *what)
{
    return cf_fail(in->err, CF_ESTREAM, "%s: not a sound model: %s",
                   cf_map_name(in->map), what);
}

int cf_parts_find(const struct cf_parts *in, const struct cf_want *w)
{
    int part = cf_schema_find_part(in->s, w->part);
    const struct cf_column *c =
        part < 0 ? NULL : &in->s->column[in->s->part[part].col];

    if (!c || strcmp(c->name, w->column) != 0 || c->type != w->type ||
        c->width != w->width ||
        (w->rows != CF_ROWS_UNKNOWN &&
         cf_map_rows(in->map, (uint32_t)part) != w->rows)) {
        cf_parts_unsound(in, w->part);
        return -1;
    }
    return part;
}

int cf_parts_copy(const struct cf_parts *in, const struct cf_piece *p,
                  void *out)
{
    uint64_t from = p->from, left = p->n;
    char *to = out;

    while (left > 0) {
        uint32_t number = cf_map_find(in->map, p->part, from);
        const struct cf_block *b;
        int rc = cf_map_block(in->map, p->part, number, &b, in->err);
        if (rc)
            return rc;
        size_t row = b->chunk[p->col].size / b->rows;
        size_t at = (size_t)(from - b->first), n = b->rows - at;
        n = n < left ? n : (size_t)left;
        memcpy(to, b->chunk[p->col].data + at * row, n * row);
        to += n * row;
        from += n;
        left -= n;
    }
    return 0;
}

/* The picked rows, one by one. */
static int copy_picked(const struct cf_parts *in, struct cf_piece p,
                       const struct cf_pick *pick, size_t row_size, void *out)
{
    int rc = 0;

    p.n = 1;
    for (size_t i = 0; !rc && i < pick->n; i++) {
        p.from = pick->row[i];
        rc = cf_parts_copy(in, &p, (char *)out + i * row_size);
    }
    return rc;
}

int cf_parts_array(const struct cf_parts *in, const struct cf_want *w,
                   const struct cf_pick *pick, void *out)
{
    int part = cf_parts_find(in, w);

    if (part < 0)
        return CF_ESTREAM;
    const struct cf_piece all = {(uint32_t)part, 0, 0,
                                 cf_map_rows(in->map, (uint32_t)part)};
    return pick ? copy_picked(in, all, pick, w->width * cf_type_size(w->type),
                              out)
                : cf_parts_copy(in, &all, out);
}

static int not_finite(const struct cf_parts *in, const struct cf_want *w)
{
    return cf_fail(in->err, CF_ESTREAM, "%s: not a sound model: %s not finite",
                   cf_map_name(in->map), w->part);
}

/* Some rows at a time, which are looked at while they are in the cache. */
static int all_reals(const struct cf_parts *in, const struct cf_want *w,
                     float *out)
{
    enum { SOME = 1 << 16 };
    int part = cf_parts_find(in, w), rc = 0;
    uint64_t step = w->width < SOME ? SOME / w->width : 1;

    if (part < 0)
        return CF_ESTREAM;
    uint64_t rows = cf_map_rows(in->map, (uint32_t)part);
    for (uint64_t at = 0; !rc && at < rows; at += step) {
        float *to = out + at * w->width;
        const struct cf_piece some = {(uint32_t)part, 0, at,
                                      rows - at < step ? rows - at : step};
        rc = cf_parts_copy(in, &some, to);
        if (!rc && !cf_vec_finite(to, some.n * w->width))
            rc = not_finite(in, w);
    }
    return rc;
}

int cf_parts_reals(const struct cf_parts *in, const struct cf_want *w,
                   const struct cf_pick *pick, float *out)
{
    if (!pick)
        return all_reals(in, w, out);
    int rc = cf_parts_array(in, w, pick, out);
    return rc || cf_vec_finite(out, pick->n * w->width) ? rc
                                                        : not_finite(in, w);
}

/* ---- dictionaries ---- */

static int add_block(const struct cf_parts *in, uint32_t part, uint32_t number,
                     struct cf_store *st)
{
    const struct cf_block *b;
    int rc = cf_map_block(in->map, part, number, &b, in->err);
    return rc ? rc : cf_store_add(st, b, in->err);
}

static int add_row(const struct cf_parts *in, uint32_t part, uint64_t row,
                   struct cf_store *st)
{
    uint32_t number = cf_map_find(in->map, part, row);
    const struct cf_block *b;
    int rc = cf_map_block(in->map, part, number, &b, in->err);

    return rc ? rc
              : cf_store_add_row(st, b, (uint32_t)(row - b->first), in->err);
}

int cf_parts_dict(const struct cf_parts *in, const char *name,
                  const struct cf_pick *pick, struct cf_store *st)
{
    int part = cf_schema_find_part(in->s, name);

    if (part < 0 || in->s->column[in->s->part[part].col].type != CF_STR)
        return cf_parts_unsound(in, name);
    uint32_t n = cf_map_blocks(in->map, (uint32_t)part);
    int rc = cf_store_init(st, in->s, (uint32_t)part, in->err);
    for (uint32_t i = 0; !rc && !pick && i < n; i++)
        rc = add_block(in, (uint32_t)part, i, st);
    for (size_t i = 0; !rc && pick && i < pick->n; i++)
        rc = add_row(in, (uint32_t)part, pick->row[i], st);
    return rc;
}
