/* concat.c - streams one after the other, with one set of dictionaries. */
#include "data/concat.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/sum.h"
#include "data/dict.h"
#include "data/same.h"
#include "data/store.h"

/* A dictionary of the result. */
struct dict {
    bool used;          /* some column points into the part */
    struct cf_dict key; /* what makes an entry the same */
    uint64_t *sum;      /* of all columns of each entry */
    size_t sum_cap;
    uint32_t *code; /* of each entry of the stream that is added now */
    size_t n, cap;
};

struct cf_concat {
    struct cf_concat_opts opts;
    char *first; /* name of the first stream */
    struct cf_schema schema;
    struct dict *dict; /* one for each part */
    uint64_t differ;
};

/* ---- the schema ---- */

static int copy_parts(struct cf_concat *x, const struct cf_schema *from,
                      struct cf_err *err)
{
    bool whole = !x->opts.several && x->opts.head == UINT64_MAX;
    int rc = 0;

    for (size_t i = 0; !rc && i < from->nparts; i++) {
        const struct cf_part *p = &from->part[i];
        rc = cf_schema_copy_part(&x->schema, p->name,
                                 whole ? p->rows : CF_ROWS_UNKNOWN, from,
                                 (uint32_t)i, err);
    }
    return rc;
}

static int make_schema(struct cf_concat *x, const struct cf_schema *from,
                       struct cf_err *err)
{
    cf_schema_init(&x->schema, from->kind);
    int rc = copy_parts(x, from, err);
    /* Facts are of a stream as a whole, such as the name of its file. */
    for (size_t i = 0; !rc && !x->opts.several && i < from->nfacts; i++)
        rc = cf_schema_copy_fact(&x->schema, &from->fact[i], err);
    return rc ? rc : cf_schema_history(&x->schema, from, err);
}

/* A model is not the sum of two, and batches have their epochs; a curve is of
 * one run, a checkpoint is one moment of it, and metrics do not say of what. */
static int check_kind(const struct cf_concat *x, enum cf_kind kind,
                      struct cf_err *err)
{
    bool whole =
        kind == CF_MODEL || kind == CF_BATCHES || kind == CF_CHECKPOINT;

    if (x->opts.several && (whole || kind == CF_CURVE || kind == CF_METRICS))
        return cf_fail(err, CF_EUSAGE, "a %s stream cannot be concatenated",
                       cf_kind_name(kind));
    if (x->opts.head != UINT64_MAX && whole)
        return cf_fail(err, CF_EUSAGE,
                       "the head of a %s stream is no %s stream",
                       cf_kind_name(kind), cf_kind_name(kind));
    return 0;
}

/* An entry of a dictionary must not hold codes itself. */
static int open_dicts(struct cf_concat *x, struct cf_err *err)
{
    const struct cf_schema *s = &x->schema;

    x->dict = cf_zalloc(s->nparts, sizeof *x->dict);
    if (!x->dict)
        return cf_nomem(err, "dictionaries");
    for (size_t i = 0; i < s->ncolumns; i++)
        if (s->column[i].dict >= 0)
            x->dict[s->column[i].dict].used = true;
    for (size_t i = 0; x->opts.several && i < s->ncolumns; i++)
        if (s->column[i].dict >= 0 && x->dict[s->column[i].part].used)
            return cf_fail(err, CF_EUSAGE,
                           "dictionary '%s' has codes of another, such "
                           "streams cannot be concatenated",
                           s->part[s->column[i].part].name);
    for (size_t i = 0; i < s->nparts; i++)
        cf_dict_init(&x->dict[i].key, cf_dict_seed());
    return 0;
}

