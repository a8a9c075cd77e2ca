/* part.c - rows of one part of a split as a ratings stream: frames in, the
 * chosen rows of each frame out. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/part.h"
#include "data/runcol.h"

/* ---- schema ---- */

/* Its marks are of no use any more once a part is taken. */
static bool is_left_out(const struct cf_column *c)
{
    return c->role == CF_SPLIT;
}

static int copy_rows(struct cf_schema *s, const struct cf_schema *old,
                     uint32_t rows, struct cf_err *err)
{
    const struct cf_part *p = &old->part[rows];
    int rc = cf_schema_part(s, p->name, CF_ROWS_UNKNOWN, err);

    for (uint32_t i = 0; !rc && i < p->ncol; i++)
        if (!is_left_out(&old->column[p->col + i]))
            rc = cf_schema_column(s, &old->column[p->col + i], err);
    return rc;
}

static int copy_schema(struct cf_schema *s, const struct cf_schema *old,
                       uint32_t rows, struct cf_err *err)
{
    int rc = 0;

    for (uint32_t i = 0; !rc && i < old->nparts; i++)
        rc = i == rows ? copy_rows(s, old, i, err)
                       : cf_schema_copy_part(s, old->part[i].name,
                                             old->part[i].rows, old, i, err);
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

/* The part of row i, or the one that was decided when all were there. */
static int part_of(const struct cf_part_opts *o, struct cf_rec *r,
                   struct cf_err *err)
{
    const struct cf_rec *decided;

    if (!o->late)
        return 0;
    int rc = cf_cursor_next(o->late, &decided, err);
    if (!rc && decided)
        r->part = decided->part;
    return rc;
}

static int choose(struct pick *p, const struct cf_intake *x,
                  const struct cf_part_opts *o, struct cf_tally *t,
                  struct cf_err *err)
{
    int rc = 0;

    if (!cf_grow(&p->row, &p->cap, x->block->rows, sizeof *p->row))
        return cf_nomem(err, "frame");
    p->n = 0;
    for (uint32_t i = 0; !rc && i < x->block->rows; i++) {
        struct cf_rec r = cf_intake_row(x, i);
        rc = part_of(o, &r, err);
        if (!rc)
            rc = cf_tally_add(t, &r, err);
        if (r.part == o->part)
            p->row[p->n++] = i;
    }
    return rc;
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

/* Column `from` of the block as column `to` of the part. */
static bool pick_column(struct pick *p, uint32_t to, const struct cf_block *b,
                        uint32_t from)
{
    const struct cf_chunk *c = &b->chunk[from];

    p->data[to].n = p->text[to].n = 0;
    if (c->layout == CF_TEXT)
        return pick_texts(p, to, c, b->rows);
    if (c->layout == CF_RUNS)
        return pick_runs(p, to, c);
    return pick_values(p, to, c, b->rows);
}

static int put_rows(struct pick *p, const struct cf_intake *x,
                    struct cf_writer *w, struct cf_err *err)
{
    const struct cf_schema *s = cf_reader_schema(x->r);
    const struct cf_part *part = &s->part[x->rows_part];
    uint32_t to = 0;

    if (p->n == 0)
        return 0;
    for (uint32_t i = 0; i < part->ncol; i++)
        if (!is_left_out(&s->column[part->col + i]) &&
            !pick_column(p, to++, x->block, i))
            return cf_nomem(err, "frame");
    struct cf_block out = {
        .part = x->block->part, .rows = p->n, .chunk = p->chunk};
    return cf_writer_put(w, &out, err);
}

int cf_part_write(struct cf_intake *x, const struct cf_part_opts *o,
                  struct cf_tally *t, struct cf_writer *w, struct cf_err *err)
{
    struct pick p;
    int rc =
        pick_open(&p, cf_reader_schema(x->r)->part[x->rows_part].ncol, err);

    while (!rc && !(rc = cf_intake_next(x, err)) && x->block) {
        if (!x->rows) {
            rc = cf_writer_put(w, x->block, err);
            continue;
        }
        rc = choose(&p, x, o, t, err);
        if (!rc)
            rc = put_rows(&p, x, w, err);
    }
    pick_close(&p);
    return rc;
}
