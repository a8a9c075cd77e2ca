/* pairs_in.c - pairs from a stream or from text, some rows at a time. */
#include "eval/pairs_in.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "data/text_in.h"
#include "data/values.h"
#include "eval/pairs_impl.h"
#include "stream/reader.h"

void cf_pair_ids_init(struct cf_pair_ids *ids)
{
    memset(ids, 0, sizeof *ids);
    cf_dict_init(&ids->user, cf_dict_seed());
    cf_dict_init(&ids->item, cf_dict_seed());
}

void cf_pair_ids_free(struct cf_pair_ids *ids)
{
    cf_dict_free(&ids->user);
    cf_dict_free(&ids->item);
}

static int give(struct cf_pairs *p, const struct cf_pair_rows *rows,
                struct cf_err *err)
{
    return p->to->rows(p->to->ctx, rows, err);
}

/* ---- text and tables ---- */

/* Numbers of the ids in a field. Whole numbers need no look at their text. */
static int numbers(struct cf_pairs *p, const struct cf_field *f,
                   const struct cf_slice *rows, struct cf_dict *d,
                   uint32_t *out, struct cf_err *err)
{
    const struct cf_chunk *c = &rows->block->chunk[f->col];
    bool whole = cf_field_exact(rows->block, f) && c->scale == 0;
    char scratch[CF_NUM_MAX];
    bool fresh;
    int rc = 0;

    for (uint32_t j = 0; !rc && j < rows->n; j++) {
        uint32_t at = rows->from + j;
        out[j] = whole ? cf_dict_small(d, cf_load_u32(c->data + 4 * (size_t)at))
                       : CF_NONE;
        if (out[j] == CF_NONE)
            rc = cf_dict_add(
                d, cf_field_str(&p->dicts, rows->block, f, at, scratch),
                &out[j], &fresh, err);
    }
    return rc;
}

static int table_rows(struct cf_pairs *p, const struct cf_slice *rows,
                      struct cf_err *err)
{
    const struct cf_values v = {.d = &p->dicts, .name = p->name, .rows = rows};
    struct cf_pair_rows out = {.n = rows->n, .user = p->u, .item = p->i};

    int rc = numbers(p, &p->user, rows, &p->ids->user, p->u, err);
    if (!rc)
        rc = numbers(p, &p->item, rows, &p->ids->item, p->i, err);
    if (!rc && p->head.has_rating) {
        rc = cf_values_f32(&v, &p->rating, p->r, err);
        out.rating = p->r;
    }
    if (!rc && p->head.place != CF_BY_ROWS) {
        rc = cf_values_f32(&v, &p->key, p->k, err);
        out.key = p->k;
    }
    for (uint32_t j = 0; !rc && p->head.place == CF_BY_RANK && j < rows->n; j++)
        p->k[j] = -p->k[j];
    return rc ? rc : give(p, &out, err);
}

/* ---- streams of codes ---- */

static int add_ids(const struct cf_block *b, struct cf_pair_codes *c,
                   struct cf_dict *d, struct cf_err *err)
{
    char scratch[CF_NUM_MAX];
    bool fresh;
    int rc = 0;

    if (!cf_grow(&c->number, &c->cap, c->n + b->rows, sizeof *c->number))
        return cf_nomem(err, "ids");
    for (uint32_t j = 0; !rc && j < b->rows; j++)
        rc = cf_dict_add(d, cf_chunk_str(&b->chunk[0], b->rows, j, scratch),
                         &c->number[c->n++], &fresh, err);
    return rc;
}

static void map_codes(const struct cf_pair_codes *c, const char *data,
                      uint32_t n, uint32_t *out)
{
    for (uint32_t j = 0; j < n; j++)
        out[j] = c->number[cf_load_u32(data + 4 * (size_t)j)];
}

static int load_reals(const struct cf_pairs *p, const struct cf_slice *rows,
                      int32_t col, float *out, struct cf_err *err)
{
    const char *data = rows->block->chunk[col].data + 4 * (size_t)rows->from;

    for (uint32_t j = 0; j < rows->n; j++) {
        out[j] = cf_load_f32(data + 4 * (size_t)j);
        if (!isfinite(out[j]))
            return cf_fail(
                err, CF_EDATA, "%s: row %" PRIu64 ": %s is not finite", p->name,
                rows->block->first + rows->from + j + 1,
                p->s->column[p->s->part[p->part].col + (uint32_t)col].name);
    }
    return 0;
}

static int load_keys(struct cf_pairs *p, const struct cf_slice *rows,
                     struct cf_err *err)
{
    const char *data =
        rows->block->chunk[p->score].data + 4 * (size_t)rows->from;

    if (p->head.place == CF_BY_SCORE)
        return load_reals(p, rows, p->score, p->k, err);
    for (uint32_t j = 0; j < rows->n; j++)
        p->k[j] = -(float)cf_load_u32(data + 4 * (size_t)j);
    return 0;
}

