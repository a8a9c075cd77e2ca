/* part.c - the training or the validation rows of a ratings stream as a ratings
 * stream: frames in, the chosen rows of each frame out. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/feed.h"
#include "data/runcol.h"

/* ---- schema ---- */

static int copy_schema(struct cf_schema *s, const struct cf_schema *old,
                       uint32_t rows, struct cf_err *err)
{
    int rc = 0;

    for (uint32_t i = 0; !rc && i < old->nparts; i++)
        rc = cf_schema_copy_part(
            s, old->part[i].name,
            i == rows ? CF_ROWS_UNKNOWN : old->part[i].rows, old, i, err);
    for (size_t i = 0; !rc && i < old->nfacts; i++)
        rc = cf_schema_copy_fact(s, &old->fact[i], err);
    return rc ? rc : cf_schema_history(s, old, err);
}

static int find_rows(const struct cf_reader *r, uint32_t *rows,
                     struct cf_err *err)
{
    const struct cf_schema *s = cf_reader_schema(r);
    const char *name = cf_reader_name(r);
    struct cf_rating_columns c;

    int rc = cf_expect_kind(s, CF_RATINGS, name, err);
    if (!rc)
        rc = cf_expect_part(s, "rows", name, rows, err);
    return rc ? rc : cf_rating_columns(s, *rows, name, &c, err);
}

int cf_part_schema(struct cf_schema *s, const struct cf_reader *r,
                   struct cf_err *err)
{
    uint32_t rows;
    int rc = find_rows(r, &rows, err);

    if (rc)
        return rc;
    cf_schema_init(s, CF_RATINGS);
    rc = copy_schema(s, cf_reader_schema(r), rows, err);
    if (rc)
        cf_schema_free(s);
    return rc;
}

/* ---- rows ---- */

/* The chosen rows of a block. */
struct pick {
    struct cf_chunk *chunk; /* one for each column */
    struct cf_buf *data, *text;
    struct cf_runcol *run;
    uint32_t ncol;
    uint32_t *row; /* numbers in the block, ascending */
    uint32_t n;
    size_t cap;
};

static int pick_open(struct pick *p, uint32_t ncol, struct cf_err *err)
{
    memset(p, 0, sizeof *p);
    p->ncol = ncol;
    p->chunk = cf_zalloc(ncol, sizeof *p->chunk);
    p->data = cf_zalloc(ncol, sizeof *p->data);
    p->text = cf_zalloc(ncol, sizeof *p->text);
    p->run = cf_zalloc(ncol, sizeof *p->run);
    return p->chunk && p->data && p->text && p->run ? 0
                                                    : cf_nomem(err, "frame");
}

static void pick_close(struct pick *p)
{
    for (uint32_t i = 0; i < p->ncol; i++) {
        if (p->data)
            cf_buf_free(&p->data[i]);
        if (p->text)
            cf_buf_free(&p->text[i]);
        if (p->run)
            cf_runcol_free(&p->run[i]);
    }
    free(p->chunk);
    free(p->data);
    free(p->text);
    free(p->run);
    free(p->row);
}

static int choose(struct pick *p, const struct cf_block *b,
                  const struct cf_part_opts *o, struct cf_err *err)
{
    if (!cf_grow(&p->row, &p->cap, b->rows, sizeof *p->row))
        return cf_nomem(err, "frame");
    p->n = 0;
    for (uint32_t i = 0; i < b->rows; i++)
        if (cf_split_valid(o->seed, o->valid, b->first + i) == o->want_valid)
            p->row[p->n++] = i;
    return 0;
}

/* Values of one size: a plain column, or exact numbers. */
static bool pick_values(struct pick *p, uint32_t col, const struct cf_chunk *c,
                        uint32_t rows)
{
    struct cf_buf *d = &p->data[col];
    size_t size = c->size / rows;

    for (uint32_t i = 0; i < p->n; i++)
        cf_buf_add(d, c->data + p->row[i] * size, size);
    p->chunk[col] = *c;
    p->chunk[col].data = d->p;
    p->chunk[col].size = d->n;
    return !d->failed;
}

static bool pick_texts(struct pick *p, uint32_t col, const struct cf_chunk *c,
                       uint32_t rows)
{
    struct cf_buf *ends = &p->data[col], *text = &p->text[col];

    for (uint32_t i = 0; i < p->n; i++) {
        cf_buf_str(text, cf_chunk_str(c, rows, p->row[i], NULL));
        uint32_t end = (uint32_t)text->n;
        cf_buf_add(ends, &end, sizeof end);
    }
    p->chunk[col] = (struct cf_chunk){.layout = CF_TEXT,
                                      .data = ends->p,
                                      .size = ends->n,
                                      .text = text->p,
                                      .text_size = text->n};
    return !ends->failed && !text->failed;
}

static bool pick_runs(struct pick *p, uint32_t col, const struct cf_chunk *c)
{
    bool ok = true;

    cf_runcol_clear(&p->run[col]);
    for (uint32_t i = 0; ok && i < p->n; i++)
        ok = cf_runcol_add(&p->run[col], cf_chunk_run(c, p->row[i]));
    cf_runcol_chunk(&p->run[col], &p->chunk[col]);
    return ok;
}

static bool pick_column(struct pick *p, uint32_t col, const struct cf_block *b)
{
    const struct cf_chunk *c = &b->chunk[col];

    p->data[col].n = p->text[col].n = 0;
    if (c->layout == CF_TEXT)
        return pick_texts(p, col, c, b->rows);
    if (c->layout == CF_RUNS)
        return pick_runs(p, col, c);
    return pick_values(p, col, c, b->rows);
}

static int put_rows(struct pick *p, const struct cf_block *b,
                    const struct cf_part_opts *o, struct cf_writer *w,
                    struct cf_err *err)
{
    int rc = choose(p, b, o, err);

    if (rc || p->n == 0)
        return rc;
    for (uint32_t i = 0; i < p->ncol; i++)
        if (!pick_column(p, i, b))
            return cf_nomem(err, "frame");
    struct cf_block out = {.part = b->part, .rows = p->n, .chunk = p->chunk};
    return cf_writer_put(w, &out, err);
}

int cf_part_write(struct cf_reader *r, const struct cf_part_opts *o,
                  struct cf_writer *w, struct cf_err *err)
{
    const struct cf_block *b;
    struct pick p;
    uint32_t rows;

    int rc = find_rows(r, &rows, err);
    if (rc)
        return rc;
    rc = pick_open(&p, cf_reader_schema(r)->part[rows].ncol, err);
    while (!rc && !(rc = cf_reader_next(r, &b, err)) && b)
        rc = b->part == rows ? put_rows(&p, b, o, w, err)
                             : cf_writer_put(w, b, err);
    pick_close(&p);
    return rc;
}