int cf_concat_open(struct cf_concat **out, const struct cf_reader *first,
                   const struct cf_concat_opts *opts, struct cf_err *err)
{
    const struct cf_schema *from = cf_reader_schema(first);
    struct cf_concat *x = cf_zalloc(1, sizeof *x);

    *out = x;
    if (!x)
        return cf_nomem(err, "streams");
    x->opts = *opts;
    x->first = strdup(cf_reader_name(first));
    if (!x->first)
        return cf_nomem(err, "streams");
    int rc = check_kind(x, from->kind, err);
    if (!rc)
        rc = make_schema(x, from, err);
    return rc ? rc : open_dicts(x, err);
}

struct cf_schema *cf_concat_schema(struct cf_concat *x)
{
    return &x->schema;
}

/* ---- dictionaries ---- */

/* All columns of an entry as bytes. */
static void whole_key(const struct cf_store *st, uint64_t row,
                      struct cf_buf *out)
{
    out->n = 0;
    for (size_t i = 0; i < st->ncol; i++) {
        const struct cf_store_column *c = &st->col[i];
        if (c->type != CF_STR) {
            cf_buf_add(out, cf_store_at(st, i, row), c->row_size);
            continue;
        }
        struct cf_str text = cf_store_str(st, i, row);
        cf_buf_add(out, &text.n, sizeof text.n);
        cf_buf_str(out, text);
    }
}

static bool by_first_column(const struct cf_concat *x,
                            const struct cf_store *st)
{
    return x->schema.kind != CF_TABLE && st->col[0].type == CF_STR;
}

/* The code of an entry; *fresh if it is new. */
static int find_code(struct cf_concat *x, struct dict *d,
                     const struct cf_store *st, uint64_t row, bool *fresh,
                     struct cf_err *err)
{
    struct cf_buf all = {0};
    uint32_t code;

    whole_key(st, row, &all);
    if (all.failed || !cf_grow(&d->code, &d->cap, d->n + 1, sizeof *d->code)) {
        cf_buf_free(&all);
        return cf_nomem(err, "dictionary");
    }
    uint64_t sum = cf_sum(all.p, all.n, 0);
    struct cf_str key =
        by_first_column(x, st) ? cf_store_str(st, 0, row) : cf_buf_view(&all);
    int rc = cf_dict_add(&d->key, key, &code, fresh, err);
    cf_buf_free(&all);
    if (rc)
        return rc;
    if (!cf_grow(&d->sum, &d->sum_cap, d->key.n, sizeof *d->sum))
        return cf_nomem(err, "dictionary");
    if (*fresh)
        d->sum[code] = sum;
    else
        x->differ += d->sum[code] != sum;
    d->code[d->n++] = code;
    return 0;
}

/* Entries of a block that are new go on. */
static int add_entries(struct cf_concat *x, const struct cf_block *b,
                       struct cf_store *all, struct cf_store *fresh_ones,
                       struct cf_writer *w, struct cf_err *err)
{
    struct dict *d = &x->dict[b->part];
    int rc = cf_store_add(all, b, err);

    for (uint32_t i = 0; !rc && i < b->rows; i++) {
        bool fresh;
        rc = find_code(x, d, all, i, &fresh, err);
        if (!rc && fresh)
            rc = cf_store_copy(fresh_ones, all, i, err);
    }
    return rc ? rc
              : cf_store_write(fresh_ones, 0, fresh_ones->rows, w, b->part,
                               err);
}

static int add_dict(struct cf_concat *x, const struct cf_block *b,
                    struct cf_writer *w, struct cf_err *err)
{
    struct cf_store all = {0}, fresh = {0};
    int rc = cf_store_init(&all, &x->schema, b->part, err);

    if (!rc)
        rc = cf_store_init(&fresh, &x->schema, b->part, err);
    if (!rc)
        rc = add_entries(x, b, &all, &fresh, w, err);
    cf_store_free(&all);
    cf_store_free(&fresh);
    return rc;
}

/* ---- rows ---- */

/* A code column with the codes of the result, in room that is freed by the
 * caller. */