static int stream_rows(struct cf_pairs *p, const struct cf_slice *rows,
                       struct cf_err *err)
{
    const struct cf_chunk *c = rows->block->chunk;
    size_t skip = 4 * (size_t)rows->from;
    struct cf_pair_rows out = {.n = rows->n, .user = p->u, .item = p->i};
    int rc = 0;

    map_codes(&p->users, c[p->cols.user].data + skip, rows->n, p->u);
    map_codes(&p->items, c[p->cols.item].data + skip, rows->n, p->i);
    if (p->head.has_rating) {
        rc = load_reals(p, rows, p->cols.rating, p->r, err);
        out.rating = p->r;
    }
    if (!rc && p->head.place != CF_BY_ROWS) {
        rc = load_keys(p, rows, err);
        out.key = p->k;
    }
    if (p->head.has_known)
        out.known = (const unsigned char *)c[p->known].data + rows->from;
    return rc ? rc : give(p, &out, err);
}

/* ---- blocks ---- */

static int take_rows(struct cf_pairs *p, const struct cf_block *b,
                     struct cf_err *err)
{
    const uint32_t most = CF_FRAME_ROWS;
    int rc = 0;

    for (uint32_t at = 0; !rc && at < b->rows; at += most) {
        const struct cf_slice rows = {
            b, at, b->rows - at < most ? b->rows - at : most};
        rc = p->s->kind == CF_TABLE ? table_rows(p, &rows, err)
                                    : stream_rows(p, &rows, err);
    }
    return rc;
}

static int take_block(void *ctx, const struct cf_block *b, struct cf_err *err)
{
    struct cf_pairs *p = ctx;
    bool took;

    if (b->part == p->part)
        return take_rows(p, b, err);
    if (p->s->kind == CF_TABLE)
        return cf_dicts_take(&p->dicts, b, &took, err);
    if (b->part == p->users.part)
        return add_ids(b, &p->users, &p->ids->user, err);
    if (b->part == p->items.part)
        return add_ids(b, &p->items, &p->ids->item, err);
    return 0;
}

static int start(void *ctx, const struct cf_schema *s, struct cf_err *err)
{
    struct cf_pairs *p = ctx;

    p->s = s;
    p->score = p->known = -1;
    int rc = cf_pairs_check_kind(p, err);
    if (!rc)
        rc = cf_expect_part(s, "rows", p->name, &p->part, err);
    if (!rc)
        rc = s->kind == CF_TABLE ? cf_pairs_table_columns(p, err)
                                 : cf_pairs_stream_columns(p, err);
    if (!rc && s->kind == CF_TABLE)
        rc = cf_dicts_init(&p->dicts, s, err);
    if (!rc && p->opts->history)
        rc = cf_schema_history(p->opts->history, s, err);
    return rc ? rc : p->to->head(p->to->ctx, &p->head, err);
}

/* The schema goes next. */
static void forget(void *ctx)
{
    struct cf_pairs *p = ctx;

    if (p->dicts.schema)
        cf_dicts_free(&p->dicts);
}

/* ---- where they come from ---- */

static int read_stream(struct cf_pairs *p, struct cf_in *in, struct cf_err *err)
{
    const struct cf_block *b;
    struct cf_reader *r = NULL;
    int rc = cf_reader_open(&r, in, err);

    if (!rc)
        rc = start(p, cf_reader_schema(r), err);
    while (!rc && (rc = cf_reader_next(r, &b, err)) == 0 && b)
        rc = take_block(p, b, err);
    forget(p);
    cf_reader_close(r);
    return rc;
}

static int open_rows(struct cf_pairs *p, struct cf_err *err)
{
    p->u = cf_alloc(CF_FRAME_ROWS, sizeof *p->u);
    p->i = cf_alloc(CF_FRAME_ROWS, sizeof *p->i);
    p->r = cf_alloc(CF_FRAME_ROWS, sizeof *p->r);
    p->k = cf_alloc(CF_FRAME_ROWS, sizeof *p->k);
    return p->u && p->i && p->r && p->k ? 0 : cf_nomem(err, "rows");
}

int cf_pairs_in(struct cf_in *in, struct cf_pair_ids *ids,
                const struct cf_pair_opts *opts, const struct cf_pair_taker *to,
                struct cf_err *err)
{
    struct cf_pairs p = {.ids = ids,
                         .opts = opts,
                         .to = to,
                         .name = in->name,
                         .head.name = in->name};
    const struct cf_text_taker text = {&p, start, take_block, forget};
    int first = -1, rc = open_rows(&p, err);

    if (!rc)
        rc = cf_in_peek(in, &first, err);
    if (!rc)
        rc = cf_is_stream(first) ? read_stream(&p, in, err)
                                 : cf_text_in(in, &text, err);
    free(p.users.number);
    free(p.items.number);
    free(p.u);
    free(p.i);
    free(p.r);
    free(p.k);
    return rc;
}