static int new_codes(const struct cf_concat *x, const struct cf_column *col,
                     const struct cf_block *b, struct cf_chunk *c,
                     struct cf_err *err)
{
    const struct dict *d = &x->dict[col->dict];
    bool small = col->type == CF_U8;
    unsigned char *to8 = cf_alloc(b->rows, cf_type_size(col->type));
    uint32_t *to32 = (uint32_t *)(void *)to8;

    if (!to8)
        return cf_nomem(err, "codes");
    for (uint32_t i = 0; i < b->rows; i++) {
        uint32_t old = cf_chunk_code(c, b->rows, i);
        uint32_t code = old == CF_NONE ? CF_NONE : d->code[old];
        if (small && code != CF_NONE && code >= UINT8_MAX) {
            free(to8);
            return cf_fail(err, CF_EMEM, "column '%s': more than %d codes",
                           col->name, UINT8_MAX);
        }
        if (small)
            to8[i] = (unsigned char)code;
        else
            to32[i] = code;
    }
    c->data = (char *)to8;
    return 0;
}

/* At most n rows of a block. */
static int put_first(struct cf_concat *x, const struct cf_block *b, uint64_t n,
                     struct cf_writer *w, struct cf_err *err)
{
    struct cf_store st = {0};

    if (n == 0)
        return 0;
    if (b->rows <= n)
        return cf_writer_put(w, b, err);
    int rc = cf_store_init(&st, &x->schema, b->part, err);
    if (!rc)
        rc = cf_store_add(&st, b, err);
    if (!rc)
        rc = cf_store_write(&st, 0, n, w, b->part, err);
    cf_store_free(&st);
    return rc;
}

static int add_rows(struct cf_concat *x, const struct cf_block *b,
                    struct cf_writer *w, struct cf_err *err)
{
    const struct cf_part *p = &x->schema.part[b->part];
    const struct cf_column *col = &x->schema.column[p->col];
    uint64_t left = x->opts.head - cf_writer_rows(w, b->part);
    struct cf_block out = *b;
    int rc = 0;

    if (!x->opts.several || left == 0)
        return put_first(x, b, left, w, err);
    struct cf_chunk *chunk = cf_alloc(p->ncol, sizeof *chunk);
    if (!chunk)
        return cf_nomem(err, "frame");
    memcpy(chunk, b->chunk, p->ncol * sizeof *chunk);
    out.chunk = chunk;
    for (uint32_t i = 0; !rc && i < p->ncol; i++)
        if (col[i].dict >= 0)
            rc = new_codes(x, &col[i], b, &chunk[i], err);
    if (!rc)
        rc = put_first(x, &out, left, w, err);
    for (uint32_t i = 0; i < p->ncol; i++)
        if (chunk[i].data != b->chunk[i].data)
            free((char *)(uintptr_t)chunk[i].data);
    free(chunk);
    return rc;
}

int cf_concat_add(struct cf_concat *x, struct cf_reader *r, struct cf_writer *w,
                  struct cf_err *err)
{
    const struct cf_block *b;
    int rc = cf_same_columns(&x->schema, x->first, r, err);

    for (size_t i = 0; i < x->schema.nparts; i++)
        x->dict[i].n = 0;
    while (!rc && (rc = cf_reader_next(r, &b, err)) == 0 && b) {
        if (!x->dict[b->part].used)
            rc = add_rows(x, b, w, err);
        else if (x->opts.several)
            rc = add_dict(x, b, w, err);
        else
            rc = cf_writer_put(w, b, err);
    }
    return rc;
}

uint64_t cf_concat_differ(const struct cf_concat *x)
{
    return x->differ;
}

void cf_concat_close(struct cf_concat *x)
{
    if (!x)
        return;
    for (size_t i = 0; x->dict && i < x->schema.nparts; i++) {
        cf_dict_free(&x->dict[i].key);
        free(x->dict[i].sum);
        free(x->dict[i].code);
    }
    free(x->dict);
    free(x->first);
    cf_schema_free(&x->schema);
    free(x);
}
